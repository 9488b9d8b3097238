// The values of a field as numbers, to sort and group by: a number as it is, true as 1, a text by its place among all
// texts of the column, after all numbers.
import type { Json } from '../model/json.ts';

/** The values of a field in some records: numbers, and texts by their place among the words. */
export interface ColumnPart {
  /** Records with such a value. */
  readonly records: Uint32Array;
  /** NaN for a text. */
  readonly numbers: Float64Array;
  readonly texts: Uint32Array;
  readonly words: readonly string[];
}

export interface Column {
  /** By record; NaN without a value. */
  readonly keys: Float64Array;
  /** All texts in order, if the column holds nothing else and they are few. */
  readonly words: readonly string[];
  /** A new value has no place that `words` could tell. */
  readonly isClosed: boolean;
}

/** More texts are not kept: after an edit the column is read again. */
const MAX_WORDS = 10_000;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Joins the parts of a column. Texts are ordered by their UTF-16 units. */
export function columnOf(parts: readonly ColumnPart[], recordCount: number): Column {
  const keys = new Float64Array(recordCount).fill(Number.NaN);
  const used = new Set<string>();
  const numbers = new Set<number>();
  for (const { numbers: own, texts, words } of parts) {
    own.forEach((number, i) => {
      if (!Number.isNaN(number)) return;
      used.add(words[texts[i] ?? 0] ?? '');
    });
  }
  const hasTexts = used.size > 0;
  if (hasTexts)
    for (const { numbers: own } of parts)
      for (const number of own) if (!Number.isNaN(number)) numbers.add(number);
  const sorted = [...used].sort(compare);
  const places = new Map(sorted.map((word, i) => [word, numbers.size + i]));
  const ranks = new Map([...numbers].sort((a, b) => a - b).map((number, i) => [number, i]));
  for (const { records, numbers: own, texts, words } of parts) {
    const ownPlaces = words.map((word) => places.get(word) ?? Number.NaN);
    records.forEach((record, i) => {
      const number = own[i] ?? Number.NaN;
      keys[record] = Number.isNaN(number)
        ? (ownPlaces[texts[i] ?? 0] ?? Number.NaN)
        : hasTexts
          ? (ranks.get(number) ?? Number.NaN)
          : number;
    });
  }
  const isClosed = hasTexts && (numbers.size > 0 || sorted.length > MAX_WORDS);
  return { keys, words: isClosed ? [] : sorted, isClosed };
}

/** The place of a word among sorted ones; −1 if it is not there. */
function placeOf(words: readonly string[], word: string): number {
  let [low, high] = [0, words.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((words[middle] ?? '') < word) low = middle + 1;
    else high = middle;
  }
  return words[low] === word ? low : -1;
}

/** The key of a new value in a column; undefined if the column has to be read again. */
function keyIn({ words, isClosed }: Column, value: Json | undefined): number | undefined {
  if (value === undefined || value === null || typeof value === 'object') return Number.NaN;
  if (isClosed || (typeof value === 'string') !== words.length > 0) return undefined;
  if (typeof value !== 'string') return Number(value);
  const place = placeOf(words, value);
  return place < 0 ? undefined : place;
}

/**
 * The column after edits; undefined if it has to be read again.
 * @param renumber the new number of a record; −1 for one that changed
 */
export function carriedColumn(
  column: Column,
  renumber: (record: number) => number,
  recordCount: number,
  changed: readonly number[],
  valueOf: (record: number) => Json | undefined,
): Column | undefined {
  const keys = new Float64Array(recordCount).fill(Number.NaN);
  let count = changed.length;
  column.keys.forEach((key, record) => {
    const now = renumber(record);
    if (now < 0) return;
    keys[now] = key;
    count++;
  });
  // Nobody knows where the other records come from.
  if (count !== recordCount) return undefined;
  for (const record of changed) {
    const key = keyIn(column, valueOf(record));
    if (key === undefined) return undefined;
    keys[record] = key;
  }
  return { ...column, keys };
}
