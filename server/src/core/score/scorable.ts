import type { Facts } from '../facts/facts.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { plural } from '../words/numbers.ts';
import { MIN_PAIRS } from './consistency.ts';

/** Why no pair of a mapping can be scored, as a sentence; undefined if they can. */
export function whyUnscorable({ answers, unscorable }: Mapping): string | undefined {
  if (answers.kind === 'none') return `There are no pairs to score: ${answers.why}.`;
  return unscorable === undefined ? undefined : `The pairs can’t be scored: ${unscorable}.`;
}

/** Why there are too few pairs to score, as a sentence; undefined if there are enough. */
export function whyTooFew(preferenceCount: number, judgementCount: number): string | undefined {
  if (preferenceCount >= MIN_PAIRS) return undefined;
  if (preferenceCount === 0 && judgementCount > 0) {
    return 'There are no pairs to score: every answer has its own verdict.';
  }
  return `${plural(preferenceCount, 'pair')} ${preferenceCount === 1 ? 'is' : 'are'} too few to score: the consistency scorer needs at least ${MIN_PAIRS}.`;
}

/** Total length of all answers, in UTF-16 units. */
export function answerLength(facts: Pick<Facts, 'pairCount' | 'answerLength'>): number {
  let length = 0;
  for (let pair = 0; pair < facts.pairCount; pair++) length += facts.answerLength(pair);
  return length;
}
