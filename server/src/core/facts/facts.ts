import type { Key } from '../hash.ts';
import type { Identity } from '../model/identity.ts';
import { Columns } from './columns.ts';

/** A value of `pairs.dispute`. */
export const PARTIAL = -1;

/** In place of a spread: a verifier fails the chosen answer and passes the rejected one. */
export const REFUTED = -2;

/** Bits of `pairs.flags`. */
export const IS_TIE = 1;
/** The chosen answer comes before the rejected one in its record. */
export const CHOSEN_FIRST = 2;
/** From this bit on: which of a file's schemas read the pair, 0 for most. */
export const PART_SHIFT = 2;

/** One row per non-blank line: 36 bytes. */
export interface RecordColumns {
  line: Int32Array;
  byteStart: Float64Array;
  byteEnd: Float64Array;
  /** The first pair of this record. Its pairs end at the next record's first pair. */
  firstPair: Int32Array;
  /** Number of answers with their own verdict. */
  judgements: Int32Array;
  /** Good and bad ones among the judgements; ratings are neither. */
  good: Int32Array;
  bad: Int32Array;
}

/** One row per pair: 61 bytes. Lengths in UTF-16 units; a key is two numbers, low half first. */
export interface PairColumns {
  record: Int32Array;
  /** Of all turns together. */
  promptLength: Int32Array;
  chosenLength: Int32Array;
  rejectedLength: Int32Array;
  flags: Uint8Array;
  /** Style marks: of the chosen answer in the lower 16 bits, of the rejected one in the upper 16. */
  style: Uint32Array;
  /** Codes of the answers' origins: of the chosen one in the lower 16 bits, of the rejected one in the upper 16; 0 for none. */
  origins: Uint32Array;
  promptKey: Uint32Array;
  chosenKey: Uint32Array;
  rejectedKey: Uint32Array;
  margin: Float32Array;
  /**
   * Spread of several scorers that disagree; 0 if they agree. PARTIAL if a scorer saw only part of an answer: the margin is then
   * shown but not ranked. REFUTED if a verifier passes the rejected answer alone.
   */
  dispute: Float32Array;
  /** The pair's number when origins were last marked; −1 if it was added since. */
  origin: Int32Array;
}

export interface RecordRow {
  readonly line: number;
  readonly byteStart: number;
  readonly byteEnd: number;
  readonly judgements: number;
  readonly good: number;
  readonly bad: number;
}

export interface PairRow extends Identity {
  readonly promptLength: number;
  readonly chosenLength: number;
  readonly rejectedLength: number;
  readonly flags: number;
  readonly style: number;
  readonly origins: number;
}

export function recordColumns(rows: number): RecordColumns {
  return {
    line: new Int32Array(rows),
    byteStart: new Float64Array(rows),
    byteEnd: new Float64Array(rows),
    firstPair: new Int32Array(rows),
    judgements: new Int32Array(rows),
    good: new Int32Array(rows),
    bad: new Int32Array(rows),
  };
}

export function pairColumns(rows: number): PairColumns {
  return {
    record: new Int32Array(rows),
    promptLength: new Int32Array(rows),
    chosenLength: new Int32Array(rows),
    rejectedLength: new Int32Array(rows),
    flags: new Uint8Array(rows),
    style: new Uint32Array(rows),
    origins: new Uint32Array(rows),
    promptKey: new Uint32Array(2 * rows),
    chosenKey: new Uint32Array(2 * rows),
    rejectedKey: new Uint32Array(2 * rows),
    margin: new Float32Array(rows).fill(Number.NaN),
    dispute: new Float32Array(rows),
    origin: new Int32Array(rows).fill(-1),
  };
}

function setKey(column: Uint32Array, row: number, key: Key): void {
  column[2 * row] = key[0];
  column[2 * row + 1] = key[1];
}

export function keyAt(column: Uint32Array, row: number): Key {
  return [column[2 * row] ?? 0, column[2 * row + 1] ?? 0];
}

/**
 * Fixed-width numbers about records and pairs. Ranking, counting, filtering and the search for duplicates use only
 * these, never the text.
 */
