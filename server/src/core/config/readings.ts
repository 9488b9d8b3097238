// Entries of preflens.json that would read records of no known schema, as far as names and values of fields tell.
// A reading is certain only if the file's own words say which answer is better.
import { differingWords } from '../mapping/sides.ts';
import { kindOfField } from '../model/fieldNames.ts';
import type { Json } from '../model/json.ts';
import { closest } from './closest.ts';
import type { MappingRule } from './config.ts';
import { SYSTEM } from './config.ts';
import type { FieldSeen } from './fieldsSeen.ts';
import { isTextual } from './fieldsSeen.ts';

/** One way to read the records. Plain data. */
export interface SuggestedReading {
  /** An entry of "mappings", without its files. */
  readonly rule: MappingRule;
  /** Which answer this reading calls better, as a sentence without its full stop. */
  readonly words: string;
  /** What `--better` takes to choose this reading. */
  readonly better: string;
}

const word = (words: string): RegExp => new RegExp(`(?:^|[^a-z])(?:${words})(?:$|[^a-z])`, 'i');
/** Splits camel case: "goodAnswer" becomes "good_Answer". */
const spread = (name: string): string => name.replaceAll(/([a-z\d])([A-Z])/g, '$1_$2');
const wordsOf = (name: string): readonly string[] =>
  spread(name)
    .toLowerCase()
    .match(/[a-z]+|\d+/g) ?? [];
const says = (pattern: RegExp, { name }: FieldSeen): boolean => pattern.test(spread(name));

/** "not preferred", "unaccepted" and the like mean the opposite. */
const NEGATED = word('(?:non|not|un|dis|in)[^a-z]*(?:chosen|preferred|accepted|correct|liked|good|selected)');
const BETTER = word('chosen|choose|preferred|prefer|accepted|accept|better|best|good|win|winner|winning');
const WORSE = word(
  'rejected|reject|dispreferred|refused|declined|worse|worst|bad|lose|loser|losing|unaccepted|unpreferred|nonpreferred',
);
/** These words often mean something else: a class, a reference answer, a side. */
const PERHAPS_BETTER = word('positive|pos|gold|correct|right|like|liked|safe|target|preferable|upvoted');
const PERHAPS_WORSE = word(
  'negative|neg|wrong|incorrect|dislike|disliked|unsafe|hard_negative|other|alternative|downvoted',
);

/** In order of likelihood. */
const PROMPTS = [
  word('prompt'),
  word('question|query|instruction'),
  word('messages?|conversations?|dialogs?|dialogues?|history|chat'),
  word('input|user|problem|request|task|post|q|ask|human|context|title'),
];

const LABEL_BETTER = word(
  'winner|wins?|won|preference|preferred|prefer|choice|chosen|better|best|picked|pick|selected|vote|favou?rite',
);
const LABEL_WORSE = word('loser|lost|worse|worst|rejected');
const LABEL = word(
  'label|labels|verdict|judge?ment|annotation|rating|answer|decision|result|outcome|target|comparison',
);

const HIGH = word('rewards?|ratings?|votes?|upvotes|likes|quality|helpful|helpfulness');
const LOW = word('rank|ranks|ranking');
const NUMBER = word(
  'labels|scores?|rewards?|ratings?|votes?|upvotes|likes|quality|helpful|helpfulness|ranks?|ranking|grades?|points?|loss|ppl|perplexity',
);

/** Pairs of words that number or name two answers, the first one first. */
const SIDES: readonly (readonly [string, string])[] = [
  ['a', 'b'],
  ['0', '1'],
  ['1', '2'],
  ['left', 'right'],
  ['first', 'second'],
  ['one', 'two'],
  ['x', 'y'],
  ['i', 'j'],
];

const spelt = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
const quoted = ({ ref }: FieldSeen): string => `"${ref}"`;

/** A letter, a number or a side instead of an answer. */
const LETTER =
  /^\s*(?:\[*[a-f]\]*|[xy]|\d{1,2}|left|right|first|second|both|neither|tie|(?:model|response|answer|assistant|option)[ _-]?[a-f\d])\s*$/i;

