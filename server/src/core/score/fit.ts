// Bradley-Terry as logistic regression on differences, without an intercept, so that swapping the sides flips the
// sign: P(chosen better) = σ(w · (φ(chosen) − φ(rejected))). Solved in the dual, one pair at a time, in random
// order: Yu, Huang, Lin (2011), "Dual coordinate descent methods for logistic regression", algorithm 5. No step
// size; exact at convergence.
import type { PairFeatures } from './features.ts';
import { seededRandom, shuffle } from './random.ts';
import { wordLoops } from './wordLoops.ts';

export interface FitOptions {
  /** Weight of a pair's loss against the squared weights: larger values fit more closely. */
  readonly cost: number;
  /** Value of a word feature relative to style numbers of variance 1; 0 ignores words. */
  readonly wordScale: number;
  readonly epochs: number;
}

/** Value of an origin's category relative to style numbers of variance 1. Its strength has a prior of its own: see `cost`. */
const ORIGIN_SCALE = 6;

/** A linear reward: hashed word features, standardised style numbers, strengths of origins. */
export interface LinearModel {
  /** 2^FEATURE_BITS weights, including the word scale; empty for a style-only model. */
  readonly words: Float32Array;
  /** One weight for each raw style number, and for each number of an origin. */
  readonly style: Float32Array;
  /** One strength for each category. */
  readonly origins: Float32Array;
  /** groups × style weights: what each group adds to them. */
  readonly deviations: Float32Array;
}

/** A `LinearModel` of the pairs that it was fitted on: as small as their vocabulary. */
export interface FittedModel extends Omit<LinearModel, 'words'> {
  /** One weight for each place in `vocabulary`; empty for a style-only model. */
  readonly places: Float32Array;
}

/** 1 / root mean square of each style difference. Independent of labels: a flip only changes signs. */
export function styleScales({ style, count, width }: PairFeatures): Float32Array {
  const sums = new Float64Array(width);
  for (let row = 0; row < count; row++) {
    for (let k = 0; k < width; k++) sums[k] = (sums[k] ?? 0) + (style[row * width + k] ?? 0) ** 2;
  }
  return Float32Array.from(sums, (sum) => (sum > 0 ? 1 / Math.sqrt(sum / count) : 0));
}

/**
 * Called often during a fit with the number of pairs visited since the last call. If it returns a promise, the fit
 * awaits it: report progress, yield to other work, or throw to stop.
 */
export type Pause = (visited: number) => Promise<void> | undefined;

/** Rows of a fit as its solver meets them, each with the label that it is trained towards. */
export interface DualRows {
  /** Squared length of a row. */
  norm(row: number): number;
  /** Margin of the row's label by the present weights. */
  margin(row: number): number;
  /** Moves the weights along a row, towards its label. */
  move(row: number, step: number): void;
}

export interface SolveOptions {
  readonly cost: number;
  readonly epochs: number;
  readonly seed: number;
  /** Rows between two pauses. */
  readonly pauseEvery: number;
}

/** Dual coordinate descent on the rows `train`, from weights of 0. The weights are those that `move` moves. */
export async function solveDual(
  rows: DualRows,
  train: Int32Array,
  { cost, epochs, seed, pauseEvery }: SolveOptions,
  pause: Pause,
): Promise<void> {
  const start = Math.min(1e-3, cost * 1e-3);
  const alpha = new Float64Array(train.length).fill(start);
  const norms = Float64Array.from(train, (row) => rows.norm(row));
  const order = Int32Array.from(train, (_, i) => i);
  const random = seededRandom(seed);
  for (const row of train) rows.move(row, start);
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, random);
    for (let n = 0; n < order.length; n++) {
      const i = order[n] as number;
      const norm = norms[i] as number;
      if (norm === 0) continue;
      const row = train[i] as number;
      const old = alpha[i] as number;
      const next = solveOne(old, rows.margin(row), norm, cost);
      alpha[i] = next;
      rows.move(row, next - old);
      if ((n + 1) % pauseEvery === 0) await pause(pauseEvery);
    }
    await pause(order.length % pauseEvery);
  }
}

/** Pairs between two pauses: well below 20 ms of work for answers of usual length. */
const PAUSE_EVERY = 256;

// Inside of closures these loops take several times as long.

function marginOfStyle(
  style: Float32Array,
  base: number,
  width: number,
  weights: Float64Array,
  from: number,
  before: number,
): number {
  let sum = before;
  for (let k = 0; k < width; k++) sum += (weights[from + k] as number) * (style[base + k] as number);
  return sum;
}

function moveStyle(
  style: Float32Array,
  base: number,
  squared: Float64Array,
  weights: Float64Array,
  from: number,
  step: number,
): void {
  for (let k = 0; k < squared.length; k++)
    (weights[from + k] as number) += step * (squared[k] as number) * (style[base + k] as number);
}

/**
 * Fits one model on the rows `train`. `sign` is −1 for a pair whose label counts as inverted.
 * @param slot another one for each fit that runs at the same time with words
 */