export class Facts {
  readonly #records = new Columns(recordColumns);
  readonly #pairs = new Columns(pairColumns);
  #tieCount = 0;
  #judgementCount = 0;

  get recordCount(): number {
    return this.#records.count;
  }

  /** All pairs, including ties. */
  get pairCount(): number {
    return this.#pairs.count;
  }

  /** Pairs without a preferred answer. */
  get tieCount(): number {
    return this.#tieCount;
  }

  /** Pairs that a scorer can learn from. */
  get preferenceCount(): number {
    return this.pairCount - this.#tieCount;
  }

  /** Answers with their own verdict, in unpaired and stepwise data. */
  get judgementCount(): number {
    return this.#judgementCount;
  }

  /** Only the first `recordCount` rows are valid. */
  get records(): Readonly<RecordColumns> {
    return this.#records.all;
  }

  /** Only the first `pairCount` rows are valid. */
  get pairs(): Readonly<PairColumns> {
    return this.#pairs.all;
  }

  /** Margins of all pairs; NaN if unscored. Not a copy. */
  get margins(): Float32Array {
    return this.pairs.margin.subarray(0, this.pairCount);
  }

  addRecord({ line, byteStart, byteEnd, judgements, good, bad }: RecordRow): void {
    const at = this.#records.add();
    const c = this.#records.all;
    c.line[at] = line;
    c.byteStart[at] = byteStart;
    c.byteEnd[at] = byteEnd;
    c.firstPair[at] = this.#pairs.count;
    c.judgements[at] = judgements;
    c.good[at] = good;
    c.bad[at] = bad;
    this.#judgementCount += judgements;
  }

  /** Adds a pair to the last record. */
  addPair(row: PairRow): void {
    const at = this.#pairs.add();
    const c = this.#pairs.all;
    c.record[at] = this.#records.count - 1;
    c.promptLength[at] = row.promptLength;
    c.chosenLength[at] = row.chosenLength;
    c.rejectedLength[at] = row.rejectedLength;
    c.flags[at] = row.flags;
    c.style[at] = row.style;
    c.origins[at] = row.origins;
    if ((row.flags & IS_TIE) !== 0) this.#tieCount++;
    setKey(c.promptKey, at, row.promptKey);
    setKey(c.chosenKey, at, row.chosenKey);
    setKey(c.rejectedKey, at, row.rejectedKey);
    c.margin[at] = Number.NaN;
    c.dispute[at] = 0;
    c.origin[at] = -1;
  }

  /** Appends a record of other facts with its pairs, shifted by lines and bytes. Keeps margins and origins. */
  addFrom(other: Facts, record: number, lines: number, bytes: number): void {
    const { line, byteStart, byteEnd, judgements, good, bad } = other.records;
    this.addRecord({
      line: (line[record] ?? 0) + lines,
      byteStart: (byteStart[record] ?? 0) + bytes,
      byteEnd: (byteEnd[record] ?? 0) + bytes,
      judgements: judgements[record] ?? 0,
      good: good[record] ?? 0,
      bad: bad[record] ?? 0,
    });
    const [from, to] = other.pairsOf(record);
    for (let pair = from; pair < to; pair++) {
      const c = other.pairs;
      this.addPair({
        ...other.identity(pair),
        promptLength: c.promptLength[pair] ?? 0,
        chosenLength: c.chosenLength[pair] ?? 0,
        rejectedLength: c.rejectedLength[pair] ?? 0,
        flags: c.flags[pair] ?? 0,
        style: c.style[pair] ?? 0,
        origins: c.origins[pair] ?? 0,
      });
      const at = this.#pairs.count - 1;
      this.#pairs.all.margin[at] = c.margin[pair] ?? Number.NaN;
      this.#pairs.all.dispute[at] = c.dispute[pair] ?? 0;
      this.#pairs.all.origin[at] = c.origin[pair] ?? -1;
    }
  }

  /** Makes room for about so many records and pairs. */
  reserve(records: number, pairs: number): void {
    this.#records.reserve(records);
    this.#pairs.reserve(pairs);
  }

