// What an open label may mean, and what speaks for each reading.
import type { Json, JsonObject } from '../../model/json.ts';
import type { Pair } from '../../model/pair.ts';
import type { Mapping } from '../mapping.ts';
import { readRecord } from '../read.ts';
import type { Card } from './card.ts';
import type { Names } from './readings.ts';

export interface Evidence {
  readonly kind: 'name' | 'order' | 'scores' | 'length' | 'card' | 'reviews' | 'results';
  /** What was seen, as a part of a sentence. */
  readonly says: string;
  /** A weight for each reading. */
  readonly weights: readonly number[];
}

/** The readings of a file's label, and what they are judged by. */
export interface Question {
  readonly readings: readonly Mapping[];
  /** Records that fit. */
  readonly sample: readonly JsonObject[];
  readonly names: Names;
  /** Different values of the label, at most MAX_SEEN. */
  readonly seen: readonly Json[];
  /** The text that describes the dataset, if there is one. */
  readonly card?: Card | undefined;
}

/** Pairs that are no ties, as a reading reads them. */
export function pairsOf(
  reading: Mapping,
  sample: readonly JsonObject[],
): readonly (readonly [JsonObject, Pair])[] {
  return sample.flatMap((record) => {
    const outcome = readRecord(reading, record);
    if ('problem' in outcome) return [];
    return outcome.pairs.filter(({ isTie }) => !isTie).map((pair) => [record, pair] as const);
  });
}

export interface Tally {
  readonly agree: number;
  readonly disagree: number;
}

export function tally(signs: readonly number[]): Tally {
  return {
    agree: signs.filter((sign) => sign > 0).length,
    disagree: signs.filter((sign) => sign < 0).length,
  };
}

/** How much records weigh that agree or disagree with a reading. */
export interface Weighing {
  /** One record, as a natural logarithm of odds. */
  readonly each: number;
  /** All records together. */
  readonly most: number;
  /** Agreement below which all count for less: they are about something else than the label. */
  readonly clear: number;
}

export function tallyWeight({ agree, disagree }: Tally, { each, most, clear }: Weighing): number {
  const all = agree + disagree;
  if (all === 0) return 0;
  const net = agree - disagree;
  const clarity = Math.min(1, Math.abs(net / all) / (2 * clear - 1));
  return Math.sign(net) * clarity * Math.min(most, Math.abs(net) * each);
}
