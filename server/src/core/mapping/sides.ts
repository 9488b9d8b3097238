// Matches fields to sides: field names that differ only in the word in which the answers' names differ.
import { isNothing } from '../model/canonical.ts';
import { isOwnPrompt, isPartKind, kindOfField, NAME_WORD, wordsOf } from '../model/fieldNames.ts';
import type { JsonObject, Path } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import { valueAt } from './field.ts';
import type { PathChange } from './forms/form.ts';

/** The word in which two names differ, in lower case. Undefined if they differ in more words or in length. */
export function differingWords(a: string, b: string): readonly [string, string] | undefined {
  const [own, other] = [a.match(NAME_WORD) ?? [], b.match(NAME_WORD) ?? []];
  if (own.length !== other.length) return undefined;
  const at = own.findIndex((word, i) => word.toLowerCase() !== other[i]?.toLowerCase());
  const isOnly =
    at >= 0 && own.every((word, i) => i === at || word.toLowerCase() === other[i]?.toLowerCase());
  const [first, second] = [own[at]?.toLowerCase(), other[at]?.toLowerCase()];
  return isOnly && first !== undefined && second !== undefined ? [first, second] : undefined;
}

/** `to` with the letter case of `from`. */
function inCaseOf(from: string, to: string): string {
  if (from.length > 1 && from === from.toUpperCase()) return to.toUpperCase();
  return /^[A-Z]/.test(from) ? to.charAt(0).toUpperCase() + to.slice(1) : to;
}

/**
 * The words by which fields belong to a side. If the first is empty, only the second side's names have a word of
 * their own, in front: `images` and `rejected_images`.
 */
export type SideWords = readonly [first: string, second: string];

/** The other side's field: `score_rejected` for `score_chosen`, `model_b` for `model_a`. */
export function partnerOf(name: string, [first, second]: SideWords): string {
  if (first === '')
    return name.startsWith(`${second}_`) ? name.slice(second.length + 1) : `${second}_${name}`;
  return name.replace(NAME_WORD, (word) => {
    const lower = word.toLowerCase();
    return lower === first ? inCaseOf(word, second) : lower === second ? inCaseOf(word, first) : word;
  });
}

export interface NamedSide {
  readonly side: 'first' | 'second';
  /** The field's name without the side. */
  readonly rest: string;
}

/** The side of a field by its name. With an empty word, a field of the first side is found by its partner. */
export function sideOfField(name: string, [first, second]: SideWords): NamedSide | undefined {
  if (first === '')
    return name.startsWith(`${second}_`)
      ? { side: 'second', rest: name.slice(second.length + 1) }
      : undefined;
  const words = wordsOf(name);
  const side = words.includes(first) ? 'first' : words.includes(second) ? 'second' : undefined;
  const own = side === 'first' ? first : second;
  return side && { side, rest: words.filter((word) => word !== own).join('_') };
}

/** True for a part of an answer without a matching field on the other side: it has nothing to swap with. */
function isAlone(parent: JsonObject, name: string, words: SideWords): boolean {
  const own = sideOfField(name, words);
  return (
    own !== undefined &&
    (isPartKind(kindOfField(own.rest)) || isOwnPrompt(own.rest)) &&
    !isNothing(parent[name]) &&
    !Object.hasOwn(parent, partnerOf(name, words))
  );
}

/** Words in names of fields that keep what the record was before: they don't follow a flip. */
const PAST: ReadonlySet<string> = new Set([
  'original',
  'orig',
  'old',
  'previous',
  'prev',
  'former',
  'initial',
]);

function isPast(name: string): boolean {
  return wordsOf(name).some((word) => PAST.has(word));
}

/** Words that tell the first answer from the second. All pairs of a record name the same two answers. */
const POSITIONS: readonly SideWords[] = [
  ['a', 'b'],
  ['1', '2'],
  ['0', '1'],
  ['left', 'right'],
  ['first', 'second'],
];

/** Other words for the same two answers, in the same order. Empty if the words are no positions. */
function otherPositions(words: SideWords): readonly SideWords[] {
  const at = POSITIONS.findIndex((pair) => pair.includes(words[0]) && pair.includes(words[1]));
  const isReversed = POSITIONS[at]?.[0] === words[1];
  // Numbers count from 0 or from 1: they agree with letters, not with each other.
  const isNumber = /^\d$/.test(words[0]);
  return POSITIONS.flatMap(([first, second], i) => {
    if (at < 0 || i === at || (isNumber && /^\d$/.test(first))) return [];
    return [isReversed ? ([second, first] as const) : ([first, second] as const)];
  });
}

