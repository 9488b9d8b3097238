// A dataset that is read from disk, because it is too large for an editor, or compressed. Edits are pending in memory and
// in a journal until they are saved.
import type { RuleSettings } from '#core/checks/check.ts';
import { pairKeysOf } from '#core/checks/relations/carried.ts';
import { DEFAULT_RULES } from '#core/checks/settings.ts';
import { surveyAfterSave } from '#core/dataset/afterSave.ts';
import { placesOf } from '#core/dataset/survey.ts';
import { removals } from '#core/edits/drops.ts';
import type { Newline } from '#core/edits/edit.ts';
import type { Pending, Taken } from '#core/edits/pending.ts';
import { recordsIn, renumberBy } from '#core/edits/pending.ts';
import type { Mapping } from '#core/mapping/mapping.ts';
import { messages } from '#core/messages.ts';
import type { RawRecord } from '#core/model/record.ts';
import type { RecordChange } from '#core/model/record.ts';
import type { RecordStream } from '#core/ports.ts';
import { cardFor } from '#node/card.ts';
import type { FileSettings } from '#node/config.ts';
import type { RecordAccess } from '#node/containers/container.ts';
import { containerOf, planChanges } from '#node/containers/containers.ts';
import type { DataFile } from '#node/dataFile.ts';
import { isPlain } from '#node/dataFile.ts';
import type { Disk } from '#node/diskTools.ts';
import type { EditSession, Settled } from '#node/editSession.ts';
import { isSavedAs } from '#node/editSession.ts';
import { openFile } from '#node/files.ts';
import { findRecords } from '#node/findRecords.ts';
import { inTurn } from '#node/queue.ts';
import type { RelateText } from '#node/rangeWork.ts';
import { savePlannedAs } from '#node/save.ts';
import type { SearchedText } from '#node/searchFile.ts';
import type { Stamp } from '#node/stored.ts';
import { sameStamp, stampOf } from '#node/stored.ts';

import type { ColumnIndex } from './columnIndex.ts';
import { columnsOf, hasLongLine } from './columnIndex.ts';
import type { DiskOptions } from './diskOptions.ts';
import type { Saved, Written } from './diskSave.ts';
import { changesOf, writeTaken } from './diskSave.ts';
import type { EarlyTable } from './early.ts';
import { recogniseEarly } from './early.ts';
import { editedRecords, recordsBefore, surveyRecordsAgain } from './editedRecords.ts';
import type { Carried, DocumentSurvey } from './resurvey.ts';
import type { PendingSource, Source } from './source.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** How far the line of a record is read to find its column. In longer lines, columns are remembered. */
const MAX_COLUMN_BYTES = 4 * 1024 * 1024;

const NOTHING_PENDING: ReadonlyMap<number, Pending> = new Map();

export class DiskSource implements Source, PendingSource {
  readonly uri: string;
  readonly document = undefined;
  readonly pending: PendingSource | undefined;
  readonly version = null;
  readonly #tools: Disk;
  #file: DataFile;
  /** SHA-256 of the file; undefined while unknown. */
  #digest: string | undefined;
  #access: RecordAccess | undefined;
  readonly #session: EditSession | undefined;
  #isSettled = false;
  #isClosed = false;
  /** Edits of a save that can no longer be stopped. */
  #committing: Taken | undefined;
  #savedAs: Stamp | undefined;
  /** The file has to be opened again: another program wrote to it right after a save, or opening it failed. */
  #isStale = false;
  #changed = new Set<number>();
  /** Changes saved since the last refresh of the survey. */
  #moved: readonly RecordChange[] | undefined;
  #survey: DocumentSurvey | undefined;
  #rules: RuleSettings = DEFAULT_RULES;
  /** Result of restoring edits, until `takeSettled`. */
  #settled: Settled | undefined;
  /** The mapping of rows that are shown before the file is read through. */
  readonly #likely: () => Mapping | undefined;
  #early: EarlyTable | undefined;
  /** Of a document with very long lines. */
  #columns: ColumnIndex | undefined;

  constructor(uri: string, file: DataFile, tools: Disk, options: DiskOptions = {}) {
    const { backup, isReadOnly = false, likely } = options;
    this.pending = isReadOnly ? undefined : this;
    this.#likely = likely ?? (() => undefined);
    this.uri = uri;
    this.#file = file;
    this.#tools = tools;
    this.#session = isReadOnly ? undefined : tools.session(file, backup);
  }

