// Lengths of texts: quantiles and a histogram, exact, without sorting.
import type { Histogram } from './bins.ts';
import { binOf } from './bins.ts';

/** In UTF-16 units. All 0 if there are no texts. */
export interface Quantiles {
  readonly mean: number;
  /** The 10th percentile. */
  readonly tenth: number;
  readonly median: number;
  /** The 90th percentile. */
  readonly ninth: number;
  readonly longest: number;
}

export interface Lengths extends Quantiles {
  readonly histogram: Histogram;
}

/** Steps of a decade that are nearly even on a logarithmic scale: the preferred numbers of series E6. */
const E6 = [1, 1.5, 2.2, 3.3, 4.7, 6.8];

/** Edges up to a million characters; whole numbers, because lengths are. */
export const LENGTH_EDGES: readonly number[] = [
  ...[1, 2, 3, 5, 7],
  ...[10, 100, 1000, 10_000, 100_000].flatMap((decade) => E6.map((step) => Math.round(step * decade))),
  1_000_000,
];

/** Lengths below this are counted one by one; longer texts are rare, and kept in a list. */
const COUNTED = 1 << 16;

/** Takes lengths one at a time. */
export class LengthCounter {
  readonly #counts = new Uint32Array(COUNTED);
  readonly #long: number[] = [];
  #count = 0;
  #sum = 0;

  add(length: number): void {
    this.#count++;
    this.#sum += length;
    if (length < COUNTED) this.#counts[length] = (this.#counts[length] ?? 0) + 1;
    else this.#long.push(length);
  }

  get lengths(): Lengths {
    const long = Float64Array.from(this.#long).sort();
    const bins = new Array<number>(LENGTH_EDGES.length + 1).fill(0);
    const put = (bin: number, count: number): void => {
      bins[bin] = (bins[bin] ?? 0) + count;
    };
    const shares = [0.1, 0.5, 0.9];
    // Places in the sorted list of all lengths.
    const places = shares.map((share) => Math.min(this.#count - 1, Math.floor(share * this.#count)));
    const found: number[] = [];
    let [before, longest] = [0, 0];
    this.#counts.forEach((count, length) => {
      if (count === 0) return;
      put(binOf(LENGTH_EDGES, length), count);
      longest = length;
      before += count;
      while (found.length < places.length && (places[found.length] ?? 0) < before) found.push(length);
    });
    for (const length of long) put(binOf(LENGTH_EDGES, length), 1);
    for (const place of places.slice(found.length)) found.push(long[place - before] ?? 0);
    const [tenth = 0, median = 0, ninth = 0] = found;
    return {
      mean: this.#count === 0 ? 0 : this.#sum / this.#count,
      tenth,
      median,
      ninth,
      longest: long.at(-1) ?? longest,
      histogram: { edges: LENGTH_EDGES, counts: bins },
    };
  }
}
