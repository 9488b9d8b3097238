// The default scorer. It judges how well a label agrees with the rest of the file, not truth: it fits a linear
// reward on the file itself and scores each pair with a fit that never saw its prompt. Measurements behind the
// settings (cost, word scale, folds): test/bench/detection.ts.
import type { PairFeatures } from './features.ts';
import type { FitOptions, LinearModel, Pause } from './fit.ts';
import { fit, rowMargin } from './fit.ts';
import { hashText } from './random.ts';
import { STYLE_COUNT } from './style.ts';

/** Bump this if margins change for the same file and seed. Cached and written scores contain it. */
export const CONSISTENCY_VERSION = 2;

const WORDS_AND_STYLE: FitOptions = { cost: 0.003, wordScale: 0.5, epochs: 6 };
const STYLE_ONLY: FitOptions = { cost: 0.003, wordScale: 0, epochs: 10 };

/** Groups with fewer pairs use the model of the whole file. */
const MIN_GROUP = 300;

/** With fewer pairs there is not enough to be consistent with. */
export const MIN_PAIRS = 50;

/** More folds waste less of a small file; for a large one, five are enough. */
export function foldCountFor(pairCount: number): number {
  return pairCount < 20_000 ? 10 : 5;
}

/** The fold of a prompt, or of the key that replaces it. */
export function foldOf(key: number, seed: number, foldCount: number): number {
  return hashText(String(key), seed) % foldCount;
}

/** The pairs of a job, beyond their features. */
export interface JobRows {
  readonly features: PairFeatures;
  /** From `styleScales`; the same for every part. */
  readonly scales: Float32Array;
  readonly fold: Uint8Array;
  readonly foldCount: number;
  /** Group number of each pair, from 0; −1 for none. */
  readonly group: Int32Array;
  readonly seed: number;
}

/** One fit: the pairs outside `fold` in `group` (−1: in the whole file). */
export interface FitPart {
  readonly group: number;
  readonly fold: number;
}

/** Result of a part. The caller keeps it, so that a restarted process can skip the part. */
export interface PartFit {
  readonly full: LinearModel;
  readonly styleOnly: LinearModel;
}

function largeGroups(group: Int32Array): Set<number> {
  const counts = new Map<number, number>();
  for (const value of group) if (value >= 0) counts.set(value, (counts.get(value) ?? 0) + 1);
  return new Set([...counts].filter(([, count]) => count >= MIN_GROUP).map(([value]) => value));
}

/** All fits of a job, in a fixed order. */
export function planParts(rows: JobRows): readonly FitPart[] {
  const own = largeGroups(rows.group);
  const shared = rows.group.some((value) => !own.has(value));
  const groups = [...(shared ? [-1] : []), ...[...own].sort((a, b) => a - b)];
  return groups.flatMap((group) => Array.from({ length: rows.foldCount }, (_, fold) => ({ group, fold })));
}

function rowsWhere(count: number, keep: (row: number) => boolean): Int32Array {
  const kept: number[] = [];
  for (let row = 0; row < count; row++) if (keep(row)) kept.push(row);
  return Int32Array.from(kept);
}

/** Fits one part. `sign` is −1 for a pair whose label counts as inverted. */
export async function fitPart(rows: JobRows, part: FitPart, sign: Int8Array, pause: Pause): Promise<PartFit> {
  const { features, scales, fold, group, seed } = rows;
  const train = rowsWhere(
    features.count,
    (row) => fold[row] !== part.fold && (part.group < 0 || group[row] === part.group),
  );
  const partSeed = seed + 31 * part.fold + 1009 * (part.group + 1);
  return {
    full: await fit(features, train, sign, scales, WORDS_AND_STYLE, partSeed, pause),
    styleOnly: await fit(features, train, sign, scales, STYLE_ONLY, partSeed, pause),
  };
}

/** Rows visited in a part, for progress. */
export function partWork(rows: JobRows, part: FitPart): number {
  const inGroup =
    part.group < 0
      ? rows.features.count
      : rows.group.reduce((n, value) => n + Number(value === part.group), 0);
  return (inGroup * (rows.foldCount - 1) * (WORDS_AND_STYLE.epochs + STYLE_ONLY.epochs)) / rows.foldCount;
}