/** Words for facts about a record, a model or a text. */
const ABOUT = word(
  'id|ids|uid|uuid|idx|index|hash|key|url|uri|link|path|name|model|generator|type|kind|category|tag|source|subset|split|lang|language|length|len|count|num|tokens?|date|time|timestamp|author|annotator|labeler|worker|rater|judge|reason|rationale|explanation|comment|feedback|critique',
);

/** True for a field with answers: text that is no letter or name of an answer. */
function isAnswer(field: FieldSeen, all: readonly FieldSeen[]): boolean {
  if (!isTextual(field) || field.share < 0.5 || says(ABOUT, field)) return false;
  const { values } = field;
  if (field.types[0] !== 'text' || !values) return true;
  if (values.every((value) => LETTER.test(spelt(value)))) return false;
  // The name of a field, or of a model that another field names.
  const names = new Set(
    all.flatMap((one) =>
      one === field ? [] : [one.name, ...(one.values ?? []).filter((value) => !/\s/.test(spelt(value)))],
    ),
  );
  return !values.every((value) => names.has(value as string));
}

interface Ask {
  readonly prompt?: string | readonly string[];
}

/** The prompt among the fields that are not taken. */
function promptOf(fields: readonly FieldSeen[], taken: readonly FieldSeen[]): Ask {
  const left = fields.filter(
    (field) => isTextual(field) && field.share >= 0.5 && !says(ABOUT, field) && !taken.includes(field),
  );
  const free = left.filter(
    (field) => !says(BETTER, field) && !says(WORSE, field) && !SYSTEM.test(field.name),
  );
  const named = PROMPTS.map((pattern) => free.find((field) => says(pattern, field))).find(
    (field) => field !== undefined,
  );
  const likely = free.filter(
    ({ name, values }) => !values && ['prompt', 'other', 'source'].includes(kindOfField(name)),
  );
  const prompt = named ?? (likely.length === 1 ? likely[0] : undefined);
  const system = left.find(({ name }) => SYSTEM.test(name));
  if (!prompt) return system ? { prompt: system.ref } : {};
  return { prompt: system ? [system.ref, prompt.ref] : prompt.ref };
}

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
  const perhapsWorse = answers.filter((field) => worses.includes(field) || says(PERHAPS_WORSE, field));
  const perhapsBetter = answers.filter(
    (field) => !perhapsWorse.includes(field) && (betters.includes(field) || says(PERHAPS_BETTER, field)),
  );
  const perhaps = bestPair(perhapsBetter, perhapsWorse);
  if (!perhaps || likeness(...perhaps) < 2) return [];
  const ask = promptOf(fields, perhaps);
  return [pairRule(ask, ...perhaps), pairRule(ask, perhaps[1], perhaps[0])];
}

const SIDE_LIST = word('chosen|rejected|accepted');
const QUESTION = word('prompt|question|query|instruction|input|context');

interface TwoSides {
  readonly first: FieldSeen;
  readonly second: FieldSeen;
  readonly words: readonly [string, string];
}

/** Two answers whose names differ in one word. */
function twoSides(fields: readonly FieldSeen[]): readonly TwoSides[] {
  const answers = fields.filter((field) => isAnswer(field, fields) && !SYSTEM.test(field.name));
  const found = answers.flatMap((first, i) =>
    answers.slice(i + 1).flatMap((second): (TwoSides & { points: number })[] => {
      const above = (ref: string): string => ref.slice(0, Math.max(0, ref.lastIndexOf('.')));
      if (above(first.ref) !== above(second.ref)) return [];
      const words = differingWords(spread(first.name), spread(second.name));
      if (!words || first.types[0] !== second.types[0]) return [];
      // The items of "chosen" are its turns, or several good answers.
      if (SIDE_LIST.test(spread(above(first.ref)))) return [];
      // With a third answer of the same kind, no label means only two.
      const isOneOfMany = answers.some(
        (third) =>
          third !== first &&
          third !== second &&
          third.types[0] === first.types[0] &&
          above(third.ref) === above(first.ref) &&
          differingWords(spread(first.name), spread(third.name)) !== undefined &&
          differingWords(spread(second.name), spread(third.name)) !== undefined,
      );
      if (isOneOfMany) return [];
      const known = SIDES.findIndex((sides) => sides.every((side) => words.includes(side)));
      const order = SIDES[known];
      const isTurned = order !== undefined && order[0] !== words[0];
      const [a, b] = isTurned ? [second, first] : [first, second];
      // Two questions may be numbered too.
      const isAsked = [a, b].some((field) => says(QUESTION, field));
      return [
        {
          first: a,
          second: b,
          words: isTurned ? [words[1], words[0]] : words,
          points: (known >= 0 ? 2 : 0) - (isAsked ? 3 : 0),
        },
      ];
    }),
  );
  return found.sort((a, b) => b.points - a.points).filter(({ points }) => points >= 0);
}

