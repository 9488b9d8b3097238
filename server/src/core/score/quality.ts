// Measures how good a ranking is.
import { seededRandom } from './random.ts';

/** A share of `count` cases, with its 95 % interval. */
export interface Share {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** How good the scorer is on this file, measured out of fold. */
export interface Trust {
  /** Share of pairs for which the scorer agrees with the recorded label. */
  readonly accuracy: Share;
  /** The same for a style-only model; absent for scorers that are not fitted on the file. */
  readonly styleAccuracy?: number;
  /** The same for the rule "the longer answer wins". */
  readonly longerWins: number;
}

/** How well a ranking finds planted flips. */
export interface RankingFigures {
  readonly accuracy: Share;
  /** How well the ranking separates planted flips from the rest; 0.5 is chance. */
  readonly auroc: number;
  /**
   * Share of planted flips among the lowest 1 % and 5 % of the ranking, and among as many pairs as were planted.
   */
  readonly precisionAt1: Share;
  readonly precisionAt5: Share;
  readonly precisionAtPlanted: Share;
}

/** The same for length alone, in the direction that the planted labels prefer. */
export interface LengthFigures {
  readonly longerWins: number;
  readonly lengthAuroc: number;
  readonly lengthAt1: Share;
}

/** Evidence that the built-in scorer is fitted on; each rung has that of the rungs before it. */
export type FitEvidence = 'words' | 'sides' | 'groups';

/** Length has no fit. An encoder and stored scores join the fit, and models join all of it. */
export type Evidence = 'length' | FitEvidence | 'encoder' | 'columns' | 'models';

/** One more kind of evidence, and how well the flips are found with it. */
export interface Rung {
  readonly evidence: Evidence;
  /** Fields or scorers that it comes from. */
  readonly names: readonly string[];
  readonly auroc: number;
  /** Share of planted flips among the lowest 1 %. */
  readonly precisionAt1: Share;
}

/** Result of planting flips in a share of the labels. */
export interface SelfTest extends RankingFigures, LengthFigures {
  readonly planted: number;
  /** What each kind of evidence is worth on the same flips, the least of it first. */
  readonly ladder?: readonly Rung[];
}

/** Area under the ROC curve for "low score means positive"; ties count half. NaN if one class is empty. */
export function auroc(scores: ArrayLike<number>, positive: (row: number) => boolean): number {
  const order = ranked(scores);
  let positives = 0;
  let sum = 0;
  for (let i = 0; i < order.length;) {
    let end = i;
    while (end < order.length && scores[order[end] ?? 0] === scores[order[i] ?? 0]) end++;
    const rank = (i + end - 1) / 2;
    for (; i < end; i++) {
      if (!positive(order[i] ?? 0)) continue;
      positives++;
      sum += rank;
    }
  }
  const negatives = order.length - positives;
  if (positives === 0 || negatives === 0) return Number.NaN;
  return 1 - (sum - (positives * (positives - 1)) / 2) / (positives * negatives);
}

/** Row numbers from the lowest to the highest score; equal scores in row order. */
export function ranked(scores: ArrayLike<number>): Int32Array {
  const order = Int32Array.from({ length: scores.length }, (_, i) => i);
  return order.sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0) || a - b);
}

/** A share with its 95 % Wilson interval, which also holds for small counts and near 0 or 1. */
export function share(hits: number, count: number): Share {
  if (count === 0) return { value: 0, low: 0, high: 1, count };
  const value = hits / count;
  const z = 1.96;
  const scale = 1 + z ** 2 / count;
  const centre = value + z ** 2 / (2 * count);
  const spread = z * Math.sqrt((value * (1 - value)) / count + z ** 2 / (4 * count ** 2));
  return {
    value,
    low: Math.max(0, (centre - spread) / scale),
    high: Math.min(1, (centre + spread) / scale),
    count,
  };
}

