// The default scorer. It judges how well a label agrees with the rest of the file, not truth:
// a linear reward is fitted on the file itself, and each pair is scored by a fit that never saw its
// prompt. Measured choices (cost, word scale, folds): test/bench/detection.ts.
import type { PairFeatures } from './features.ts';
import type { FitOptions, LinearModel, Pause } from './fit.ts';
import { fit, rowMargin } from './fit.ts';
import { hashText } from './random.ts';
import { STYLE_COUNT } from './style.ts';

/** Bump when a margin changes for the same file and seed: cached and written scores name it. */
export const CONSISTENCY_VERSION = 2;

const WORDS_AND_STYLE: FitOptions = { cost: 0.003, wordScale: 0.5, epochs: 6 };
const STYLE_ONLY: FitOptions = { cost: 0.003, wordScale: 0, epochs: 10 };

/** Groups of fewer pairs share the model of the whole file. */
const MIN_GROUP = 300;

/** Fewer pairs than this can't be scored: there is nothing to be consistent with. */
export const MIN_PAIRS = 50;

/** More folds waste less of a small file; a large one has enough in five. */
export function foldCountFor(pairCount: number): number {
  return pairCount < 20_000 ? 10 : 5;
}

/** The fold of a prompt (or of whatever stands in for one). */
export function foldOf(key: number, seed: number, foldCount: number): number {
  return hashText(String(key), seed) % foldCount;
}

/** What is known of the pairs of a job beside their features. */
export interface JobRows {
  readonly features: PairFeatures;
  /** Of `styleScales`: the same for every part. */
  readonly scales: Float32Array;
  readonly fold: Uint8Array;
  readonly foldCount: number;
  /** The group of each pair as a number from 0, −1 for none. */
  readonly group: Int32Array;
  readonly seed: number;
}

/** One fit: the pairs of `group` (−1: of the whole file) outside `fold`. */
export interface FitPart {
  readonly group: number;
  readonly fold: number;
}

/** What a part gives. Kept by whoever asked, so that a restarted process can leave it out. */
export interface PartFit {
  readonly full: LinearModel;
  readonly styleOnly: LinearModel;
}

function largeGroups(group: Int32Array): Set<number> {
  const counts = new Map<number, number>();
  for (const value of group) if (value >= 0) counts.set(value, (counts.get(value) ?? 0) + 1);
  return new Set([...counts].filter(([, count]) => count >= MIN_GROUP).map(([value]) => value));
}

/** Every fit that a job needs, in a fixed order. */
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

/** Fits one part. `sign` is −1 for a pair whose label is to be read the other way round. */
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

/** Steps of work in a part, for progress: rows visited. */
export function partWork(rows: JobRows, part: FitPart): number {
  const inGroup =
    part.group < 0
      ? rows.features.count
      : rows.group.reduce((n, value) => n + Number(value === part.group), 0);
  return (inGroup * (rows.foldCount - 1) * (WORDS_AND_STYLE.epochs + STYLE_ONLY.epochs)) / rows.foldCount;
}

/** The slope that makes margins log-odds of the recorded label, by Newton steps; never below a small positive one. */
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

/** How the two models of a part are joined: margin = full · m₁ + styleOnly · m₂, in log-odds. */
export interface Blend {
  readonly full: number;
  readonly styleOnly: number;
}

/** Out-of-fold margins of the labels as given by `sign`. */
export interface Margins {
  readonly margins: Float64Array;
  readonly styleOnly: Float64Array;
  readonly blend: Blend;
}

/** The number of the part that scores a pair. */
export function partIndexFor(parts: readonly FitPart[], group: number, fold: number): number {
  const own = parts.findIndex((part) => part.group === group && part.fold === fold);
  return own >= 0 ? own : parts.findIndex((part) => part.group < 0 && part.fold === fold);
}

/**
 * Scores every pair with the part that left its fold out, and joins the two models: the one with the
 * better out-of-fold log-loss, or their mean where that is better still.
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

/** The two models of a part as one. */
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
