// Entries of preflens.json that would read records of no known schema, as far as names and values of fields tell.
// A reading is certain only if the file's own words say which answer is better.
import { differingWords } from '../mapping/sides.ts';
import { wordsOf } from '../model/fieldNames.ts';
import { closest } from './closest.ts';
import type { MappingRule } from './config.ts';
import type { FieldSeen } from './fieldsSeen.ts';
import { isTextual } from './fieldsSeen.ts';
import type { LabelField } from './labelReadings.ts';
import {
  LABEL,
  LABEL_BETTER,
  labelFields,
  readLabel,
  SIDE_LIST,
  sideNamed,
  twoSides,
  withSign,
} from './labelReadings.ts';
import type { Ask, SuggestedReading } from './readingWords.ts';
import {
  ABOUT,
  BETTER,
  FOREIGN_BETTER,
  FOREIGN_WORSE,
  isAnswer,
  NEGATED,
  PERHAPS_BETTER,
  PERHAPS_WORSE,
  promptOf,
  quoted,
  says,
  saysForeign,
  spelt,
  spread,
  word,
  WORSE,
} from './readingWords.ts';

const HIGH = word('rewards?|ratings?|votes?|upvotes|likes|quality|helpful|helpfulness');
// Not "ranking": it may also list the answers in their order.
const LOW = word('rank|ranks');
const NUMBER = word(
  'labels|scores?|rewards?|ratings?|votes?|upvotes|likes|quality|helpful|helpfulness|ranks?|ranking|grades?|points?|loss|ppl|perplexity',
);

/** How well two fields match as the answers of a pair: their names differ in one word, their types agree. */
function likeness(a: FieldSeen, b: FieldSeen): number {
  return (
    (differingWords(spread(a.name), spread(b.name)) ? 2 : 0) +
    (a.types[0] === b.types[0] ? 1 : 0) +
    (a.values || b.values ? 0 : 1)
  );
}

function bestPair(
  betters: readonly FieldSeen[],
  worses: readonly FieldSeen[],
): readonly [FieldSeen, FieldSeen] | undefined {
  return betters
    .flatMap((a) =>
      worses.flatMap((b) => (a === b ? [] : [{ pair: [a, b] as const, points: likeness(a, b) }])),
    )
    .sort((a, b) => b.points - a.points)[0]?.pair;
}

function pairRule(ask: Ask, chosen: FieldSeen, rejected: FieldSeen): SuggestedReading {
  return {
    rule: { ...ask, chosen: chosen.ref, rejected: rejected.ref },
    words: `${quoted(chosen)} is the better answer, ${quoted(rejected)} the worse`,
    better: chosen.ref,
  };
}

/** A name that is "chosen" or "rejected" but for a typing error. */
function isMistyped(field: FieldSeen, meant: string): boolean {
  return (
    field.name.length > 4 &&
    field.name.toLowerCase() !== meant &&
    closest(field.name, [meant]) === meant &&
    Math.abs(field.name.length - meant.length) <= 2
  );
}

/** Two answers whose names say which one is better. */
function namedPairs(fields: readonly FieldSeen[]): readonly SuggestedReading[] {
  const answers = fields.filter((field) => isAnswer(field, fields));
  const worses = answers.filter(
    (field) => says(WORSE, field) || says(NEGATED, field) || isMistyped(field, 'rejected'),
  );
  const betters = answers.filter(
    (field) => (says(BETTER, field) || isMistyped(field, 'chosen')) && !worses.includes(field),
  );
  const certain = bestPair(betters, worses);
  if (certain) return [pairRule(promptOf(fields, certain), ...certain)];
  const perhapsWorse = answers.filter(
    (field) => worses.includes(field) || says(PERHAPS_WORSE, field) || saysForeign(FOREIGN_WORSE, field),
  );
  const perhapsBetter = answers.filter(
    (field) =>
      !perhapsWorse.includes(field) &&
      (betters.includes(field) || says(PERHAPS_BETTER, field) || saysForeign(FOREIGN_BETTER, field)),
  );
  const perhaps = bestPair(perhapsBetter, perhapsWorse);
  if (!perhaps) return [];
  const isForeign = saysForeign(FOREIGN_BETTER, perhaps[0]) && saysForeign(FOREIGN_WORSE, perhaps[1]);
  if (likeness(...perhaps) < 2 && !isForeign) return [];
  const ask = promptOf(fields, perhaps);
  return [pairRule(ask, ...perhaps), pairRule(ask, perhaps[1], perhaps[0])];
}

