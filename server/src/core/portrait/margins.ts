// Margins of a scorer: bins with round edges, and how they go with length.
import { ticks } from 'd3-array';

import type { Estimate } from '../checks/dataset/effects.ts';
import { spearman } from '../reward/calibrate.ts';
import { BinCounter, binOf } from './bins.ts';

/** Bins of the margin histogram, about; of the density, which has fewer pairs a bin, about half as many. */
const MARGIN_BINS = 36;
const DENSITY_BINS = 18;

/** Share of the margins beyond the axis, on each side. */
const BEYOND = 0.005;

/** Values to judge the range by: enough for an axis. */
const MAX_SEEN = 8192;

/** Finds a range that holds nearly all values, from evenly spread ones. */
export class RangeFinder {
  readonly #step: number;
  readonly #some: number[] = [];
  #count = 0;

  /** @param room the most values that will be seen */
  constructor(room: number) {
    this.#step = Math.max(1, Math.ceil(room / MAX_SEEN));
  }

  get count(): number {
    return this.#count;
  }

  /** NaN is no value. */
  see(value: number): void {
    if (Number.isNaN(value)) return;
    if (this.#count++ % this.#step === 0) this.#some.push(value);
  }

  get range(): readonly [low: number, high: number] {
    const sorted = Float64Array.from(this.#some).sort();
    const beyond = Math.floor(BEYOND * sorted.length);
    return [sorted[beyond] ?? 0, sorted[sorted.length - 1 - beyond] ?? 0];
  }
}

/** Round edges over a range, 0 among them if it is inside. */
function edgesOver([low, high]: readonly [number, number], bins: number): readonly number[] {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [0];
  return low === high ? [low === 0 ? 0 : Number(low.toPrecision(3))] : ticks(low, high, bins);
}

export function marginEdges(range: readonly [number, number]): readonly number[] {
  return edgesOver(range, MARGIN_BINS);
}

/** Steps of differences of length, in UTF-16 units: three a decade. */
const STEPS = [1, 10, 22, 47, 100, 220, 470, 1000, 2200, 4700, 10_000];

/**
 * Edges for chosen minus rejected: 0 has a bin of its own, and bins of the same size are equally far from it. Lengths are whole
 * numbers, so a bin from −21 up to −9 holds −21 to −10.
 */
export const DIFFERENCE_EDGES: readonly number[] = [...STEPS.toReversed().map((step) => 1 - step), ...STEPS];

/** Pairs by difference of length and margin. */
export interface Density {
  /** Of chosen minus rejected length. */
  readonly differences: readonly number[];
  /** Of margins. */
  readonly margins: readonly number[];
  /** A list for each bin of differences, with a count for each bin of margins. Bins as in `Histogram`. */
  readonly counts: readonly (readonly number[])[];
  /** Mean margin in each bin of differences; null for a bin without pairs. */
  readonly means: readonly (number | null)[];
  /** Spearman's ρ of margin and difference of length, over at most `MAX_RANKED` pairs. */
  readonly correlation: Estimate;
}

/** Pairs to compute ρ from: enough for two digits. */
const MAX_RANKED = 4000;

export class DensityCounter {
  readonly #margins: readonly number[];
  readonly #differences = Float64Array.from(DIFFERENCE_EDGES);
  readonly #counts: readonly BinCounter[];
  readonly #sums = new Float64Array(DIFFERENCE_EDGES.length + 1);
  readonly #sizes = new Uint32Array(DIFFERENCE_EDGES.length + 1);
  readonly #step: number;
  readonly #ranked: [margin: number, difference: number][] = [];
  #count = 0;

  /** @param count of the pairs that will be added */
  constructor(range: readonly [number, number], count: number) {
    this.#margins = edgesOver(range, DENSITY_BINS);
    this.#counts = Array.from(this.#sums, () => new BinCounter(this.#margins));
    this.#step = Math.max(1, Math.ceil(count / MAX_RANKED));
  }

  add(difference: number, margin: number): void {
    if (Number.isNaN(margin)) return;
    const bin = binOf(this.#differences, difference);
    this.#counts[bin]?.add(margin);
    this.#sums[bin] = (this.#sums[bin] ?? 0) + margin;
    this.#sizes[bin] = (this.#sizes[bin] ?? 0) + 1;
    if (this.#count++ % this.#step === 0) this.#ranked.push([margin, difference]);
  }

  get density(): Density {
    return {
      differences: DIFFERENCE_EDGES,
      margins: this.#margins,
      counts: this.#counts.map(({ histogram }) => histogram.counts),
      means: Array.from(this.#sums, (sum, bin) => {
        const mean = sum / (this.#sizes[bin] ?? 0);
        return Number.isFinite(mean) ? mean : null;
      }),
      correlation: correlationOf(this.#ranked),
    };
  }
}

/**
 * Spearman's ρ with the interval of D. G. Bonett and T. A. Wright (Sample size requirements for estimating Pearson, Kendall and
 * Spearman correlations, 2000): Fisher's z with the variance (1 + ρ²/2) / (n − 3). NaN below five pairs.
 */
function correlationOf(pairs: readonly (readonly [number, number])[]): Estimate {
  const count = pairs.length;
  if (count < 5) return { value: Number.NaN, low: Number.NaN, high: Number.NaN };
  const value = spearman(
    pairs.map(([margin]) => margin),
    pairs.map(([, difference]) => difference),
  );
  const half = 1.959964 * Math.sqrt((1 + value ** 2 / 2) / (count - 3));
  const z = Math.atanh(value);
  return { value, low: Math.tanh(z - half), high: Math.tanh(z + half) };
}
