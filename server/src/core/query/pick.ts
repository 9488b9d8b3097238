// The rows that a query selects, from facts and from what was searched so far.
import { WHOLE_FILE } from '../model/finding.ts';
import type { KnownFacts } from './facts.ts';
import type { Query } from './query.ts';
import { decider, UNKNOWN, YES } from './query.ts';

/** A pair: its record, and its number in the record. */
export interface PlacedPair {
  readonly record: number;
  readonly pair: number;
}

/** Rows: a record and a pair in it each. */
export interface Rows {
  readonly records: Int32Array;
  /** Numbers in the record. */
  readonly pairs: Int32Array;
}

export interface Picked extends Rows {
  /** Records whose texts or fields have to be searched. */
  readonly open: Uint32Array;
}

/** What the search of a query knows. */
export interface Known {
  isRead(record: number): boolean;
  maskOf(record: number, pair: number): number;
}

const NOTHING: Known = { isRead: () => true, maskOf: () => 0 };

/** Room for places, of which nobody knows how many there are. */
const FEW = 1024;

/** Numbers that are added one by one. With room for all of them, none is ever copied, and memory for others is never touched. */
class Growing {
  #items: Int32Array;
  #count = 0;

  constructor(room: number) {
    this.#items = new Int32Array(Math.max(1, room));
  }

  push(item: number): void {
    if (this.#count === this.#items.length) {
      const next = new Int32Array(2 * this.#count);
      next.set(this.#items);
      this.#items = next;
    }
    this.#items[this.#count++] = item;
  }

  get all(): Int32Array {
    const isFew = 2 * this.#count < this.#items.length;
    return isFew ? this.#items.slice(0, this.#count) : this.#items.subarray(0, this.#count);
  }
}

/**
 * All records of which the query selects a pair, in order: of several pairs, the one that speaks most against its label.
 */
function pickRecords({ condition, leaves }: Query, facts: KnownFacts, known: Known): Picked {
  const decide = decider(condition, facts);
  const { recordCount, records, pairs, pairCount } = facts.facts;
  const [picked, numbers, open] = [
    new Growing(recordCount),
    new Growing(recordCount),
    new Growing(leaves.length > 0 ? recordCount : 0),
  ];
  const isRead = (record: number): boolean => leaves.length === 0 || known.isRead(record);
  for (let record = 0; record < recordCount; record++) {
    const from = records.firstPair[record] ?? 0;
    const to = record + 1 < recordCount ? (records.firstPair[record + 1] ?? 0) : pairCount;
    const isOwn = isRead(record);
    let [found, isOpen] = [-1, false];
    for (let pair = from; pair < to; pair++) {
      const answer = decide(record, pair, isOwn ? known.maskOf(record, pair - from) : 0, isOwn);
      if (answer === UNKNOWN) isOpen = true;
      else if (answer === YES) {
        const margins = pairs.margin;
        if (found < 0 || (margins[pair] ?? 0) < (margins[found] ?? 0) || facts.facts.isTie(found))
          found = pair;
      }
    }
    if (from === to) {
      const answer = decide(record, -1, isOwn ? known.maskOf(record, 0) : 0, isOwn);
      isOpen = answer === UNKNOWN;
      if (answer === YES) found = from;
    }
    if (isOpen) open.push(record);
    // Its pair may be another one when the record was searched.
    if (found < 0 || isOpen) continue;
    picked.push(record);
    numbers.push(found - from);
  }
  return { records: picked.all, pairs: numbers.all, open: Uint32Array.from(open.all) };
}

/** Those of some places whose pair the query selects. */
function pickPlaces(
  { condition, leaves }: Query,
  facts: KnownFacts,
  known: Known,
  places: Iterable<PlacedPair>,
): Picked {
  const decide = decider(condition, facts);
  const [picked, numbers, open] = [new Growing(FEW), new Growing(FEW), new Growing(FEW)];
  for (const { record, pair } of places) {
    const [from, to] = facts.facts.pairsOf(record);
    const isOwn = leaves.length === 0 || record === WHOLE_FILE || known.isRead(record);
    const mask = isOwn && record !== WHOLE_FILE ? known.maskOf(record, pair) : 0;
    const answer = decide(record, from + pair < to ? from + pair : -1, mask, isOwn);
    if (answer === UNKNOWN) open.push(record);
    if (answer !== YES) continue;
    picked.push(record);
    numbers.push(pair);
  }
  const sorted = Uint32Array.from(open.all).sort();
  const once = sorted.filter((record, i) => i === 0 || record !== sorted[i - 1]);
  return { records: picked.all, pairs: numbers.all, open: once };
}

/**
 * The rows that a query selects.
 * @param places those to choose among; undefined: all records
 */
export function pickRows(
  query: Query,
  facts: KnownFacts,
  known: Known | undefined,
  places: Iterable<PlacedPair> | undefined,
): Picked {
  return places
    ? pickPlaces(query, facts, known ?? NOTHING, places)
    : pickRecords(query, facts, known ?? NOTHING);
}
