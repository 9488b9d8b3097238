// Evidence in what records say beside the label: reviews of the two answers, and the right result.
import type { JsonObject } from '../../model/json.ts';
import type { Side } from '../../model/pair.ts';
import type { Mapping } from '../mapping.ts';
import { namesRead, readRecord } from '../read.ts';
import { answerKey, endsWith } from '../said/answerKey.ts';
import { reviewVerdicts } from '../said/reviews.ts';
import type { Evidence, Question, Tally } from './question.ts';
import { pairsOf, tally } from './question.ts';

/** Natural logarithms of odds, as for all evidence. */
const WEIGHT = {
  /** For each record whose review agrees with a reading, if nine of ten do under the right one. */
  review: Math.log(0.9 / 0.1),
  /** A judge may have seen the answers in another order, so all reviews together weigh no more than this. */
  reviews: 6,
  /** For each record of which only the better answer has the right result. */
  result: Math.log(0.9 / 0.1),
  results: 6,
} as const;

/** Agreement below which the evidence counts for less: it is about something else. */
const CLEAR_AGREEMENT = 0.85;

function weightOf({ agree, disagree }: Tally, each: number, most: number): number {
  const all = agree + disagree;
  if (all === 0) return 0;
  const net = agree - disagree;
  const clarity = Math.min(1, Math.abs(net / all) / (2 * CLEAR_AGREEMENT - 1));
  return Math.sign(net) * clarity * Math.min(most, Math.abs(net) * each);
}

interface Said {
  readonly kind: Evidence['kind'];
  readonly each: number;
  readonly most: number;
  /** For a reading: 1 for each agreement, −1 for each contradiction. */
  readonly signs: (reading: Mapping) => readonly number[];
  readonly says: (best: Tally) => string;
}

function evidenceOf({ readings }: Question, { kind, each, most, signs, says }: Said): Evidence | undefined {
  const counts = readings.map((reading) => tally(signs(reading)));
  const weights = counts.map((count) => weightOf(count, each, most) / 2);
  if (weights.every((weight) => weight === 0)) return undefined;
  return {
    kind,
    says: says(counts[weights.indexOf(Math.max(...weights))] ?? { agree: 0, disagree: 0 }),
    weights,
  };
}

/** Judges that say in words which answer is better. */
export function byReviews(question: Question): Evidence | undefined {
  let field = '';
  const signs = (reading: Mapping): readonly number[] => {
    const { answers } = reading;
    if (answers.kind !== 'choice') return [];
    return pairsOf(reading, question.sample).flatMap(([record, { candidates }]) => {
      const better = candidates[0] === 0 ? 'first' : 'second';
      const said = reviewVerdicts(record, answers.label);
      const [first] = said;
      // Reviews that disagree settle nothing.
      if (!first || said.some((one) => one.better !== first.better)) return [];
      field = first.name;
      return [first.better === better ? 1 : -1];
    });
  };
  return evidenceOf(question, {
    kind: 'reviews',
    each: WEIGHT.review,
    most: WEIGHT.reviews,
    signs,
    says: ({ agree, disagree }) => `the words of "${field}" agree in ${agree} of ${agree + disagree} records`,
  });
}

function resultSigns(reading: Mapping, record: JsonObject): readonly number[] {
  const key = answerKey(record, namesRead(reading));
  const outcome = key ? readRecord(reading, record) : undefined;
  if (!key || !outcome || 'problem' in outcome) return [];
  const isRight = ({ text }: Side): boolean | undefined => endsWith(text, key);
  const ofPairs = outcome.pairs.flatMap(({ chosen, rejected, isTie }) => {
    const [good, bad] = isTie ? [] : [isRight(chosen), isRight(rejected)];
    return good === undefined || bad === undefined || good === bad ? [] : [good];
  });
  const ofAnswers = outcome.judgements.flatMap(({ response, verdict }) => {
    const good = isRight(response);
    return good === undefined || typeof verdict !== 'boolean' ? [] : [good === verdict];
  });
  return [...ofPairs, ...ofAnswers].map((agrees) => (agrees ? 1 : -1));
}

/** Right results beside the answers. */
export function byResults(question: Question): Evidence | undefined {
  return evidenceOf(question, {
    kind: 'results',
    each: WEIGHT.result,
    most: WEIGHT.results,
    signs: (reading) => question.sample.flatMap((record) => resultSigns(reading, record)),
    says: ({ agree, disagree }) =>
      `the label agrees with the right result in ${agree} of ${agree + disagree} records that tell`,
  });
}
