// The open datasets of one client: opened, surveyed, scored, told about, closed.
import { unwatchFile, watchFile } from 'node:fs';

import type { Connection, TextDocumentContentChangeEvent } from 'vscode-languageserver/node';

import { visible } from '#core/escape/escape.ts';
import { plural } from '#core/words/numbers.ts';
import type { FileSettings } from '#node/config.ts';
import { configuredMapping } from '#node/config.ts';
import type { Disk } from '#node/diskTools.ts';
import type { EditSession } from '#node/editSession.ts';
import { openFile } from '#node/files.ts';
import { recordBytesFor } from '#node/memoryLimits.ts';
import type { ScorerMachine } from '#node/scorers/open.ts';
import type { Settings } from '#protocol/editor/options.ts';
import type { Phase } from '#protocol/editor/status.ts';
import { OpenDataset } from '#session/dataset.ts';
import { OpenDocument } from '#session/document.ts';
import type { RunningJob } from '#session/jobs/scoring.ts';
import { startJob } from '#session/jobs/scoring.ts';
import { fileNameOf, pathOf, readableUri } from '#session/names.ts';
import { relateTask } from '#session/relateTask.ts';
import { DiskSource } from '#session/sources/disk.ts';
import { DocumentSource } from '#session/sources/document.ts';
import type { Source } from '#session/sources/source.ts';

import { attempt, fileSettings, loadDecisions, watchBudget, wordsOf } from './fileRules.ts';
import { reportProgress } from './progress.ts';
import type { Client } from './serveEditor.ts';
import { tellFault, tellSettled } from './settledEdits.ts';
import { log, show } from './show.ts';
import { statusOf } from './status.ts';
import { toDiagnostics } from './toProtocol.ts';

/** Typing is over when nothing changed for so long: then diagnostics are brought up to date. */
const SETTLE_MS = 150;

/** Duplicates are looked for anew when nothing changed for so long: it takes a pass over the text. */
const RELATE_AFTER_MS = 1200;

/** What a job says until there is room for its process. */
const WAITING = 'waiting to score';

/** How often the status of a running job is told. */
const STATUS_EVERY_MS = 200;

/** How often a file on disk is looked at for changes by others. */
const WATCH_MS = 2000;

export interface OpenFile {
  readonly dataset: OpenDataset;
  readonly closed: AbortController;
  phase: Phase;
  reason?: string;
  progress?: string;
  visible?: readonly [number, number];
  job?: RunningJob;
  settle?: NodeJS.Timeout;
  relate?: NodeJS.Timeout;
  toldAt: number;
  /** Rises with every look that somebody takes at some file; 0 before the first at this one. */
  seen: number;
  /** Number of the newest scoring job: what older ones still have to say is not heard. */
  turn: number;
  /** See DatasetStatus. */
  revision: number;
  /** The generation of the dataset whose diagnostics were sent last. */
  published: number;
  /** What holds for it; undefined until it is read. */
  settings?: FileSettings;
}

/** What the files need of the server around them. */
export interface FilesContext {
  readonly connection: Connection;
  readonly client: Client;
  /** What scorers of preflens.json may use, for the dataset at a uri. */
  readonly machineFor: (uri: string) => ScorerMachine;
  readonly disk: () => Disk;
  readonly settings: () => Settings;
  /** The person trusts the workspace. */
  readonly isTrusted: () => boolean;
  /** Asks the client for its settings anew. */
  readonly reload: () => void;
  /** Resolves when the settings are those of the client. */
  readonly settled: () => Promise<void>;
  /** The client listens to `preflens/status`. */
  readonly tellsStatus: () => boolean;
  readonly showsProgress: () => boolean;
  readonly refreshLenses: () => void;
}

/** Files on disk are always followed: people change them by single edits. */
function isFollowed({ settings, dataset }: OpenFile): boolean {
  return settings?.run === 'type' || !(dataset.source instanceof DocumentSource);
}

export class OpenFiles {
  readonly #context: FilesContext;
  readonly #open = new Map<string, OpenFile>();
  #looks = 0;

  constructor(context: FilesContext) {
    this.#context = context;
  }

  get(uri: string): OpenFile | undefined {
    return this.#open.get(uri);
  }

  /** Somebody looks at a file: it is scored before those that nobody looks at. */
  seen(uri: string): void {
    const file = this.#open.get(uri);
    if (file) file.seen = ++this.#looks;
  }

  all(): Iterable<OpenFile> {
    return this.#open.values();
  }

  /** The dataset, brought up to its text as it is now; undefined when it is not open or not read yet. */
  current(uri: string): OpenDataset | undefined {
    const file = this.#open.get(uri);
    if (!file?.dataset.isReady) return undefined;
    file.dataset.update();
    return file.dataset;
  }

  openDocument(uri: string, version: number, text: string): void {
    this.#begin(uri, new DocumentSource(new OpenDocument(uri, version, text)));
  }

  changeDocument(uri: string, changes: readonly TextDocumentContentChangeEvent[], version: number): void {
    const file = this.#open.get(uri);
    if (!(file?.dataset.source instanceof DocumentSource)) return;
    file.dataset.source.document.change(changes, version);
    this.#settleSoon(file);
  }

