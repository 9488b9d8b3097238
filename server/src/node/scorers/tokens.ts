// Rewards of single tokens: what an implicit reward is the sum of. They are made for one pair when somebody looks at it, and not kept.
import { UserError } from '#core/messages.ts';
import type { Pair } from '#core/model/pair.ts';
import { scoredText } from '#core/model/pair.ts';
import type { TokenRater } from '#core/reward/ensemble.ts';
import type { Head } from '#core/reward/heads.ts';
import type { TokenLikelihoods } from '#core/reward/tokenRewards.ts';
import { answerTokens, inAnswer } from '#core/reward/tokenRewards.ts';

import type { ItemScorer, Rater } from './rating.ts';

/** A person waits: before the pairs that are merely visible. */
const PRIORITY = -1;

/** What a model says of the tokens of both answers. Throws why it refuses one. */
async function likelihoods(
  scorer: ItemScorer,
  pair: Pair,
  signal: AbortSignal,
): Promise<readonly [chosen: TokenLikelihoods, rejected: TokenLikelihoods]> {
  const found: TokenLikelihoods[] = [];
  let refusal: string | undefined;
  const { prompt } = pair;
  const items = [pair.chosen, pair.rejected].map((side) => ({ prompt, texts: [scoredText(side)] }));
  const listener = {
    onTokens: (item: number, tokens: TokenLikelihoods) => (found[item] = tokens),
    onRefused: (_item: number, reason: string) => (refusal ??= reason),
    onRated: () => undefined,
    onBatch: () => undefined,
  };
  await scorer.rate(items, PRIORITY, listener, signal);
  const [chosen, rejected] = found;
  if (chosen && rejected) return [chosen, rejected];
  throw new UserError(refusal ?? 'the model gives no numbers for single tokens');
}

/**
 * Undefined for heads whose reward is no sum over tokens.
 * @param fingerprints of the models
 */
export function tokenRater(
  head: Head,
  raters: readonly Rater[],
  fingerprints: readonly string[],
): TokenRater | undefined {
  const [policy, reference] = raters;
  if (head.kind !== 'implicit' || !policy || !reference) return undefined;
  return {
    id: [...fingerprints, head.beta, head.perToken].join(' '),
    async rate(pair, signal) {
      const [own, other] = await Promise.all([
        likelihoods(policy.scorer, pair, signal),
        likelihoods(reference.scorer, pair, signal),
      ]);
      return {
        chosen: inAnswer(pair.chosen, answerTokens(head, own[0], other[0])),
        rejected: inAnswer(pair.rejected, answerTokens(head, own[1], other[1])),
      };
    },
  };
}
