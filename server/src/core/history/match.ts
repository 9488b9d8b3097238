// Which record of the old version became which record of the new one. Passes over keys, the strictest first; each pass
// pairs the k-th record that is left in the old version with the k-th one in the new version, so copies are matched by
// count and both directions give the same answer.
import { longestRising } from './longestRising.ts';
import type { KeyColumn, VersionColumns } from './versionKeys.ts';
import { DIGEST_WORDS, HAS_ONE_PAIR } from './versionKeys.ts';

export interface VersionTable {
  readonly columns: Readonly<VersionColumns>;
  readonly count: number;
}

/** For each record the one of the other version, or −1. */
export interface Matched {
  readonly ofOld: Int32Array;
  readonly ofNew: Int32Array;
}

/** Writes four words of a record's key; false if it has none. */
type KeyOf = (columns: Readonly<VersionColumns>, row: number, into: Uint32Array) => boolean;

const wholeKey: KeyOf = ({ whole }, row, into) => {
  for (let i = 0; i < DIGEST_WORDS; i++) into[i] = whole[DIGEST_WORDS * row + i] ?? 0;
  return true;
};

/** Two keys of a record together. */
const both =
  (first: KeyColumn, second?: KeyColumn): KeyOf =>
  (columns, row, into) => {
    const [one, two] = [columns[first], second === undefined ? undefined : columns[second]];
    into[0] = one[2 * row] ?? 0;
    into[1] = one[2 * row + 1] ?? 0;
    into[2] = two?.[2 * row] ?? 0;
    into[3] = two?.[2 * row + 1] ?? 0;
    const hasFirst = into[0] !== 0 || into[1] !== 0;
    return hasFirst && (!two || into[2] !== 0 || into[3] !== 0);
  };

const ofPairs =
  (key: KeyOf): KeyOf =>
  (columns, row, into) =>
    ((columns.flags[row] ?? 0) & HAS_ONE_PAIR) !== 0 && key(columns, row, into);

/** What has to be equal, in the old and in the new version. */
interface Pass {
  readonly old: KeyOf;
  readonly now: KeyOf;
}

const same = (key: KeyOf): Pass => ({ old: key, now: key });

/** After records that are equal as a whole. With the id first: of two records with the same answers, it tells which. */
const PASSES: readonly Pass[] = [
  same(both('said', 'id')),
  same(both('said')),
  same(both('answers', 'id')),
  same(both('answers')),
  same(both('prompt', 'id')),
  same(both('prompt', 'chosen')),
  same(both('prompt', 'rejected')),
  { old: ofPairs(both('prompt', 'chosen')), now: ofPairs(both('prompt', 'rejected')) },
  { old: ofPairs(both('prompt', 'rejected')), now: ofPairs(both('prompt', 'chosen')) },
  same(both('chosen', 'rejected')),
  { old: ofPairs(both('chosen', 'rejected')), now: ofPairs(both('rejected', 'chosen')) },
  same(both('id')),
  same(both('prompt')),
];

const NONE = -1;
/** The head of a queue whose rows are all taken; a record that stays out of a pass. */
const EMPTY = -2;

/** A queue of rows for each key. Open addressing: at most half of the slots are taken. */
class Queues {
  readonly #heads: Int32Array;
  readonly #tails: Int32Array;
  readonly #next: Int32Array;
  readonly #keys: Uint32Array;
  readonly #rows: Int32Array;
  readonly #mask: number;
  #count = 0;

  constructor(rows: number) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(2, 2 * rows)));
    this.#mask = slots - 1;
    this.#heads = new Int32Array(slots).fill(NONE);
    this.#tails = new Int32Array(slots);
    this.#next = new Int32Array(rows);
    this.#rows = new Int32Array(rows);
    this.#keys = new Uint32Array(4 * slots);
  }

  /** The slot of a key, or the free one where it would be. A slot once taken keeps its key. */
  #slotOf(key: Uint32Array): number {
    const [a = 0, b = 0, c = 0, d = 0] = key;
    let slot = (a ^ Math.imul(b, 0x9e3779b1) ^ Math.imul(c, 0x85ebca6b) ^ (d >>> 3)) & this.#mask;
    for (;;) {
      const at = 4 * slot;
      const keys = this.#keys;
      const isFree = (this.#heads[slot] ?? NONE) === NONE;
      if (isFree || (keys[at] === a && keys[at + 1] === b && keys[at + 2] === c && keys[at + 3] === d))
        return slot;
      slot = (slot + 1) & this.#mask;
    }
  }

  push(key: Uint32Array, row: number): void {
    const slot = this.#slotOf(key);
    const item = this.#count++;
    this.#rows[item] = row;
    this.#next[item] = NONE;
    if ((this.#heads[slot] ?? NONE) < 0) {
      this.#keys.set(key, 4 * slot);
      this.#heads[slot] = item;
    } else {
      this.#next[this.#tails[slot] ?? 0] = item;
    }
    this.#tails[slot] = item;
  }

  /** Takes the first row of a key; −1 if none is left. */
  take(key: Uint32Array): number {
    const slot = this.#slotOf(key);
    const head = this.#heads[slot] ?? NONE;
    if (head < 0) return NONE;
    // An emptied queue keeps its slot, so that the search goes on behind it.
    this.#heads[slot] = (this.#next[head] ?? NONE) === NONE ? EMPTY : (this.#next[head] ?? NONE);
    return this.#rows[head] ?? NONE;
  }
}

