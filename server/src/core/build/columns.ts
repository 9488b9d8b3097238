// The values of columns for training: margins, soft labels, weights, stages. NaN in, NaN out.
import type { ColumnStep, ColumnValue } from './recipe.ts';

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** Rounds of the estimate of ε: it usually stays after ten. */
const MAX_ROUNDS = 200;
/** A smaller change of ε ends the estimate. */
const SETTLED = 1e-9;
/** ε to begin with. */
const FIRST_NOISE = 0.1;

/** Below it every posterior is near 1, so it says nothing. */
const NO_NOISE = 1e-3;

function posteriorOf(p: number, noise: number): number {
  const [right, wrong] = [(1 - noise) * p, noise * (1 - p)];
  // Both are 0 only for p = 0 and no noise: a label that is certainly wrong in a file without any wrong label.
  return right + wrong === 0 ? 0 : right / (right + wrong);
}

/** ε ← 1 − mean(w), until it stays. Above a half the labels would mean their opposite, so it ends there. */
export function estimateNoise(chances: Float64Array): number {
  let noise = FIRST_NOISE;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    let [sum, count] = [0, 0];
    for (const p of chances) {
      if (Number.isNaN(p)) continue;
      sum += posteriorOf(p, noise);
      count++;
    }
    if (count === 0) return 0;
    const next = Math.min(0.5, Math.max(0, 1 - sum / count));
    const moved = Math.abs(next - noise);
    noise = next;
    if (moved < SETTLED) break;
  }
  return noise;
}

/** Groups of equal size by rising difficulty; equal ones are in one group. */
export function stagesOf(difficulty: Float64Array, stages: number): Float64Array {
  const sorted = difficulty.filter((one) => !Number.isNaN(one)).sort();
  const firstAt = (value: number): number => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return difficulty.map((one) =>
    Number.isNaN(one) ? one : Math.min(stages - 1, Math.floor((stages * firstAt(one)) / sorted.length)),
  );
}

export interface ColumnMade {
  readonly values: Float64Array;
  /** What a person should know of them, as sentences. */
  readonly notes: readonly string[];
}

type Make = (numbers: Float64Array, step: ColumnStep) => ColumnMade;

const each =
  (valueOf: (x: number, step: ColumnStep) => number): Make =>
  (numbers, step) => ({ values: numbers.map((x) => valueOf(x, step)), notes: [] });

const posterior =
  (valueOf: (w: number) => number): Make =>
  (numbers, { temperature = 1, noise: given }) => {
    const chances = numbers.map((x) => sigmoid(x / temperature));
    const noise = given ?? estimateNoise(chances);
    const said = `ε = ${noise.toPrecision(4)}`;
    return {
      values: chances.map((p) => (Number.isNaN(p) ? p : valueOf(posteriorOf(p, noise)))),
      notes: [
        given === undefined ? `The share of wrong labels is estimated: ${said}.` : `${said}.`,
        ...(noise < NO_NOISE
          ? ['With so few wrong labels every label counts as right: set "noise" if you know better.']
          : []),
      ],
    };
  };

const MAKE: Readonly<Record<ColumnValue, Make>> = {
  copy: each((x) => x),
  margin: (numbers) => {
    const below = numbers.reduce((count, x) => count + (x < 0 ? 1 : 0), 0);
    return {
      values: numbers.map((x) => (x < 0 ? 0 : x)),
      notes:
        below === 0
          ? []
          : [
              `${below.toLocaleString('en')} of the numbers are below 0 and written as 0: there the other answer is ahead.`,
            ],
    };
  },
  soft_label: each((x, { gamma = 1 }) => sigmoid(gamma * x)),
  posterior: posterior((w) => w),
  smoothing: posterior((w) => 1 - w),
  focal: each((x, { gamma = 1 }) => sigmoid(x) ** gamma),
  beta: each(
    (x, { base = 0.1, scale = 1, rate = 1 }) => base * (1 + scale * (1 - Math.exp(-rate * Math.max(0, x)))),
  ),
  difficulty: each((x) => -Math.abs(x)),
  stage: (numbers, { stages = 3 }) => ({
    values: stagesOf(
      numbers.map((x) => -Math.abs(x)),
      stages,
    ),
    notes: [],
  }),
};

/** Digits of a written number: more than any trainer's single precision can use would only differ in noise. */
const DIGITS = 7;

/** @param numbers of the rows that are left, NaN where there is none */
export function columnOf(numbers: Float64Array, step: ColumnStep): ColumnMade {
  const { values, notes } = MAKE[step.value](numbers, step);
  // −0 would be written as 0 and read as another number.
  return { values: values.map((x) => Number(x.toPrecision(DIGITS)) + 0), notes };
}
