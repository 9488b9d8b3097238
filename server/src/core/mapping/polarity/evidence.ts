// Evidence for the readings of an open label. Weights are natural logarithms of odds: how much likelier the evidence
// is under one reading than under the opposite one. They were chosen on one half of the test set of `npm run
// bench:polarity`, and the other half is reported.
import { wordsOf } from '../../model/fieldNames.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { isList } from '../../model/json.ts';
import type { Pair } from '../../model/pair.ts';
import { findField } from '../field.ts';
import type { Preferred } from '../forms/label.ts';
import { labelKind } from '../forms/label.ts';
import type { Mapping } from '../mapping.ts';
import { sideScores } from '../sideScores.ts';
import { cardSays } from './card.ts';
import type { LabelName } from './labelNames.ts';
import { readLabelName, sideWords } from './labelNames.ts';
import { byResults, byReviews } from './ownWords.ts';
import type { Evidence, Question, Weighing } from './question.ts';
import { pairsOf, tally, tallyWeight } from './question.ts';
import type { Names } from './readings.ts';

/** What each kind of evidence can weigh. */
const WEIGHT = {
  /** "a_is_better": the name says whose victory the value affirms. */
  aboutOne: 5,
  /** The values are the words that tell the answers' names apart, and the label names the better one. */
  sameWord: 5,
  /** The same, under a name such as "label". */
  sameWordOnly: 3.5,
  /** The same with 0 and 1, which may also affirm something: SURE only with other evidence. */
  sameBit: 2.5,
  /** 1 and 2 for answers in this order. */
  counted: 4.5,
  /** The same under a name that says nothing: SURE only with other evidence. */
  countedOnly: 2.5,
  /** 0 and 1 under a name such as "better_idx". */
  index: 4,
  /** 0 and 1 under a name such as "winner", for answers a and b. */
  position: 2,
  /** The lowest number is the first answer, under a name that says nothing. */
  inOrder: 1,
  /** "margin", "utility": the first answer minus the second. */
  gain: 0.7,
  /** A number that no list of this length has, if it counts from the other start. */
  range: 4,
  /** 1 and true affirm something, which is rarely that an answer is bad. */
  affirms: 1.5,
  /** "rank": 1 is the best. */
  rank: 2.5,
  /** The card says which value means that which answer is better. */
  card: 5,
  /** The card says which answer a value stands for, under a name such as "preference". */
  cardNamed: 4,
  /** The same under a name that says nothing: SURE only with other evidence. */
  cardOnly: 2.5,
  /** For each record whose stored scores agree with a reading, if 70 % of them do under the right one. */
  score: Math.log(0.7 / 0.3),
  /** Scores may measure something else than the label, so all records together weigh no more than this. */
  scores: 4,
  /** People and models prefer the longer answer in four of five datasets: all records together. */
  length: Math.log(0.8 / 0.2),
} as const;

/** Scores that agree less often than they do under the right reading are about something else. */
const SCORES: Weighing = { each: WEIGHT.score, most: WEIGHT.scores, clear: 0.7 };

/** Scores whose high values are bad. */
const BAD_IF_HIGH = /loss|toxic|harm|perplex|ppl|error|penalt|distance|\bwer\b|cost|risk|unsafe/i;

type Decided = 'first' | 'second';

/** What a reading says of a value. */
export function verdictOf({ answers }: Mapping, names: Names, value: Json): Preferred | undefined {
  if (answers.kind !== 'choice' || !('at' in answers.label)) return undefined;
  const label = { ...answers.label, at: JSON.stringify(names.label) };
  return labelKind(label).verdict(label, { [names.label]: value });
}

/** A weight for each reading that holds, its negative for the others. */
function each(
  { readings }: Question,
  weight: number,
  holds: (reading: Mapping) => boolean | undefined,
): readonly number[] {
  return readings.map((reading) => {
    const isSo = holds(reading);
    return isSo === undefined ? 0 : (isSo ? weight : -weight) / 2;
  });
}

const opposite = (side: Decided): Decided => (side === 'first' ? 'second' : 'first');

/** True if a reading gives every value the answer that is expected for it. */
function gives(
  reading: Mapping,
  names: Names,
  expected: ReadonlyMap<Json, Preferred>,
  isTurned: boolean,
): boolean {
  return [...expected].every(([value, side]) => {
    const own = verdictOf(reading, names, value);
    return own === (side === 'tie' || !isTurned ? side : opposite(side));
  });
}

