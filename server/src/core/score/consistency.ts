// The default scorer. It judges how well a label agrees with the rest of the file, not truth: it fits a linear
// reward on the file itself and scores each pair with a fit that never saw its prompt. Measurements behind the
// settings (cost, word scale, folds): test/bench/detection.ts.
import { FEATURE_BITS } from '../model/tokens.ts';
import type { PairFeatures } from './features.ts';
import { inGroups } from './features.ts';
import type { FitOptions, FittedModel, LinearModel, Pause } from './fit.ts';
import { fit, rowMargin } from './fit.ts';
import type { GroupColumn } from './groups.ts';
import { hashText } from './random.ts';

/** Bump this if margins change for the same file and seed. Cached and written scores contain it. */
export const CONSISTENCY_VERSION = 3;

const WORDS_AND_STYLE: FitOptions = { cost: 0.003, wordScale: 0.5, epochs: 6 };
const STYLE_ONLY: FitOptions = { cost: 0.003, wordScale: 0, epochs: 10 };

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
  /** In their groups, if the file has any. */
  readonly features: PairFeatures;
  /** From `styleScales`; the same for every part. */
  readonly scales: Float32Array;
  readonly fold: Uint8Array;
  readonly foldCount: number;
  readonly seed: number;
}

/** Result of a part: the fit of all pairs outside one fold. The caller keeps it, so that a restarted process can skip the part. */
export interface PartFit {
  readonly full: FittedModel;
  readonly styleOnly: FittedModel;
}

function rowsWhere(count: number, keep: (row: number) => boolean): Int32Array {
  const kept: number[] = [];
  for (let row = 0; row < count; row++) if (keep(row)) kept.push(row);
  return Int32Array.from(kept);
}

/** Fits the pairs outside the fold `part`. `sign` is −1 for a pair whose label counts as inverted. */
export async function fitPart(rows: JobRows, part: number, sign: Int8Array, pause: Pause): Promise<PartFit> {
  const { features, scales, fold, seed } = rows;
  const train = rowsWhere(features.count, (row) => fold[row] !== part);
  const partSeed = seed + 31 * part;
  return {
    full: await fit(features, train, sign, scales, WORDS_AND_STYLE, partSeed, pause, part),
    styleOnly: await fit(features, train, sign, scales, STYLE_ONLY, partSeed, pause),
  };
}

/** Rows visited in a part, for progress. */
export function partWork({ features, foldCount }: JobRows): number {
  return (features.count * (foldCount - 1) * (WORDS_AND_STYLE.epochs + STYLE_ONLY.epochs)) / foldCount;
}

/** Pairs that columns are compared on, at most, and folds and epochs of these fits. */
const TRIED = { pairs: 8192, folds: 5, epochs: 6 } as const;

/** A column has to be better than one group by this many standard errors. */
const MIN_GAIN = 3;

/** How much better a column's groups predict labels than one group: loss of a pair, out of fold. */
export interface GroupTrial {
  readonly field: string;
  readonly groups: number;
  readonly gain: number;
  readonly error: number;
}

export interface GroupChoice {
  /** Undefined: one group is no worse. */
  readonly column: GroupColumn | undefined;
  readonly trials: readonly GroupTrial[];
}

/** Chooses the column whose groups predict labels best, by style and origins alone; none if one group is no worse. */
export async function chooseGroups(
  rows: JobRows,
  columns: readonly GroupColumn[],
  sign: Int8Array,
  pause: Pause,
): Promise<GroupChoice> {
  if (columns.length === 0) return { column: undefined, trials: [] };
  const { features, fold } = rows;
  const step = Math.max(1, Math.ceil(features.count / TRIED.pairs));
  const used = rowsWhere(features.count, (row) => row % step === 0);
  const lossesIn = async (column: GroupColumn | undefined, freedom = 1): Promise<Float64Array> => {
    const grouped = inGroups(features, column);
    const margins = new Float64Array(used.length);
    for (let part = 0; part < TRIED.folds; part++) {
      const train = used.filter((row) => (fold[row] ?? 0) % TRIED.folds !== part);
      const options = { ...STYLE_ONLY, cost: STYLE_ONLY.cost * freedom, epochs: TRIED.epochs };
      const model = await fit(grouped, train, sign, rows.scales, options, rows.seed + part, pause);
      used.forEach((row, i) => {
        if ((fold[row] ?? 0) % TRIED.folds === part)
          margins[i] = (sign[row] ?? 1) * rowMargin(grouped, row, model);
      });
    }
    const slope = calibrate(margins);
    return margins.map((margin) => lossOf(slope * margin));
  };
  // Groups have more freedom to fit, which may be all that helps: so one group with twice the freedom competes too.
  const single = [await lossesIn(undefined), await lossesIn(undefined, 2)].sort(
    (a, b) => meanOf(a) - meanOf(b),
  );
  const alone = single[0] ?? new Float64Array(used.length);
  const trials: GroupTrial[] = [];
  let best: { readonly column: GroupColumn; readonly gain: number } | undefined;
  for (const column of columns) {
    const losses = await lossesIn(column);
    const gains = alone.map((loss, i) => loss - (losses[i] ?? 0));
    const gain = meanOf(gains);
    const error = Math.sqrt(meanOf(gains.map((one) => (one - gain) ** 2)) / gains.length);
    trials.push({ field: column.field, groups: column.values.length, gain, error });
    if (gain > MIN_GAIN * error && gain > (best?.gain ?? 0)) best = { column, gain };
  }
  return { column: best?.column, trials };
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

/**
 * The slope that turns margins into log-odds of the recorded label, by Newton steps; always at least a small
 * positive number.
 */
export function calibrate(margins: Float64Array): number {
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

function lossOf(margin: number): number {
  return Math.log1p(Math.exp(-margin));
}

export function logLoss(margins: Float64Array): number {
  return margins.reduce((sum, margin) => sum + lossOf(margin), 0) / margins.length;
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

/**
 * Scores every pair with the part that left its fold out, and blends the two models: uses the one with the lower
 * out-of-fold log-loss, or their mean if that is better still.
 */
export function joinMargins(
  rows: JobRows,
  /** By fold. */
  fits: readonly PartFit[],
  sign: Int8Array,
): Margins {
  const { features, fold } = rows;
  const full = new Float64Array(features.count);
  const styleOnly = new Float64Array(features.count);
  for (let row = 0; row < features.count; row++) {
    const fitted = fits[fold[row] ?? 0];
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

/** Weights of words by feature, `scale` times as large. */
function byFeature(places: Float32Array, vocabulary: Int32Array, scale: number): Float32Array {
  const words = new Float32Array(1 << FEATURE_BITS);
  for (let place = 0; place < places.length; place++)
    words[vocabulary[place] as number] = (places[place] as number) * scale;
  return words;
}

/** Combines the two models of a part, for any text. */
export function joinModels({ full, styleOnly }: PartFit, vocabulary: Int32Array, blend: Blend): LinearModel {
  const mixed = (a: Float32Array, b: Float32Array): Float32Array =>
    a.map((weight, k) => blend.full * weight + blend.styleOnly * (b[k] ?? 0));
  return {
    words: blend.full === 0 ? new Float32Array(0) : byFeature(full.places, vocabulary, blend.full),
    style: mixed(full.style, styleOnly.style),
    origins: mixed(full.origins, styleOnly.origins),
    deviations: mixed(full.deviations, styleOnly.deviations),
  };
}
