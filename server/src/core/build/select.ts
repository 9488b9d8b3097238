// Which rows a step keeps. Rows are numbers from 0 in the order of the records; values are by row, NaN where there is none.
import { hashText, seededRandom, shuffle } from '../score/random.ts';

/** For each row, whether it is kept. */
export type Kept = Uint8Array;

/** Groups by their names, numbered by first occurrence, so that no result depends on a map's order of names. */
export function numbersOf(names: readonly string[]): Int32Array {
  const known = new Map<string, number>();
  return Int32Array.from(names, (name) => {
    const number = known.get(name) ?? known.size;
    known.set(name, number);
    return number;
  });
}

function rowsByGroup(count: number, groups: Int32Array | undefined): Int32Array[] {
  if (!groups) return [Int32Array.from({ length: count }, (_, i) => i)];
  const rows: number[][] = [];
  for (let row = 0; row < count; row++) (rows[groups[row] ?? 0] ??= []).push(row);
  return rows.map((one) => Int32Array.from(one));
}

/** Keeps rows whose percentile is in a band, ends included. */
export function inBand(
  values: Float64Array,
  { from = 0, to = 100 }: { readonly from?: number | undefined; readonly to?: number | undefined },
  groups?: Int32Array,
): Kept {
  const kept = new Uint8Array(values.length);
  for (const rows of rowsByGroup(values.length, groups)) {
    const known = rows.filter((row) => !Number.isNaN(values[row]));
    const sorted = Float64Array.from(known, (row) => values[row] ?? 0).sort();
    const percentiles = new Map<number, number>();
    for (let i = 0; i < sorted.length;) {
      const value = sorted[i] ?? 0;
      let end = i;
      while (end < sorted.length && sorted[end] === value) end++;
      percentiles.set(value, (100 * (i + (end - i) / 2)) / sorted.length);
      i = end;
    }
    for (const row of known) {
      const percentile = percentiles.get((values[row] ?? 0) + 0) ?? 0;
      if (percentile >= from && percentile <= to) kept[row] = 1;
    }
  }
  return kept;
}

/**
 * Draws rows. The order in which rows would be drawn does not depend on how many are: so samples are nested. With groups, the
 * k-th row of a group of n is due at (k + ½) / n, or at k if the groups count the same.
 * @param groupNames by the number of the group: they seed its order
 */
export function drawn(
  count: number,
  size: number,
  seed: number,
  by?: { readonly groups: Int32Array; readonly names: readonly string[]; readonly even: boolean },
): Kept {
  const due = new Float64Array(count);
  const order = new Int32Array(count);
  rowsByGroup(count, by?.groups).forEach((rows, group) => {
    const random = seededRandom(by ? hashText(by.names[group] ?? '', seed) : seed);
    shuffle(rows, random);
    rows.forEach((row, k) => {
      due[row] = by?.even ? k : (k + 0.5) / rows.length;
    });
  });
  order.forEach((_, i) => (order[i] = i));
  order.sort((a, b) => (due[a] ?? 0) - (due[b] ?? 0) || a - b);
  const kept = new Uint8Array(count);
  for (const row of order.subarray(0, size)) kept[row] = 1;
  return kept;
}

/** The order in which rows are looked at: the largest values first, those without one last, else as they stand. */
export function bestFirst(count: number, values: Float64Array | undefined): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  if (!values) return order;
  const of = (row: number): number => {
    const value = values[row] ?? Number.NaN;
    return Number.isNaN(value) ? -Infinity : value;
  };
  return order.sort((a, b) => (of(a) === of(b) ? a - b : of(b) - of(a)));
}

/** Keeps the first rows of each group, in the order given. */
export function limited(groups: Int32Array, max: number, order: Int32Array): Kept {
  const counts = new Map<number, number>();
  const kept = new Uint8Array(groups.length);
  for (const row of order) {
    const group = groups[row] ?? 0;
    const before = counts.get(group) ?? 0;
    if (before >= max) continue;
    counts.set(group, before + 1);
    kept[row] = 1;
  }
  return kept;
}
