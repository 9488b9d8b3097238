// A Bradley-Terry head on embeddings: P(chosen better) = σ(w · (e(chosen) − e(rejected))), without an intercept, so
// that swapping the sides flips the sign. Fitted out of fold; the strength of the penalty is chosen by log-loss.
import { calibrate, logLoss } from './consistency.ts';
import type { DualRows, Pause } from './fit.ts';
import { solveDual } from './fit.ts';

/** Differences of embeddings, row by row: count × width. */
export interface Differences {
  readonly width: number;
  readonly values: Float32Array;
  /** The fold of each row's prompt. */
  readonly folds: Uint8Array;
}

/** Weights for the pairs of each fold, in log-odds: fold × width. */
export interface EmbeddingHead {
  readonly width: number;
  readonly foldCount: number;
  readonly weights: Float32Array;
  /** Out-of-fold log-loss; ln 2 is chance. */
  readonly loss: number;
}

/** Weights of a pair's loss against the squared weights, with differences of mean squared length 1. */
const COSTS = [0.1, 1, 10, 100];

/** Rows that decide between the costs: enough to tell them apart. */
const COMPARED = 4000;

const EPOCHS = 8;

/** Numbers between two pauses: a few milliseconds of work. */
const PAUSE_EVERY = 1 << 20;

/** Scales that give each dimension the same mean square, and a row the mean squared length 1. */
function scalesOf({ width, values }: Differences): Float64Array {
  const sums = new Float64Array(width);
  for (let at = 0; at < values.length; at++) {
    const k = at % width;
    sums[k] = (sums[k] ?? 0) + (values[at] ?? 0) ** 2;
  }
  const count = values.length / width;
  return sums.map((sum) => (sum > 0 ? 1 / Math.sqrt((sum / count) * width) : 0));
}

function dot(values: Float32Array, base: number, weights: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < weights.length; k++) sum += (values[base + k] as number) * (weights[k] as number);
  return sum;
}

/** Rows are chosen minus rejected, so all their labels are 1. */
async function fitRows(
  values: Float32Array,
  width: number,
  train: Int32Array,
  cost: number,
  seed: number,
  pause: Pause,
): Promise<Float64Array> {
  const weights = new Float64Array(width);
  const rows: DualRows = {
    norm(row) {
      let sum = 0;
      for (let at = row * width; at < (row + 1) * width; at++) sum += (values[at] as number) ** 2;
      return sum;
    },
    margin: (row) => dot(values, row * width, weights),
    move(row, step) {
      const base = row * width;
      for (let k = 0; k < width; k++) (weights[k] as number) += step * (values[base + k] as number);
    },
  };
  const pauseEvery = Math.max(1, Math.floor(PAUSE_EVERY / width));
  await solveDual(rows, train, { cost, epochs: EPOCHS, seed, pauseEvery }, pause);
  return weights;
}

const rowsOf = (rows: Int32Array, folds: Uint8Array, fold: number, isInside: boolean): Int32Array =>
  rows.filter((row) => (folds[row] === fold) === isInside);

interface OutOfFold {
  /** For each fold, the weights that did not see it. */
  readonly weights: readonly Float64Array[];
  readonly margins: Float64Array;
}

async function outOfFold(
  scaled: Differences,
  rows: Int32Array,
  foldCount: number,
  cost: number,
  seed: number,
  pause: Pause,
): Promise<OutOfFold> {
  const { values, width, folds } = scaled;
  const margins = new Float64Array(rows.length);
  const at = new Map(Array.from(rows, (row, i) => [row, i]));
  const weights: Float64Array[] = [];
  for (let fold = 0; fold < foldCount; fold++) {
    const fitted = await fitRows(values, width, rowsOf(rows, folds, fold, false), cost, seed + fold, pause);
    weights.push(fitted);
    for (const row of rowsOf(rows, folds, fold, true)) {
      margins[at.get(row) ?? 0] = dot(values, row * width, fitted);
    }
  }
  return { weights, margins };
}

const calibratedLoss = ({ margins }: OutOfFold): number => {
  const slope = calibrate(margins);
  return logLoss(margins.map((margin) => slope * margin));
};

/** The cost with the lowest out-of-fold loss on evenly spread rows. */
async function bestCost(
  scaled: Differences,
  rows: Int32Array,
  foldCount: number,
  seed: number,
  pause: Pause,
): Promise<number> {
  const step = Math.max(1, rows.length / COMPARED);
  const some = rows.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
  const losses: number[] = [];
  for (const cost of COSTS) {
    losses.push(calibratedLoss(await outOfFold(scaled, some, foldCount, cost, seed, pause)));
  }
  return COSTS[losses.indexOf(Math.min(...losses))] ?? 1;
}

/** Fits the head of every fold. The same differences and seed give the same head. */
export async function fitHead(
  differences: Differences,
  foldCount: number,
  seed: number,
  pause: Pause,
): Promise<EmbeddingHead> {
  const { width, values, folds } = differences;
  const scales = scalesOf(differences);
  const scaled = { width, folds, values: values.map((value, at) => value * (scales[at % width] ?? 0)) };
  const rows = Int32Array.from(folds, (_, row) => row);
  const cost = await bestCost(scaled, rows, foldCount, seed, pause);
  const fitted = await outOfFold(scaled, rows, foldCount, cost, seed, pause);
  const slope = calibrate(fitted.margins);
  const weights = new Float32Array(foldCount * width);
  fitted.weights.forEach((own, fold) => {
    weights.set(
      own.map((weight, k) => slope * weight * (scales[k] ?? 0)),
      fold * width,
    );
  });
  return { width, foldCount, weights, loss: calibratedLoss(fitted) };
}

/** Visits of rows in a fit, for progress. */
export function headWork(count: number, foldCount: number): number {
  return EPOCHS * (foldCount - 1) * (COSTS.length * Math.min(count, COMPARED) + count);
}

/** Log-odds that the first answer is better, from a head that did not see this fold. */
export function headMargin(
  { width, weights }: EmbeddingHead,
  fold: number,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
): number {
  let sum = 0;
  const base = fold * width;
  for (let k = 0; k < width; k++) sum += (weights[base + k] ?? 0) * ((first[k] ?? 0) - (second[k] ?? 0));
  return sum;
}
