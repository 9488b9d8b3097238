// A dataset that is read from disk, because it is too large for an editor, or packed. Edits wait in memory and in a
// journal until they are saved.
import { copyFile, rm } from 'node:fs/promises';

import { parseRecord } from '#core/checks/examine.ts';
import type { RuleSettings } from '#core/checks/settings.ts';
import { DEFAULT_RULES } from '#core/checks/settings.ts';
import { Surveyor, withoutFindings } from '#core/dataset/survey.ts';
import type { Newline } from '#core/edits/edit.ts';
import type { Mapping } from '#core/mapping/mapping.ts';
import { recogniseAs } from '#core/mapping/recognise.ts';
import { isObject } from '#core/model/json.ts';
import type { CutRecord, RawRecord } from '#core/model/record.ts';
import type { RecordStream } from '#core/ports.ts';
import type { RecordAccess } from '#node/access.ts';
import type { Change } from '#node/changes.ts';
import { planChanges } from '#node/changes.ts';
import type { FileSettings } from '#node/config.ts';
import type { Disk } from '#node/diskTools.ts';
import type { DataFile } from '#node/files.ts';
import { openFile } from '#node/files.ts';
import type { Journal, Waiting } from '#node/journal.ts';
import type { RelateText } from '#node/rangeWork.ts';
import { savePlanned } from '#node/save.ts';

import { EditHistory } from './history.ts';
import type { Carried, DocumentSurvey } from './resurvey.ts';
import type { EarlyTable } from './rows.ts';
import type { Source } from './source.ts';

const LINE_FEED = 0x0a;

/** Rows that a table is recognised by before it is read through. */
const EARLY_SAMPLE = 64;

export interface DiskOptions {
  /** A file of edits that wait. */
  readonly backup?: string | undefined;
  readonly history?: EditHistory | undefined;
  /** The mapping that the user named, where there is one. */
  readonly likely?: () => Mapping | undefined;
}

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
  #rules: RuleSettings = DEFAULT_RULES;
  /** Edits that an earlier session left unsaved, and whether they were for this very content. */
  restored: { readonly count: number; readonly isStale: boolean } | undefined;
  readonly history: EditHistory;
  readonly #backup: string | undefined;
  /** The mapping of rows that are shown before the file is read through. */
  readonly #likely: () => Mapping | undefined;
  #early: EarlyTable | undefined;

  constructor(uri: string, file: DataFile, tools: Disk, { backup, history, likely }: DiskOptions = {}) {
    this.#likely = likely ?? (() => undefined);
    this.uri = uri;
    this.file = file;
    this.#tools = tools;
    this.#backup = backup;
    this.history = history ?? new EditHistory();
  }

  isEdited(record: number): boolean {
    return this.#waiting.has(record);
  }

  isDropped(record: number): boolean {
    return this.#waiting.get(record)?.bytes === null;
  }

  /** What can be shown before the file is read through. Undefined where its records are found by reading alone. */
  early(): EarlyTable | undefined {
    const rowCount = (this.#access ??= this.#tools.openEarly(this.file))?.rowCount;
    if (rowCount === undefined) return undefined;
    this.#early ??= this.#recogniseEarly(rowCount);
    return this.#early;
  }

  #recogniseEarly(rowCount: number): EarlyTable {
    const rawAt = (record: number): RawRecord => {
      const bytes = this.bytesOf(record, 0, 0);
      return { record, line: record, byteStart: 0, byteEnd: bytes.length, bytes };
    };
    const sample = Array.from({ length: Math.min(EARLY_SAMPLE, rowCount) }, (_, i) => parseRecord(rawAt(i)));
    const objects = sample.flatMap((parsed) =>
      'value' in parsed && isObject(parsed.value) ? [parsed.value] : [],
    );
    return { rowCount, recognition: recogniseAs(this.#likely(), objects), rawAt };
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

  async survey(settings: FileSettings, signal: AbortSignal): Promise<DocumentSurvey | undefined> {
    this.#rules = settings.rules;
    const { survey, digest } = await this.#tools.survey(this.file, settings, signal);
    if (!this.#access) {
      const access = await this.#tools.open(this.file, digest, signal);
      // Closed meanwhile: nobody would close it again.
      if (signal.aborted) access.close();
      this.#access = access;
    }
    signal.throwIfAborted();
    this.#survey = { ...survey, lineCount: 0, byteCount: 0 };
    // Read anew under another mapping, the edits are still here.
    const isFirst = this.#journal === undefined;
    this.#journal ??= this.#tools.journal(this.file);
    const left = isFirst
      ? (this.#backup === undefined ? this.#journal : this.#tools.backup(this.file, this.#backup)).read()
      : undefined;
    for (const [record, waiting] of this.#waiting) {
      this.#changed.add(record);
      // An edit that was taken back while the file was read again after a save.
      if (isFirst) this.#journal.append(record, waiting);
    }
    if (left) {
      this.restored = { count: left.edits.size, isStale: left.isStale };
      if (!left.isStale) for (const [record, waiting] of left.edits) this.#restore(record, waiting);
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
      const surveyor = new Surveyor({ recognition }, this.#rules);
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

  newlineOf({ byteEnd }: RawRecord): Newline {
    return (this.#access?.lineEndAfter(byteEnd) ?? byteEnd) - byteEnd > 1 ? '\r\n' : '\n';
  }

  /** Keeps an edit until it is saved; null drops the record. Its number in the history. */
  edit(record: number, bytes: Uint8Array | null): number {
    const before = this.#waiting.get(record);
    const id = this.history.add({
      record,
      before: before ? before.bytes : this.#rawOf(record).bytes,
      after: bytes,
    });
    this.#put(record, bytes);
    return id;
  }

  /** Takes an edit of the history back, or makes it again. False where it is not known any more. */
  retrace(id: number, direction: 'undo' | 'redo'): boolean {
    const past = this.history.find(id);
    if (past) this.#put(past.record, direction === 'undo' ? past.before : past.after);
    return past !== undefined;
  }

  /** An edit that gives the first bytes again is none. */
  #put(record: number, bytes: Uint8Array | null): void {
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
    // Records behind a dropped one, or one that became several, have other numbers now.
    if (changes.some(({ bytes }) => bytes?.includes(LINE_FEED) ?? true)) this.history.forget();
    this.#journal?.clear();
    this.#waiting.clear();
  }

  /** Saves the file as it is with its edits under another name; how many records differ. The edits go on waiting here. */
  async saveAs(path: string): Promise<number> {
    const signal = new AbortController().signal;
    await copyFile(this.file.path, path);
    const changes = this.#changes();
    const copy = await openFile(path);
    await savePlanned(
      copy,
      planChanges(copy, async () => Promise.resolve(changes), false),
      signal,
    );
    return changes.length;
  }

  /** Writes what waits to a file, for `backup` of another session. */
  async backup(path: string): Promise<void> {
    await rm(path, { force: true });
    const kept = this.#tools.backup(this.file, path);
    for (const [record, waiting] of this.#waiting) kept.append(record, waiting);
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

  #restore(record: number, waiting: Waiting): void {
    this.#waiting.set(record, waiting);
    // From a backup, the journal knows nothing of it yet.
    if (this.#backup !== undefined) this.#journal?.append(record, waiting);
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
