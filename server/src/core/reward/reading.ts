// Reads a pair's scores: margin, rewards, and whether a text was cut.
import type { Key } from '../hash.ts';
import { compareKeys } from '../hash.ts';
import type { Identity } from '../model/identity.ts';
import { pairKey } from '../model/identity.ts';
import type { Pass } from './folder.ts';
import type { Head } from './heads.ts';
import { embeddingMargin, pairMargin, rewardOf } from './heads.ts';
import type { PairLikelihood, ReferenceGap } from './reference.ts';
import { referenceGap } from './reference.ts';
import type { ScoreTable } from './table.ts';
import { ANSWER_CUT, REFUSED } from './table.ts';

export interface Rated {
  readonly pass: Pass;
  readonly table: ScoreTable;
}

/** Keys of a pair's items: one text each, or both. */
export function itemKeys(pass: Pass, identity: Identity): readonly Key[] {
  return pass === 'pair' ? [pairKey(identity)] : [identity.chosenKey, identity.rejectedKey];
}

/** True if the chosen answer is the first in a pair item. A flip leaves the item unchanged. */
export function chosenIsFirst({ chosenKey, rejectedKey }: Identity): boolean {
  return compareKeys(chosenKey, rejectedKey) <= 0;
}

/** Details of a scored pair, for hovers. */
export interface Account {
  /** Log-odds of the recorded label, or a difference of rewards. */
  readonly margin: number;
  readonly chosenReward?: number;
  readonly rejectedReward?: number;
  /** Only of an implicit reward. */
  readonly referenceGap?: ReferenceGap;
  /** Bits from `table.ts`, of both answers. */
  readonly flags: number;
  /** The later of the two times. */
  readonly time: number;
  readonly provider: number;
}

/** Undefined if a score is missing; margin NaN if a text was refused. `rated` as the head needs it. */
export function accountOf(head: Head, rated: readonly Rated[], identity: Identity): Account | undefined {
  const rows = rated.map(({ pass, table }) => itemKeys(pass, identity).map((key) => table.rowOf(key)));
  if (rows.length === 0 || rows.some((of) => of.some((row) => row < 0))) return undefined;
  const valuesOf = (model: number, side: number): Float32Array =>
    rated[model]?.table.values(rows[model]?.[side] ?? 0) ?? new Float32Array(0);
  const [first] = rated;
  const firstRows = rows[0] ?? [];
  const all = rated.flatMap(({ table }, model) => (rows[model] ?? []).map((row) => ({ table, row })));
  const flags = all.reduce((sum, { table, row }) => sum | table.flags(row), 0);
  const time = all.reduce((latest, { table, row }) => Math.max(latest, table.time(row)), 0);
  const common = { flags, time, provider: first?.table.provider(firstRows[0] ?? 0) ?? 0 };
  if ((flags & REFUSED) !== 0) return { ...common, margin: Number.NaN };
  if (head.kind === 'pair') {
    const margin = pairMargin(valuesOf(0, 0), head.numbers);
    return { ...common, margin: chosenIsFirst(identity) ? margin : -margin };
  }
  if (head.kind === 'embedding') {
    return { ...common, margin: embeddingMargin(valuesOf(0, 0), valuesOf(0, 1), head.temperature) };
  }
  const reward = (side: number): number =>
    rewardOf(head, valuesOf(0, side), rated.length > 1 ? valuesOf(1, side) : undefined) ?? Number.NaN;
  const [chosenReward, rejectedReward] = [reward(0), reward(1)];
  const hasReference = head.kind === 'implicit' && rated.length > 1;
  return {
    ...common,
    margin: chosenReward - rejectedReward,
    ...{ chosenReward, rejectedReward },
    ...(hasReference && { referenceGap: referenceGap({ chosen: valuesOf(1, 0), rejected: valuesOf(1, 1) }) }),
  };
}

/** What a model says of both answers of a pair; undefined if it does not know one, or saw only a part of it. */
export function likelihoodOf(
  { table }: Rated,
  { chosenKey, rejectedKey }: Identity,
): PairLikelihood | undefined {
  const [chosen, rejected] = [table.rowOf(chosenKey), table.rowOf(rejectedKey)];
  if (chosen < 0 || rejected < 0) return undefined;
  const flags = table.flags(chosen) | table.flags(rejected);
  if ((flags & (REFUSED | ANSWER_CUT)) !== 0) return undefined;
  return { chosen: table.values(chosen), rejected: table.values(rejected) };
}
