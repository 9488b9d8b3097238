// How far judges of the same pairs agree: annotators, scorers, reviewers.
import type { Estimate } from '../checks/dataset/effects.ts';
import { wilson } from '../checks/dataset/effects.ts';

const Z = 1.959964;

/** With fewer pairs, the variance of κ says nothing. */
const MIN_PAIRS = 10;

/** What two judges said: counts[a][b] is the number of pairs that the first put into class a and the second into b. */
export type Crosstab = readonly (readonly number[])[];

export interface Agreement {
  /** Pairs that both judged. */
  readonly count: number;
  /** Share of them with the same verdict. */
  readonly same: Estimate;
  /** Agreement beyond chance: 1 is perfect, 0 is what independent judges reach. NaN below ten pairs, and if both always say the same. */
  readonly kappa: Estimate;
}

/**
 * Cohen's κ with its interval. The variance is that of J. L. Fleiss, J. Cohen and B. S. Everitt (Large sample standard
 * errors of kappa and weighted kappa, 1969), which holds for large counts.
 */
export function agreementOf(table: Crosstab): Agreement {
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
  const rows = table.map(sum);
  const columns = table.map((_, b) => sum(table.map((row) => row[b] ?? 0)));
  const count = sum(rows);
  const diagonal = table.map((row, a) => row[a] ?? 0);
  const hits = sum(diagonal);
  const observed = hits / count;
  const chance = sum(rows.map((row, a) => (row * (columns[a] ?? 0)) / count ** 2));
  const beyond = 1 - chance;
  const none = { value: Number.NaN, low: Number.NaN, high: Number.NaN };
  if (count < MIN_PAIRS || beyond < 1e-12) return { count, same: wilson(hits, count), kappa: none };
  const value = (observed - chance) / beyond;
  const share = (a: number, b: number): number => (table[a]?.[b] ?? 0) / count;
  const margin = (a: number, b: number): number => ((columns[a] ?? 0) + (rows[b] ?? 0)) / count;
  let variance = -((observed * chance - 2 * chance + observed) ** 2);
  for (let a = 0; a < table.length; a++)
    for (let b = 0; b < table.length; b++)
      variance +=
        a === b
          ? share(a, a) * (beyond - margin(a, a) * (1 - observed)) ** 2
          : (1 - observed) ** 2 * share(a, b) * margin(a, b) ** 2;
  const half = Z * Math.sqrt(Math.max(0, variance) / (count * beyond ** 4));
  return {
    count,
    same: wilson(hits, count),
    kappa: { value, low: Math.max(-1, value - half), high: Math.min(1, value + half) },
  };
}