  /** The client listens to what is not in the protocol. */
  get tellsStatus(): boolean {
    return this.#context.tellsStatus();
  }

  /**
   * Opens a file that no editor holds. Rejects with what to do when it cannot be read.
   * @param backup a file of edits that are pending, as `DiskSource.backup` writes it
   * @param session edits of a source that was open until now
   */
  async openFromDisk(uri: string, backup?: string, session?: EditSession): Promise<void> {
    const path = pathOf(uri);
    if (path === undefined || this.#open.has(uri)) return;
    this.#context.reload();
    const data = await openFile(path, recordBytesFor(this.#context.settings().memoryMb));
    // Asked for twice at once, it is opened once.
    if (this.#open.has(uri)) return;
    const source = new DiskSource(uri, data, this.#context.disk(), {
      backup,
      session,
      // What is wrong with preflens.json is said when the file is read through.
      likely: () => attempt(() => configuredMapping(path)),
    });
    this.#begin(uri, source);
    watchFile(path, { interval: WATCH_MS }, () => {
      void this.#reopenIfChanged(uri);
    });
  }

  close(uri: string): void {
    const file = this.#open.get(uri);
    if (!file) return;
    file.closed.abort();
    file.job?.cancel();
    clearTimeout(file.settle);
    clearTimeout(file.relate);
    const { source } = file.dataset;
    if (source instanceof DiskSource) {
      unwatchFile(source.file.path);
      source.close();
    }
    this.#open.delete(uri);
    void this.#context.connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  closeAll(): void {
    for (const uri of [...this.#open.keys()]) this.close(uri);
  }

  /** Saves the edits of a file that is open from disk; how many records they change. */
  async save(uri: string, signal: AbortSignal): Promise<number> {
    const file = this.#open.get(uri);
    const source = file?.dataset.source;
    if (!file || !(source instanceof DiskSource)) return 0;
    const { count, isCarried } = await source.save(AbortSignal.any([file.closed.signal, signal]), () =>
      this.current(uri),
    );
    if (!isCarried) await this.#reopen(uri, source);
    else if (count > 0) {
      this.publish(file);
      // It reads a file that is not there any more.
      if (file.phase === 'scoring') this.startScoring(file);
    }
    return count;
  }

  /** Reads a file again from its start; its edits stay. */
  async #reopen(uri: string, source: DiskSource): Promise<void> {
    const session = source.release();
    this.close(uri);
    await this.openFromDisk(uri, undefined, session).catch((error: unknown) => {
      log(this.#context.connection, 'error', wordsOf(error));
    });
    const reopened = this.#open.get(uri)?.dataset.source;
    // Gone, or opened by somebody else meanwhile: the edits are left in their journal.
    if (!(reopened instanceof DiskSource && reopened.holds(session))) session?.close();
  }

  discard(uri: string): void {
    const file = this.#open.get(uri);
    if (!file || !(file.dataset.source instanceof DiskSource)) return;
    file.dataset.source.discard();
    this.#tell(file);
    this.#settleSoon(file);
  }

  /** Brings diagnostics up to date once nothing has changed for a moment. */
  settle(uri: string): void {
    const file = this.#open.get(uri);
    if (file) this.#settleSoon(file);
    if (file) tellFault(this.#context.connection, file.dataset.source);
  }

  publish(file: OpenFile): void {
    if (file.closed.signal.aborted) return;
    file.revision++;
    file.published = file.dataset.generation;
    const { uri, version } = file.dataset.source;
    const diagnostics = toDiagnostics(file.dataset);
    void this.#context.connection.sendDiagnostics({ uri, diagnostics, ...(version !== null && { version }) });
    this.#tell(file);
  }

  startScoring(file: OpenFile): void {
    file.job?.cancel();
    const turn = ++file.turn;
    const { connection, settings } = this.#context;
    const progress = reportProgress(connection, 'PrefLens: scoring', this.#context.showsProgress(), () => {
      job.cancel();
    });
    const { uri } = file.dataset.source;
    const visible = (): OpenFile['visible'] => file.visible;
    const tools = { path: pathOf(uri), machine: this.#context.machineFor(uri), visible };
    const job = startJob(file.dataset, settings(), tools, {
      onWarning: (words) => {
        if (file.turn === turn) show(connection, 'warning', words);
      },
      onPhase: (phase, reason) => {
        if (file.turn !== turn) return;
        file.phase = phase;
        delete file.reason;
        delete file.progress;
        if (reason !== undefined) file.reason = reason;
        this.#tell(file);
      },
      onProgress: (title, done, words) => {
        if (file.turn !== turn) return;
        file.progress = `${title} ${words}`;
        progress.report(done, file.progress);
        if (Date.now() - file.toldAt > STATUS_EVERY_MS) this.#tell(file);
      },
      onWait: () => {
        if (file.turn !== turn) return;
        file.progress = WAITING;
        progress.report(0, WAITING);
        this.#tell(file);
      },
      onScored: () => {
        this.publish(file);
        this.#context.refreshLenses();
      },
      onSelfTest: () => {
        file.revision++;
        this.#tell(file);
      },
      log: (line) => {
        log(connection, 'info', line);
      },
    });
    file.job = job;
    void job.finished.then(progress.end);
  }

  /** Reads everything anew: the mapping may be another one. */
  async readAnew(): Promise<void> {
    for (const file of [...this.#open.values()]) {
      if (file.dataset.isReady) await this.#survey(file);
    }
  }

  #begin(uri: string, source: Source): void {
    const file: OpenFile = {
      dataset: new OpenDataset(source, () => {
        this.#relateSoon(file);
      }),
      closed: new AbortController(),
      phase: 'reading',
      toldAt: 0,
      seen: 0,
      turn: 0,
      revision: 0,
      published: 0,
    };
    this.#open.set(uri, file);
    this.#tell(file);
    void this.#survey(file).catch((error: unknown) => {
      if (file.closed.signal.aborted) return;
      file.phase = 'failed';
      file.reason = wordsOf(error);
      log(this.#context.connection, 'error', visible(`${readableUri(uri)}: ${file.reason}`));
      this.#tell(file);
    });
  }

  async #survey(file: OpenFile): Promise<void> {
    const { connection, client, settings, isTrusted } = this.#context;
    const { dataset, closed } = file;
    await this.#context.settled();
    const own = await fileSettings(connection, dataset.source.uri, settings(), isTrusted());
    file.settings = own;
    const start = performance.now();
    await dataset.surveyAll(own, closed.signal);
    if (closed.signal.aborted) return;
    tellSettled(connection, this.#context.tellsStatus() ? client : undefined, dataset.source);
    watchBudget(connection, dataset, own, performance.now() - start);
    await loadDecisions(connection, dataset);
    dataset.update();
    const { recognition, facts } = dataset.survey;
    file.phase = recognition ? 'unscored' : 'unrecognised';
    this.publish(file);
    if (!recognition) return;
    const name = readableUri(dataset.source.uri);
    const how = recognition.isGiven ? 'named in preflens.json' : 'recognised';
    log(
      connection,
      'info',
      `${name}: ${plural(facts.pairCount, 'pair')} in ${plural(facts.recordCount, 'record')}, ${recognition.mapping.title}, ${how} ` +
        `(${Math.round(100 * recognition.confidence)} % of the sampled records fit; ${recognition.mapping.polarity}).`,
    );
    if (settings().scoreOnOpen) this.startScoring(file);
  }

  async #reopenIfChanged(uri: string): Promise<void> {
    const file = this.#open.get(uri);
    const source = file?.dataset.source;
    if (!file || !(source instanceof DiskSource)) return;
    const isChanged = await source.isChanged(file.closed.signal).catch(() => false);
    if (!isChanged || file.closed.signal.aborted) return;
    log(this.#context.connection, 'info', `${readableUri(uri)}: changed on disk, reading it again`);
    await this.#reopen(uri, source);
  }

  /** Brings everything up to date, whatever the settings say of when. */
  checkNow(uri: string): void {
    const file = this.#open.get(uri);
    if (!file || !this.current(uri)) return;
    clearTimeout(file.settle);
    this.publish(file);
    this.#context.refreshLenses();
    file.job?.rateNew();
  }

  /** The text was saved. */
  saved(uri: string): void {
    if (this.#open.get(uri)?.settings?.run === 'save') this.checkNow(uri);
  }

  /** Reads anew what people decided about findings. */
  async readDecisions(): Promise<void> {
    for (const file of [...this.#open.values()]) {
      if (!file.dataset.isReady) continue;
      await loadDecisions(this.#context.connection, file.dataset);
      this.publish(file);
    }
  }

  #settleSoon(file: OpenFile): void {
    clearTimeout(file.settle);
    if (!isFollowed(file)) return;
    file.settle = setTimeout(() => {
      if (!this.current(file.dataset.source.uri)) return;
      this.publish(file);
      this.#context.refreshLenses();
      file.job?.rateNew();
    }, SETTLE_MS);
  }

  #relateSoon(file: OpenFile): void {
    clearTimeout(file.relate);
    file.relate = setTimeout(() => {
      void this.#relate(file).catch((error: unknown) => {
        if (!file.closed.signal.aborted) log(this.#context.connection, 'error', wordsOf(error));
      });
    }, RELATE_AFTER_MS);
  }

  async #relate(file: OpenFile): Promise<void> {
    const { dataset, closed } = file;
    const { generation } = dataset;
    const task = relateTask(dataset, fileNameOf(dataset.source.uri));
    if (!task) return;
    const found = await this.#context.disk().ranges.run('relate', task, () => undefined, closed.signal);
    if (closed.signal.aborted || dataset.generation !== generation) return;
    dataset.setRelations(found);
    // Who does not follow the text is shown no newer one.
    if (isFollowed(file) || generation === file.published) this.publish(file);
  }

  #tell(file: OpenFile): void {
    file.toldAt = Date.now();
    if (!this.#context.tellsStatus()) return;
    this.#context.client.notify('preflens/status', statusOf(file));
  }
}
