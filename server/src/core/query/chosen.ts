// The pairs of a file that a query selects, and the records that they are in.
import type { Facts } from '../facts/facts.ts';
import type { KnownFacts } from './facts.ts';
import type { Known, Rows } from './pick.ts';
import type { Query } from './query.ts';
import { decider, YES } from './query.ts';

/** What a finding, a pair or a record is about. */
interface Place {
  readonly record: number;
  readonly pair?: number | undefined;
}

export interface ChosenCounts {
  readonly recordCount: number;
  readonly pairCount: number;
  readonly tieCount: number;
  readonly judgementCount: number;
}

/** Some pairs of a file, and records without pairs. */
export class ChosenPairs {
  readonly #facts: Facts;
  /** By the number of the pair in the file. */
  readonly #pairs: Uint8Array;
  /** How many places of a record are chosen. */
  readonly #records: Uint32Array;

  constructor(facts: Facts) {
    this.#facts = facts;
    this.#pairs = new Uint8Array(facts.pairCount);
    this.#records = new Uint32Array(facts.recordCount);
  }

  /** @param rows each place at most once */
  static of(facts: Facts, { records, pairs }: Rows): ChosenPairs {
    const chosen = new ChosenPairs(facts);
    records.forEach((record, i) => {
      const [from, to] = facts.pairsOf(record);
      const pair = from + (pairs[i] ?? 0);
      chosen.add(record, pair < to ? pair : -1);
    });
    return chosen;
  }

  /** @param pair its number in the file; -1 for a record without pairs */
  add(record: number, pair: number): void {
    if (pair >= 0) this.#pairs[pair] = 1;
    this.#records[record] = (this.#records[record] ?? 0) + 1;
  }

  /** A pair, or a record with a chosen one. What is said of the whole file is about no pair. */
  has({ record, pair }: Place): boolean {
    const [from, to] = record < 0 ? [0, 0] : this.#facts.pairsOf(record);
    return pair === undefined || from + pair >= to
      ? (this.#records[record] ?? 0) > 0
      : this.#pairs[from + pair] === 1;
  }

  /** All pairs of a record are chosen, so that what is done to the record is done to them alone. */
  hasAll(record: number): boolean {
    const [from, to] = this.#facts.pairsOf(record);
    return this.#records[record] === Math.max(1, to - from);
  }

  /** @param pair its number in the file */
  hasPair(pair: number): boolean {
    return this.#pairs[pair] === 1;
  }

  get counts(): ChosenCounts {
    const facts = this.#facts;
    const tieCount = this.#pairs.reduce(
      (sum, has, pair) => sum + (has === 1 && facts.isTie(pair) ? 1 : 0),
      0,
    );
    const [recordCount, judgementCount] = this.#records.reduce<[number, number]>(
      ([records, judgements], has, record) =>
        has > 0 ? [records + 1, judgements + (facts.records.judgements[record] ?? 0)] : [records, judgements],
      [0, 0],
    );
    const pairCount = this.#pairs.reduce((sum, has) => sum + has, 0);
    return { recordCount, pairCount, tieCount, judgementCount };
  }

  /** The chosen records, in the order of the file. */
  get records(): Uint32Array {
    const some = new Uint32Array(this.#records.reduce((sum, has) => sum + (has > 0 ? 1 : 0), 0));
    let count = 0;
    this.#records.forEach((has, record) => {
      if (has > 0) some[count++] = record;
    });
    return some;
  }
}

/** Pairs between two places where other work may go first: a few milliseconds. */
const SLICE = 1 << 13;

/**
 * Chooses what a query selects, and pauses between slices.
 * @param known what was searched for it: all that it needs
 */
export function* chooseSteps(
  { condition, leaves }: Query,
  facts: KnownFacts,
  known: Known | undefined,
): Generator<void, ChosenPairs> {
  const chosen = new ChosenPairs(facts.facts);
  const decide = decider(condition, facts);
  let left = SLICE;
  for (let record = 0; record < facts.facts.recordCount; record++) {
    const [from, to] = facts.facts.pairsOf(record);
    const isRead = leaves.length === 0 || known?.isRead(record) === true;
    for (let place = 0; place < Math.max(1, to - from); place++) {
      const pair = from + place < to ? from + place : -1;
      const mask = isRead ? (known?.maskOf(record, place) ?? 0) : 0;
      if (decide(record, pair, mask, isRead) === YES) chosen.add(record, pair);
      if (--left > 0) continue;
      left = SLICE;
      yield;
    }
  }
  return chosen;
}
