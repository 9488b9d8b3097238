// Whether a scorer is as sure as it should be.
import type { Estimate } from '../checks/dataset/effects.ts';
import { wilson } from '../checks/dataset/effects.ts';
import { sigmoid } from '../reward/calibrate.ts';
import { binOf } from './bins.ts';

/** Pairs for which the scorer is about equally sure, whichever answer it prefers. */
export interface ReliabilityBin {
  /** Sizes of the margins, from `from` up to, and without, `to`. */
  readonly from: number;
  /** Undefined for the last bin, which is open. */
  readonly to?: number;
  readonly count: number;
  /** Mean probability, by the scorer, that the label is the answer that it prefers. */
  readonly predicted: number;
  /** Share of the pairs whose label is that answer. */
  readonly observed: Estimate;
}

export interface Calibration {
  /** Bins with pairs, from unsure to sure. */
  readonly bins: readonly ReliabilityBin[];
  /** Mean difference between predicted and observed, weighted by pairs (expected calibration error). */
  readonly error: number;
}

/** Sizes of margins in log-odds: 0.25 is a probability of 56 %, 3 is 95 %. */
const EDGES = [0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4];

/**
 * Takes margins in log-odds. Margins of 0 prefer neither answer and are left out, as is NaN. A margin below 0 is a label that the scorer
 * does not prefer, so the figure needs no direction: it compares how sure the scorer is with how often the label agrees.
 */
export class CalibrationCounter {
  readonly #counts = new Uint32Array(EDGES.length + 1);
  readonly #hits = new Uint32Array(EDGES.length + 1);
  readonly #sums = new Float64Array(EDGES.length + 1);

  add(margin: number): void {
    if (margin === 0 || Number.isNaN(margin)) return;
    const size = Math.abs(margin);
    const bin = binOf(EDGES, size);
    this.#counts[bin] = (this.#counts[bin] ?? 0) + 1;
    if (margin > 0) this.#hits[bin] = (this.#hits[bin] ?? 0) + 1;
    this.#sums[bin] = (this.#sums[bin] ?? 0) + sigmoid(size);
  }

  /** Undefined without margins. */
  get calibration(): Calibration | undefined {
    const bins = Array.from(this.#counts, (count, bin): ReliabilityBin => {
      const [hits, sum] = [this.#hits[bin] ?? 0, this.#sums[bin] ?? 0];
      return {
        from: EDGES[bin - 1] ?? 0,
        ...(bin < EDGES.length && { to: EDGES[bin] }),
        count,
        predicted: sum / count,
        observed: wilson(hits, count),
      };
    }).filter(({ count }) => count > 0);
    const all = bins.reduce((sum, { count }) => sum + count, 0);
    if (all === 0) return undefined;
    const error =
      bins.reduce(
        (sum, { count, predicted, observed }) => sum + count * Math.abs(predicted - observed.value),
        0,
      ) / all;
    return { bins, error };
  }
}
