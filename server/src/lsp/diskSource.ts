// A dataset that is read from disk, because it is too large for an editor, or packed. Edits wait in memory and in a
// journal until they are saved.
import { Surveyor, withoutFindings } from '#core/dataset/survey.ts';
import type { Mapping } from '#core/mapping/mapping.ts';
import type { CutRecord, RawRecord } from '#core/model/record.ts';
import type { RecordStream } from '#core/ports.ts';
import type { RecordAccess } from '#node/access.ts';
import type { Change } from '#node/changes.ts';
import { planChanges } from '#node/changes.ts';
import type { Disk } from '#node/diskTools.ts';
import type { DataFile } from '#node/files.ts';
import type { Journal, Waiting } from '#node/journal.ts';
import type { RelateText } from '#node/rangeWork.ts';
import { savePlanned } from '#node/save.ts';

import type { Carried, DocumentSurvey } from './resurvey.ts';
import type { Source } from './source.ts';

export class DiskSource implements Source {
  readonly uri: string;
  readonly version = null;
  readonly file: DataFile;
  readonly #tools: Disk;
  #access: RecordAccess | undefined;
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

  get records(): RecordStream {
    const waiting = new Map(this.#waiting);
    return async function* (
      this: DiskSource,
      wants?: (record: number) => boolean,
    ): AsyncGenerator<CutRecord> {
      for await (const raw of this.file.records(wants)) {
        const edited = waiting.get(raw.record);
        if (!edited) yield raw;
        // Dropped records leave a gap: the others keep their numbers until they are saved.
        else if (edited.bytes)
          yield { ...raw, bytes: edited.bytes, byteEnd: raw.byteStart + edited.bytes.length };
      }
    }.bind(this);
  }

  readonly textForThread = (): RelateText | undefined =>
    // With edits waiting, the pairs of the file are not those of the facts.
    this.#waiting.size > 0 ? undefined : { path: this.file.path };

  async survey(mapping: Mapping | undefined, signal: AbortSignal): Promise<DocumentSurvey | undefined> {
    const { survey, digest } = await this.#tools.survey(this.file, mapping, signal);
    const access = await this.#tools.open(this.file, digest, signal);
    // Closed meanwhile: nobody would close it again.
    if (signal.aborted) access.close();
    signal.throwIfAborted();
    this.close();
    this.#access = access;
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
    return this.#access?.bytesOf(record, byteStart, byteEnd) ?? new Uint8Array(0);
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
    const changes = this.#changes();
    const isInPlace = changes.every(
      ({ raw, bytes }) => bytes !== null && bytes.length === raw.byteEnd - raw.byteStart,
    );
    // Windows renames over no file that is open.
    if (process.platform === 'win32') this.#access?.pause();
    try {
      const plan = planChanges(this.file, async () => Promise.resolve(changes), isInPlace);
      await savePlanned(this.file, plan, signal);
    } finally {
      if (process.platform === 'win32') this.#access?.resume();
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
    this.#access?.close();
    this.#access = undefined;
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

  #changes(): readonly Change[] {
    const { byteStart, byteEnd } = this.#survey?.facts.records ?? {};
    return [...this.#waiting]
      .sort((a, b) => a[0] - b[0])
      .map(([record, { bytes }]) => {
        const [start, end] = [byteStart?.[record] ?? 0, byteEnd?.[record] ?? 0];
        const lineEnd = bytes ? end : (this.#access?.lineEndAfter(end) ?? end);
        return { raw: { record, byteStart: start, byteEnd: end, lineEnd }, bytes };
      });
  }
}