  /** Appends all records of other facts, shifted by lines and bytes. */
  append(other: Facts, lines: number, bytes: number): void {
    const [records, pairs] = [this.recordCount, this.pairCount];
    const [recordCount, pairCount] = [other.recordCount, other.pairCount];
    const r = this.#records.addRows(other.records, recordCount);
    for (let at = records; at < records + recordCount; at++) {
      r.line[at] = (r.line[at] ?? 0) + lines;
      r.byteStart[at] = (r.byteStart[at] ?? 0) + bytes;
      r.byteEnd[at] = (r.byteEnd[at] ?? 0) + bytes;
      r.firstPair[at] = (r.firstPair[at] ?? 0) + pairs;
    }
    const p = this.#pairs.addRows(other.pairs, pairCount);
    for (let at = pairs; at < pairs + pairCount; at++) p.record[at] = (p.record[at] ?? 0) + records;
    this.#tieCount += other.tieCount;
    this.#judgementCount += other.judgementCount;
  }

  /**
   * Replaces the pairs and judgements of a record with those of the only record in `other`. Its position stays.
   */
  replacePairs(record: number, other: Facts): void {
    const [from, to] = this.pairsOf(record);
    for (let pair = from; pair < to; pair++) this.#tieCount -= Number(this.isTie(pair));
    this.#tieCount += other.tieCount;
    this.#judgementCount += other.judgementCount - (this.records.judgements[record] ?? 0);
    const own = this.#records.all;
    own.judgements[record] = other.judgementCount;
    own.good[record] = other.records.good[0] ?? 0;
    own.bad[record] = other.records.bad[0] ?? 0;
    this.#pairs.replace(from, to - from, other.pairs, other.pairCount);
    this.#pairs.all.record.fill(record, from, from + other.pairCount);
    const moved = other.pairCount - (to - from);
    if (moved === 0) return;
    const { firstPair } = this.#records.all;
    for (let next = record + 1; next < this.recordCount; next++)
      firstPair[next] = (firstPair[next] ?? 0) + moved;
  }

  /** A copy without some records and their pairs. Keeps margins and origins. */
  without(isGone: (record: number) => boolean): Facts {
    const [records, pairs] = [new Int32Array(this.recordCount), new Int32Array(this.pairCount)];
    let [recordCount, pairCount] = [0, 0];
    for (let record = 0; record < this.recordCount; record++) {
      if (isGone(record)) continue;
      records[recordCount++] = record;
      const [from, to] = this.pairsOf(record);
      for (let pair = from; pair < to; pair++) pairs[pairCount++] = pair;
    }
    const left = this.#records.pick(records.subarray(0, recordCount));
    const leftPairs = this.#pairs.pick(pairs.subarray(0, pairCount));
    let next = 0;
    for (let record = 0; record < recordCount; record++) {
      const [from, to] = this.pairsOf(records[record] ?? 0);
      left.firstPair[record] = next;
      leftPairs.record.fill(record, next, next + to - from);
      next += to - from;
    }
    const facts = new Facts();
    facts.load(left, recordCount, leftPairs, pairCount);
    return facts;
  }

  /** A copy with only these pairs and their records; the numbers rise. `records`: the records' numbers here. */
  pick(pairs: Int32Array): { readonly facts: Facts; readonly records: Int32Array } {
    const records = new Int32Array(pairs.length);
    const firstPair = new Int32Array(pairs.length);
    const picked = this.#pairs.pick(pairs);
    let count = 0;
    pairs.forEach((pair, at) => {
      const record = this.recordOf(pair);
      if (count === 0 || records[count - 1] !== record) {
        firstPair[count] = at;
        records[count++] = record;
      }
      picked.record[at] = count - 1;
    });
    const own = records.slice(0, count);
    const columns = this.#records.pick(own);
    columns.firstPair.set(firstPair.subarray(0, count));
    const facts = new Facts();
    facts.load(columns, count, picked, pairs.length);
    return { facts, records: own };
  }

