// Groups of pairs that may follow rules of their own: the values of a field such as "source" or "category".
import type { Kinds } from '../mapping/kinds.ts';

/** A group with fewer pairs follows the shared rules alone. */
const MIN_GROUP = 20;

/** More values than this make a field an id. */
const MAX_GROUPS = 64;

/** Fields that are tried, at most. */
const MAX_TRIED = 4;

/** A field of the records, and the group of each pair by it. */
export interface GroupColumn {
  readonly field: string;
  /** Values with a group of their own, by its number. */
  readonly values: readonly string[];
  /** Group of each pair; −1 for none. */
  readonly group: Int32Array;
}

interface Counted {
  readonly numbers: Map<string, number>;
  readonly group: number[];
}

/** Collects what pairs say of their kinds. */
export class GroupBuilder {
  #count = 0;
  readonly #fields = new Map<string, Counted>();

  add(kinds: Kinds = {}): void {
    const at = this.#count++;
    for (const field in kinds) {
      const counted = this.#fields.get(field) ?? { numbers: new Map<string, number>(), group: [] };
      const { numbers, group } = counted;
      this.#fields.set(field, counted);
      const value = kinds[field] ?? '';
      const number = numbers.get(value) ?? numbers.size;
      if (number <= MAX_GROUPS) numbers.set(value, number);
      while (group.length < at) group.push(-1);
      group.push(number);
    }
  }

  /** The groups by one field, however small; undefined if no pair has the field. */
  column(field: string): GroupColumn | undefined {
    const counted = this.#fields.get(field);
    return counted && this.#columnOf(field, counted);
  }

  /** Fields that split the pairs into at least two groups of some size, those with fewer groups first. */
  candidates(): readonly GroupColumn[] {
    return [...this.#fields]
      .filter(([, { numbers }]) => numbers.size <= MAX_GROUPS)
      .map(([field, counted]) => this.#columnOf(field, counted))
      .filter(({ values }) => values.length > 1)
      .sort((a, b) => a.values.length - b.values.length)
      .slice(0, MAX_TRIED);
  }

  #columnOf(field: string, { numbers, group }: Counted): GroupColumn {
    const counts = new Int32Array(numbers.size);
    for (const number of group)
      if (number >= 0 && number < counts.length) counts[number] = (counts[number] ?? 0) + 1;
    const values: string[] = [];
    const renumbered = Array.from(numbers.keys(), (value, number) => {
      if ((counts[number] ?? 0) < MIN_GROUP) return -1;
      values.push(value);
      return values.length - 1;
    });
    return {
      field,
      values,
      group: Int32Array.from({ length: this.#count }, (_, pair) => renumbered[group[pair] ?? -1] ?? -1),
    };
  }
}
