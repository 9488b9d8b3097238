// The open files of one client.
import type { Mapping } from '#core/mapping/mapping.ts';
import { configuredMapping } from '#node/config.ts';
import { openFile } from '#node/files.ts';
import { recordBytesFor } from '#node/memoryLimits.ts';
import { isJsonName } from '#node/paths.ts';
import type { Glance } from '#protocol/editor/glance.ts';

import type { TextChange } from './document.ts';
import { OpenDocument } from './document.ts';
import { resultOrUndefined } from './fileRules.ts';
import { glanceAt } from './glance.ts';
import type { Host } from './host.ts';
import { pathOf } from './names.ts';
import { Session } from './session.ts';
import { DiskSource } from './sources/disk.ts';
import { DocumentSource } from './sources/document.ts';
import type { Source } from './sources/source.ts';
import { textShowsPairs } from './sources/wholeText.ts';

/** The mapping that preflens.json names for a file. The survey reports what is wrong with preflens.json. */
function mappingOf(path: string): Mapping | undefined {
  return resultOrUndefined(() => configuredMapping(path));
}

export class Sessions {
  readonly #host: Host;
  readonly #open = new Map<string, Session>();
  /** Files that `openFile` is opening; `close` removes them. */
  readonly #opening = new Map<string, Promise<void>>();
  readonly #seen = new Map<string, number>();
  #looks = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  get(uri: string): Session | undefined {
    return this.#open.get(uri);
  }

  all(): readonly Session[] {
    return [...this.#open.values()];
  }

  /** Brings a file up to the text as it is now. Undefined if it is not open, or not read yet. */
  update(uri: string): Session | undefined {
    const session = this.#open.get(uri);
    if (!session?.dataset.isReady) return undefined;
    session.update();
    return session;
  }

  /** The person looks at a file: it is scored before others. */
  see(uri: string): void {
    if (this.#open.has(uri)) this.#seen.set(uri, ++this.#looks);
  }

  /** Higher for files that were seen later; 0 for a file that nobody saw. */
  rank(uri: string): number {
    return this.#seen.get(uri) ?? 0;
  }

  openDocument(uri: string, version: number, text: string): void {
    // What the editor shows counts, not the disk.
    this.close(uri);
    const document = new OpenDocument(uri, version, text);
    const path = pathOf(uri);
    // Editors open settings and the like with the same language.
    if (path !== undefined && isJsonName(path) && !textShowsPairs(uri, document.bytes, mappingOf(path)))
      return;
    this.#host.reloadSettings();
    this.#begin(new DocumentSource(document));
  }

  /** What the start of a file shows that may be a dataset. */
  async glance(uri: string): Promise<Glance> {
    const path = pathOf(uri);
    return path === undefined ? {} : glanceAt(path, mappingOf(path));
  }

  changeDocument(uri: string, changes: readonly TextChange[], version: number): void {
    this.#open.get(uri)?.change(changes, version);
  }

  /**
   * Opens a file that no editor holds. Rejects with what to do if it cannot be read.
   * @param backup a file of pending edits, as `PendingSource.backup` writes it
   */
  async openFile(uri: string, backup?: string): Promise<void> {
    const path = pathOf(uri);
    if (path === undefined || this.#open.has(uri)) return;
    // Two requests at once open it once.
    const opening: Promise<void> =
      this.#opening.get(uri) ?? this.#openFrom(uri, path, backup, () => this.#opening.get(uri) === opening);
    this.#opening.set(uri, opening);
    try {
      await opening;
    } finally {
      if (this.#opening.get(uri) === opening) this.#opening.delete(uri);
    }
  }

  /** @param isWanted false once the file was closed, or opened as a document */
  async #openFrom(
    uri: string,
    path: string,
    backup: string | undefined,
    isWanted: () => boolean,
  ): Promise<void> {
    this.#host.reloadSettings();
    await this.#host.settingsLoaded();
    const data = await openFile(path, recordBytesFor(this.#host.settings().memoryMb));
    if (!isWanted()) return;
    this.#begin(
      new DiskSource(uri, data, this.#host.disk(), {
        backup,
        likely: () => mappingOf(path),
      }),
    );
  }

  close(uri: string): void {
    this.#opening.delete(uri);
    this.#open.get(uri)?.close();
    this.#open.delete(uri);
    this.#seen.delete(uri);
  }

  closeAll(): void {
    for (const uri of [...this.#open.keys(), ...this.#opening.keys()]) this.close(uri);
  }

  /** Reads every file again: the mapping may be another one. */
  async readAgain(): Promise<void> {
    for (const session of this.all()) await session.read();
  }

  /** Reads the decisions about findings again. */
  async readDecisions(): Promise<void> {
    for (const session of this.all()) await session.readDecisions();
  }

  #begin(source: Source): void {
    const session = new Session(source, this.#host);
    this.#open.set(source.uri, session);
    session.begin();
  }
}
