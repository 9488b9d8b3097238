// What facts do not hold and records say: their sources, and the votes of annotators.
import type { Estimate } from '../checks/dataset/effects.ts';
import { wilson } from '../checks/dataset/effects.ts';
import { SOURCE_FIELDS } from '../facts/sources.ts';
import type { Preferred } from '../mapping/forms/label.ts';
import type { JsonObject } from '../model/json.ts';
import type { Pair } from '../model/pair.ts';
import type { Parts } from './bySource.ts';

/** Pairs from one source. */
export interface SourceCount {
  readonly name: string;
  readonly pairs: number;
  readonly ties: number;
  /** Preferences whose chosen answer is longer. */
  readonly longerChosen: number;
}

export interface Sources {
  /** The field that names them. */
  readonly field: string;
  /** The most frequent first. */
  readonly values: readonly SourceCount[];
  /** Records that were read, of all in the file: fewer in a large file, evenly spread. */
  readonly read: number;
  readonly records: number;
}

/** Votes of several annotators on the same pair. */
export interface Annotators {
  /** Records with two votes or more. */
  readonly records: number;
  readonly votes: number;
  /** Records whose votes are not all the same. */
  readonly split: number;
  /** How often two annotators of a record say the same. */
  readonly same: Estimate;
  /** The same beyond chance: 1 is perfect, 0 is what votes drawn at random reach. */
  readonly kappa: Estimate;
}

/** A field with more values names no sources. */
const MAX_VALUES = 50;

/** Longer texts are no names. */
const MAX_NAME = 80;

type Counts = Omit<SourceCount, 'name'>;

export function countsOf(pairs: readonly Pair[]): Counts {
  const ties = pairs.filter(({ isTie }) => isTie).length;
  const longer = pairs.filter(
    ({ isTie, chosen, rejected }) => !isTie && chosen.text.length > rejected.text.length,
  );
  return { pairs: pairs.length, ties, longerChosen: longer.length };
}

/** Counts the pairs of each value of a field. */
export class SourceCounter {
  readonly #counts = new Map<string, { -readonly [name in keyof Counts]: Counts[name] }>();

  get size(): number {
    return this.#counts.size;
  }

  add(name: string, { pairs, ties, longerChosen }: Counts): void {
    const count = this.#counts.get(name) ?? { pairs: 0, ties: 0, longerChosen: 0 };
    this.#counts.set(name, count);
    count.pairs += pairs;
    count.ties += ties;
    count.longerChosen += longerChosen;
  }

  get values(): readonly SourceCount[] {
    return [...this.#counts]
      .map(([name, count]) => ({ name, ...count }))
      .sort((a, b) => b.pairs - a.pairs || (a.name < b.name ? -1 : 1));
  }
}

/** Name for pairs whose record does not name their source. */
export const NO_SOURCE = '(none)';

/** Finds the field that names sources, and counts them, over records that are added one by one. */
export class SourceFinder {
  readonly #fields = new Map<string, SourceCounter | undefined>();
  readonly #total = new SourceCounter();
  /** Short texts of each record, by field: what may name its source. */
  readonly #names = new Map<number, ReadonlyMap<string, string>>();
  #read = 0;

