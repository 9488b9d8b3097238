// Exact search for the rows that point most nearly along the same line, whichever way they point.
import type { Pause } from './fit.ts';

/** Rows of length 1, or of zeros: count × width. */
export interface Directions {
  readonly width: number;
  readonly values: Float32Array;
  /** Rows of one group are no evidence for each other, and count once: those of one prompt. */
  readonly groups: Int32Array;
}

/** For each query, `max` places: the rows nearest first, −1 where there are no more. */
export interface Nearest {
  readonly rows: Int32Array;
  /** Below 0: the row points the other way. */
  readonly cosines: Float32Array;
}

export interface NearestWish {
  /** Neighbours of a row, each of another group. */
  readonly max: number;
  /** Without its sign. */
  readonly minCosine: number;
}

/** Queries that one pass over the rows serves: each row is read once for all of them. */
const SIDE_BY_SIDE = 4;

/** Products between two pauses: a few milliseconds of work. */
const BLOCK_PRODUCTS = 1 << 22;

/** Rows scaled to length 1; a row of zeros stays. */
export function scaleRows(values: Float32Array, width: number): void {
  for (let base = 0; base < values.length; base += width) {
    let sum = 0;
    for (let at = base; at < base + width; at++) sum += (values[at] as number) ** 2;
    if (sum === 0) continue;
    const scale = 1 / Math.sqrt(sum);
    for (let at = base; at < base + width; at++) (values[at] as number) *= scale;
  }
}

/** The nearest rows of one query so far. Of equal ones the first in the file counts. */
class Shortlist {
  readonly #max: number;
  readonly #min: number;
  readonly rows: number[] = [];
  readonly cosines: number[] = [];
  readonly #groups: number[] = [];

  constructor({ max, minCosine }: NearestWish) {
    this.#max = max;
    this.#min = minCosine;
  }

  /** Call it in the order of rows. */
  add(row: number, group: number, cosine: number): void {
    const size = Math.abs(cosine);
    const { rows, cosines } = this;
    const isFull = rows.length === this.#max;
    if (size < this.#min || (isFull && size <= Math.abs(cosines.at(-1) ?? 0))) return;
    const same = this.#groups.indexOf(group);
    if (same >= 0) {
      if (size <= Math.abs(cosines[same] ?? 0)) return;
      this.#remove(same);
    } else if (isFull) this.#remove(rows.length - 1);
    let at = rows.length;
    while (at > 0 && size > Math.abs(cosines[at - 1] ?? 0)) at--;
    rows.splice(at, 0, row);
    cosines.splice(at, 0, cosine);
    this.#groups.splice(at, 0, group);
  }

  #remove(at: number): void {
    this.rows.splice(at, 1);
    this.cosines.splice(at, 1);
    this.#groups.splice(at, 1);
  }
}

/** Cosines of some rows with four queries, row by row. Each is one sum in the order of the numbers. */
function dots(
  values: Float32Array,
  width: number,
  [from, end]: readonly [number, number],
  [a, b, c, d]: readonly [Float64Array, Float64Array, Float64Array, Float64Array],
  out: Float64Array,
): void {
  for (let row = from, at = 0; row < end; row++) {
    const base = row * width;
    let sumA = 0;
    let sumB = 0;
    let sumC = 0;
    let sumD = 0;
    for (let k = 0; k < width; k++) {
      const value = values[base + k] as number;
      sumA += value * (a[k] as number);
      sumB += value * (b[k] as number);
      sumC += value * (c[k] as number);
      sumD += value * (d[k] as number);
    }
    out[at++] = sumA;
    out[at++] = sumB;
    out[at++] = sumC;
    out[at++] = sumD;
  }
}

/**
 * The nearest rows of each query, compared with all rows. A cosine does not depend on what is computed beside it, so the
 * result depends neither on blocks nor on the number of threads.
 */
export async function nearestTo(
  { width, values, groups }: Directions,
  queries: Int32Array,
  wish: NearestWish,
  pause: Pause,
): Promise<Nearest> {
  const count = groups.length;
  const nearest = {
    rows: new Int32Array(queries.length * wish.max).fill(-1),
    cosines: new Float32Array(queries.length * wish.max),
  };
  const atOnce = Math.max(1, Math.floor(BLOCK_PRODUCTS / (SIDE_BY_SIDE * width)));
  const cosines = new Float64Array(SIDE_BY_SIDE * atOnce);
  for (let from = 0; from < queries.length; from += SIDE_BY_SIDE) {
    // A block that is not full has its last row several times.
    const rowOf = (i: number): number => queries[Math.min(from + i, queries.length - 1)] ?? 0;
    const vectorOf = (i: number): Float64Array =>
      Float64Array.from(values.subarray(rowOf(i) * width, (rowOf(i) + 1) * width));
    const asked = [vectorOf(0), vectorOf(1), vectorOf(2), vectorOf(3)] as const;
    const size = Math.min(SIDE_BY_SIDE, queries.length - from);
    const lists = Array.from({ length: size }, () => new Shortlist(wish));
    for (let row = 0; row < count; row += atOnce) {
      const end = Math.min(count, row + atOnce);
      dots(values, width, [row, end], asked, cosines);
      lists.forEach((list, i) => {
        const own = groups[rowOf(i)];
        for (let at = 0; at < end - row; at++) {
          const group = groups[row + at] as number;
          if (group !== own) list.add(row + at, group, cosines[SIDE_BY_SIDE * at + i] as number);
        }
      });
      const waiting = pause(end === count ? size : 0);
      if (waiting) await waiting;
    }
    lists.forEach((list, i) => {
      nearest.rows.set(list.rows, (from + i) * wish.max);
      nearest.cosines.set(list.cosines, (from + i) * wish.max);
    });
  }
  return nearest;
}
