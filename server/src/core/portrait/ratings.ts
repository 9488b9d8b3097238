// What ratings in the records say of the label: how far each prefers the chosen answer, how firm the winner is, and which
// answers are good or bad whatever the other one is.
import type { Estimate } from '../checks/dataset/effects.ts';
import { wilson } from '../checks/dataset/effects.ts';
import { dominatedBy } from '../checks/labels/ratingsContradictLabel.ts';
import { groupBy } from '../group.ts';
import type { Rated } from '../mapping/attributes.ts';
import { advantageBy, ratingsOf } from '../mapping/attributes.ts';
import type { JsonObject } from '../model/json.ts';
import type { Pair } from '../model/pair.ts';

/** One rating over all pairs that have it. */
export interface RatingRow {
  readonly name: string;
  readonly best: Rated['best'];
  readonly pairs: number;
  /** Of the pairs in which it differs, those in which the chosen answer is better; the higher one, if neither end is better. */
  readonly prefersChosen: Estimate;
  readonly equal: number;
  /** Mean of chosen minus rejected. */
  readonly meanDifference: number;
}

/** Answers whose own rating says enough. */
export interface QualityFloor {
  readonly name: string;
  readonly best: 'high' | 'low';
  readonly pairs: number;
  /** The worst tenth of the ratings of chosen answers is beyond it. */
  readonly poorChosen: number;
  /** Median of the ratings of chosen answers. */
  readonly median: number;
  /** The worst quarter of all ratings is beyond it. */
  readonly acceptable: number;
  readonly counts: { readonly poorChosen: number; readonly goodRejected: number; readonly bothPoor: number };
}

export interface RatingSummary {
  /** Preferences with ratings. All numbers are about those that were kept: all, or every second, fourth and so on of many. */
  readonly pairs: number;
  readonly kept: number;
  readonly rows: readonly RatingRow[];
  /** Kept pairs with two ratings or more that say which end is better. */
  readonly several: number;
  /** Of those, the ones in which the rejected answer dominates. */
  readonly dominated: number;
  /** Of those, the ones whose better answer by the mean of all ratings is the other one if each weight moves by up to this share. */
  readonly unsteady: number;
  readonly moved: number;
  readonly floors: readonly QualityFloor[];
}

/** Pairs to keep the ratings of. */
const MAX_KEPT = 20_000;

/** Names come from files. */
const MAX_NAMES = 64;

/** How far a weight moves, up or down, as a share of it. */
const MOVED = 0.2;

/** Ratings with fewer different values are marks, not scores; a tenth of few pairs is nothing. */
const [MIN_VALUES, MIN_PAIRS] = [4, 50];

/**
 * True if the winner by the sum of d_j is another one for some weights between 1 − m and 1 + m: the sum of the most adverse ones is
 * |Σ d_j| − m · Σ |d_j|.
 */
export function isUnsteady(differences: readonly number[], moved: number): boolean {
  const [total, size] = differences.reduce(([all, sizes], one) => [all + one, sizes + Math.abs(one)], [0, 0]);
  return total !== 0 && Math.abs(total) < moved * size;
}

type Kept = readonly Rated[];

/** The value below which a share of the sorted values lies. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(share * sorted.length)] ?? Number.NaN;
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
  return Math.sqrt(values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / values.length);
}

function floorOf(name: string, best: 'high' | 'low', ratings: Kept): QualityFloor | undefined {
  const isWorse = (a: number, b: number): boolean => (best === 'high' ? a < b : a > b);
  const worstFirst = (values: readonly number[]): number[] =>
    [...values].sort((a, b) => (best === 'high' ? a - b : b - a));
  const chosen = worstFirst(ratings.map((one) => one.chosen));
  const all = worstFirst(ratings.flatMap((one) => [one.chosen, one.rejected]));
  if (ratings.length < MIN_PAIRS || new Set(all).size < MIN_VALUES) return undefined;
  const [poorChosen, median, acceptable] = [
    quantile(chosen, 0.1),
    quantile(chosen, 0.5),
    quantile(all, 0.25),
  ];
  const counted = (test: (one: Kept[number]) => boolean): number => ratings.filter(test).length;
  return {
    name,
    best,
    pairs: ratings.length,
    poorChosen,
    median,
    acceptable,
    counts: {
      poorChosen: counted((one) => isWorse(one.chosen, poorChosen)),
      goodRejected: counted((one) => isWorse(median, one.rejected)),
      bothPoor: counted((one) => isWorse(one.chosen, acceptable) && isWorse(one.rejected, acceptable)),
    },
  };
}

function rowOf(name: string, ratings: Kept): RatingRow {
  const best = ratings[0]?.best;
  const better = ratings.map((one) => advantageBy(one) ?? one.chosen - one.rejected);
  const [won, equal] = [better.filter((one) => one > 0).length, better.filter((one) => one === 0).length];
  return {
    name,
    best,
    pairs: ratings.length,
    prefersChosen: wilson(won, ratings.length - equal),
    equal,
    meanDifference: ratings.reduce((sum, one) => sum + one.chosen - one.rejected, 0) / ratings.length,
  };
}

/** A rank says where an answer is among the others, not how good it is. */
const IS_RANK = /rank/i;

export class RatingCounter {
  #kept: Kept[] = [];
  #step = 1;
  #pairs = 0;

  add(record: JsonObject, pairs: readonly Pair[]): void {
    for (const pair of pairs) {
      const ratings = pair.isTie ? [] : ratingsOf(record, pair);
      if (ratings.length === 0) continue;
      if (this.#pairs++ % this.#step > 0) continue;
      this.#kept.push(ratings.map(({ name, best, chosen, rejected }) => ({ name, best, chosen, rejected })));
      if (this.#kept.length <= MAX_KEPT) continue;
      this.#kept = this.#kept.filter((_, i) => i % 2 === 0);
      this.#step *= 2;
    }
  }

  /** Undefined if no pair has ratings. */
  get summary(): RatingSummary | undefined {
    const kept = this.#kept;
    if (kept.length === 0) return undefined;
    const byName = [...groupBy(kept.flat(), ({ name }) => name)].slice(0, MAX_NAMES);
    const deviations = new Map(
      byName.map(([name, own]) => [
        name,
        deviation(own.flatMap(({ chosen, rejected }) => [chosen, rejected])),
      ]),
    );
    const several = kept
      .map((own) => own.filter(({ best }) => best !== undefined))
      .filter((own) => own.length > 1);
    const inDeviations = (own: Kept): readonly number[] =>
      own.flatMap((one) => {
        const size = deviations.get(one.name) ?? 0;
        const better = advantageBy(one);
        return size > 0 && better !== undefined ? [better / size] : [];
      });
    return {
      pairs: this.#pairs,
      kept: kept.length,
      rows: byName.map(([name, own]) => rowOf(name, own)),
      several: several.length,
      dominated: several.filter((own) => dominatedBy(own).length > 0).length,
      unsteady: several.filter((own) => isUnsteady(inDeviations(own), MOVED)).length,
      moved: MOVED,
      floors: byName.flatMap(([name, own]) => {
        const best = own[0]?.best;
        return best === undefined || IS_RANK.test(name) ? [] : (floorOf(name, best, own) ?? []);
      }),
    };
  }
}
