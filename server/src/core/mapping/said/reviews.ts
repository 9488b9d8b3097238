// What the record's own reviews say about its two answers.
import { remembered, wordsOf } from '../../model/fieldNames.ts';
import type { JsonObject } from '../../model/json.ts';
import { findLabels } from '../forms/label.ts';
import type { Label } from '../mapping.ts';
import type { StatedVerdict } from './statedVerdict.ts';
import { statedVerdict } from './statedVerdict.ts';

const REVIEWS: ReadonlySet<string> = new Set(
  'review reviews rationale explanation justification critique judge judgment judgement evaluation feedback comparison assessment verdict statement comment comments'.split(
    ' ',
  ),
);

/** A judge who sees the answers in the other order calls the second one first. */
const OTHER_ORDER: ReadonlySet<string> = new Set(
  'swap swapped reverse reversed flipped inverted g2'.split(' '),
);

const isReviewName = remembered((name) => {
  const words = wordsOf(name);
  return words.some((word) => REVIEWS.has(word)) && !words.some((word) => OTHER_ORDER.has(word));
});

export interface ReviewVerdict extends StatedVerdict {
  /** The field of the review. */
  readonly name: string;
  readonly review: string;
}

/** The verdicts of all reviews that state one. The label itself is none. */
export function reviewVerdicts(record: JsonObject, label: Label): readonly ReviewVerdict[] {
  const own = findLabels(label, record).map(({ path }) => path[0]);
  return Object.entries(record).flatMap(([name, review]) => {
    if (typeof review !== 'string' || !isReviewName(name) || own.includes(name)) return [];
    const verdict = statedVerdict(review);
    return verdict ? [{ ...verdict, name, review }] : [];
  });
}
