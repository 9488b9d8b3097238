// Cuts the records of a JSON document, in one pass over its bytes: a record is a range of bytes, as a line is in JSON
// Lines. Only brackets, strings and what stands between the records are looked at; the rest is left to the parser of
// records. Holds at most one record, and never one over the limit.
import { concat } from '#core/concat.ts';
import { beginsComment, CommentEnd } from '#core/json/comment.ts';
import type { DocumentLayout } from '#core/json/documentLayout.ts';
import {
  BETWEEN,
  CLOSE_LIST,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  GAP,
  isBegin,
  KINDS,
  LINE_FEED,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
} from '#core/json/marks.ts';
import { objectsOf, parseRecord, tooLongMessage } from '#core/json/parseRecord.ts';
import { recognise } from '#core/mapping/recognise.ts';
import { splitAt } from '#core/model/fieldNames.ts';
import type { CutRecord } from '#core/model/record.ts';
import { MAX_RECORD_BYTES } from '#core/model/record.ts';

import { FAULTS } from './documentFaults.ts';
import { DocumentFields } from './documentFields.ts';
import { Seam } from './seam.ts';
import type { Spot } from './textPlaces.ts';
import { NOWHERE, TextPlaces } from './textPlaces.ts';
import { ValueEnd } from './valueEnd.ts';

/** Longest first record by which a list under another key is judged. */
const MAX_TRIAL_BYTES = 4 * 1024 * 1024;

/** Longer keys of the document are no key that we look for. */
const MAX_KEY_BYTES = 4096;

/** Where the scanner is. */
type State =
  /** Before, between and after documents. */
  | 'outside'
  /** In the list, between records. */
  | 'list'
  /** In the object that holds the list, between its fields. */
  | 'fields'
  /** In the name of such a field. */
  | 'key'
  /** In a record, or in a field that is skipped. */
  | 'value'
  /** In a broken record: looks for the seam. */
  | 'lost'
  /** In a comment, between values. */
  | 'comment'
  /** After the end. */
  | 'done';

export interface CutOptions {
  /** The bytes begin at a record, in the middle of the document. */
  readonly isInside?: boolean;
  /** False for a record to count but not to return. */
  readonly wants?: ((record: number) => boolean) | undefined;
  /** Bytes of a record: a longer one comes without its bytes, with a fault. */
  readonly max?: number | undefined;
  /** Say in which column each record begins. */
  readonly hasColumns?: boolean;
}

const NOTHING = new Uint8Array(0);

export class DocumentCutter {
  readonly #layout: DocumentLayout;
  readonly #seam: Seam | undefined;
  readonly #wants: ((record: number) => boolean) | undefined;
  readonly #max: number;
  readonly #places: TextPlaces;
  #state: State;
  /** The state after the open value. */
  #after: State = 'outside';
  /** What stands before, outside of values: a mark or a bracket, QUOTE after a value, 0 at the start. */
  #last: number;
  /** A fault between records was reported, and no record has begun since. */
  #isFaulty = false;
  #ready: CutRecord[] = [];
  #record = 0;
  #lastComma = NOWHERE;
  #lastEnd = NOWHERE;

  // The open value.
  #isRecord = false;
  #isWanted = true;
  #start = NOWHERE;
  readonly #value: ValueEnd;
  /** Its bytes in the chunks before. */
  #parts: Uint8Array[] = [];
  #partBytes = 0;

  /** The name of a field of the document, while it is read. */
  #key: number[] = [];
  readonly #fields: DocumentFields;
  /** The first record of the list decides whether it is read. */
  #isTrial = false;
  /** The state after the comment. */
  #afterComment: State = 'outside';
  readonly #comment = new CommentEnd();
  /** The key of a list of which no record was given out. */
  #split: string | undefined;

