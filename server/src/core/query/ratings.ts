// Ratings of a pair by name, as queries, columns and `--columns` spell them: `chosen_rating.helpfulness`.
import type { Rating } from '../mapping/attributes.ts';
import { ratingsOf } from '../mapping/attributes.ts';
import type { FieldRef } from '../mapping/field.ts';
import { parseFieldRef } from '../mapping/field.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { readRecord } from '../mapping/read.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { Pair } from '../model/pair.ts';
import { fieldOf, spellName } from './fields.ts';

const VALUES: Readonly<Record<string, (rating: Rating) => number>> = {
  chosen_rating: ({ chosen }) => chosen,
  rejected_rating: ({ rejected }) => rejected,
  rating_difference: ({ chosen, rejected }) => chosen - rejected,
};

/** What a name before the dot means. */
export const RATINGS: Readonly<Record<string, string>> = {
  'chosen_rating.NAME':
    'a rating in the record: a score, an attribute such as `helpfulness`, a head such as `rewards.3`',
  'rejected_rating.NAME': 'the same for the rejected answer',
  'rating_difference.NAME': 'chosen_rating − rejected_rating',
};

export interface RatingRef {
  readonly name: string;
  readonly of: (rating: Rating) => number;
}

/** Undefined for the name of anything else. */
export function ratingRef(text: FieldRef): RatingRef | undefined {
  const dot = text.indexOf('.');
  const of = dot > 0 && Object.hasOwn(VALUES, text.slice(0, dot)) ? VALUES[text.slice(0, dot)] : undefined;
  const [path] = of ? (parseFieldRef(text.slice(dot + 1)) ?? []) : [];
  return of && path ? { name: path.join('.'), of } : undefined;
}

/** NaN if the record has no such rating of the pair. */
export function ratingOf(record: JsonObject, pair: Pair, { name, of }: RatingRef): number {
  const rating = ratingsOf(record, pair).find((one) => one.name === name);
  return rating ? of(rating) : Number.NaN;
}

/** What a column shows: a rating of the pair, or a field of the record. */
export function columnValue(
  record: JsonObject | undefined,
  pair: Pair | undefined,
  name: FieldRef,
): Json | undefined {
  const rating = ratingRef(name);
  if (!record || !rating) return record && fieldOf(record, name);
  const value = pair ? ratingOf(record, pair, rating) : Number.NaN;
  return Number.isNaN(value) ? undefined : value;
}

const spelled = (name: string): string =>
  name
    .split('.')
    .map((part) => (/^\d+$/.test(part) ? part : spellName(part)))
    .join('.');

/** The ratings in some records, by the first pair of each, as queries spell them, with an example. */
export function ratingsSeen(
  mapping: Mapping,
  records: readonly JsonObject[],
): ReadonlyMap<string, { readonly example: number; readonly share: number }> {
  const seen = new Map<string, { example: number; count: number }>();
  for (const record of records) {
    const read = readRecord(mapping, record);
    const [pair] = 'pairs' in read ? read.pairs : [];
    for (const rating of pair ? ratingsOf(record, pair) : [])
      for (const [of, value] of Object.entries(VALUES)) {
        const name = `${of}.${spelled(rating.name)}`;
        const known = seen.get(name) ?? { example: value(rating), count: 0 };
        seen.set(name, known);
        known.count++;
      }
  }
  return new Map(
    [...seen].map(([name, { example, count }]) => [name, { example, share: count / records.length }]),
  );
}
