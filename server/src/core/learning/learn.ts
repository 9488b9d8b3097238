// What a review says about the pairs that nobody reviewed: a small Bayesian fit on the labels that people judged.
// P(label wrong) = σ(base − slope · margin + Σ weight · trait). The priors are those of margins that are calibrated
// log-odds; with few judgements they decide.
import { seededRandom } from '../score/random.ts';

/** A pair as the fit sees it. */
export interface Candidate {
  /** Of its recorded label, as it was when a person judged it. */
  readonly margin: number;
  /** See `traits.ts`; all candidates have the same number of them. */
  readonly traits: readonly number[];
}

/** Several pairs, in some order; an array is an example. */
export interface Candidates {
  readonly length: number;
  at(index: number): Candidate | undefined;
}

/** A pair whose label a person judged. */
export interface Judged extends Candidate {
  readonly isWrong: boolean;
}

/** An expected number, with the range that holds the true one in 95 of 100 cases if the model is right. */
export interface Expected {
  readonly likely: number;
  readonly low: number;
  readonly high: number;
}

/** Share of a reviewer's answers that are taken to be wrong themselves. */
const MISTAKES = 0.05;

/** Means and standard deviations of the priors: about one label in eight is wrong, margins are log-odds. */
const BASE = { mean: -2, deviation: 1.5 };
const SLOPE = { mean: 1, deviation: 0.5 };

/** Deviations to try for the weights of traits. The judgements choose; with 0, margins alone count. */
const TRAIT_DEVIATIONS = [0, 0.1, 0.3, 0.6];

/** Another deviation than 0 needs this much more log-evidence. */
const EVIDENCE = 1;

/** Candidates that a sum is drawn from; of more, evenly spread ones stand for the others. */
const MAX_DRAWN = 2000;

const DRAWS = 400;
const STEPS = 60;

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** Mean and scale of each number over the candidates. */
interface Scale {
  readonly mean: number;
  readonly deviation: number;
}

function scalesOf(judged: readonly Judged[]): Scale[] {
  return (judged[0]?.traits ?? []).map((_, k) => {
    const values = judged.map(({ traits }) => traits[k] ?? 0);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    return { mean, deviation: Math.sqrt(variance) };
  });
}

/** Inputs of the fit: 1, the margin against the label, and traits in units of their deviation, at most 3. */
function inputsOf({ margin, traits }: Candidate, scales: readonly Scale[]): number[] {
  const scaled = scales.map(({ mean, deviation }, k) =>
    deviation < 1e-9 ? 0 : Math.max(-3, Math.min(3, ((traits[k] ?? 0) - mean) / deviation)),
  );
  return [1, -margin, ...scaled];
}

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k] ?? 0) * (b[k] ?? 0);
  return sum;
}

/** Lower triangle L with L·Lᵀ = matrix, which must be positive definite. */
function cholesky(matrix: readonly (readonly number[])[]): number[][] {
  const lower = matrix.map((row) => row.map(() => 0));
  for (let i = 0; i < matrix.length; i++) {
    const own = lower[i] ?? [];
    for (let j = 0; j <= i; j++) {
      const other = lower[j] ?? [];
      let sum = matrix[i]?.[j] ?? 0;
      for (let k = 0; k < j; k++) sum -= (own[k] ?? 0) * (other[k] ?? 0);
      own[j] = i === j ? Math.sqrt(Math.max(1e-12, sum)) : sum / (other[j] ?? 1);
    }
  }
  return lower;
}

/** Solves Lᵀ·x = b. */
function solveUpper(lower: readonly (readonly number[])[], b: readonly number[]): number[] {
  const x = [...b];
  for (let i = x.length - 1; i >= 0; i--) {
    for (let k = i + 1; k < x.length; k++) x[i] = (x[i] ?? 0) - (lower[k]?.[i] ?? 0) * (x[k] ?? 0);
    x[i] = (x[i] ?? 0) / (lower[i]?.[i] ?? 1);
  }
  return x;
}

/** Solves L·x = b. */
function solveLower(lower: readonly (readonly number[])[], b: readonly number[]): number[] {
  const x = [...b];
  for (let i = 0; i < x.length; i++) {
    for (let k = 0; k < i; k++) x[i] = (x[i] ?? 0) - (lower[i]?.[k] ?? 0) * (x[k] ?? 0);
    x[i] = (x[i] ?? 0) / (lower[i]?.[i] ?? 1);
  }
  return x;
}

interface Mode {
  readonly weights: readonly number[];
  /** Cholesky factor of the precision at the mode. */
  readonly lower: readonly (readonly number[])[];
  /** Laplace's approximation of the log-evidence, up to a constant. */
  readonly evidence: number;
}

