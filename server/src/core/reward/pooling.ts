// From the vectors of a text's tokens to one embedding. Formulas as in sentence-transformers' Pooling module.
import type { EmbeddingSpec } from './folder.ts';
import type { Pooling } from './scorerRule.ts';

/** Token vectors of one text, row by row, without padding: count × width. */
export interface TokenVectors {
  readonly values: Float32Array;
  readonly count: number;
  readonly width: number;
}

/** Adds each token's vector times its weight. */
function sumOf({ values, count, width }: TokenVectors, weight: (token: number) => number): Float64Array {
  const sum = new Float64Array(width);
  for (let token = 0; token < count; token++) {
    const share = weight(token);
    for (let k = 0; k < width; k++) sum[k] = (sum[k] ?? 0) + share * (values[token * width + k] ?? 0);
  }
  return sum;
}

const POOL: Readonly<Record<Pooling, (tokens: TokenVectors) => Float64Array>> = {
  cls: (tokens) => sumOf(tokens, (token) => Number(token === 0)),
  last: (tokens) => sumOf(tokens, (token) => Number(token === tokens.count - 1)),
  mean: (tokens) => sumOf(tokens, () => 1 / tokens.count),
  meanSqrtLength: (tokens) => sumOf(tokens, () => 1 / Math.sqrt(tokens.count)),
  weightedMean: (tokens) => {
    const total = (tokens.count * (tokens.count + 1)) / 2;
    return sumOf(tokens, (token) => (token + 1) / total);
  },
  max: ({ values, count, width }) => {
    const top = new Float64Array(width).fill(-Infinity);
    for (let at = 0; at < count * width; at++) {
      const k = at % width;
      top[k] = Math.max(top[k] ?? 0, values[at] ?? 0);
    }
    return top;
  },
};

/** To length 1; a vector of zeros stays. */
function normalised(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value ** 2, 0));
  return length === 0 ? vector : vector.map((value) => value / length);
}

/** The embedding of a text from the vectors of its tokens. */
export function embeddingOf(tokens: TokenVectors, { poolings, normalise }: EmbeddingSpec): Float32Array {
  const pooled = Float32Array.from(poolings.flatMap((pooling) => [...POOL[pooling](tokens)]));
  return normalise ? normalised(pooled) : pooled;
}

/** The embedding from a model that gives one vector for the whole text. */
export function wholeEmbedding(values: Float32Array, { normalise }: EmbeddingSpec): Float32Array {
  return normalise ? normalised(values) : values;
}