/** Higher or lower is better: one reading if the name tells, two if not. */
function byNumber(
  field: FieldSeen,
  ruleOf: (best: 'high' | 'low') => MappingRule,
): readonly SuggestedReading[] {
  const reading = (best: 'high' | 'low'): SuggestedReading => ({
    rule: ruleOf(best),
    words: `the answer with the ${best === 'high' ? 'higher' : 'lower'} ${quoted(field)} is better`,
    better: best,
  });
  if (says(LOW, field)) return [reading('low')];
  return says(HIGH, field) ? [reading('high')] : [reading('high'), reading('low')];
}

const isNumber = ({ range, share }: FieldSeen): boolean => range !== undefined && share >= 0.5;

/** Two answers, and a label or scores beside them. */
function choices(fields: readonly FieldSeen[]): readonly SuggestedReading[] {
  for (const sides of twoSides(fields)) {
    const both = [sides.first, sides.second];
    const ask = promptOf(fields, both);
    const asked: readonly string[] = [ask.prompt ?? []].flat();
    const taken = [...both, ...fields.filter(({ ref }) => asked.includes(ref))];
    const isOfSide = (field: FieldSeen, side: string): boolean => wordsOf(field.name).includes(side);
    const labels = labelFields(fields, taken);
    const read = labels
      .filter(({ names, field }) => names !== undefined || says(LABEL, field))
      .map((label) => readLabel(ask, sides, label));
    const told =
      read.find((readings) => readings.length === 1) ?? read.find((readings) => readings.length > 0);
    if (told) return told;
    const strength = fields.find(
      (field) =>
        isNumber(field) &&
        (field.range?.[0] ?? 0) < 0 &&
        !isOfSide(field, sides.words[0]) &&
        !isOfSide(field, sides.words[1]) &&
        (says(LABEL_BETTER, field) || says(LABEL, field) || /score|margin|strength/i.test(field.name)),
    );
    if (strength) return withSign(ask, sides, strength);
    const numbers = fields.filter((field) => isNumber(field) && says(NUMBER, field));
    const scores = numbers.flatMap((a) =>
      numbers.flatMap((b) => {
        const words = a === b ? undefined : differingWords(spread(a.name), spread(b.name));
        return words?.join() === sides.words.join() ? [[a, b] as const] : [];
      }),
    );
    const [found] = scores;
    if (found) {
      return byNumber(found[0], (best) => ({
        ...ask,
        first: sides.first.ref,
        second: sides.second.ref,
        scores: [found[0].ref, found[1].ref],
        best,
      }));
    }
    // A label of another name, if its words name the answers: "A" and "B", not 0 and 1.
    const isSpelt = ({ field }: LabelField): boolean =>
      !says(ABOUT, field) &&
      (field.values ?? []).every((value) => /[a-z]/i.test(spelt(value)) && typeof value === 'string');
    const other = labels
      .filter(
        (label) =>
          isSpelt(label) && (label.field.values ?? []).some((value) => sideNamed(value, sides) !== undefined),
      )
      .map((label) => readLabel(ask, sides, label))
      .find((readings) => readings.length > 1);
    if (other) return other;
  }
  return [];
}