function countFree(of: Int32Array): number {
  let count = 0;
  for (const other of of) if (other === NONE) count++;
  return count;
}

/** Pairs the records that are left and have equal keys, in order. */
function join(old: VersionTable, now: VersionTable, { ofOld, ofNew }: Matched, pass: Pass): void {
  const left = countFree(ofOld);
  if (left === 0) return;
  const queues = new Queues(left);
  const key = new Uint32Array(4);
  for (let row = 0; row < old.count; row++)
    if (ofOld[row] === NONE && pass.old(old.columns, row, key)) queues.push(key, row);
  for (let row = 0; row < now.count; row++) {
    if (ofNew[row] !== NONE || !pass.now(now.columns, row, key)) continue;
    const found = queues.take(key);
    if (found < 0) continue;
    ofNew[row] = found;
    ofOld[found] = row;
  }
}

/** For each record, the number of records equal to it as a whole, up to 2. */
function copies({ columns, count }: VersionTable): Uint8Array {
  const seen = new Queues(count);
  const key = new Uint32Array(4);
  const counts = new Uint8Array(count).fill(1);
  for (let row = 0; row < count; row++) {
    wholeKey(columns, row, key);
    const before = seen.take(key);
    if (before >= 0) counts[before] = counts[row] = 2;
    seen.push(key, row);
  }
  return counts;
}

/** For each record, how many of the fixed ones stand before it. */
function gapsOf(isFixed: Uint8Array): Int32Array {
  const gaps = new Int32Array(isFixed.length);
  let fixed = 0;
  for (let row = 0; row < isFixed.length; row++) {
    gaps[row] = fixed;
    fixed += isFixed[row] ?? 0;
  }
  return gaps;
}

/** A record and its place among the fixed ones. */
const inGap =
  (gaps: Int32Array): KeyOf =>
  (columns, row, into) => {
    wholeKey(columns, row, into);
    into[3] = ((into[3] ?? 0) + Math.imul((gaps[row] ?? 0) + 1, 0x9e3779b1)) >>> 0;
    return true;
  };

/**
 * Matches records that are equal as a whole. Those that occur once on both sides and keep their order fix the place of
 * the copies between them: a removed copy must not make its sisters look moved.
 */
function matchEqual(old: VersionTable, now: VersionTable, matched: Matched): void {
  const { ofOld, ofNew } = matched;
  const link = (a: number, b: number): void => {
    ofOld[a] = b;
    ofNew[b] = a;
  };
  const isEqual = (a: number, b: number): boolean => {
    for (let i = 0; i < DIGEST_WORDS; i++)
      if (old.columns.whole[DIGEST_WORDS * a + i] !== now.columns.whole[DIGEST_WORDS * b + i]) return false;
    return true;
  };
  const shorter = Math.min(old.count, now.count);
  let head = 0;
  while (head < shorter && isEqual(head, head)) link(head, head++);
  let tail = 0;
  while (tail < shorter - head && isEqual(old.count - 1 - tail, now.count - 1 - tail)) {
    link(old.count - 1 - tail, now.count - 1 - tail);
    tail++;
  }
  if (head + tail === Math.max(old.count, now.count)) return;
  const [oldCopies, newCopies] = [copies(old), copies(now)];
  const single: Matched = { ofOld: ofOld.slice(), ofNew: ofNew.slice() };
  // Copies stay out of this pass.
  oldCopies.forEach((count, row) => {
    if (count > 1 && single.ofOld[row] === NONE) single.ofOld[row] = EMPTY;
  });
  newCopies.forEach((count, row) => {
    if (count > 1 && single.ofNew[row] === NONE) single.ofNew[row] = EMPTY;
  });
  join(old, now, single, same(wholeKey));
  single.ofNew.forEach((row, at) => {
    if (row >= 0) link(row, at);
  });
  const isFixed = longestRising(ofNew);
  const isFixedOld = new Uint8Array(old.count);
  isFixed.forEach((fixed, row) => {
    if (fixed === 1) isFixedOld[ofNew[row] ?? 0] = 1;
  });
  join(old, now, matched, { old: inGap(gapsOf(isFixedOld)), now: inGap(gapsOf(isFixed)) });
  join(old, now, matched, same(wholeKey));
}

export function matchVersions(old: VersionTable, now: VersionTable): Matched {
  const matched: Matched = {
    ofOld: new Int32Array(old.count).fill(NONE),
    ofNew: new Int32Array(now.count).fill(NONE),
  };
  matchEqual(old, now, matched);
  for (const pass of PASSES) {
    if (countFree(matched.ofOld) === 0 || countFree(matched.ofNew) === 0) break;
    join(old, now, matched, pass);
  }
  return matched;
}
