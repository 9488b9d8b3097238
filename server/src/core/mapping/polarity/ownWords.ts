// Evidence in what records say beside the label: reviews of the two answers, and the right result.
import type { JsonObject } from '../../model/json.ts';
import type { Side } from '../../model/pair.ts';
import type { Mapping } from '../mapping.ts';
import { namesRead, readRecord } from '../read.ts';
import { answerKey, endsWith } from '../said/answerKey.ts';
import { reviewVerdicts } from '../said/reviews.ts';
import type { Evidence, Question, Tally, Weighing } from './question.ts';
import { pairsOf, tally, tallyWeight } from './question.ts';

/**
 * A record's own words agree with nine of ten labels under the right reading. A judge may have seen the answers in another
 * order, and a key may be wrong, so all records together weigh no more than 400 to 1.
 */
const WORDS: Weighing = { each: Math.log(0.9 / 0.1), most: 6, clear: 0.85 };

interface Said {
  readonly kind: Evidence['kind'];
  /** For a reading: 1 for each agreement, −1 for each contradiction. */
  readonly signs: (reading: Mapping) => readonly number[];
  readonly says: (best: Tally) => string;
}

function evidenceOf({ readings }: Question, { kind, signs, says }: Said): Evidence | undefined {
  const counts = readings.map((reading) => tally(signs(reading)));
  const weights = counts.map((count) => tallyWeight(count, WORDS) / 2);
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
    signs: (reading) => question.sample.flatMap((record) => resultSigns(reading, record)),
    says: ({ agree, disagree }) =>
      `the label agrees with the right result in ${agree} of ${agree + disagree} records that tell`,
  });
}