  /** Removes the records from this number on, with their pairs. */
  truncate(recordCount: number): void {
    const [pairCount] = recordCount < this.recordCount ? this.pairsOf(recordCount) : [this.pairCount];
    this.load(this.#records.all, Math.min(recordCount, this.recordCount), this.#pairs.all, pairCount);
  }

  /** Takes ownership of whole tables, read from disk or received from another thread. */
  load(records: RecordColumns, recordCount: number, pairs: PairColumns, pairCount: number): void {
    this.#records.load(records, recordCount, records.line.length);
    this.#pairs.load(pairs, pairCount, pairs.record.length);
    this.#tieCount = 0;
    this.#judgementCount = 0;
    for (let pair = 0; pair < pairCount; pair++) this.#tieCount += Number(this.isTie(pair));
    for (let record = 0; record < recordCount; record++)
      this.#judgementCount += records.judgements[record] ?? 0;
  }

  /** The first pair of a record and of those after it; `pairCount` if there is none. */
  firstPairOf(record: number): number {
    return record < this.recordCount ? (this.records.firstPair[record] ?? 0) : this.pairCount;
  }

  /** Half-open range of a record's pairs. */
  pairsOf(record: number): readonly [from: number, to: number] {
    if (record < 0 || record >= this.recordCount) return [0, 0];
    return [this.firstPairOf(record), this.firstPairOf(record + 1)];
  }

  recordOf(pair: number): number {
    return this.pairs.record[pair] ?? -1;
  }

  isTie(pair: number): boolean {
    return ((this.pairs.flags[pair] ?? 0) & IS_TIE) !== 0;
  }

  /** Pairs of each of a file's schemas, by its number. */
  partCounts(): readonly number[] {
    const counts: number[] = [];
    for (let pair = 0; pair < this.pairCount; pair++) {
      const part = (this.pairs.flags[pair] ?? 0) >> PART_SHIFT;
      counts[part] = (counts[part] ?? 0) + 1;
    }
    return counts;
  }

  isChosenFirst(pair: number): boolean {
    return ((this.pairs.flags[pair] ?? 0) & CHOSEN_FIRST) !== 0;
  }

  /** Total length of both answers, in UTF-16 units. */
  answerLength(pair: number): number {
    return (this.pairs.chosenLength[pair] ?? 0) + (this.pairs.rejectedLength[pair] ?? 0);
  }

  identity(pair: number): Identity {
    const { promptKey, chosenKey, rejectedKey } = this.pairs;
    return {
      promptKey: keyAt(promptKey, pair),
      chosenKey: keyAt(chosenKey, pair),
      rejectedKey: keyAt(rejectedKey, pair),
    };
  }

  margin(pair: number): number {
    return this.pairs.margin[pair] ?? Number.NaN;
  }

  setMargin(pair: number, margin: number, dispute = 0): void {
    this.pairs.margin[pair] = margin;
    this.pairs.dispute[pair] = dispute;
  }

  /** True if a scorer saw only part of an answer. Such a pair is not ranked. */
  isPartial(pair: number): boolean {
    return this.pairs.dispute[pair] === PARTIAL;
  }

  /** The margin used for ranking; NaN if the pair is not ranked. */
  rankedMargin(pair: number): number {
    return this.isPartial(pair) ? Number.NaN : this.margin(pair);
  }

  /** Stores every pair's present number, so that it can be found after later edits. */
  markOrigins(): void {
    for (let pair = 0; pair < this.pairCount; pair++) this.pairs.origin[pair] = pair;
  }

  /** The first record at or after a line; `recordCount` if there is none. Lines rise with records. */
  firstRecordFrom(line: number): number {
    let [low, high] = [0, this.recordCount];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.records.line[middle] ?? 0) < line) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The last record that begins at a byte of the text or before; −1 if none does. */
  #lastBefore(starts: ArrayLike<number>, place: number): number {
    let [low, high] = [-1, this.recordCount - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= place) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The record that holds a byte of the text, or ends at it; −1 if none does. */
  recordAtByte(byte: number): number {
    const record = this.#lastBefore(this.records.byteStart, byte);
    return byte <= (this.records.byteEnd[record] ?? -1) ? record : -1;
  }

  /** The last record that begins on a line or before; −1 if none does. */
  recordOverLine(line: number): number {
    return this.#lastBefore(this.records.line, line);
  }

  /** The record on a line, or −1. */
  recordAtLine(line: number): number {
    const record = this.firstRecordFrom(line);
    return record < this.recordCount && this.records.line[record] === line ? record : -1;
  }
}