const numberOf = (value: Json): number | undefined =>
  typeof value === 'number' ? value : typeof value === 'boolean' ? Number(value) : undefined;

/** Values that affirm: true, 1, "true", and any number above the middle. */
const AFFIRMS: readonly Json[] = [true, 1, '1', 'true', 'True', 'yes'];

/** The name affirms the victory of one answer. */
function aboutOne(question: Question, { about, names: wins }: LabelName): Evidence | undefined {
  if (about === undefined) return undefined;
  const { names, readings } = question;
  const better = wins === 'worse' ? opposite(about) : about;
  const value = AFFIRMS.find((one) =>
    readings.some((reading) => (verdictOf(reading, names, one) ?? 'tie') !== 'tie'),
  );
  if (value === undefined) return undefined;
  return {
    kind: 'name',
    says: `"${names.label}" says whether "${names[about]}" is ${wins === 'worse' ? 'worse' : 'better'}`,
    weights: each(question, WEIGHT.aboutOne, (reading) => verdictOf(reading, names, value) === better),
  };
}

/** The values are the words in which the names of the answers differ. */
function sameWords(question: Question, { names: wins }: LabelName): Evidence | undefined {
  const { names, seen } = question;
  const [a, b] = sideWords(names);
  const isTurned = wins === 'worse';
  const expected = new Map<Json, Preferred>();
  let decided = 0;
  for (const value of seen) {
    if (typeof value !== 'string' && typeof value !== 'number') return undefined;
    const word = String(value).toLowerCase();
    if (word === a) expected.set(value, 'first');
    else if (word === b) expected.set(value, 'second');
    else if (word === '0' || word === '2') {
      expected.set(value, 'tie');
      continue;
    } else return undefined;
    decided++;
  }
  if (decided === 0) return undefined;
  const unnamed = a === '0' ? WEIGHT.sameBit : WEIGHT.sameWordOnly;
  const weight = wins === undefined ? unnamed : WEIGHT.sameWord;
  return {
    kind: 'name',
    says: `"${names.label}" has the ${decided === 1 ? 'word' : 'words'} by which the names of the answers differ`,
    weights: each(question, weight, (reading) => gives(reading, names, expected, isTurned)),
  };
}

/** Numbers that count the answers. */
function counted(question: Question, { names: wins, isIndex }: LabelName): Evidence | undefined {
  const { names, seen } = question;
  const numbers = seen.map((value) => (typeof value === 'boolean' ? Number.NaN : Number(value)));
  const from = (start: number): ReadonlyMap<Json, Preferred> =>
    new Map(seen.map((value, i) => [value, numbers[i] === start ? 'first' : 'second'] as const));
  const has = (...values: readonly number[]): boolean =>
    numbers.length > 0 && numbers.every((one) => values.includes(one));
  const isTurned = wins === 'worse';
  if (has(1, 2) && numbers.includes(2))
    return {
      kind: 'order',
      says: `"${names.label}" counts the answers from 1`,
      weights: each(question, wins === undefined ? WEIGHT.countedOnly : WEIGHT.counted, (reading) =>
        gives(reading, names, from(1), isTurned),
      ),
    };
  if (!has(0, 1) || !numbers.includes(0) || (wins === undefined && !isIndex)) return undefined;
  return {
    kind: 'order',
    says: `"${names.label}" may count the answers from 0`,
    weights: each(question, isIndex ? WEIGHT.index : WEIGHT.position, (reading) =>
      gives(reading, names, from(0), isTurned),
    ),
  };
}

/** Numbers on a scale: low for the first answer, unless they are what it gains. */
function onScale(question: Question, { isGain, names: wins }: LabelName): Evidence | undefined {
  const { names, readings, seen } = question;
  const [reading] = readings;
  if (reading?.answers.kind !== 'choice' || reading.answers.label.kind === 'value') return undefined;
  const high = Math.max(...seen.flatMap((value) => numberOf(value) ?? []));
  const better: Decided = isGain !== (wins === 'worse') ? 'first' : 'second';
  return {
    kind: 'order',
    says: isGain
      ? `"${names.label}" is usually what the first answer has more than the second`
      : `scales such as "${names.label}" usually begin with the first answer`,
    weights: each(
      question,
      isGain ? WEIGHT.gain : WEIGHT.inOrder,
      (one) => verdictOf(one, names, high) === better,
    ),
  };
}

