// What the comparison of two versions says of each record.
import { longestRising } from './longestRising.ts';
import type { Matched, VersionTable } from './match.ts';
import { matchVersions } from './match.ts';
import type { KeyColumn } from './versionKeys.ts';
import {
  DIGEST_WORDS,
  HAS_ONE_ANSWER,
  HAS_ONE_PAIR,
  IS_BAD,
  IS_GOOD,
  IS_OPAQUE,
  IS_TIE,
} from './versionKeys.ts';

/** Bits that say how a record differs from its old self. 0: not at all. */
export const ADDED = 1;
/** The same answers, and the other one is better; or a good answer is now a bad one. */
export const FLIPPED = 2;
export const PROMPT = 4;
export const CHOSEN = 8;
export const REJECTED = 16;
/** The answers of a record that holds several pairs, or one answer. */
export const ANSWERS = 32;
/** The same answers with another verdict: a tie, a rank, a rating. */
export const LABEL = 64;
/** Other fields. */
export const FIELDS = 128;
/** Its order among the records of both versions. */
export const MOVED = 256;

export const EDITED = PROMPT | CHOSEN | REJECTED | ANSWERS | LABEL | FIELDS;

/** The parts that an edit can change, in the order in which people read them. */
export const PART_NAMES: readonly (readonly [bit: number, name: string])[] = [
  [PROMPT, 'prompt'],
  [CHOSEN, 'chosen'],
  [REJECTED, 'rejected'],
  [ANSWERS, 'answers'],
  [LABEL, 'label'],
  [FIELDS, 'fields'],
];

/** Every change has one kind; a record that is also moved says so beside it. */
export const CHANGE_KINDS = ['added', 'removed', 'flipped', 'edited', 'moved'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

export function kindOf(change: number): ChangeKind | undefined {
  if ((change & ADDED) !== 0) return 'added';
  if ((change & FLIPPED) !== 0) return 'flipped';
  if ((change & EDITED) !== 0) return 'edited';
  return (change & MOVED) !== 0 ? 'moved' : undefined;
}

function isSame(
  old: VersionTable,
  a: number,
  now: VersionTable,
  b: number,
  column: KeyColumn,
  other: KeyColumn = column,
): boolean {
  const [one, two] = [old.columns[column], now.columns[other]];
  return one[2 * a] === two[2 * b] && one[2 * a + 1] === two[2 * b + 1];
}

export function isSameWhole(old: VersionTable, a: number, now: VersionTable, b: number): boolean {
  for (let i = 0; i < DIGEST_WORDS; i++)
    if (old.columns.whole[DIGEST_WORDS * a + i] !== now.columns.whole[DIGEST_WORDS * b + i]) return false;
  return true;
}

/** Which sides of a single pair changed, and whether they changed places. */
function sidesChanged(old: VersionTable, a: number, now: VersionTable, b: number): number {
  const same = (column: 'chosen' | 'rejected', other: 'chosen' | 'rejected'): boolean =>
    isSame(old, a, now, b, column, other);
  const [isChosen, isRejected] = [same('chosen', 'chosen'), same('rejected', 'rejected')];
  const [fromChosen, fromRejected] = [same('chosen', 'rejected'), same('rejected', 'chosen')];
  if (isChosen || isRejected || (!fromChosen && !fromRejected))
    return (isChosen ? 0 : CHOSEN) | (isRejected ? 0 : REJECTED);
  return FLIPPED | (fromRejected ? 0 : CHOSEN) | (fromChosen ? 0 : REJECTED);
}

/** How a record of the new version differs from the old record that it was. */
export function changeBetween(old: VersionTable, a: number, now: VersionTable, b: number): number {
  if (isSameWhole(old, a, now, b)) return 0;
  const [was, is] = [old.columns.flags[a] ?? 0, now.columns.flags[b] ?? 0];
  if (((was | is) & IS_OPAQUE) !== 0 || isSame(old, a, now, b, 'said')) return FIELDS;
  const arePairs = (was & is & HAS_ONE_PAIR) !== 0;
  const isTied = ((was ^ is) & IS_TIE) !== 0;
  const isTurned = ((was | is) & IS_GOOD) !== 0 && ((was | is) & IS_BAD) !== 0;
  if (isSame(old, a, now, b, 'answers')) return (arePairs && !isTied) || isTurned ? FLIPPED : LABEL;
  const prompt = isSame(old, a, now, b, 'prompt') ? 0 : PROMPT;
  if (arePairs && !isTied) return prompt | sidesChanged(old, a, now, b);
  if ((was & is & HAS_ONE_ANSWER) === 0) return prompt | ANSWERS;
  const isAnswer = isSame(old, a, now, b, 'chosen');
  return isAnswer ? prompt || LABEL : prompt | ANSWERS;
}

export interface Differences extends Matched {
  /** By record of the new version. */
  readonly changes: Uint16Array;
  /** How many records of each kind; those of the old version that are gone among them. */
  readonly counts: Readonly<Record<ChangeKind, number>>;
}

export function countChanges(changes: Uint16Array, ofOld: Int32Array): Readonly<Record<ChangeKind, number>> {
  const counts = { added: 0, removed: 0, flipped: 0, edited: 0, moved: 0 };
  for (const change of changes) {
    const kind = change === 0 ? undefined : kindOf(change);
    if (kind) counts[kind]++;
  }
  for (const row of ofOld) if (row < 0) counts.removed++;
  return counts;
}

export function differencesOf(old: VersionTable, now: VersionTable): Differences {
  const { ofOld, ofNew } = matchVersions(old, now);
  const changes = new Uint16Array(now.count);
  const inOrder = longestRising(ofNew);
  for (let row = 0; row < now.count; row++) {
    const was = ofNew[row] ?? -1;
    changes[row] = was < 0 ? ADDED : changeBetween(old, was, now, row) | (inOrder[row] === 1 ? 0 : MOVED);
  }
  return { ofOld, ofNew, changes, counts: countChanges(changes, ofOld) };
}

export function hasDifferences({ counts }: Differences): boolean {
  return CHANGE_KINDS.some((kind) => counts[kind] > 0);
}
