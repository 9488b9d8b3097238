// The outcome of scoring, by pair. Each pair is in exactly one of four counts.
import type { PairIdentities } from '../model/identity.ts';
import { plural } from '../words/numbers.ts';
import type { Member } from './ensemble.ts';

export interface ScoreCounts {
  readonly scored: number;
  /** Pairs for which the scorer failed to give a number. */
  readonly refused: number;
  /** Never scored: they prefer neither answer. */
  readonly ties: number;
  /** Pairs that no scorer processed. */
  readonly unscored: number;
  /** Reason of the first refusal, if still known. */
  readonly reason?: string;
}

export function countScores(
  pairs: PairIdentities,
  margins: ArrayLike<number>,
  members: readonly Member[] = [],
): ScoreCounts {
  const counts = { scored: 0, refused: 0, ties: 0, unscored: 0 };
  let reason: string | undefined;
  for (let pair = 0; pair < pairs.pairCount; pair++) {
    if (pairs.isTie(pair)) counts.ties++;
    else if (!Number.isNaN(margins[pair] ?? Number.NaN)) counts.scored++;
    else {
      const identity = pairs.identity(pair);
      const isRefused = members.some((member) => member.account(identity) !== undefined);
      counts[isRefused ? 'refused' : 'unscored']++;
      reason ??= members.map((member) => member.refusal(identity)).find((one) => one !== undefined);
    }
  }
  return { ...counts, ...(reason !== undefined && { reason }) };
}

/** Message about the pairs without a score; '' if all have one. */
export function unscoredMessage({ refused, ties, unscored, reason }: Omit<ScoreCounts, 'scored'>): string {
  const why = reason === undefined ? '' : ` (first: ${reason.replace(/\.$/, '')})`;
  return [
    ...(refused > 0 ? [`${refused} refused by the scorer${why}`] : []),
    ...(ties > 0 ? [ties === 1 ? '1 tie' : `${ties} ties`] : []),
    ...(unscored > 0 ? [`${unscored} without a score`] : []),
  ].join(', ');
}

export function pairCountText(count: number): string {
  return plural(count, 'pair');
}