function byRank(question: Question): Evidence | undefined {
  const { readings } = question;
  const [reading] = readings;
  if (reading?.answers.kind !== 'candidates') return undefined;
  const { order } = reading.answers;
  if (order.kind !== 'number' && order.kind !== 'list') return undefined;
  return {
    kind: 'name',
    says: `rank 1 is usually the best`,
    weights: each(
      question,
      WEIGHT.rank,
      ({ answers }) =>
        answers.kind === 'candidates' && 'best' in answers.order && answers.order.best === 'low',
    ),
  };
}

/** The number of the best answer of a list: 0 counts from 0, the length of the list from 1. */
function byRange(question: Question): Evidence | undefined {
  const { readings, sample, names } = question;
  const [first] = readings;
  if (first?.answers.kind !== 'candidates' || first.answers.order.kind !== 'index') return undefined;
  const { from, order } = first.answers;
  const places = sample.flatMap((record) => {
    const number = findField(record, order.at)?.value;
    const list = from.kind === 'list' ? findField(record, from.at)?.value : undefined;
    return typeof number === 'number' && isList(list) ? [{ number, length: list.length }] : [];
  });
  const starts = new Set(
    places.flatMap(({ number, length }) => (number === 0 ? [0] : number === length ? [1] : [])),
  );
  const [start] = starts;
  if (start === undefined || starts.size > 1) return undefined;
  return {
    kind: 'order',
    says:
      start === 0
        ? `"${names.label}" is 0 in some records`
        : `"${names.label}" is the number of the last answer in some records`,
    weights: each(
      question,
      WEIGHT.range,
      ({ answers }) =>
        answers.kind === 'candidates' &&
        answers.order.kind === 'index' &&
        (answers.order.start ?? 0) === start,
    ),
  };
}

/** Verdicts on single answers. */
function affirmed(question: Question): Evidence | undefined {
  const { readings, names } = question;
  if (readings[0]?.answers.kind !== 'unpaired') return undefined;
  return {
    kind: 'name',
    says: `1 and true of "${names.label}" usually mean a good answer`,
    weights: each(
      question,
      WEIGHT.affirms,
      ({ answers }) =>
        answers.kind === 'unpaired' && AFFIRMS.some((one) => answers.verdict.first?.includes(one)),
    ),
  };
}

/** Evidence of the label's name and values. */
function byName(question: Question): Evidence | undefined {
  const answers = question.readings[0]?.answers;
  if (answers?.kind === 'unpaired') return affirmed(question);
  if (answers?.kind === 'candidates' && answers.order.kind === 'index') return byRange(question);
  if (question.names.label === '') return byRank(question);
  const name = readLabelName(question.names);
  return (
    aboutOne(question, name) ??
    onScale(question, name) ??
    sameWords(question, name) ??
    counted(question, name)
  );
}

/** What the card says. */
function byCard(question: Question): Evidence | undefined {
  const { names, seen, card, readings } = question;
  const said = card && cardSays(card, names, seen);
  if (!said) return undefined;
  const { names: wins } = readLabelName(names);
  // "loser: 0 = response_a" names the worse answer.
  const isTurned = wins === 'worse' && !said.isClear;
  const holds = (reading: Mapping): boolean => gives(reading, names, said.meanings, isTurned);
  if (!readings.some(holds)) return undefined;
  const [[value, side] = ['', 'tie']] = [...said.meanings].filter(([, one]) => one !== 'tie');
  const answer = side === 'first' ? names.first : names.second;
  return {
    kind: 'card',
    says: `${card.name} says that "${names.label}" ${JSON.stringify(value)} ${said.isClear ? `means "${answer}" is better` : `stands for "${answer}"`}`,
    weights: each(
      question,
      said.isClear ? WEIGHT.card : wins === undefined ? WEIGHT.cardOnly : WEIGHT.cardNamed,
      holds,
    ),
  };
}

/** The fields that order candidates agree with themselves. */
function ownFields({ answers }: Mapping): ReadonlySet<string> {
  if (answers.kind !== 'candidates' || answers.order.kind === 'index') return new Set();
  return new Set([answers.order.at].flat().flatMap((at) => wordsOf(at).join(' ')));
}

/** Scores in a list beside the list of answers. */
const SCORE_LISTS = 'scores|rewards|ratings|rm_scores|reward_scores';