/** The paths of two fields of the same meaning, one for each answer. */
export interface SidedField {
  readonly first: Path;
  readonly second: Path;
}

function withWords(parent: JsonObject, words: SideWords): (readonly [first: string, second: string])[] {
  return Object.keys(parent).flatMap((name) => {
    // Names of the second side always have its word.
    if (sideOfField(name, words)?.side !== 'second' || isPast(name)) return [];
    const partner = partnerOf(name, words);
    return partner !== name && Object.hasOwn(parent, partner) ? [[partner, name] as const] : [];
  });
}

/** Where two answers part: their names, the object that holds both, and the words in which the names differ. */
interface Fork {
  readonly base: Path;
  readonly a: string | number;
  readonly b: string | number;
  readonly named?: { readonly parent: JsonObject; readonly words: SideWords };
}

function forkOf(record: JsonObject, own: Path, other: Path, mark?: string): Fork | undefined {
  const fork = own.findIndex((step, i) => step !== other[i]);
  const [a, b] = [own[fork], other[fork]];
  const base = own.slice(0, fork);
  const parent = valueAt(record, base);
  if (fork < 0 || a === undefined || b === undefined) return undefined;
  if (typeof a !== 'string' || typeof b !== 'string' || !isObject(parent)) return { base, a, b };
  const words = mark === undefined ? differingWords(a, b) : (['', mark] as const);
  return { base, a, b, ...(words && { named: { parent, words } }) };
}

/**
 * Fields beside two answers that belong to one of them each, without the answers. Fields that name the answers by
 * other words of the same order belong too: `model_a` beside `response_1`.
 */
export function sidedFields(record: JsonObject, own: Path, other: Path): readonly SidedField[] {
  const fork = forkOf(record, own, other);
  return fork ? fieldsBeside(fork) : [];
}

function fieldsBeside({ base, a, b, named }: Fork): readonly SidedField[] {
  if (!named) return [];
  const { parent, words } = named;
  const found = [words, ...otherPositions(words)].flatMap((one) => withWords(parent, one));
  const seen = new Set<string>([String(a), String(b)]);
  return found.flatMap(([first, second]): SidedField[] => {
    if (seen.has(first) || seen.has(second)) return [];
    seen.add(first).add(second);
    return [{ first: [...base, first], second: [...base, second] }];
  });
}

/** True if a picture or a call of one answer has no field on the other side to move to. */
function hasLonePart(parent: JsonObject, answers: readonly string[], words: SideWords): boolean {
  return Object.keys(parent).some((name) => !answers.includes(name) && isAlone(parent, name, words));
}

const swapsOf = (fields: readonly SidedField[]): readonly PathChange[] =>
  fields.map(({ first, second }) => ({ kind: 'swap', a: first, b: second }));

/**
 * Swaps the fields that belong to two answers, but not the answers: `own` and `other` are their names. Undefined if
 * a picture or a call of one answer has no field to move to.
 */
export function exchangeBeside(
  parent: JsonObject,
  base: Path,
  answers: readonly [string, string],
  words: SideWords,
): readonly PathChange[] | undefined {
  if (hasLonePart(parent, answers, words)) return undefined;
  const [a, b] = answers;
  return swapsOf(fieldsBeside({ base, a, b, named: { parent, words } }));
}

/**
 * Swaps two answers and all matching fields beside them. Fields without a side stay. Returns no changes if a
 * picture or a call of one answer has no field to move to.
 */
export function exchangeSides(
  record: JsonObject,
  own: Path,
  other: Path,
  mark?: string,
): readonly PathChange[] {
  const fork = forkOf(record, own, other, mark);
  if (!fork) return [];
  const { base, a, b, named } = fork;
  const swap: PathChange = { kind: 'swap', a: [...base, a], b: [...base, b] };
  if (!named) return [swap];
  const { parent, words } = named;
  if (hasLonePart(parent, [String(a), String(b)], words)) return [];
  return [swap, ...swapsOf(fieldsBeside(fork))];
}
