// Shared by the checks across records. They run on facts and never see the text.
import type { Facts } from '../../facts/facts.ts';
import { keyAt } from '../../facts/facts.ts';
import type { SplitStart } from '../../facts/splitStart.ts';
import type { Key } from '../../hash.ts';
import { formatKey, hashKey } from '../../hash.ts';
import { isArrow, isParquet } from '../../input/tableNames.ts';
import type { Recognition } from '../../mapping/recognise.ts';
import type { Finding } from '../../model/finding.ts';
import { WHOLE_FILE } from '../../model/finding.ts';
import { pairKey, promptSpelling } from '../../model/identity.ts';
import type { Options, Rule, RuleSettings } from '../check.ts';
import type { TextSketches } from './textSketches.ts';

export interface FileFacts {
  readonly name: string;
  /** The split, if something else than the name says it. */
  readonly split?: string | undefined;
  /** Of a JSON document with lists under keys. */
  readonly splits?: readonly SplitStart[] | undefined;
  readonly facts: Facts;
  readonly recognition: Recognition;
  /** Uncompressed bytes of each row group of a table. */
  readonly rowGroups?: readonly number[];
  /** Set if `facts` holds only some pairs of the file. */
  readonly whole?: InWhole;
}

/** Where the pairs and records of a slice are in the whole file. */
export interface InWhole {
  /** By record of the slice: its number in the file. */
  readonly record: Int32Array;
  /** By record of the slice: 1 if the record shares its line with another one. */
  readonly sharesLine: Uint8Array;
  /** By pair of the slice: its number in its record. */
  readonly pair: Int32Array;
}

/** True if another record begins on the line of this one. */
export function sharesLine({ records, recordCount }: Facts, record: number): boolean {
  const line = records.line[record];
  return [record - 1, record + 1].some(
    (other) => other >= 0 && other < recordCount && records.line[other] === line,
  );
}

/** Numbers the pairs of several files consecutively, and maps a number back to its file and record. */
export class PairSpace {
  readonly files: readonly FileFacts[];
  readonly #firstPairs: readonly number[];
  readonly count: number;
  #pairKeys: Uint32Array | undefined;
  #promptKeys: Uint32Array | undefined;