  get file(): DataFile {
    return this.#file;
  }

  get #pending(): ReadonlyMap<number, Pending> {
    return this.#session?.edits.pending ?? NOTHING_PENDING;
  }

  get maxRecordBytes(): number {
    return this.#file.maxRecordBytes;
  }

  isEdited(record: number): boolean {
    return this.#pending.has(record);
  }

  isDropped(record: number): boolean {
    return this.#pending.get(record)?.bytes === null;
  }

  early(): EarlyTable | undefined {
    const rowCount = (this.#access ??= this.#tools.openEarly(this.#file))?.rowCount;
    if (rowCount === undefined) return undefined;
    this.#early ??= recogniseEarly(
      rowCount,
      { mapping: this.#likely(), card: cardFor(this.#file.path) },
      (record) => this.#fileBytes(record, 0, 0),
    );
    return this.#early;
  }

  get unsavedCount(): number {
    return this.#pending.size;
  }

  get records(): RecordStream {
    return editedRecords(this.#file, new Map(this.#pending));
  }

  readonly textForThread = (): RelateText => {
    const edited = new Map([...this.#pending].map(([record, { bytes }]) => [record, bytes]));
    return { path: this.#file.path, container: this.#file.container, max: this.maxRecordBytes, edited };
  };

  searchedText(): SearchedText {
    const file = this.#file;
    const { kind } = file.container;
    // The places of records in other containers are not those of their JSON.
    const path = kind === 'lines' || kind === 'document' ? this.#access?.textPath : undefined;
    return {
      name: file.path,
      from: path === undefined ? { kind: 'file', file } : { kind: 'path', path },
      edited: new Map([...this.#pending].map(([record, { bytes }]) => [record, bytes])),
      maxRecordBytes: this.maxRecordBytes,
      assertSame: async () => file.assertSame(),
    };
  }

  async survey(settings: FileSettings, signal: AbortSignal): Promise<DocumentSurvey | undefined> {
    this.#rules = settings.rules;
    const file = this.#file;
    const read = await this.#tools.survey(file, settings, signal).catch((error: unknown) => {
      if (file === this.#file) throw error;
    });
    // The file was saved meanwhile: this survey is of the old file.
    if (!read || file !== this.#file) return this.survey(settings, signal);
    this.#digest = read.digest === '' ? undefined : read.digest;
    const { obstacle, recognition } = read.survey;
    if (obstacle && !recognition) throw messages.obstacle(file.path, obstacle);
    if (!this.#access) {
      const access = await this.#tools.open(file, read.digest, signal);
      // A later survey opens its own access, and nobody would close this one after `close`.
      if (signal.aborted) access.close();
      else this.#access = access;
    }
    signal.throwIfAborted();
    const survey = { ...read.survey, lineCount: 0, byteCount: 0 };
    // The dataset editor counts rows, not the lines of the text.
    if (file.container.kind === 'csv') survey.facts.records.line.forEach((_, i, lines) => (lines[i] = i));
    const { records, recordCount } = survey.facts;
    const isLong = this.isDocument && hasLongLine(records, recordCount, MAX_COLUMN_BYTES);
    this.#columns = isLong ? await columnsOf(file.bytes(), signal) : undefined;
    this.#survey = survey;
    this.#moved = undefined;
    if (!this.#isSettled) await this.#settle(signal);
    for (const record of this.#pending.keys()) this.#changed.add(record);
    return survey;
  }

  /** Compares edits of earlier sessions with the present file, and restores those that still fit. */
  async #settle(signal: AbortSignal): Promise<void> {
    const file = this.#file;
    const count = this.#survey?.facts.recordCount ?? 0;
    const settled = await this.#session?.settle({
      stamp: file.stamp,
      digest: this.#digest,
      bytesAt: (record) => (record < count ? this.#fileRecord(record).bytes : undefined),
      find: async (wanted) => findRecords(file, wanted, signal),
    });
    if (settled) this.#addSettled(settled);
    signal.throwIfAborted();
    this.#isSettled = true;
  }

  /** Joins results: the file may be opened again before the last result is taken. */
  #addSettled(settled: Settled): void {
    const before = this.#settled;
    if (!before) {
      this.#settled = settled;
      return;
    }
    const ids = new Set([...before.added, ...settled.added].map(({ id }) => id));
    this.#settled = {
      ...before,
      ...settled,
      restored: before.restored + settled.restored,
      added: this.#session?.edits.done.filter(({ id }) => ids.has(id)) ?? [],
      aside: [...before.aside, ...settled.aside],
    };
  }

  takeSettled(): Settled | undefined {
    const settled = this.#settled;
    this.#settled = undefined;
    return settled;
  }

  takeFault(): string | undefined {
    return this.#session?.takeFault();
  }

  refresh(old: DocumentSurvey): Carried | undefined {
    const isUnchanged = this.#changed.size === 0 && !this.#moved;
    if (isUnchanged || !old.recognition) return undefined;
    const saved = this.#moved;
    this.#moved = undefined;
    const { survey, renumber } = saved
      ? surveyAfterSave(old, saved, containerOf(this.#file).isTable)
      : { survey: old, renumber: (record: number) => record };
    // `#fileRecord` finds records by it.
    this.#survey = survey;
    const changed = this.#changed;
    this.#changed = new Set();
    // The facts are changed in place, so the old keys are read first.
    const before = new Map(
      recordsBefore(old.facts.recordCount, changed, saved && renumber).map(
        (record) => [record, pairKeysOf(old.facts, record)] as const,
      ),
    );
    this.#survey = surveyRecordsAgain(survey, changed, (record) => this.#rawOf(record), this.#rules);
    return {
      survey: this.#survey,
      before: () => before,
      changed: [...changed],
      renumber: (record) => {
        const now = renumber(record);
        return changed.has(now) ? -1 : now;
      },
    };
  }

  bytesOf(record: number, byteStart: number, byteEnd: number): Uint8Array {
    const pending = this.#pending.get(record);
    if (pending) return pending.bytes ?? new Uint8Array(0);
    return this.#fileBytes(record, byteStart, byteEnd);
  }

  textOf(bytes: Uint8Array): string {
    return decoder.decode(bytes);
  }

  get isDocument(): boolean {
    return this.#file.container.kind === 'document';
  }

  textLengthBefore({ record, byteStart }: RawRecord): number {
    // In JSON Lines only a BOM can stand before a record, and editors don't count it.
    if (!this.isDocument) return 0;
    if (this.#columns)
      return this.#columns.unitsBefore(byteStart, (from, to) =>
        this.#access ? this.#access.bytesOf(record, from, to) : new Uint8Array(0),
      );
    const from = Math.max(0, byteStart - MAX_COLUMN_BYTES);
    const before = this.#access?.bytesOf(record, from, byteStart) ?? new Uint8Array(0);
    const line = before.subarray(before.lastIndexOf(0x0a) + 1);
    // While the columns of such long lines are unknown, they are left at the start.
    return line.length === MAX_COLUMN_BYTES ? 0 : decoder.decode(line).replace(/^\ufeff/, '').length;
  }

  newlineOf({ byteEnd }: RawRecord): Newline {
    return (this.#access?.lineEndAfter(byteEnd) ?? byteEnd) - byteEnd > 1 ? '\r\n' : '\n';
  }

  get #isWritable(): boolean {
    return containerOf(this.#file).isReadOnly !== true;
  }

  edit(record: number, bytes: Uint8Array | null, label: string): number {
    if (!this.#isWritable) throw messages.readOnlyInEditor(this.#file.path, this.#file.container.kind);
    if (!this.#session || !this.#isSettled || this.#isLeaving(record))
      throw messages.stillReading(this.#file.path);
    if (bytes === null && !this.#canDrop(record)) throw messages.dropBesideFault(this.#file.path, record);
    const id = this.#session.add(record, this.#rawOf(record).bytes, bytes, label);
    this.#changed.add(record);
    return id;
  }

  #canDrop(record: number): boolean {
    const survey = this.#survey;
    if (!this.isDocument || !survey) return true;
    const isDropped = (one: number): boolean => one === record || this.isDropped(one);
    return removals(placesOf(survey), isDropped)(record) !== undefined;
  }

  /** True if the running save can no longer be stopped and drops or splits the record. */
  #isLeaving(record: number): boolean {
    const taken = this.#committing?.pending.get(record);
    return taken !== undefined && recordsIn(taken.bytes) !== 1;
  }

  retrace(id: number, direction: 'undo' | 'redo'): boolean {
    const record = this.#session?.edits.recordOf(id);
    if (record === undefined || this.#isLeaving(record)) return false;
    const isKnown = this.#isSettled && !this.isEdited(record);
    const base = isKnown ? this.#fileRecord(record).bytes : undefined;
    if (this.#session?.retrace(id, direction, base) !== true) return false;
    this.#changed.add(record);
    return true;
  }

  async save(signal: AbortSignal, onCommit: () => void = () => undefined): Promise<Saved> {
    return inTurn(this.#turn, async () => {
      for (;;) {
        if (!this.#isSettled) throw messages.stillReading(this.#file.path);
        const saved = await this.#saveOnce(signal, onCommit);
        if (saved) return saved;
      }
    });
  }

  get savedAs(): Stamp | undefined {
    return this.#savedAs;
  }

  get #turn(): string {
    return `edits of ${this.#file.path}`;
  }

  /** Undefined if a drop was undone before the file was replaced: the save has to start again. */
  async #saveOnce(signal: AbortSignal, onCommit: () => void): Promise<Saved | undefined> {
    const session = this.#session;
    if (!session || session.edits.count === 0) return { count: 0, isCarried: true };
    const file = this.#file;
    const taken = session.edits.take();
    const changes = this.#changesOf(taken);
    const onLast = (): void => {
      this.#committing = taken;
    };
    let written: Written | undefined;
    // Windows cannot replace an open file.
    if (process.platform === 'win32') this.#access?.pause();
    try {
      written = await writeTaken(session, file, taken, changes, onLast, signal);
    } finally {
      const isSaved = written?.isTakenBack === false;
      if (!isSaved) this.#committing = undefined;
      if (!isSaved && process.platform === 'win32') this.#access?.resume();
    }
    if (written.isTakenBack) return undefined;
    const { stamp } = written;
    // The file is missing: the next open reports it.
    const next = await openFile(file.path, file.maxRecordBytes).catch(() => undefined);
    this.#committing = undefined;
    this.#isStale = !next || (stamp !== undefined && !isSavedAs(next.stamp, stamp));
    this.#savedAs = this.#isStale ? undefined : next?.stamp;
    const hadColumns = this.#columns !== undefined;
    this.#columns = undefined;
    if (next) this.#show(next);
    this.#commit(session, taken, changes);
    // The save is done: if its columns can't be read, they are left at the start.
    if (next && hadColumns) this.#columns = await columnsOf(next.bytes(), signal).catch(() => undefined);
    // A record that became several is read from the file.
    const isSplit = changes.some(({ bytes }) => bytes !== null && recordsIn(bytes) !== 1);
    const isCarried = this.#access !== undefined && !this.#isStale && !isSplit;
    // The places of the records are unknown now.
    if (!isCarried) this.#isSettled = false;
    else onCommit();
    if (isCarried && next) void this.#learnDigest(next, signal);
    return { count: taken.pending.size, isCarried };
  }

  /** Computes the digest of a saved file, to tell a touch from a change. */
  async #learnDigest(file: DataFile, signal: AbortSignal): Promise<void> {
    // If the file was closed or changed meanwhile, the digest stays unknown, and the next change reads the file again.
    const digest = await this.#tools.digest(file, signal).catch(() => undefined);
    const now = await stampOf(file.path).catch(() => undefined);
    if (this.#file === file && now && sameStamp(now, file.stamp)) this.#digest = digest;
  }

  /** The file now holds the taken edits; records after dropped ones have new numbers. */
  #commit(session: EditSession, taken: Taken, changes: readonly RecordChange[]): void {
    const renumber = renumberBy(changes.map(({ raw, bytes }) => [raw.record, bytes]));
    // A row is identified by its number; its line of JSON changes if a column was added.
    const isReadable = containerOf(this.#file).isTable && !this.#isStale && this.#access;
    session.commit(taken, (record) => (isReadable ? this.#fileBytes(record, 0, 0) : undefined));
    const stillChanged = [...this.#changed].map(renumber).filter((record) => record >= 0);
    this.#changed = new Set([...stillChanged, ...session.edits.pending.keys()]);
    this.#moved = changes;
    this.#digest = undefined;
  }

  /** Reads records from this state of the file from now on. */
  #show(file: DataFile): void {
    this.#file = file;
    this.#access?.close();
    // A save that could not be stopped may end after `close`.
    this.#access = this.#isClosed ? undefined : this.#tools.openEarly(file);
  }

  /** The content of the file is known without reading it. */
  get isDigested(): boolean {
    return this.#digest !== undefined;
  }

  /** What only looks changed, as after a touch, becomes the file that is read. */
  async isChanged(signal: AbortSignal): Promise<boolean> {
    return inTurn(this.#turn, async () => {
      if (this.#isStale) return true;
      const now = await stampOf(this.#file.path).catch(() => undefined);
      // Some programs remove a file before they write it again: pending edits wait for it.
      if (!now) return this.unsavedCount === 0;
      if (sameStamp(now, this.#file.stamp)) return false;
      if (this.#digest === undefined || now.size !== this.#file.size || !this.#isSettled) return true;
      const next = await openFile(this.#file.path, this.maxRecordBytes);
      if ((await this.#tools.digest(next, signal)) !== this.#digest) return true;
      // The text of a compressed file is a copy in the cache, by its digest.
      if (!isPlain(next)) this.#file = next;
      else this.#show(next);
      return false;
    });
  }

  async saveAs(path: string, signal: AbortSignal): Promise<number> {
    if (!this.#isWritable) throw messages.readOnlyInEditor(this.#file.path, this.#file.container.kind);
    // During a survey the places of the records are unknown.
    if (this.#session && !this.#isSettled) throw messages.stillReading(this.#file.path);
    const changes = this.#session ? this.#changesOf(this.#session.edits.take()) : [];
    const plan = planChanges(this.#file, async () => Promise.resolve(changes), false);
    await savePlannedAs(this.#file, path, plan, signal);
    return changes.length;
  }

  async backup(path: string): Promise<void> {
    if ((await this.#session?.backup(path)) !== true) throw messages.stillReading(this.#file.path);
  }

  discard(): void {
    for (const record of this.#session?.discard() ?? []) this.#changed.add(record);
  }

  async reopen(): Promise<void> {
    this.#isSettled = false;
    return inTurn(this.#turn, async () => {
      this.#isStale = true;
      const next = await openFile(this.#file.path, this.maxRecordBytes);
      this.#closeAccess();
      this.#file = next;
      this.#digest = undefined;
      this.#survey = undefined;
      this.#columns = undefined;
      this.#moved = undefined;
      this.#early = undefined;
      this.#isStale = false;
      this.#isSettled = false;
      this.#changed = new Set();
    });
  }

  #closeAccess(): void {
    this.#access?.close();
    this.#access = undefined;
  }

  close(): void {
    this.#isClosed = true;
    this.#closeAccess();
    this.#session?.close();
  }

  #fileBytes(record: number, byteStart: number, byteEnd: number): Uint8Array {
    return this.#access?.bytesOf(record, byteStart, byteEnd) ?? new Uint8Array(0);
  }

  /** A record as the file holds it. */
  #fileRecord(record: number): RawRecord {
    const { line, byteStart, byteEnd } = this.#survey?.facts.records ?? {};
    const [start, end] = [byteStart?.[record] ?? 0, byteEnd?.[record] ?? 0];
    const bytes = this.#fileBytes(record, start, end);
    return { record, line: line?.[record] ?? 0, byteStart: start, byteEnd: end, bytes };
  }

  #rawOf(record: number): RawRecord {
    const pending = this.#pending.get(record);
    const { line, byteStart, byteEnd } = this.#survey?.facts.records ?? {};
    if (!pending) return this.#fileRecord(record);
    const [start, end] = [byteStart?.[record] ?? 0, byteEnd?.[record] ?? 0];
    const bytes = pending.bytes ?? new Uint8Array(0);
    return { record, line: line?.[record] ?? 0, byteStart: start, byteEnd: end, bytes };
  }

  #changesOf(taken: Taken): readonly RecordChange[] {
    return changesOf(taken, this.#survey, this.#access, this.#file.container.kind === 'document');
  }
}