/** The difference of two answers' scores in such a list. */
function listedMargin(
  reading: Mapping,
  record: JsonObject,
  { candidates: [a, b] }: Pair,
): number | undefined {
  if (reading.answers.kind !== 'candidates' || reading.answers.order.kind !== 'index') return undefined;
  const list = findField(record, SCORE_LISTS)?.value;
  const [own, other] = isList(list) ? [list[a], list[b]] : [];
  return typeof own === 'number' && typeof other === 'number' ? own - other : undefined;
}

/** Stored scores and ranks of the answers. */
function byScores({ readings, sample }: Question): Evidence | undefined {
  let field = '';
  const counts = readings.map((reading) => {
    const own = ownFields(reading);
    return tally(
      pairsOf(reading, sample).flatMap(([record, pair]) => {
        const listed = listedMargin(reading, record, pair);
        const scores = listed === undefined ? sideScores(record, pair) : { margin: listed, field: 'scores' };
        if (!scores || BAD_IF_HIGH.test(scores.field) || own.has(wordsOf(scores.field).join(' '))) return [];
        field = scores.field;
        return [scores.margin];
      }),
    );
  });
  const weights = counts.map((one) => tallyWeight(one, SCORES) / 2);
  if (weights.every((weight) => weight === 0)) return undefined;
  const { agree, disagree } = counts[weights.indexOf(Math.max(...weights))] ?? { agree: 0, disagree: 0 };
  return {
    kind: 'scores',
    says: `"${field}" agrees in ${agree} of ${agree + disagree} pairs`,
    weights,
  };
}

/** Standard deviations at which the share of longer answers counts in full. */
const CLEAR_DEVIATION = 3;

/** Length of the better answers: weak, because some datasets prefer short ones. */
function byLength({ readings, sample }: Question): Evidence | undefined {
  const counts = readings.map((reading) =>
    tally(
      pairsOf(reading, sample).map(([, { chosen, rejected }]) => chosen.text.length - rejected.text.length),
    ),
  );
  const weights = counts.map(({ agree, disagree }) => {
    const all = agree + disagree;
    const deviation = all === 0 ? 0 : (agree - disagree) / Math.sqrt(all);
    return (WEIGHT.length / 2) * Math.max(-1, Math.min(1, deviation / CLEAR_DEVIATION));
  });
  if (weights.every((weight) => weight === 0)) return undefined;
  const { agree, disagree } = counts[weights.indexOf(Math.max(...weights))] ?? { agree: 0, disagree: 0 };
  return {
    kind: 'length',
    says: `the longer answer is the better one in ${agree} of ${agree + disagree} pairs`,
    weights,
  };
}

export function evidenceFor(question: Question): readonly Evidence[] {
  const all = [byName, byCard, byReviews, byResults, byScores, byLength]
    .map((read) => read(question))
    .filter((one) => one !== undefined);
  // What all readings explain alike is no evidence.
  return all.filter(({ weights }) => new Set(weights).size > 1);
}

/** Most values of a label to look at. */
const MAX_SEEN = 12;

/** Different values of a field. */
export function valuesSeen(at: string, sample: readonly JsonObject[]): readonly Json[] {
  const seen = new Set<Json>();
  for (const record of sample) {
    const value = findField(record, at)?.value;
    if (value !== undefined && value !== null && typeof value !== 'object') seen.add(value);
  }
  const all = [...seen].sort((a, b) => (Number(a) || 0) - (Number(b) || 0));
  // The ends of a scale matter more than its middle.
  return all.length <= MAX_SEEN ? all : [...all.slice(0, MAX_SEEN / 2), ...all.slice(-MAX_SEEN / 2)];
}

/**
 * True if the records' values can be a label of this kind: a sign needs numbers below 0, a share some that are not
 * whole, a scale of steps both of its ends.
 */
export function isPlausible({ answers }: Mapping, sample: readonly JsonObject[]): boolean {
  if (answers.kind !== 'choice' || !('at' in answers.label)) return true;
  const { label } = answers;
  const numbers = sample.map((record) => Number(findField(record, label.at)?.value));
  if (label.kind === 'strength') return numbers.some((number) => number < 0);
  if (label.kind !== 'between') return true;
  const isWhole = numbers.every((number) => Number.isInteger(number));
  if (label.max - label.min <= 1) return !isWhole;
  return isWhole && numbers.includes(label.min) && numbers.includes(label.max);
}
