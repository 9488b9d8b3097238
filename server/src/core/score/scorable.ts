import type { Facts } from '../facts/facts.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { plural } from '../words/numbers.ts';
import { MIN_PAIRS } from './consistency.ts';

/** Why no pair of a mapping can be scored, in a sentence. Undefined when they can. */
export function whyUnscorable({ answers, unscorable }: Mapping): string | undefined {
  if (answers.kind === 'none') return `There are no pairs to score: ${answers.why}.`;
  return unscorable === undefined ? undefined : `The pairs cannot be scored: ${unscorable}.`;
}

/** Why so many pairs cannot be scored, in a sentence. Undefined when they can. */
export function whyTooFew(preferenceCount: number, judgementCount: number): string | undefined {
  if (preferenceCount >= MIN_PAIRS) return undefined;
  if (preferenceCount === 0 && judgementCount > 0) {
    return 'There are no pairs to score: every answer stands alone with its verdict.';
  }
  return `${plural(preferenceCount, 'pair')} ${preferenceCount === 1 ? 'is' : 'are'} too few to score: the consistency scorer needs at least ${MIN_PAIRS} to compare with each other.`;
}

/** The length of all answers together, in UTF-16 units. */
export function answerLength(facts: Pick<Facts, 'pairCount' | 'answerLength'>): number {
  let length = 0;
  for (let pair = 0; pair < facts.pairCount; pair++) length += facts.answerLength(pair);
  return length;
}
