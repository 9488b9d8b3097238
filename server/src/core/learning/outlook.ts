// What a review found, and what is left to find: expected numbers, never an error rate.
import type { Candidate, Candidates, Expected, Judged, Learned } from './learn.ts';
import { learn } from './learn.ts';

/** With fewer judged labels, the numbers would be those of the prior. */
export const MIN_JUDGED = 20;

/** Pairs to look ahead. */
export const NEXT = 50;

export interface Outlook {
  /** Labels that people judged, and those of them that they called wrong. */
  readonly judged: number;
  readonly finds: number;
  /** Of the next pairs in the order of review: their number, and how many of their labels are wrong. */
  readonly next: Expected & { readonly of: number };
  /** Among all pairs that nobody judged. */
  readonly left: Expected;
}

/** What a review taught, for pairs that nobody judged. */
export interface Lesson extends Learned {
  /** Labels that people judged, and those of them that they called wrong. */
  readonly judged: number;
  readonly finds: number;
  /** Among all pairs that nobody judged. */
  readonly left: Expected;
}

/**
 * Undefined if too few labels were judged.
 * @param rest the pairs that nobody judged
 */
export function lessonOf(judged: readonly Judged[], rest: Candidates): Lesson | undefined {
  if (judged.length < MIN_JUDGED || rest.length === 0) return undefined;
  const learned = learn(judged);
  return {
    ...learned,
    judged: judged.length,
    finds: judged.filter(({ isWrong }) => isWrong).length,
    left: learned.expected(rest),
  };
}

/** The first of some pairs. */
export function firstOf(candidates: Candidates, count: number): readonly Candidate[] {
  return Array.from({ length: Math.min(count, candidates.length) }, (_, i) => candidates.at(i) as Candidate);
}

/**
 * Undefined if too few labels were judged.
 * @param rest the pairs that nobody judged, in the order of review
 * @param next how many of them to look ahead
 */
export function expectFinds(judged: readonly Judged[], rest: Candidates, next = NEXT): Outlook | undefined {
  const lesson = lessonOf(judged, rest);
  if (!lesson) return undefined;
  const ahead = firstOf(rest, next);
  return {
    judged: lesson.judged,
    finds: lesson.finds,
    next: { ...lesson.expected(ahead), of: ahead.length },
    left: lesson.left,
  };
}
