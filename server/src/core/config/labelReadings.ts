// Two answers and a label beside them: what its values say of which answer.
import { differingWords } from '../mapping/sides.ts';
import type { Json } from '../model/json.ts';
import { SYSTEM } from './config.ts';
import type { FieldSeen } from './fieldsSeen.ts';
import type { Ask, SuggestedReading } from './readingWords.ts';
import { isAnswer, quoted, says, spelt, spread, word } from './readingWords.ts';

export const LABEL_BETTER = word(
  'winner|wins?|won|preference|preferred|prefer|choice|chosen|better|best|picked|pick|selected|vote|favou?rite',
);
const LABEL_WORSE = word('loser|lost|worse|worst|rejected');
export const LABEL = word(
  'label|labels|verdict|judge?ment|annotation|rating|answer|decision|result|outcome|target|comparison',
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

export const SIDE_LIST = word('chosen|rejected|accepted');
const QUESTION = word('prompt|question|query|instruction|input|context');

export interface TwoSides {
  readonly first: FieldSeen;
  readonly second: FieldSeen;
  readonly words: readonly [string, string];
}

/** Two answers whose names differ in one word. */
export function twoSides(fields: readonly FieldSeen[]): readonly TwoSides[] {
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
export function sideNamed(value: Json, { first, second, words }: TwoSides): 'first' | 'second' | undefined {
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

export interface LabelField {
  readonly field: FieldSeen;
  /** What its name says that it names: the better answer, the worse one, or nothing. */
  readonly names: 'better' | 'worse' | undefined;
}

/**
 * True if another field holds the same words, as "model_a" holds the name of the winner: they change from record to
 * record.
 */
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

export function labelFields(
  fields: readonly FieldSeen[],
  taken: readonly FieldSeen[],
): readonly LabelField[] {
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
export function readLabel(
  ask: Ask,
  sides: TwoSides,
  { field, names }: LabelField,
): readonly SuggestedReading[] {
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

export function withSign(ask: Ask, sides: TwoSides, field: FieldSeen): readonly SuggestedReading[] {
  return (['first', 'second'] as const).map((positive) => ({
    rule: { ...ask, first: sides.first.ref, second: sides.second.ref, label: field.ref, positive },
    words: `a positive ${quoted(field)} means that ${quoted(sides[positive])} is better`,
    better: `positive=${sides[positive].ref}`,
  }));
}
