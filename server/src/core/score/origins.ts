// Where two answers come from, as evidence: categories such as models, and numbers such as temperatures.
import { MAX_TOLD, toldShare } from '../facts/told.ts';
import type { Origin } from '../mapping/sideFields.ts';

/** More values than this make a field an id, not a category. */
const MAX_VALUES = 200;

/** Most fields of one kind. */
const MAX_FIELDS = 8;

/** Fewer pairs with different values say nothing about a field. */
const MIN_DIFFERENT = 20;

/** A field that is left out, and the share of the answers whose side it tells. */
export interface LeftOut {
  readonly field: string;
  readonly told: number;
}

/** A category that gets a strength. */
export interface OriginCategory {
  readonly field: string;
  readonly value: string;
  /** Of the answers with it, in pairs whose other answer has another one. */
  readonly wins: number;
  readonly losses: number;
}

/** What is known of the origins of a file's answers. */
export interface OriginTable {
  readonly categories: readonly OriginCategory[];
  /** Fields with numbers, in the order of the numbers in `style`. */
  readonly numbers: readonly string[];
  readonly leftOut: readonly LeftOut[];
}

export const NO_ORIGINS: OriginTable = { categories: [], numbers: [], leftOut: [] };

/** The origins of all pairs, by pair. */
export interface OriginColumns {
  readonly table: OriginTable;
  /** Category fields. */
  readonly width: number;
  /** pairs × width × 2: the categories of the chosen and of the rejected answer; −1 for none, and where both are the same. */
  readonly pairs: Int32Array;
  /** One for each number field: chosen minus rejected; 0 where one is missing. */
  readonly numbers: readonly Float32Array[];
}

interface CategoryField {
  readonly numbers: Map<string, number>;
  readonly chosen: number[];
  readonly rejected: number[];
}

function setAt(list: number[], at: number, value: number, gap: number): void {
  while (list.length < at) list.push(gap);
  list.push(value);
}

/** Collects the origins of pairs one by one. */
export class OriginBuilder {
  #count = 0;
  readonly #categories = new Map<string, CategoryField>();
  readonly #numbers = new Map<string, number[]>();

  add(origins: readonly Origin[] = []): void {
    const at = this.#count++;
    for (const { title, chosen, rejected } of origins) {
      if (typeof (chosen ?? rejected) === 'number') {
        if (typeof chosen !== 'number' || typeof rejected !== 'number') continue;
        const list = this.#numbers.get(title) ?? [];
        if (list.length > at) continue;
        if (this.#numbers.size < MAX_FIELDS) this.#numbers.set(title, list);
        setAt(list, at, chosen - rejected, 0);
        continue;
      }
      const field = this.#categories.get(title) ?? {
        numbers: new Map<string, number>(),
        chosen: [],
        rejected: [],
      };
      if (field.chosen.length > at) continue;
      if (this.#categories.size < MAX_FIELDS) this.#categories.set(title, field);
      setAt(field.chosen, at, numberOf(field.numbers, chosen), -1);
      setAt(field.rejected, at, numberOf(field.numbers, rejected), -1);
    }
  }

  build(): OriginColumns {
    const count = this.#count;
    const leftOut: LeftOut[] = [];
    const categories: OriginCategory[] = [];
    const kept: { readonly field: CategoryField; readonly first: number }[] = [];
    for (const [name, field] of this.#categories) {
      const counts = countSides(field);
      const different = counts.reduce((sum, [wins]) => sum + wins, 0);
      if (field.numbers.size > MAX_VALUES || different < MIN_DIFFERENT) continue;
      const told = toldShare(counts);
      if (told > MAX_TOLD) {
        leftOut.push({ field: name, told });
        continue;
      }
      kept.push({ field, first: categories.length });
      for (const [value, number] of field.numbers) {
        const [wins = 0, losses = 0] = counts[number] ?? [];
        categories.push({ field: name, value, wins, losses });
      }
    }
    const numbers: [string, Float32Array][] = [];
    for (const [name, list] of this.#numbers) {
      const different = list.filter((value) => value !== 0);
      if (different.length < MIN_DIFFERENT) continue;
      const higher = different.filter((value) => value > 0).length;
      const told = Math.max(higher, different.length - higher) / different.length;
      if (told > MAX_TOLD) leftOut.push({ field: name, told });
      else numbers.push([name, Float32Array.from({ length: count }, (_, i) => list[i] ?? 0)]);
    }
    const width = kept.length;
    const pairs = new Int32Array(count * width * 2).fill(-1);
    kept.forEach(({ field, first }, k) => {
      field.chosen.forEach((chosen, pair) => {
        const rejected = field.rejected[pair] ?? -1;
        if (chosen === rejected) return;
        const at = 2 * (pair * width + k);
        pairs[at] = chosen < 0 ? -1 : first + chosen;
        pairs[at + 1] = rejected < 0 ? -1 : first + rejected;
      });
    });
    return {
      table: { categories, numbers: numbers.map(([name]) => name), leftOut },
      width,
      pairs,
      numbers: numbers.map(([, column]) => column),
    };
  }
}

function numberOf(numbers: Map<string, number>, value: Origin['chosen']): number {
  if (value === undefined) return -1;
  const name = String(value);
  const known = numbers.get(name) ?? numbers.size;
  // One more than the limit is enough to know that this is no category.
  if (known <= MAX_VALUES) numbers.set(name, known);
  return known;
}

/** Wins and losses by category, in pairs whose answers have different ones. */
function countSides({
  numbers,
  chosen,
  rejected,
}: CategoryField): (readonly [wins: number, losses: number])[] {
  const wins = new Int32Array(numbers.size);
  const losses = new Int32Array(numbers.size);
  chosen.forEach((own, pair) => {
    const other = rejected[pair] ?? -1;
    if (own === other || own < 0 || other < 0) return;
    if (own < wins.length) wins[own] = (wins[own] ?? 0) + 1;
    if (other < losses.length) losses[other] = (losses[other] ?? 0) + 1;
  });
  return Array.from(wins, (count, i) => [count, losses[i] ?? 0] as const);
}
