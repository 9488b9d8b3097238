// Counts between edges, and the query that selects the rows of a bin.

/**
 * Bin i holds the values from edges[i − 1] up to, and without, edges[i]. The outer bins are open, so
 * there is one more bin than edges, and every value is in one.
 */
export interface Histogram {
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

/** The bin of a value. */
export function binOf(edges: ArrayLike<number>, value: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Counts values into bins. NaN is no value. */
export class BinCounter {
  readonly #edges: Float64Array;
  readonly #counts: Uint32Array;

  constructor(edges: readonly number[]) {
    this.#edges = Float64Array.from(edges);
    this.#counts = new Uint32Array(edges.length + 1);
  }

  add(value: number): void {
    if (Number.isNaN(value)) return;
    const bin = binOf(this.#edges, value);
    this.#counts[bin] = (this.#counts[bin] ?? 0) + 1;
  }

  get histogram(): Histogram {
    return { edges: [...this.#edges], counts: [...this.#counts] };
  }
}

/** From the first to the last bin, both inclusive. */
export type BinRange = readonly [first: number, last: number];

/** The first and last bin that hold something in any of the histograms, which have the same edges. */
export function usedBins(histograms: readonly Histogram[]): BinRange {
  let [first, last] = [Infinity, -1];
  for (const { counts } of histograms)
    counts.forEach((count, bin) => {
      if (count === 0) return;
      first = Math.min(first, bin);
      last = Math.max(last, bin);
    });
  return last < 0 ? [0, 0] : [first, last];
}

/**
 * The query for the values in a range of bins: `margin>=-1 margin<0.5`; '' for all values.
 * @param field a name of the query language
 */
export function binQuery(field: string, edges: readonly number[], [first, last]: BinRange): string {
  const [low, high] = [edges[first - 1], edges[last]];
  return [
    ...(low === undefined ? [] : [`${field}>=${low}`]),
    ...(high === undefined ? [] : [`${field}<${high}`]),
  ].join(' ');
}