  constructor(files: readonly FileFacts[]) {
    this.files = files;
    let count = 0;
    this.#firstPairs = files.map(({ facts }) => {
      const first = count;
      count += facts.pairCount;
      return first;
    });
    this.count = count;
  }

  fileOf(pair: number): number {
    let file = this.#firstPairs.length - 1;
    while (file > 0 && (this.#firstPairs[file] ?? 0) > pair) file--;
    return file;
  }

  /** The file of a pair, and the pair's number in that file. */
  at(pair: number): { readonly file: FileFacts; readonly local: number } {
    const number = this.fileOf(pair);
    const file = this.files[number];
    if (!file) throw new Error('relations: a pair outside of all files');
    return { file, local: pair - (this.#firstPairs[number] ?? 0) };
  }

  firstPairOf(file: number): number {
    return this.#firstPairs[file] ?? this.count;
  }

  /** Order-independent keys of the pairs: two numbers each, low half first. */
  get pairKeys(): Uint32Array {
    this.#pairKeys ??= this.#collect((facts, pair) => pairKey(facts.identity(pair)));
    return this.#pairKeys;
  }

  /** Keys of the prompts, in the same layout. */
  get promptKeys(): Uint32Array {
    const [only] = this.files;
    if (only && this.files.length === 1) return only.facts.pairs.promptKey.subarray(0, 2 * this.count);
    this.#promptKeys ??= this.#collect((facts, pair) => keyAt(facts.pairs.promptKey, pair));
    return this.#promptKeys;
  }

  #collect(keyOf: (facts: Facts, pair: number) => Key): Uint32Array {
    const keys = new Uint32Array(2 * this.count);
    let at = 0;
    for (const { facts } of this.files) {
      for (let pair = 0; pair < facts.pairCount; pair++, at += 2) keys.set(keyOf(facts, pair), at);
    }
    return keys;
  }

  /** The record of a pair, by its number in the file. */
  recordOf(pair: number): number {
    const { file, local } = this.at(pair);
    const record = file.facts.recordOf(local);
    return file.whole?.record[record] ?? record;
  }

  /** The number of a pair in its record. */
  numberOf(pair: number): number {
    const { file, local } = this.at(pair);
    const { facts, whole } = file;
    return whole?.pair[local] ?? local - facts.pairsOf(facts.recordOf(local))[0];
  }

  /**
   * Where a pair is: "line 7" in the same file, "test.jsonl, line 7" in another; "row 7" in a table, "record 7" where
   * records share a line.
   */
  placeLabel(pair: number, seenFrom: number): string {
    const { file, local } = this.at(pair);
    const { facts, name, whole } = file;
    const record = facts.recordOf(local);
    const line = facts.records.line[record] ?? 0;
    const isShared = whole ? whole.sharesLine[record] === 1 : sharesLine(facts, record);
    const place = isShared
      ? `record ${this.recordOf(pair) + 1}`
      : `${isParquet(name) || isArrow(name) ? 'row' : 'line'} ${line + 1}`;
    return this.fileOf(pair) === this.fileOf(seenFrom) ? place : `${name}, ${place}`;
  }
}

const EMPTY_PROMPT = hashKey(promptSpelling({ prompt: [] }));

/** True for the key of an empty prompt. Sharing it means nothing. */
export function isEmptyPrompt(keys: Uint32Array, pair: number): boolean {
  return keys[2 * pair] === EMPTY_PROMPT[0] && keys[2 * pair + 1] === EMPTY_PROMPT[1];
}

/** A check across records that needs only the keys and facts of the pairs. */
export interface RelationCheck {
  /** The rules that one search reports. */
  readonly rules: readonly Rule[];
  readonly find: (space: PairSpace, report: ReportRelation) => void;
}

/** A check across records that compares sketches of the texts. Memory limits how many pairs have one. */
export interface SimilarityCheck {
  readonly rules: readonly Rule[];
  /** Whether these sketches are all that it needs for so many pairs. */
  readonly isWhole: (sketches: TextSketches, pairCount: number) => boolean;
  readonly find: (space: PairSpace, report: ReportRelation, sketches: TextSketches) => void;
}

/** Collects findings by file. Keeps at most `max` findings of a rule and counts all. */
export class ReportRelation {
  readonly #max: number;
  readonly findings: Finding[][];
  readonly counts: Map<string, number>[];
  readonly #space: PairSpace;
  readonly #rules: RuleSettings;

  constructor(space: PairSpace, rules: RuleSettings, max: number) {
    this.#space = space;
    this.#rules = rules;
    this.#max = max;
    this.findings = space.files.map(() => []);
    this.counts = space.files.map(() => new Map<string, number>());
  }

  isOn(...rules: readonly Rule[]): boolean {
    return rules.some(({ id }) => this.#rules.severities[id] !== undefined);
  }

  /** Reports a pair that equals another one. */
  addTwin(rule: Rule, pair: number, other: number, message: () => string): void {
    const [own, there] = [this.#space.at(pair), this.#space.at(other)];
    const twin = own.file === there.file ? this.#space.recordOf(other) : undefined;
    this.add(rule, pair, message, undefined, twin);
  }

  /**
   * @param other a pair of another record that is too close to this one
   * @param twin the record of the same file that holds the same pair
   */
  add(rule: Rule, pair: number, message: () => string, other?: number, twin?: number): void {
    const number = this.#space.fileOf(pair);
    const severity = this.#rules.severities[rule.id];
    if (severity === undefined || this.#count(rule, number) > this.#max) return;
    const { file } = this.#space.at(pair);
    this.findings[number]?.push({
      rule: rule.id,
      severity,
      record: this.#space.recordOf(pair),
      pair: this.#space.numberOf(pair),
      place: { path: file.recognition.labelPath, part: 'key' },
      message: message(),
      ...(other !== undefined && { other: this.#keyOf(other) }),
      ...(twin !== undefined && { twin }),
    });
  }

  /** Reports a finding about a whole file. */
  addWhole(rule: Rule, number: number, find: (options: Options) => string | undefined): void {
    const severity = this.#rules.severities[rule.id];
    const message = severity && find(this.#rules.options[rule.id] ?? {});
    if (severity === undefined || message === undefined) return;
    this.#count(rule, number);
    const place = { path: [], part: 'value' } as const;
    this.findings[number]?.push({ rule: rule.id, severity, record: WHOLE_FILE, place, message });
  }

  #count(rule: Rule, file: number): number {
    const counts = this.counts[file];
    const count = (counts?.get(rule.id) ?? 0) + 1;
    counts?.set(rule.id, count);
    return count;
  }

  #keyOf(pair: number): string {
    const { file, local } = this.#space.at(pair);
    return formatKey(pairKey(file.facts.identity(local)));
  }
}

/** Rows by 64-bit key: 8 bytes per row, linear probing, at most half full. */
export class KeyTable {
  readonly #slots: Int32Array;
  readonly #keys: Uint32Array;

  /** @param keys two numbers per row, low half first */
  constructor(keys: Uint32Array) {
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(16, keys.length)))).fill(-1);
    this.#keys = keys;
  }

  /** The first row with this row's key; the row itself if it is the first. */
  firstOf(row: number): number {
    const at = this.#slotOf(this.#keys[2 * row] ?? 0, this.#keys[2 * row + 1] ?? 0);
    const there = this.#slots[at] ?? -1;
    if (there >= 0) return there;
    this.#slots[at] = row;
    return row;
  }

  /** A stored row with the key of a row that is not in the table; −1 if there is none. */
  find(row: number): number {
    return this.#slots[this.#slotOf(this.#keys[2 * row] ?? 0, this.#keys[2 * row + 1] ?? 0)] ?? -1;
  }

  #slotOf(low: number, high: number): number {
    const [slots, keys] = [this.#slots, this.#keys];
    const mask = slots.length - 1;
    for (let at = (low ^ (high >>> 7)) & mask; ; at = (at + 1) & mask) {
      const there = slots[at] ?? -1;
      if (there < 0 || (keys[2 * there] === low && keys[2 * there + 1] === high)) return at;
    }
  }
}
