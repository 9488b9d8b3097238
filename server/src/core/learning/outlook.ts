// What a review found, and what is left to find: expected numbers, never an error rate.
import type { Candidate, Expected, Judged } from './learn.ts';
import { learn } from './learn.ts';

/** With fewer judged labels, the numbers would be those of the prior. */
const MIN_JUDGED = 20;

export interface Outlook {
  /** Labels that people judged, and those of them that they called wrong. */
  readonly judged: number;
  readonly finds: number;
  /** Of the next pairs in the order of review: their number, and how many of their labels are wrong. */
  readonly next: Expected & { readonly of: number };
  /** Among all pairs that nobody judged. */
  readonly left: Expected;
}

/**
 * Undefined if too few labels were judged.
 * @param rest the pairs that nobody judged, in the order of review
 * @param next how many of them to look ahead
 */
export function expectFinds(
  judged: readonly Judged[],
  rest: readonly Candidate[],
  next = 50,
): Outlook | undefined {
  if (judged.length < MIN_JUDGED || rest.length === 0) return undefined;
  const expected = learn(judged);
  const ahead = rest.slice(0, next);
  return {
    judged: judged.length,
    finds: judged.filter(({ isWrong }) => isWrong).length,
    next: { ...expected(ahead), of: ahead.length },
    left: expected(rest),
  };
}