const TIE_NAME = word('tie|tied|draw');
const TIE = /\b(?:ties?|tied|equal|same|both|neither|draw|none)\b|both_?bad/i;

/** The left one of "A>B" and "[[A>>B]]". */
function comparedIn(text: string): string | undefined {
  return /^\W*([a-z\d]+)\W*[>≻]+\W*[a-z\d]+\W*$/u.exec(text)?.[1];
}

/** The side that a label's value names by its words; undefined if it names none, or both. */
function sideNamed(value: Json, { first, second, words }: TwoSides): 'first' | 'second' | undefined {
  const text = spread(spelt(value)).toLowerCase();
  if (text === first.name.toLowerCase() || text === first.ref.toLowerCase()) return 'first';
  if (text === second.name.toLowerCase() || text === second.ref.toLowerCase()) return 'second';
  const better = comparedIn(text);
  const has = (side: string): boolean => {
    if (typeof value === 'number') return String(value) === side;
    if (better !== undefined) return better === side;
    return new RegExp(`(?:^|[^a-z\\d])${side}(?:$|[^a-z\\d])`).test(text);
  };
  const [a, b] = [has(words[0]), has(words[1])];
  return a === b ? undefined : a ? 'first' : 'second';
}

/** The value with the other side's word. */
function turned(value: Json, { words, first, second }: TwoSides, side: 'first' | 'second'): Json {
  const [from, to] = side === 'first' ? words : [words[1], words[0]];
  if (typeof value === 'number') return Number(to);
  if (typeof value !== 'string') return value;
  const [own, other] = side === 'first' ? [first, second] : [second, first];
  if (value === own.name) return other.name;
  return value.replace(new RegExp(`(^|[^a-z\\d])${from}(?![a-z\\d])`, 'i'), (all, gap: string) => {
    const old = all.slice(gap.length);
    return gap + (old === old.toUpperCase() ? to.toUpperCase() : to);
  });
}

interface LabelField {
  readonly field: FieldSeen;
  /** What its name says that it names: the better answer, the worse one, or nothing. */
  readonly names: 'better' | 'worse' | undefined;
}

/** True if another field holds the same words, as "model_a" holds the name of the winner: they change from record to record. */
function isNameOfOther(field: FieldSeen, all: readonly FieldSeen[]): boolean {
  const values = field.values ?? [];
  return (
    values.some((value) => typeof value === 'string') &&
    all.some(
      (other) =>
        other !== field && values.some((value) => typeof value === 'string' && other.values?.includes(value)),
    )
  );
}

function labelFields(fields: readonly FieldSeen[], taken: readonly FieldSeen[]): readonly LabelField[] {
  return fields
    .filter((field) => !taken.includes(field) && field.values !== undefined && field.share >= 0.5)
    .filter(
      (field) =>
        !/(?:^|\.)\d+$/.test(field.ref) &&
        !TIE_NAME.test(spread(field.name)) &&
        !isNameOfOther(field, fields),
    )
    .flatMap((field): (LabelField & { order: number })[] => {
      if (says(LABEL_WORSE, field)) return [{ field, names: 'worse', order: 1 }];
      if (says(LABEL_BETTER, field)) return [{ field, names: 'better', order: 0 }];
      return [{ field, names: undefined, order: says(LABEL, field) ? 2 : 3 }];
    })
    .sort((a, b) => a.order - b.order);
}