export async function fit(
  features: PairFeatures,
  train: Int32Array,
  sign: Int8Array,
  scales: Float32Array,
  options: FitOptions,
  seed: number,
  pause: Pause,
  slot = 0,
): Promise<FittedModel> {
  const { cost, wordScale, epochs } = options;
  const { starts, vocabulary, style, width, origins, originWidth, categoryCount, group, groupCount } =
    features;
  // All weights are those of raw numbers: a scale enters their steps squared, and the rows stay as they are.
  const words =
    wordScale > 0 ? wordLoops(features.words, features.memory, vocabulary.length, slot) : undefined;
  const styleWeights = new Float64Array(width);
  const strengths = new Float64Array(categoryCount);
  /** As strong as the shared weights, which they add to: a row with a group counts twice. */
  const deviations = new Float64Array(groupCount * width);
  const squared = Float64Array.from(scales, (scale) => scale ** 2);

  const norm = (row: number): number => {
    let sum = 0;
    for (let k = 0; k < width; k++) sum += (squared[k] as number) * (style[row * width + k] as number) ** 2;
    if ((group[row] as number) >= 0) sum *= 2;
    if (wordScale > 0) sum += wordScale ** 2 * ((starts[row + 1] as number) - (starts[row] as number));
    const end = 2 * (row + 1) * originWidth;
    for (let at = 2 * row * originWidth; at < end; at++)
      if ((origins[at] as number) >= 0) sum += ORIGIN_SCALE ** 2;
    return sum;
  };

  const margin = (row: number): number => {
    const base = row * width;
    const own = (group[row] as number) * width;
    let z = words?.margin(starts[row] as number, starts[row + 1] as number) ?? 0;
    z = marginOfStyle(style, base, width, styleWeights, 0, z);
    if (own >= 0) z = marginOfStyle(style, base, width, deviations, own, z);
    return (sign[row] as number) * (z + originMargin(features, row, strengths));
  };

  const move = (row: number, size: number): void => {
    const step = size * (sign[row] as number);
    words?.move(starts[row] as number, starts[row + 1] as number, step * wordScale ** 2);
    const base = row * width;
    const own = (group[row] as number) * width;
    moveStyle(style, base, squared, styleWeights, 0, step);
    if (own >= 0) moveStyle(style, base, squared, deviations, own, step);
    const end = (row + 1) * originWidth;
    for (let at = row * originWidth; at < end; at++) {
      const [chosen, rejected] = [origins[2 * at] as number, origins[2 * at + 1] as number];
      if (chosen >= 0) (strengths[chosen] as number) += step * ORIGIN_SCALE ** 2;
      if (rejected >= 0) (strengths[rejected] as number) -= step * ORIGIN_SCALE ** 2;
    }
  };

  await solveDual({ norm, margin, move }, train, { cost, epochs, seed, pauseEvery: PAUSE_EVERY }, pause);
  return {
    places: Float32Array.from(words?.weights ?? []),
    style: Float32Array.from(styleWeights),
    origins: Float32Array.from(strengths),
    deviations: Float32Array.from(deviations),
  };
}

/** Minimises ½·norm·(a−old)² + yz·(a−old) + a·ln a + (cost−a)·ln(cost−a) over 0 < a < cost with Newton steps. */
function solveOne(old: number, yz: number, norm: number, cost: number): number {
  const min = cost * 1e-9;
  let a = Math.min(Math.max(old, min), cost - min);
  for (let step = 0; step < 20; step++) {
    const gradient = norm * (a - old) + yz + Math.log(a / (cost - a));
    const curvature = norm + cost / (a * (cost - a));
    let next = a - gradient / curvature;
    if (next <= 0) next = a * 0.1;
    else if (next >= cost) next = cost - (cost - a) * 0.1;
    next = Math.min(Math.max(next, min), cost - min);
    const moved = Math.abs(next - a);
    a = next;
    if (moved < 1e-6 * cost) break;
  }
  return a;
}

function originMargin(
  { origins, originWidth }: PairFeatures,
  row: number,
  strengths: ArrayLike<number>,
): number {
  let sum = 0;
  const end = (row + 1) * originWidth;
  for (let at = row * originWidth; at < end; at++) {
    const [chosen, rejected] = [origins[2 * at] as number, origins[2 * at + 1] as number];
    sum += (chosen >= 0 ? (strengths[chosen] ?? 0) : 0) - (rejected >= 0 ? (strengths[rejected] ?? 0) : 0);
  }
  return sum;
}

/** w · (φ(chosen) − φ(rejected)) for one row. */
export function rowMargin(features: PairFeatures, row: number, model: FittedModel): number {
  const { starts, words, style, width, group } = features;
  let sum = 0;
  if (model.places.length > 0) {
    const end = starts[row + 1] ?? 0;
    for (let at = starts[row] ?? 0; at < end; at++) {
      const word = words[at] ?? 0;
      const weight = model.places[word < 0 ? ~word : word] ?? 0;
      sum += word < 0 ? -weight : weight;
    }
  }
  const own = (group[row] ?? -1) * width;
  for (let k = 0; k < width; k++) {
    const weight = (model.style[k] ?? 0) + (own >= 0 ? (model.deviations[own + k] ?? 0) : 0);
    sum += weight * (style[row * width + k] ?? 0);
  }
  return sum + originMargin(features, row, model.origins);
}
