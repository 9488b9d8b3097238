// Rewards of single tokens of a pair.
import type { RecordRef } from './place.ts';

export type { AnswerTokens, PairTokens, TokenSpan } from '#core/reward/tokenRewards.ts';

/** A scorer whose rewards are sums over tokens. */
export interface TokenScorerView {
  /** Another one where the same texts would get other numbers. */
  readonly id: string;
  /** The scorer's name. */
  readonly title: string;
}

export interface TokensRequest extends RecordRef {
  /** Of the pair that is shown. */
  readonly pairKey: string;
  /** Id of a `TokenScorerView`. */
  readonly scorer: string;
}
