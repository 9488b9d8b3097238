// The same transformer as a plain forward pass of one sequence, in double precision: the reference for
// scores.
import type { Sizes, Tensor, Weights } from './weights.ts';
import { EPSILON } from './weights.ts';

type Vector = Float64Array;

function times(x: Vector, { dims, values }: Tensor): Vector {
  const [rows, columns] = [dims[0]!, dims[1]!];
  const out = new Float64Array(columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      out[column]! += x[row]! * values[row * columns + column]!;
  return out;
}

const plus = (a: Vector, b: Vector): Vector => a.map((value, i) => value + b[i]!);

function norm(x: Vector): Vector {
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
  return x.map((value) => (value - mean) / Math.sqrt(variance + EPSILON));
}

/**
 * Abramowitz and Stegun 7.1.26 is too coarse here; the series and the continued fraction are precise enough.
 */
function erf(x: number): number {
  const size = Math.abs(x);
  if (size > 6) return Math.sign(x);
  let [sum, term] = [size, size];
  for (let n = 1; n < 200; n++) {
    term *= (-size * size) / n;
    sum += term / (2 * n + 1);
  }
  return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
}

export function softmax(values: ArrayLike<number>): number[] {
  const all = Array.from(values);
  const top = Math.max(...all);
  const powers = all.map((value) => Math.exp(value - top));
  const total = powers.reduce((sum, value) => sum + value, 0);
  return powers.map((value) => value / total);
}

const dot = (a: Vector, b: Vector): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

function rowOf({ dims, values }: Tensor, row: number): Vector {
  return Float64Array.from(values.subarray(row * dims[1]!, (row + 1) * dims[1]!));
}

/** The hidden states of all positions after the last layer. */
export function states(
  sizes: Sizes,
  weights: Weights,
  ids: readonly number[],
  types?: readonly number[],
): Vector[] {
  let x = ids.map((id, at) => {
    const sum = plus(rowOf(weights.words, id), rowOf(weights.positions, at));
    return norm(types ? plus(sum, rowOf(weights.types, types[at]!)) : sum);
  });
  const size = sizes.hidden / sizes.heads;
  for (const layer of weights.layers) {
    const [query, key, value] = [layer.query, layer.key, layer.value].map((tensor) =>
      x.map((row) => times(row, tensor)),
    );
    const mixed = x.map((_, at) => {
      const out = new Float64Array(sizes.hidden);
      const seen = sizes.isCausal ? at + 1 : x.length;
      for (let head = 0; head < sizes.heads; head++) {
        const part = (row: Vector): Vector => row.subarray(head * size, (head + 1) * size);
        const own = part(query![at]!);
        const shares = softmax(key!.slice(0, seen).map((row) => dot(own, part(row)) / Math.sqrt(size)));
        shares.forEach((share, from) => {
          part(value![from]!).forEach((one, i) => (out[head * size + i]! += share * one));
        });
      }
      return out;
    });
    x = x.map((row, at) => norm(plus(row, times(mixed[at]!, layer.out))));
    x = x.map((row) => {
      const fed = times(row, layer.up).map((one) => 0.5 * one * (1 + erf(one * Math.SQRT1_2)));
      return norm(plus(row, times(fed, layer.down)));
    });
  }
  return x;
}

/** The outputs of the head; for a gated model, rewards and then the gate. */
export function headOutputs(
  sizes: Sizes,
  weights: Weights,
  ids: readonly number[],
  types?: readonly number[],
): number[] {
  const first = states(sizes, weights, ids, types)[0]!.map(Math.tanh);
  const rewards = [...times(first, weights.head)];
  return sizes.isGated ? [...rewards, ...softmax(times(first, weights.gate))] : rewards;
}

/** Sum of the log-probabilities of the tokens from `start` on, each given the previous ones. */
export function logLikelihood(sizes: Sizes, weights: Weights, ids: readonly number[], start: number): number {
  const x = states(sizes, weights, ids);
  let sum = 0;
  for (let at = Math.max(1, start); at < ids.length; at++) {
    const logits = Array.from({ length: sizes.vocabulary }, (_, word) =>
      dot(x[at - 1]!, rowOf(weights.words, word)),
    );
    sum += Math.log(softmax(logits)[ids[at]!]!);
  }
  return sum;
}
