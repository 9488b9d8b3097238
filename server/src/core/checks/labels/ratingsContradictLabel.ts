import type { Rated } from '../../mapping/attributes.ts';
import { advantageBy, ratingsOf } from '../../mapping/attributes.ts';
import type { RecordCheck } from '../check.ts';

/** One rating is an overall score, which `score-contradicts-label` reads. */
const MIN_RATINGS = 2;

const MAX_NAMED = 3;

/** Ratings by which the rejected answer is better, if it is nowhere worse: then it dominates the chosen one. */
export function dominatedBy<R extends Rated>(ratings: readonly R[]): readonly R[] {
  const rated = ratings.filter(({ best }) => best !== undefined);
  if (rated.length < MIN_RATINGS || rated.some((one) => (advantageBy(one) ?? 0) > 0)) return [];
  return rated.filter((one) => (advantageBy(one) ?? 0) < 0);
}

function lostWords(lost: readonly Rated[]): string {
  const named = lost
    .slice(0, MAX_NAMED)
    .map(
      ({ name, chosen, rejected }) =>
        `"${name}" (${chosen} for the chosen answer, ${rejected} for the rejected one)`,
    );
  const rest = lost.length - named.length;
  return rest > 0 ? `${named.join(', ')} and ${rest} more` : named.join(', ');
}

export const ratingsContradictLabel: RecordCheck = {
  id: 'ratings-contradict-label',
  needsPolarity: true,
  severity: 'warning',
  title: 'No rating prefers the chosen answer, and at least one the rejected answer',
  why: 'The record rates both answers by several attributes, or by several judges. The rejected answer is at least as good by all of them and better by one or more: it dominates the chosen one, whatever weights the attributes have. Either the label or the ratings were swapped, or the label goes by something that no rating measures. Verbosity, complexity and the like are neither good nor bad, and are left out.',
  example:
    '{"prompt": "Hi", "chosen": "What?", "rejected": "Hello!", "chosen_ratings": {"helpfulness": 1, "honesty": 4}, "rejected_ratings": {"helpfulness": 5, "honesty": 4}}',
  remedy: 'Read both answers; flip the pair or correct the ratings.',
  repairs: [{ edit: 'flip', grade: 'review', title: 'Flip chosen and rejected' }],
  source:
    'Pareto dominance of reward vectors, as in Parrot (2401.05675) and in ArmoRM’s attributes (2406.12845)',
  precision: {
    right: 757,
    of: 757,
    on: '3,992 WildBench pairs with the scores of two judges, in which every fifth label was turned around: 757 of these 798 and no other. The labels follow the first judge, so without planted errors there can be no finding',
  },
  checkRecord: ({ pairs }, { record }) =>
    pairs.flatMap((pair, i) => {
      const ratings = pair.isTie ? [] : ratingsOf(record, pair);
      const lost = dominatedBy(ratings);
      const [first] = lost;
      if (!first) return [];
      const all = ratings.filter(({ best }) => best !== undefined).length;
      const message = `The rejected answer is better by ${lostWords(lost)}; the chosen one is better by none of the ${all} ratings.`;
      return [{ place: { path: first.path, part: 'value' as const }, message, pair: i }];
    }),
};