/** Several answers with a number each. */
function candidates(fields: readonly FieldSeen[]): readonly SuggestedReading[] {
  // The items of "chosen" are its turns, or several good answers.
  const lists = fields.filter((field) => field.share >= 0.5 && !SIDE_LIST.test(spread(field.name)));
  for (const list of lists) {
    if (list.types[0] === 'list of objects') {
      const items = list.items ?? [];
      const answers = items.filter((field) => isAnswer(field, items));
      const ANSWER = word('answer|response|output|completion|generation|text|content|reply|candidate');
      const text =
        answers.find((field) => says(ANSWER, field)) ?? (answers.length === 1 ? answers[0] : undefined);
      const score = items.find((field) => isNumber(field) && says(NUMBER, field));
      if (text && score) {
        return byNumber(score, (best) => ({
          ...promptOf(fields, [list]),
          candidates: list.ref,
          text: text.ref,
          score: score.ref,
          best,
        }));
      }
    }
    if (list.types[0] === 'list of texts') {
      const scores = lists.find((field) => field.types[0] === 'list of numbers' && says(NUMBER, field));
      if (scores) {
        return byNumber(scores, (best) => ({
          ...promptOf(fields, [list]),
          candidates: list.ref,
          scores: scores.ref,
          best,
        }));
      }
    }
  }
  return [];
}

/** Two answers of which a label names the better one, like "winner". Scores beside it may disagree with it. */
function picked(fields: readonly FieldSeen[]): readonly SuggestedReading[] {
  const labels = fields.filter((field) => says(LABEL_BETTER, field)).map(({ ref }) => ref);
  return choices(fields).filter(({ rule: { label } }) => typeof label === 'string' && labels.includes(label));
}

/** Words for two answers of which one was made from the other, or by somebody else: which is better, a person knows. */
const VERSIONS: readonly (readonly [better: RegExp, worse: RegExp])[] = [
  [
    word('revised|edited|corrected|improved|rewritten|refined|pe'),
    word('original|initial|draft|before|mt|raw'),
  ],
  [word('human|reference|real|gold|truth'), word('model|generated|machine|llm|policy|prediction')],
  [
    word('helpful|honest|harmless|polite|faithful'),
    word('unhelpful|dishonest|harmful|impolite|unfaithful|hallucinated'),
  ],
];

/** Two answers whose names say how they differ, not which one is better. */
function versions(fields: readonly FieldSeen[]): readonly SuggestedReading[] {
  const answers = fields.filter(
    (field) =>
      isTextual(field) && field.share >= 0.5 && field.values?.some((one) => /\s/.test(spelt(one))) !== false,
  );
  for (const [better, worse] of VERSIONS) {
    const pair = bestPair(
      answers.filter((field) => says(better, field)),
      answers.filter((field) => says(worse, field)),
    );
    if (!pair || pair[0].types[0] !== pair[1].types[0]) continue;
    const ask = promptOf(fields, pair);
    if (ask.prompt === undefined && pair[0].types[0] !== 'messages') continue;
    return [pairRule(ask, ...pair), pairRule(ask, pair[1], pair[0])];
  }
  return [];
}

/** The ways to read records with these fields: one if it is certain which answer is better, two if not, or none. */
export function readingsOf(fields: readonly FieldSeen[]): readonly SuggestedReading[] {
  for (const find of [namedPairs, picked, candidates, choices, versions]) {
    const found = find(fields);
    if (found.length > 0) return found;
  }
  return [];
}

/** The fields of a pair that names reveal, if that is not enough for an entry. */
export function knownFields(
  fields: readonly FieldSeen[],
): Pick<MappingRule, 'prompt' | 'chosen' | 'rejected'> {
  const answers = fields.filter((field) => isAnswer(field, fields));
  const rejected = answers.find((field) => says(WORSE, field) || says(NEGATED, field));
  const chosen = answers.find((field) => says(BETTER, field) && field !== rejected);
  const taken = [chosen, rejected].filter((field) => field !== undefined);
  return {
    ...promptOf(fields, taken),
    ...(chosen && { chosen: chosen.ref }),
    ...(rejected && { rejected: rejected.ref }),
  };
}
