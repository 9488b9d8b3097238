// Rankings of a record's answers by the letters or numbers in the names of their fields: "A > B = C", or ["B", "A"].
import { wordsOf } from '../../model/fieldNames.ts';
import type { Json, JsonObject, Path } from '../../model/json.ts';
import { isList } from '../../model/json.ts';
import type { FieldRef } from '../field.ts';
import { findField } from '../field.ts';
import type { PathChange } from './form.ts';

/** Longest ranking as a text, in UTF-16 units. */
const MAX_LENGTH = 200;

const NAME = '(?:(?:response|answer|output|model|option|completion|candidate|assistant)[ _-]?)?([a-h]|[1-8])';
const TEXT = new RegExp(`^\\W*${NAME}(?:\\s*(?:[>≻]+|=+)\\s*${NAME})+\\W*$`, 'i');
const ITEM = new RegExp(`^${NAME}$`, 'i');
const PARTS = new RegExp(`([>≻]+|=+)|${NAME}(?![a-z\\d])`, 'gi');

/** The rank of each letter, from 0. */
type Ranks = ReadonlyMap<string, number>;

/** The letter or number of an answer's field: "b" of "response_b". */
export const letterOf = (name: string): string => wordsOf(name).at(-1) ?? '';

/** Undefined for a value that is no ranking of different answers. */
export function rankingOf(value: Json): Ranks | undefined {
  const ranks = new Map<string, number>();
  let count = 0;
  if (typeof value === 'string') {
    if (value.length > MAX_LENGTH || !TEXT.test(value)) return undefined;
    let rank = 0;
    for (const [, sign, letter] of value.matchAll(PARTS)) {
      if (sign !== undefined) rank += sign.startsWith('=') ? 0 : 1;
      if (letter === undefined) continue;
      ranks.set(letter.toLowerCase(), rank);
      count++;
    }
  } else if (isList(value)) {
    for (const item of value) {
      const letter = typeof item === 'string' ? ITEM.exec(item.trim())?.[1] : undefined;
      if (letter === undefined) return undefined;
      ranks.set(letter.toLowerCase(), count++);
    }
  }
  return ranks.size > 1 && ranks.size === count ? ranks : undefined;
}

/** The ranking in a record, and where it stands. */
export function letterRanks(
  record: JsonObject,
  at: FieldRef,
): { readonly ranks: Ranks; readonly path: Path; readonly value: Json } | undefined {
  const found = findField(record, at, [], (value) => rankingOf(value) !== undefined);
  const ranks = found && rankingOf(found.value);
  return found && ranks && { ...found, ranks };
}

/** Two fields' letters change places. */
export function exchangeLetters(
  record: JsonObject,
  at: FieldRef,
  names: readonly [string, string],
): PathChange[] {
  const found = letterRanks(record, at);
  const [a, b] = names.map(letterOf);
  if (!found || a === undefined || b === undefined) return [];
  const { path, value } = found;
  if (isList(value)) {
    const places = [a, b].map((letter) =>
      value.findIndex((item) => typeof item === 'string' && letterOf(item.toUpperCase()) === letter),
    );
    const [from = -1, to = -1] = places;
    return from < 0 || to < 0 ? [] : [{ kind: 'swap', a: [...path, from], b: [...path, to] }];
  }
  if (typeof value !== 'string') return [];
  const turned = value.replace(PARTS, (all, _sign: string | undefined, letter: string | undefined) => {
    if (letter === undefined) return all;
    const other = letter.toLowerCase() === a ? b : letter.toLowerCase() === b ? a : undefined;
    if (other === undefined) return all;
    return all.slice(0, -1) + (letter === letter.toUpperCase() ? other.toUpperCase() : other);
  });
  return turned === value ? [] : [{ kind: 'set', path, to: turned }];
}