/** The most likely weights, by Fisher scoring. A judgement is mistaken with the probability `MISTAKES`. */
function fitMode(
  inputs: readonly (readonly number[])[],
  isWrong: readonly boolean[],
  priors: readonly Scale[],
): Mode {
  const size = priors.length;
  let weights = priors.map(({ mean }) => mean);
  const precision = priors.map(({ deviation }) => 1 / deviation ** 2);
  const chance = (x: number): number => MISTAKES + (1 - 2 * MISTAKES) * logistic(x);
  const objective = (at: readonly number[]): number => {
    let sum = 0;
    for (let i = 0; i < inputs.length; i++) {
      const p = chance(dot(inputs[i] ?? [], at));
      sum += Math.log(isWrong[i] ? p : 1 - p);
    }
    at.forEach((w, k) => (sum -= ((w - (priors[k]?.mean ?? 0)) ** 2 * (precision[k] ?? 0)) / 2));
    return sum;
  };
  const curvature = (at: readonly number[]): { gradient: number[]; matrix: number[][] } => {
    const gradient = at.map((w, k) => -(w - (priors[k]?.mean ?? 0)) * (precision[k] ?? 0));
    const matrix = at.map((_, k) => at.map((__, l) => (k === l ? (precision[k] ?? 0) : 0)));
    inputs.forEach((input, i) => {
      const q = logistic(dot(input, at));
      const p = chance(dot(input, at));
      const slope = (1 - 2 * MISTAKES) * q * (1 - q);
      const pull = (isWrong[i] ? 1 / p : -1 / (1 - p)) * slope;
      const weight = slope ** 2 / (p * (1 - p));
      for (let k = 0; k < size; k++) {
        gradient[k] = (gradient[k] ?? 0) + pull * (input[k] ?? 0);
        const row = matrix[k] ?? [];
        for (let l = 0; l < size; l++) row[l] = (row[l] ?? 0) + weight * (input[k] ?? 0) * (input[l] ?? 0);
      }
    });
    return { gradient, matrix };
  };
  let now = objective(weights);
  for (let step = 0; step < STEPS; step++) {
    const { gradient, matrix } = curvature(weights);
    const lower = cholesky(matrix);
    const change = solveUpper(lower, solveLower(lower, gradient));
    let share = 1;
    let next = weights;
    let better = now;
    for (; share > 1e-4; share /= 2) {
      next = weights.map((w, k) => w + share * (change[k] ?? 0));
      better = objective(next);
      if (better >= now) break;
    }
    const gain = better - now;
    if (!(gain > 0)) break;
    [weights, now] = [next, better];
    if (gain < 1e-6) break;
  }
  const lower = cholesky(curvature(weights).matrix);
  const logDeterminant = lower.reduce((sum, row, k) => sum + 2 * Math.log(row[k] ?? 1), 0);
  const logPrior = precision.reduce((sum, one) => sum + Math.log(one), 0);
  return { weights, lower, evidence: now + (logPrior - logDeterminant) / 2 };
}

/** Standard normal numbers from uniform ones (Box and Muller). */
function normals(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;

/** What judgements say about other pairs. */
export interface Learned {
  /** Probability that the label of a pair is wrong, 0 to 1. */
  chance(candidate: Candidate): number;
  /** How many labels of some pairs are wrong: no error rate of the file. */
  expected(candidates: Candidates): Expected;
}

/** Learns from judgements; with none, it says what margins alone say. */
export function learn(judged: readonly Judged[]): Learned {
  const scales = scalesOf(judged);
  const inputs = judged.map((one) => inputsOf(one, scales));
  const isWrong = judged.map((one) => one.isWrong);
  const modes = TRAIT_DEVIATIONS.map((deviation) =>
    fitMode(deviation === 0 ? inputs.map((input) => input.slice(0, 2)) : inputs, isWrong, [
      BASE,
      SLOPE,
      ...(deviation === 0 ? [] : scales.map(() => ({ mean: 0, deviation }))),
    ]),
  );
  const [plain] = modes as [Mode, ...Mode[]];
  const best = modes.reduce((top, mode) => (mode.evidence > top.evidence ? mode : top));
  const { weights, lower } = best.evidence > plain.evidence + EVIDENCE ? best : plain;
  const used = (candidate: Candidate): number[] => inputsOf(candidate, scales).slice(0, weights.length);
  const expected = (candidates: Candidates): Expected => {
    const count = Math.min(candidates.length, MAX_DRAWN);
    const step = count === 0 ? 1 : candidates.length / count;
    const rows = Array.from({ length: count }, (_, i) =>
      used(candidates.at(Math.floor(i * step)) as Candidate),
    );
    const random = seededRandom(candidates.length + 7919 * judged.length);
    const normal = normals(random);
    const counts: number[] = [];
    for (let draw = 0; draw < DRAWS; draw++) {
      const off = solveUpper(
        lower,
        weights.map(() => normal()),
      );
      const drawn = weights.map((w, k) => w + (off[k] ?? 0));
      const chances = rows.map((row) => logistic(dot(row, drawn)));
      const mean = step * chances.reduce((sum, p) => sum + p, 0);
      const variance = step * chances.reduce((sum, p) => sum + p * (1 - p), 0);
      // The sum of many independent labels, which the normal distribution follows closely.
      const sum = Math.round(mean + Math.sqrt(variance) * normal());
      counts.push(Math.max(0, Math.min(candidates.length, sum)));
    }
    counts.sort((a, b) => a - b);
    return {
      likely: quantile(counts, 0.5),
      low: quantile(counts, 0.025),
      high: quantile(counts, 0.975),
    };
  };
  return {
    chance: (candidate) => logistic(dot(used(candidate), weights)),
    expected,
  };
}