/** Share of positives among the `max` lowest scores. */
export function precisionAt(
  scores: ArrayLike<number>,
  positive: (row: number) => boolean,
  max: number,
): Share {
  const top = ranked(scores).subarray(0, Math.max(1, max));
  return share(
    top.reduce((sum, row) => sum + Number(positive(row)), 0),
    top.length,
  );
}

/** Share of positive numbers; zeros count half. */
export function positiveShare(values: ArrayLike<number>): Share {
  const hits = Array.from(values).reduce((sum, value) => sum + (Math.sign(value) + 1) / 2, 0);
  return share(hits, values.length);
}

/**
 * How good a scorer is that was not fitted on the file. `lengths`: chosen minus rejected. NaN margins are skipped.
 */
export function trustOf(margins: ArrayLike<number>, lengths: ArrayLike<number>): Trust {
  const known = Array.from(margins, (_, i) => i).filter((i) => !Number.isNaN(margins[i]));
  return {
    accuracy: positiveShare(known.map((i) => margins[i] ?? 0)),
    longerWins: positiveShare(known.map((i) => lengths[i] ?? 0)).value,
  };
}

/** Flips a random share of the labels: −1 for a flipped one. */
export function plantFlips(count: number, seed: number, flipped: number): Int8Array {
  const random = seededRandom(seed);
  return Int8Array.from({ length: count }, () => (random() < flipped ? -1 : 1));
}

/**
 * Self-test in which a flip only negates the margin, so nothing is scored again: right for scorers that were not
 * fitted on the file alone. Undefined if too few pairs have a margin.
 */
export function plantedTest(
  margins: ArrayLike<number>,
  lengths: ArrayLike<number>,
  seed: number,
  flipped: number,
): SelfTest | undefined {
  const known = Array.from(margins, (_, i) => i).filter((i) => !Number.isNaN(margins[i]));
  const sign = plantFlips(known.length, seed, flipped);
  if (!sign.includes(-1)) return undefined;
  const planted = (values: ArrayLike<number>): Float64Array =>
    Float64Array.from(known, (i, row) => (values[i] ?? 0) * (sign[row] ?? 1));
  return selfTestFigures(planted(margins), planted(lengths), sign);
}

/** Figures of a ranking whose rows with sign −1 were planted. */
export function rankingFigures(margins: Float64Array, sign: Int8Array): RankingFigures {
  const planted = (row: number): boolean => sign[row] === -1;
  return {
    accuracy: positiveShare(margins.map((margin, row) => margin * (sign[row] ?? 1))),
    auroc: auroc(margins, planted),
    precisionAt1: precisionAt(margins, planted, Math.round(sign.length * 0.01)),
    precisionAt5: precisionAt(margins, planted, Math.round(sign.length * 0.05)),
    precisionAtPlanted: precisionAt(margins, planted, plantedCount(sign)),
  };
}

/** `lengths`: chosen minus rejected, by the planted labels. */
function lengthFigures(lengths: Float64Array, sign: Int8Array): LengthFigures {
  const planted = (row: number): boolean => sign[row] === -1;
  // The direction of length comes from the labels including the planted ones.
  const direction = positiveShare(lengths).value >= 0.5 ? 1 : -1;
  const byLength = lengths.map((value) => direction * value);
  return {
    longerWins: positiveShare(lengths.map((value, row) => value * (sign[row] ?? 1))).value,
    lengthAuroc: auroc(byLength, planted),
    lengthAt1: precisionAt(byLength, planted, Math.round(sign.length * 0.01)),
  };
}

function plantedCount(sign: Int8Array): number {
  return sign.reduce((sum, value) => sum + Number(value < 0), 0);
}

/** All figures of a self-test. `lengths`: chosen minus rejected, by the planted labels. */
export function selfTestFigures(margins: Float64Array, lengths: Float64Array, sign: Int8Array): SelfTest {
  return {
    planted: plantedCount(sign),
    ...rankingFigures(margins, sign),
    ...lengthFigures(lengths, sign),
  };
}
