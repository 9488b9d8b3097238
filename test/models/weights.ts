// The weights of a small transformer, from a seed: shared by the ONNX file and the plain forward pass.
import { seededRandom } from '#core/score/random.ts';

export interface Sizes {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly vocabulary: number;
  readonly positions: number;
  /** Number of head outputs; 0 for a causal language model, whose head is the word embedding. */
  readonly outputs: number;
  /** A second head of the same size, softmaxed: weights for the first. */
  readonly isGated?: boolean;
  readonly isCausal?: boolean;
}

/** A matrix by rows, or a vector. */
export interface Tensor {
  readonly dims: readonly number[];
  readonly values: Float32Array;
}

export interface Layer {
  readonly query: Tensor;
  readonly key: Tensor;
  readonly value: Tensor;
  readonly out: Tensor;
  readonly norm1: Tensor;
  readonly up: Tensor;
  readonly down: Tensor;
  readonly norm2: Tensor;
}

export interface Weights {
  readonly words: Tensor;
  readonly positions: Tensor;
  readonly types: Tensor;
  readonly norm: Tensor;
  readonly layers: readonly Layer[];
  readonly head: Tensor;
  readonly gate: Tensor;
}

export const FEED = 4;
export const EPSILON = 1e-5;

export function makeWeights(sizes: Sizes, seed: number): Weights {
  const random = seededRandom(seed);
  const tensor = (dims: readonly number[], scale: number): Tensor => {
    const values = new Float32Array(dims.reduce((product, size) => product * size, 1));
    for (let i = 0; i < values.length; i++) values[i] = (2 * random() - 1) * scale;
    return { dims, values };
  };
  const ones = (size: number): Tensor => ({ dims: [size], values: new Float32Array(size).fill(1) });
  const { hidden } = sizes;
  const scale = 1.5 / Math.sqrt(hidden);
  const square = (): Tensor => tensor([hidden, hidden], scale);
  return {
    words: tensor([sizes.vocabulary, hidden], 1),
    positions: tensor([sizes.positions, hidden], 0.3),
    types: tensor([2, hidden], 0.5),
    norm: ones(hidden),
    layers: Array.from({ length: sizes.layers }, () => ({
      query: square(),
      key: square(),
      value: square(),
      out: square(),
      norm1: ones(hidden),
      up: tensor([hidden, FEED * hidden], scale),
      down: tensor([FEED * hidden, hidden], scale / 2),
      norm2: ones(hidden),
    })),
    head: tensor([hidden, Math.max(1, sizes.outputs)], 3 / Math.sqrt(hidden)),
    gate: tensor([hidden, Math.max(1, sizes.outputs)], 3 / Math.sqrt(hidden)),
  };
}
