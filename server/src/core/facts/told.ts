// Whether the origin of an answer tells its label.
import type { Facts } from './facts.ts';

/**
 * A field that tells the side of more of the answers by itself explains every label, so no label would ever look wrong: scorers
 * leave it out.
 */
export const MAX_TOLD = 0.9;

/**
 * The share of answers whose side their category tells, in pairs of different categories. Each answer is judged by the others, so
 * a category that occurs once tells nothing.
 */
export function toldShare(counts: Iterable<readonly [wins: number, losses: number]>): number {
  let [right, all] = [0, 0];
  const rightIn = (own: number, other: number): number =>
    own * (own - 1 > other ? 1 : own - 1 === other ? 0.5 : 0);
  for (const [wins, losses] of counts) {
    all += wins + losses;
    right += rightIn(wins, losses) + rightIn(losses, wins);
  }
  return all === 0 ? 0 : right / all;
}

/** How much of the labels a field with the origin of answers tells. */
export interface SourceTold {
  readonly field: string;
  /** Pairs whose answers have different origins. */
  readonly pairs: number;
  readonly told: number;
}

/** Of the pairs of a file, by the codes of origins in their facts. */
export function sourceTold(field: string, facts: Facts): SourceTold {
  const counts = new Map<number, [wins: number, losses: number]>();
  const countOf = (code: number): [wins: number, losses: number] => {
    const count = counts.get(code) ?? [0, 0];
    counts.set(code, count);
    return count;
  };
  let pairs = 0;
  for (let pair = 0; pair < facts.pairCount; pair++) {
    const codes = facts.pairs.origins[pair] ?? 0;
    const [chosen, rejected] = [codes & 0xffff, codes >>> 16];
    if (facts.isTie(pair) || chosen === 0 || rejected === 0 || chosen === rejected) continue;
    pairs++;
    countOf(chosen)[0]++;
    countOf(rejected)[1]++;
  }
  return { field, pairs, told: toldShare(counts.values()) };
}