  constructor(layout: DocumentLayout, options: CutOptions = {}) {
    const { isInside = false, wants, max = MAX_RECORD_BYTES, hasColumns = false } = options;
    this.#layout = layout;
    this.#seam = layout.seam === undefined ? undefined : new Seam(layout.seam);
    this.#wants = wants;
    this.#max = max;
    this.#places = new TextPlaces(hasColumns);
    this.#value = new ValueEnd(this.#places);
    const isInList = isInside && layout.form !== 'sequence';
    this.#state = isInList ? 'list' : 'outside';
    this.#last = isInList ? COMMA : 0;
    this.#fields = new DocumentFields(layout.path ?? [], isInList);
  }

  /** Number of line ends so far. */
  get lineCount(): number {
    return this.#places.line;
  }

  /** Names of the document's fields that are not read: the first ones. */
  get otherFields(): ReadonlySet<string> {
    return this.#fields.others;
  }

  /** True if the text may be cut here: what follows begins with a record. */
  get isBetween(): boolean {
    return this.#layout.form === 'sequence'
      ? this.#state === 'outside'
      : this.#state === 'list' && this.#last === COMMA;
  }

  /**
   * The records that this chunk completes, in order. Their bytes are valid until the next chunk. A Buffer of Node is
   * searched twice as fast as other bytes.
   */
  push(bytes: Uint8Array): readonly CutRecord[] {
    this.#value.newChunk();
    // Editors don't count a byte order mark.
    if (this.#places.chunkStart === 0 && bytes[0] === 0xef && this.#state === 'outside')
      this.#places.skipMark();
    for (let at = 0; at < bytes.length;) at = this.#step(bytes, at);
    if (this.#isOpen && this.#isRecord)
      this.#keep(bytes.subarray(Math.max(0, this.#start.byte - this.#places.chunkStart)));
    this.#seam?.endChunk(bytes);
    this.#places.endChunk(bytes);
    return this.#taken();
  }

  /** The last records, where the text ends. */
  end(): readonly CutRecord[] {
    if (this.#state === 'comment') this.#state = this.#afterComment;
    if (this.#state === 'value' && this.#value.isWord) this.#endValue(NOTHING, 0);
    if (this.#isOpen && this.#isRecord) this.#emit(NOTHING, 0);
    else if (this.#state !== 'outside' && this.#state !== 'done') this.#failOnce(FAULTS.end, this.#lastEnd);
    return this.#taken();
  }

  get #isOpen(): boolean {
    return this.#state === 'value' || this.#state === 'lost';
  }

  #taken(): readonly CutRecord[] {
    const ready = this.#ready;
    if (ready.length > 0) this.#ready = [];
    return ready;
  }

  /** Reads on from a byte of the chunk; where to go on. */
  #step(bytes: Uint8Array, at: number): number {
    switch (this.#state) {
      case 'value':
        return this.#scanValue(bytes, at);
      case 'lost':
        return this.#seekSeam(bytes, at);
      case 'key':
        return this.#scanKey(bytes, at);
      case 'comment':
        return this.#scanComment(bytes, at);
      case 'outside':
      case 'list':
      case 'fields':
      case 'done':
        return this.#scanBetween(bytes, at);
    }
  }

  /** From a byte between values to just after the next one that is not white space. */
  #scanBetween(bytes: Uint8Array, from: number): number {
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === LINE_FEED) this.#places.newLine(at);
      if (KINDS[byte] === GAP || this.#state === 'done') continue;
      if (beginsComment(byte)) this.#beginComment(bytes, at, byte);
      else if (this.#state === 'outside') this.#takeOutside(bytes, at, byte);
      else if (this.#state === 'fields') this.#takeInFields(bytes, at, byte);
      else if (this.#isTrial && byte !== OPEN_OBJECT && byte !== CLOSE_LIST) {
        this.#leaveList(OPEN_LIST);
        return at;
      } else this.#takeInList(bytes, at, byte);
      return at + 1;
    }
    return bytes.length;
  }

  #beginComment(bytes: Uint8Array, at: number, byte: number): void {
    this.#fail(FAULTS.comment, this.#places.spot(bytes, at));
    [this.#afterComment, this.#state] = [this.#state, 'comment'];
    this.#comment.begin(byte);
  }

  #scanComment(bytes: Uint8Array, from: number): number {
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === LINE_FEED) this.#places.newLine(at);
      if (!this.#comment.step(byte)) continue;
      this.#state = this.#afterComment;
      return at + 1;
    }
    return bytes.length;
  }

  #takeOutside(bytes: Uint8Array, at: number, byte: number): void {
    const { form } = this.#layout;
    if (BETWEEN.has(byte)) return;
    if (form === 'sequence') {
      if (byte === COMMA) this.#failOnce(FAULTS.commaBetween, this.#places.spot(bytes, at));
      else if (isBegin(byte)) this.#begin(bytes, at, byte, true);
      else this.#failOnce(FAULTS.unexpected, this.#places.spot(bytes, at));
      return;
    }
    const isFirst = this.#last === 0;
    if (form === 'list' && byte === OPEN_LIST) {
      if (!isFirst) this.#fail(FAULTS.secondList, this.#places.spot(bytes, at));
      [this.#state, this.#last] = ['list', OPEN_LIST];
    } else if (form === 'keyed' && byte === OPEN_OBJECT && isFirst) {
      [this.#state, this.#last] = ['fields', OPEN_OBJECT];
    } else {
      this.#fail(isFirst ? FAULTS.unexpected : FAULTS.more, this.#places.spot(bytes, at));
      this.#state = 'done';
    }
  }

  #takeInList(bytes: Uint8Array, at: number, byte: number): void {
    if (byte === COMMA) {
      const spot = this.#places.spot(bytes, at);
      if (this.#last === QUOTE) this.#lastComma = spot;
      else this.#failOnce(FAULTS.doubleComma, spot);
      this.#last = COMMA;
    } else if (byte === CLOSE_LIST) {
      if (this.#last === COMMA) this.#failOnce(FAULTS.trailingComma, this.#lastComma);
      this.#state = this.#layout.form === 'keyed' ? 'fields' : 'outside';
      this.#isTrial = false;
      this.#last = QUOTE;
      this.#lastEnd = this.#places.spot(bytes, at);
    } else if (isBegin(byte)) {
      if (this.#last === QUOTE) this.#failOnce(FAULTS.missingComma, this.#places.spot(bytes, at));
      this.#begin(bytes, at, byte, true);
    } else this.#failOnce(FAULTS.unexpected, this.#places.spot(bytes, at));
  }

  /** In the object that holds the list. */
  #takeInFields(bytes: Uint8Array, at: number, byte: number): void {
    if (byte === QUOTE && this.#last !== COLON) {
      [this.#state, this.#key] = ['key', []];
      this.#value.begin(byte);
    } else if (byte === COMMA || byte === COLON) this.#last = byte;
    else if (byte === CLOSE_OBJECT) this.#endObject();
    else if (this.#last !== COLON || !isBegin(byte))
      this.#failOnce(FAULTS.unexpected, this.#places.spot(bytes, at));
    else if (byte === OPEN_OBJECT && this.#fields.enter()) this.#last = OPEN_OBJECT;
    else if (byte !== OPEN_LIST || !this.#beginList(bytes, at)) {
      this.#fields.skip();
      this.#begin(bytes, at, byte, false);
    }
  }

  #endObject(): void {
    const isInside = this.#fields.leave();
    [this.#state, this.#last] = isInside ? ['fields', QUOTE] : ['outside', CLOSE_OBJECT];
  }

  /** False for a list without records of the dataset. */
  #beginList(bytes: Uint8Array, at: number): boolean {
    const role = this.#fields.listRole();
    if (role === 'again') this.#fail(FAULTS.sameKey, this.#places.spot(bytes, at));
    if (role === 'again' || role === 'other') return false;
    [this.#state, this.#last] = ['list', OPEN_LIST];
    this.#isTrial = role === 'trial';
    this.#split = splitAt(this.#fields.path);
    return true;
  }

  /** Skips the rest of a list that is not of the dataset. */
  #leaveList(mark: number): void {
    this.#fields.skip();
    [this.#isTrial, this.#split] = [false, undefined];
    [this.#state, this.#after] = ['value', 'fields'];
    [this.#isRecord, this.#isWanted] = [false, false];
    this.#value.goOn(OPEN_LIST, mark);
    this.#parts = [];
  }

  /** Whether the first record of a list, which ends here, is of a known schema. */
  #isOfDataset(bytes: Uint8Array, end: number): boolean {
    const raw = this.#cutOpen(bytes, end, Math.max(this.#max, MAX_TRIAL_BYTES));
    return recognise(objectsOf(parseRecord(raw))) !== undefined;
  }

  /** The list of the open record is read. */
  #endTrial(): void {
    this.#isTrial = false;
    this.#isWanted = this.#wants?.(this.#record) ?? true;
  }

  #scanKey(bytes: Uint8Array, from: number): number {
    const at = this.#value.findQuote(bytes, from);
    const end = at < 0 ? this.#value.stop : at - 1;
    for (let i = from; i < end && this.#key.length < MAX_KEY_BYTES; i++) this.#key.push(bytes[i] ?? 0);
    if (at < 0) return this.#stopped(bytes);
    const text = new TextDecoder().decode(Uint8Array.from(this.#key));
    try {
      this.#fields.name = JSON.parse(`"${text}"`) as string;
    } catch {
      // A key that is too long, or broken: not the one that we look for.
      this.#fields.name = text;
    }
    [this.#state, this.#last] = ['fields', QUOTE];
    return at;
  }

  /** A value begins. */
  #begin(bytes: Uint8Array, at: number, byte: number, isRecord: boolean): void {
    this.#isFaulty = false;
    this.#after = this.#state;
    this.#state = 'value';
    this.#isRecord = isRecord;
    this.#isWanted = isRecord && (this.#isTrial || (this.#wants?.(this.#record) ?? true));
    this.#start = this.#places.spot(bytes, at);
    this.#parts = [];
    this.#partBytes = 0;
    this.#value.begin(byte);
  }

  /** From inside a value to just after it, or to the end of the chunk. */
  #scanValue(bytes: Uint8Array, from: number): number {
    const end = this.#value.find(bytes, from);
    if (end < 0) return this.#stopped(bytes);
    this.#endValue(bytes, end);
    return end;
  }

  /** Where to go on: the open value ends in a later chunk, or is broken. */
  #stopped(bytes: Uint8Array): number {
    const { stop, isBroken } = this.#value;
    if (isBroken) this.#lose(bytes, stop);
    return stop;
  }

  /** The value cannot be valid JSON: from here on its end is found by the seam. */
  #lose(bytes: Uint8Array, at: number): void {
    if (this.#state === 'key') this.#isRecord = false;
    // A list that begins with a broken record is not lost from sight.
    if (this.#isTrial) this.#endTrial();
    this.#state = 'lost';
    this.#seam?.begin(bytes, at, this.#places.chunkStart + at - this.#start.byte);
  }

  /** Looks for the seam after which the next record begins. */
  #seekSeam(bytes: Uint8Array, from: number): number {
    const seam = this.#isRecord ? this.#seam : undefined;
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === LINE_FEED) this.#places.newLine(at);
      if (!seam) continue;
      if (!seam.endsWith(byte)) continue;
      const start = at + 1 - seam.bytes.length;
      this.#emit(bytes, start + 1);
      this.#beginAtSeam(bytes, start + seam.open, seam);
      return at + 1;
    }
    return bytes.length;
  }

  /** A record begins inside the seam, which may have begun in the chunk before: then `at` is negative. */
  #beginAtSeam(bytes: Uint8Array, at: number, seam: Seam): void {
    [this.#state, this.#isWanted] = ['value', this.#wants?.(this.#record) ?? true];
    const { byte, line, column } = this.#places.spot(bytes, at);
    this.#start = { byte, line: line - seam.linesAfter, column: seam.column < 0 ? column : seam.column };
    this.#parts = [];
    this.#partBytes = 0;
    if (at < 0) this.#keep(seam.bytes.subarray(seam.open, seam.open - at));
    this.#value.goOn(OPEN_OBJECT, QUOTE);
  }

  #endValue(bytes: Uint8Array, end: number): void {
    if (this.#isTrial && !this.#isOfDataset(bytes, end)) {
      this.#leaveList(QUOTE);
      return;
    }
    if (this.#isTrial) this.#endTrial();
    if (this.#isRecord) this.#emit(bytes, end);
    this.#state = this.#after;
    this.#last = QUOTE;
    this.#lastEnd = this.#places.spot(bytes, end);
  }

  /** Gives out the open record, which ends before this byte of the chunk. */
  #emit(bytes: Uint8Array, end: number): void {
    const raw = this.#isWanted ? this.#cutOpen(bytes, end, this.#max) : undefined;
    this.#parts = [];
    this.#record++;
    if (raw) this.#put(raw);
  }

  #put(raw: CutRecord): void {
    this.#ready.push(this.#split === undefined ? raw : { ...raw, split: this.#split });
    this.#split = undefined;
  }

  /** The open record, which ends before this byte of the chunk. */
  #cutOpen(bytes: Uint8Array, end: number, max: number): CutRecord {
    const { byte: byteStart, line, column } = this.#start;
    const parts = this.#parts;
    const byteEnd = this.#places.chunkStart + end;
    const length = byteEnd - byteStart;
    const isTooLong = length > max;
    const own = bytes.subarray(Math.max(0, byteStart - this.#places.chunkStart), Math.max(0, end));
    const whole = isTooLong
      ? NOTHING
      : parts.length === 0
        ? own
        : concat([...parts, own]).subarray(0, length);
    const fault = this.#state === 'lost' ? FAULTS.noEnd : tooLongMessage(max);
    return {
      ...{ record: this.#record, line, byteStart, byteEnd, lineEnd: byteEnd, bytes: whole },
      isInDocument: true,
      ...(isTooLong && { fault }),
      ...(this.#places.hasColumns && { column }),
    };
  }

  /** Keeps a part of the open record: a copy, because readers reuse their memory. Past the limit, only its length. */
  #keep(part: Uint8Array): void {
    this.#partBytes += part.length;
    const max = this.#isTrial ? Math.max(this.#max, MAX_TRIAL_BYTES) : this.#max;
    if (!this.#isWanted || this.#partBytes > max) this.#parts = [];
    else this.#parts.push(new Uint8Array(part));
  }

  /** A fault between records: a record without bytes at its place. */
  #fail(fault: string, spot: Spot): void {
    const { byte, line, column } = spot;
    this.#isFaulty = true;
    this.#lastEnd = spot;
    const record = this.#record++;
    if (this.#wants?.(record) === false) return;
    this.#put({
      ...{ record, line, byteStart: byte, byteEnd: byte, lineEnd: byte, bytes: NOTHING, fault },
      isInDocument: true,
      ...(this.#places.hasColumns && { column }),
    });
  }

  /** The first fault before a record. */
  #failOnce(fault: string, spot: Spot): void {
    if (!this.#isFaulty) this.#fail(fault, spot);
  }
}

/** The records in a stream of chunks; with `wants`, only those, and the columns in which they begin. */
export async function* readDocument(
  chunks: AsyncIterable<Uint8Array>,
  layout: DocumentLayout,
  wants?: (record: number) => boolean,
  max?: number,
): AsyncGenerator<CutRecord> {
  const cutter = new DocumentCutter(layout, { wants, max, hasColumns: wants !== undefined });
  for await (const chunk of chunks) yield* cutter.push(chunk);
  yield* cutter.end();
}
