// Matches fields to sides: field names that differ only in the word in which the answers' names differ.
import { isNothing } from '../model/canonical.ts';
import { isPartKind, kindOfField, NAME_WORD } from '../model/fieldNames.ts';
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
  const words = (name.match(NAME_WORD) ?? []).map((word) => word.toLowerCase());
  const side = words.includes(first) ? 'first' : words.includes(second) ? 'second' : undefined;
  const own = side === 'first' ? first : second;
  return side && { side, rest: words.filter((word) => word !== own).join('_') };
}

/** True for a part of an answer without a matching field on the other side: it has nothing to swap with. */
function isAlone(parent: JsonObject, name: string, words: SideWords): boolean {
  const own = sideOfField(name, words);
  return (
    own !== undefined &&
    isPartKind(kindOfField(own.rest)) &&
    !isNothing(parent[name]) &&
    !Object.hasOwn(parent, partnerOf(name, words))
  );
}

/**
 * Swaps the fields that belong to two answers, but not the answers: `own` and `other` are their names. Undefined if
 * a picture or a call of one answer has no field to move to.
 */
export function exchangeBeside(
  parent: JsonObject,
  base: Path,
  [own, other]: readonly [string, string],
  words: SideWords,
): readonly PathChange[] | undefined {
  const names = Object.keys(parent).filter((name) => name !== own && name !== other);
  if (names.some((name) => isAlone(parent, name, words))) return undefined;
  return names.flatMap((name): PathChange[] => {
    const partner = partnerOf(name, words);
    return partner > name && partner !== own && partner !== other && Object.hasOwn(parent, partner)
      ? [{ kind: 'swap', a: [...base, name], b: [...base, partner] }]
      : [];
  });
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
  const fork = own.findIndex((step, i) => step !== other[i]);
  const base = own.slice(0, fork);
  const [a, b] = [own[fork], other[fork]];
  if (fork < 0 || a === undefined || b === undefined) return [];
  const swap: PathChange = { kind: 'swap', a: [...base, a], b: [...base, b] };
  const parent = valueAt(record, base);
  if (typeof a !== 'string' || typeof b !== 'string' || !isObject(parent)) return [swap];
  const words = mark === undefined ? differingWords(a, b) : (['', mark] as const);
  const beside = words ? exchangeBeside(parent, base, [a, b], words) : [];
  return beside ? [swap, ...beside] : [];
}