const valueWords = (values: readonly Json[]): string =>
  values.map((value) => JSON.stringify(value)).join(' or ');

function choiceReading(
  ask: Ask,
  sides: TwoSides,
  label: FieldSeen,
  first: readonly Json[],
  second: readonly Json[],
  ties: readonly Json[],
): SuggestedReading {
  return {
    rule: {
      ...ask,
      first: sides.first.ref,
      second: sides.second.ref,
      label: label.ref,
      better: { first, second, ...(ties.length > 0 && { ties }) },
    },
    words: `${quoted(label)} ${valueWords(first)} means that ${quoted(sides.first)} is better, ${valueWords(second)} that ${quoted(sides.second)} is`,
    better: `${spelt(first[0] ?? '')}=${sides.first.ref}`,
  };
}

/** What a label with few values says of two answers: one reading if its values name them, two if not. */
function readLabel(ask: Ask, sides: TwoSides, { field, names }: LabelField): readonly SuggestedReading[] {
  const values = field.values ?? [];
  const byName = values.map((value) => [value, sideNamed(value, sides)] as const);
  const ties = byName.flatMap(([value, side]) =>
    side === undefined && TIE.test(spelt(value)) ? [value] : [],
  );
  const decided = byName.filter(([value]) => !ties.includes(value));
  if (decided.length === 0) return [];
  if (decided.every(([, side]) => side !== undefined)) {
    const of = (wanted: string): Json[] =>
      decided.flatMap(([value, side]) => (side === wanted ? [value] : []));
    const [named, others] = [of('first'), of('second')];
    const isStated = decided.every(([value]) => comparedIn(spelt(value).toLowerCase()) !== undefined);
    // A small sample may hold one of the two values alone.
    const first = named.length > 0 ? named : others.map((value) => turned(value, sides, 'second'));
    const second = others.length > 0 ? others : named.map((value) => turned(value, sides, 'first'));
    const straight = choiceReading(ask, sides, field, first, second, ties);
    const inverse = choiceReading(ask, sides, field, second, first, ties);
    // A single number may count from 0 or from 1.
    const isCounted = decided.length === 1 && /^\d+$/.test(sides.words[0]);
    // The other side's value could not be spelt.
    if (first.some((value) => second.includes(value))) return [];
    if (isStated) return [straight];
    if (names === undefined || isCounted) return [straight, inverse];
    return names === 'better' ? [straight] : [inverse];
  }
  // One of several columns, one for each outcome.
  if (typeof decided[0]?.[0] === 'number' && sideNamed(field.name, sides) !== undefined) return [];
  if (decided.some(([value]) => typeof value === 'number' && !Number.isInteger(value))) return [];
  const [low, high, ...more] = decided.map(([value]) => value).sort((a, b) => (spelt(a) < spelt(b) ? -1 : 1));
  if (low === undefined || high === undefined || more.length > 0) return [];
  // "a_is_better": true
  const said = typeof low === 'boolean' ? sideNamed(field.name, sides) : undefined;
  const straight = choiceReading(ask, sides, field, [low], [high], ties);
  const inverse = choiceReading(ask, sides, field, [high], [low], ties);
  if (said !== undefined && names !== undefined) {
    const isFirst = (said === 'first') === (names === 'better');
    return [isFirst ? inverse : straight];
  }
  return [straight, inverse];
}

function withSign(ask: Ask, sides: TwoSides, field: FieldSeen): readonly SuggestedReading[] {
  return (['first', 'second'] as const).map((positive) => ({
    rule: { ...ask, first: sides.first.ref, second: sides.second.ref, label: field.ref, positive },
    words: `a positive ${quoted(field)} means that ${quoted(sides[positive])} is better`,
    better: `positive=${sides[positive].ref}`,
  }));
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

/** The ways to read records with these fields: one if it is certain which answer is better, two if not, or none. */
export function readingsOf(fields: readonly FieldSeen[]): readonly SuggestedReading[] {
  for (const find of [namedPairs, candidates, choices]) {
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
