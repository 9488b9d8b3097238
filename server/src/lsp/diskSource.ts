// A dataset that is read from disk, because it is too large for an editor, or packed. Edits wait in memory and in a
// journal until they are saved.
import { closeSync, openSync, readSync } from 'node:fs';

import { Surveyor, withoutFindings } from '#core/dataset/survey.ts';
import type { Replacement } from '#core/edits/splice.ts';
import { spliceStream } from '#core/edits/splice.ts';
import type { Mapping } from '#core/mapping/mapping.ts';
import type { RawRecord } from '#core/model/record.ts';
import type { ByteStream } from '#core/ports.ts';
import type { Disk } from '#node/diskTools.ts';
import type { DataFile } from '#node/files.ts';
import type { Journal, Waiting } from '#node/journal.ts';
import type { RelateText } from '#node/rangeWork.ts';
import { saveReplaced } from '#node/save.ts';

import type { Carried, DocumentSurvey } from './resurvey.ts';
import type { Source } from './source.ts';

const LINE_FEED = 0x0a;
const RETURN = 0x0d;

export class DiskSource implements Source {
  readonly uri: string;
  readonly version = null;
  readonly file: DataFile;
  readonly #tools: Disk;
  #plainPath = '';
  #handle = -1;
  #journal: Journal | undefined;
  /** By record: the bytes that are to be saved; null for a record that is to be dropped. */
  readonly #waiting = new Map<number, Waiting>();
  readonly #changed = new Set<number>();
  #survey: DocumentSurvey | undefined;
  /** Edits that an earlier session left unsaved, and whether they were for this very content. */
  restored: { readonly count: number; readonly isStale: boolean } | undefined;

  constructor(uri: string, file: DataFile, tools: Disk) {
    this.uri = uri;
    this.file = file;
    this.#tools = tools;
  }

  /** Records with edits that are not saved. */
  get unsavedCount(): number {
    return this.#waiting.size;
  }

  get stream(): ByteStream {
    const replacements = this.#replacements();
    return () => spliceStream(this.file.bytes(), replacements);
  }

  readonly textForThread = (): RelateText | undefined =>
    // With edits waiting, the pairs of the file are not those of the facts.
    this.#waiting.size > 0 ? undefined : { path: this.#plainPath };

  async survey(mapping: Mapping | undefined, signal: AbortSignal): Promise<DocumentSurvey | undefined> {
    const { survey, digest } = await this.#tools.survey(this.file, mapping, signal);
    this.#plainPath = await this.#tools.plainCopy(this.file, digest, signal);
    // Closed meanwhile: nobody would close the handle again.
    signal.throwIfAborted();
    this.close();
    this.#handle = openSync(this.#plainPath, 'r');
    this.#survey = { ...survey, lineCount: 0, byteCount: 0 };
    // Read anew under another mapping, the edits are still here.
    const isFirst = this.#journal === undefined;
    this.#journal ??= this.#tools.journal(this.file);
    const left = isFirst ? this.#journal.read() : undefined;
    for (const record of this.#waiting.keys()) this.#changed.add(record);
    if (left) {
      this.restored = { count: left.edits.size, isStale: left.isStale };
      if (!left.isStale) for (const [record, waiting] of left.edits) this.#keep(record, waiting);
    }
    return this.#survey;
  }

  refresh(old: DocumentSurvey): Carried | undefined {
    if (this.#changed.size === 0 || !old.recognition) return undefined;
    const { facts, recognition } = old;
    const kept = withoutFindings(old, (record) => this.#changed.has(record));
    const { counts } = kept;
    let { findings } = kept;
    for (const record of this.#changed) {
      const raw = this.#rawOf(record);
      const surveyor = new Surveyor({ recognition });
      if (raw.bytes.length > 0) surveyor.add(raw);
      const one = surveyor.end();
      facts.replacePairs(record, one.facts);
      findings = [...findings, ...one.findings];
      for (const [rule, count] of one.counts) counts.set(rule, (counts.get(rule) ?? 0) + count);
    }
    const changed = new Set(this.#changed);
    this.#changed.clear();
    this.#survey = { ...old, findings, counts };
    return { survey: this.#survey, renumber: (record) => (changed.has(record) ? -1 : record) };
  }

  bytesOf(record: number, byteStart: number, byteEnd: number): Uint8Array {
    const waiting = this.#waiting.get(record);
    if (waiting !== undefined) return waiting.bytes ?? new Uint8Array(0);
    if (this.#handle < 0) return new Uint8Array(0);
    const bytes = new Uint8Array(byteEnd - byteStart);
    const read = readSync(this.#handle, bytes, 0, bytes.length, byteStart);
    return bytes.subarray(0, read);
  }

  unitsBefore(): number {
    // A BOM is no character of the first line in an editor, and nothing else stands before a record.
    return 0;
  }

  /** Keeps an edit until it is saved; null drops the record. An edit that gives the first bytes again is none. */
  edit(record: number, bytes: Uint8Array | null): void {
    this.#waiting.delete(record);
    const before = this.#rawOf(record).bytes;
    const isUndone = bytes !== null && Buffer.compare(before, bytes) === 0;
    if (!isUndone) this.#waiting.set(record, { bytes });
    this.#journal?.append(record, isUndone ? undefined : { bytes });
    this.#changed.add(record);
  }

  /** Saves what waits. The file is another one then: it has to be opened anew. */
  async save(signal: AbortSignal): Promise<void> {
    const replacements = this.#replacements();
    // Windows renames over no file that is open.
    if (process.platform === 'win32') this.close();
    try {
      await saveReplaced(this.file, replacements, signal);
    } finally {
      if (this.#handle < 0) this.#handle = openSync(this.#plainPath, 'r');
    }
    this.#journal?.clear();
    this.#waiting.clear();
  }

  /** Forgets what waits. */
  discard(): void {
    for (const record of this.#waiting.keys()) this.#changed.add(record);
    this.#waiting.clear();
    this.#journal?.clear();
  }

  close(): void {
    if (this.#handle >= 0) closeSync(this.#handle);
    this.#handle = -1;
  }

  #keep(record: number, waiting: Waiting): void {
    this.#waiting.set(record, waiting);
    this.#changed.add(record);
  }

  #rawOf(record: number): RawRecord {
    const { line, byteStart, byteEnd } = this.#survey?.facts.records ?? {};
    const [start, end] = [byteStart?.[record] ?? 0, byteEnd?.[record] ?? 0];
    return {
      record,
      line: line?.[record] ?? 0,
      byteStart: start,
      byteEnd: end,
      bytes: this.bytesOf(record, start, end),
    };
  }

  /** Where a record's line ends: dropped records take their line end along. */
  #lineEndAfter(byteEnd: number): number {
    const next = new Uint8Array(2);
    const read = readSync(this.#handle, next, 0, 2, byteEnd);
    if (read > 0 && next[0] === LINE_FEED) return byteEnd + 1;
    return read > 1 && next[0] === RETURN && next[1] === LINE_FEED ? byteEnd + 2 : byteEnd;
  }

  #replacements(): readonly Replacement[] {
    const { byteStart, byteEnd } = this.#survey?.facts.records ?? {};
    return [...this.#waiting]
      .sort((a, b) => a[0] - b[0])
      .map(([record, { bytes }]) => {
        const [start, end] = [byteStart?.[record] ?? 0, byteEnd?.[record] ?? 0];
        return bytes
          ? { start, end, bytes }
          : { start, end: this.#lineEndAfter(end), bytes: new Uint8Array(0) };
      });
  }
}