/**
 * The slope that turns margins into log-odds of the recorded label, by Newton steps; always at least a small
 * positive number.
 */
function calibrate(margins: Float64Array): number {
  let slope = 1;
  for (let step = 0; step < 50; step++) {
    let [gradient, curvature] = [0, 1e-9];
    for (const margin of margins) {
      const wrong = 1 / (1 + Math.exp(slope * margin));
      gradient += margin * wrong;
      curvature += margin ** 2 * wrong * (1 - wrong);
    }
    const change = gradient / curvature;
    slope = Math.min(1e4, Math.max(1e-3, slope + Math.max(-0.5 * slope - 1, Math.min(change, slope + 1))));
    if (Math.abs(change) < 1e-4 * slope) break;
  }
  return slope;
}

function logLoss(margins: Float64Array): number {
  return margins.reduce((sum, margin) => sum + Math.log1p(Math.exp(-margin)), 0) / margins.length;
}

/** Weights of a part's two models: margin = full · m₁ + styleOnly · m₂, in log-odds. */
export interface Blend {
  readonly full: number;
  readonly styleOnly: number;
}

/** Out-of-fold margins of the labels given by `sign`. */
export interface Margins {
  readonly margins: Float64Array;
  readonly styleOnly: Float64Array;
  readonly blend: Blend;
}

/** Index of the part that scores a pair. */
export function partIndexFor(parts: readonly FitPart[], group: number, fold: number): number {
  const own = parts.findIndex((part) => part.group === group && part.fold === fold);
  return own >= 0 ? own : parts.findIndex((part) => part.group < 0 && part.fold === fold);
}

/**
 * Scores every pair with the part that left its fold out, and blends the two models: uses the one with the lower
 * out-of-fold log-loss, or their mean if that is better still.
 */
export function joinMargins(
  rows: JobRows,
  parts: readonly FitPart[],
  fits: readonly PartFit[],
  sign: Int8Array,
): Margins {
  const { features, fold, group } = rows;
  const full = new Float64Array(features.count);
  const styleOnly = new Float64Array(features.count);
  const partOf = new Map<number, number>();
  for (let row = 0; row < features.count; row++) {
    const key = (group[row] ?? -1) * 256 + (fold[row] ?? 0);
    let at = partOf.get(key);
    if (at === undefined) partOf.set(key, (at = partIndexFor(parts, group[row] ?? -1, fold[row] ?? 0)));
    const fitted = fits[at];
    if (!fitted) continue;
    full[row] = (sign[row] ?? 1) * rowMargin(features, row, fitted.full);
    styleOnly[row] = (sign[row] ?? 1) * rowMargin(features, row, fitted.styleOnly);
  }
  const [a, b] = [calibrate(full), calibrate(styleOnly)];
  const blends: Blend[] = [
    { full: a, styleOnly: 0 },
    { full: a / 2, styleOnly: b / 2 },
    { full: 0, styleOnly: b },
  ];
  const joined = blends.map((blend) => ({
    blend,
    margins: full.map((margin, row) => blend.full * margin + blend.styleOnly * (styleOnly[row] ?? 0)),
  }));
  const losses = joined.map(({ margins }) => logLoss(margins));
  const best = joined[losses.indexOf(Math.min(...losses))] ?? joined[0];
  return { margins: best?.margins ?? full, styleOnly, blend: best?.blend ?? { full: 1, styleOnly: 0 } };
}

/** Combines the two models of a part. */
export function joinModels(fitted: PartFit, blend: Blend): LinearModel {
  const style = new Float32Array(STYLE_COUNT);
  for (let k = 0; k < STYLE_COUNT; k++) {
    style[k] = blend.full * (fitted.full.style[k] ?? 0) + blend.styleOnly * (fitted.styleOnly.style[k] ?? 0);
  }
  return {
    words: blend.full === 0 ? new Float32Array(0) : fitted.full.words.map((weight) => weight * blend.full),
    style,
  };
}