  /** @param number of the record, for `partsBy` */
  add(record: JsonObject, pairs: readonly Pair[], number?: number): void {
    const counts = countsOf(pairs);
    this.#read++;
    const names = new Map<string, string>();
    this.#total.add('', counts);
    for (const [name, value] of Object.entries(record)) {
      if (typeof value !== 'string' || (this.#fields.has(name) && !this.#fields.get(name))) continue;
      const counter = this.#fields.get(name) ?? new SourceCounter();
      if (value.length <= MAX_NAME) counter.add(value, counts);
      // An answer to "Which colour?" is short too: what names sources has few values.
      const isName = value.length <= MAX_NAME && counter.size <= MAX_VALUES;
      this.#fields.set(name, isName ? counter : undefined);
      if (isName) names.set(name, value);
    }
    if (number !== undefined) this.#names.set(number, names);
  }

  /** The records that were added, by the value of a field. */
  partsBy({ field, values }: Sources): Parts {
    const names = values.map(({ name }) => name);
    const parts = new Map(
      [...this.#names].map(([record, own]) => [record, names.indexOf(own.get(field) ?? NO_SOURCE)]),
    );
    return { field, names, partOf: (_, record) => parts.get(record) ?? -1 };
  }

  /**
   * The first of the usual names; without one, the field with the fewest values, but two or more. Undefined if there is none.
   * @param records in the file, if not all were visited
   * @param isOther false for fields that hold prompts, answers or labels
   */
  sources(records: number | undefined, isOther: (field: string) => boolean): Sources | undefined {
    const known = [...this.#fields].flatMap(([field, counter]) => (counter ? [{ field, counter }] : []));
    const usual = SOURCE_FIELDS.map((name) => known.find(({ field }) => field === name)).find(
      (one) => one !== undefined,
    );
    const [fewest] = known
      .filter(({ field, counter }) => counter.size > 1 && counter.size * 4 <= this.#read && isOther(field))
      .sort((a, b) => a.counter.size - b.counter.size);
    const found = usual ?? fewest;
    if (!found) return undefined;
    const { field, counter } = found;
    const [all] = this.#total.values;
    const named = counter.values.reduce((sum, { pairs }) => sum + pairs, 0);
    const rest = { name: NO_SOURCE, pairs: (all?.pairs ?? 0) - named, ties: 0, longerChosen: 0 };
    return {
      field,
      values: rest.pairs > 0 ? [...counter.values, rest] : counter.values,
      read: this.#read,
      records: records ?? this.#read,
    };
  }
}

const Z = 1.959964;

/** With fewer records, the variance of κ says nothing. */
const MIN_RECORDS = 10;

type Votes = Readonly<Record<Preferred, number>>;

/** Share of the pairs of votes that say the same: 1 if all do. */
function sameShare({ first, second, tie }: Votes): number {
  const all = first + second + tie;
  return (first * (first - 1) + second * (second - 1) + tie * (tie - 1)) / (all * (all - 1));
}

/**
 * Fleiss' κ of records with any number of votes (J. L. Fleiss, Measuring nominal scale agreement among many raters, 1971; each record
 * counts the same), with an interval that is jackknifed over records (B. Efron and C. Stein, 1981). The share has Wilson's, as if each
 * record had two votes: a few records that all agree are no proof.
 */
export function annotatorsOf(records: readonly Votes[]): Annotators | undefined {
  const judged = records.filter(({ first, second, tie }) => first + second + tie > 1);
  const n = judged.length;
  if (n === 0) return undefined;
  const shares = judged.map(sameShare);
  const classes = judged.map(({ first, second, tie }) => [first, second, tie] as const);
  const totals = [0, 1, 2].map((i) => classes.reduce((sum, one) => sum + (one[i] ?? 0), 0));
  const same = shares.reduce((sum, one) => sum + one, 0);
  const votes = totals.reduce((sum, one) => sum + one, 0);
  const kappaOf = (observed: number, counts: readonly number[]): number => {
    const all = counts.reduce((sum, one) => sum + one, 0);
    const chance = counts.reduce((sum, one) => sum + (one / all) ** 2, 0);
    return chance > 1 - 1e-12 ? Number.NaN : (observed - chance) / (1 - chance);
  };
  const without = (i: number): number =>
    kappaOf(
      (same - (shares[i] ?? 0)) / (n - 1),
      totals.map((total, at) => total - (classes[i]?.[at] ?? 0)),
    );
  return {
    records: n,
    votes,
    split: shares.filter((share) => share < 1).length,
    same: wilson(same, n),
    kappa:
      n < MIN_RECORDS
        ? { value: Number.NaN, low: Number.NaN, high: Number.NaN }
        : jackknifed(kappaOf(same / n, totals), n, without),
  };
}

/** An estimate between −1 and 1 with its interval, from what it would be without each of `n` cases. */
function jackknifed(value: number, n: number, without: (i: number) => number): Estimate {
  const left = Array.from({ length: n }, (_, i) => without(i));
  const mean = left.reduce((sum, one) => sum + one, 0) / n;
  const variance = ((n - 1) / n) * left.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  const half = Z * Math.sqrt(variance);
  return { value, low: Math.max(-1, value - half), high: Math.min(1, value + half) };
}
