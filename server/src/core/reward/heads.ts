// Turns model outputs into rewards and margins. The cache stores raw outputs, so other weights, labels or
// temperatures need no new pass.

/** How the outputs for an answer, or for a pair in both orders, become a margin. */
export type Head =
  /** One logit: the reward. */
  | { readonly kind: 'scalar' }
  /** Log-odds of one label against the others. */
  | { readonly kind: 'label'; readonly index: number }
  /** Weighted sum of one reward per objective: Σ w_j·r_j. */
  | { readonly kind: 'weighted'; readonly weights: readonly number[] }
  /** Rewards, then the model's own weights for the prompt: Σ g_j·r_j. */
  | { readonly kind: 'gated' }
  /**
   * General preference embedding: blocks of two, s = Σ (a_c·b_r − b_c·a_r), divided by the temperature. Allows
   * cycles.
   */
  | { readonly kind: 'embedding'; readonly temperature: number }
  /**
   * Both answers in one text, in both orders; the mean of the two results. `numbers` is the outputs per order: one
   * logit for "the first is better", or two, one per answer.
   */
  | { readonly kind: 'pair'; readonly numbers: number }
  /**
   * Log-likelihoods and token counts of a policy and its reference: β·(log π − log π_ref), divided by the number
   * of tokens if `perToken`.
   */
  | { readonly kind: 'implicit'; readonly beta: number; readonly perToken: boolean };

type Numbers = ArrayLike<number>;

const at = (values: Numbers, i: number): number => values[i] ?? Number.NaN;

function logOdds(values: Numbers, index: number): number {
  const others = Array.from(values).filter((_, i) => i !== index);
  const top = Math.max(...others);
  return at(values, index) - top - Math.log(others.reduce((sum, value) => sum + Math.exp(value - top), 0));
}

function weigh(values: Numbers, weights: Numbers, offset = 0): number {
  let sum = 0;
  for (let i = 0; i < weights.length - offset; i++) sum += at(values, i) * at(weights, offset + i);
  return sum;
}

/**
 * The reward of one answer; undefined for heads that only compare. `reference` holds the reference model's output,
 * for the implicit reward.
 */
export function rewardOf(head: Head, values: Numbers, reference?: Numbers): number | undefined {
  switch (head.kind) {
    case 'scalar':
      return at(values, 0);
    case 'label':
      return logOdds(values, head.index);
    case 'weighted':
      return weigh(values, head.weights);
    case 'gated':
      return weigh(values, values, values.length / 2);
    case 'implicit': {
      const ratio = head.beta * (at(values, 0) - at(reference ?? [], 0));
      return head.perToken ? ratio / at(values, 1) : ratio;
    }
    case 'embedding':
    case 'pair':
      return undefined;
  }
}

/** Log-odds that the chosen answer is better, from two embeddings. */
export function embeddingMargin(chosen: Numbers, rejected: Numbers, temperature: number): number {
  let sum = 0;
  for (let i = 0; i + 1 < chosen.length; i += 2) {
    sum += at(chosen, i) * at(rejected, i + 1) - at(chosen, i + 1) * at(rejected, i);
  }
  return sum / temperature;
}

/**
 * Log-odds that the answer with the lower key is better. `values`: first the order in which it comes first, then
 * the other order.
 */
export function pairMargin(values: Numbers, numbers: number): number {
  const order = (from: number): number =>
    numbers === 1 ? at(values, from) : at(values, from) - at(values, from + 1);
  return (order(0) - order(numbers)) / 2;
}
