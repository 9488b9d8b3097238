// Groups texts into batches for a model. Texts of similar length share a batch, because padding is wasted work.

/** Limits of a batch. */
export interface BatchLimits {
  /** Padded tokens: rows × longest row. */
  readonly tokens: number;
  readonly rows: number;
  /** The model needs exactly this many rows; the last batch is padded with rows. */
  readonly fixedRows?: number;
  /** The model needs exactly this many tokens. */
  readonly fixedLength?: number;
}

/**
 * Row numbers by length, longest first: long rows show early whether memory suffices, and short ones fill the end.
 */
export function byLength(lengths: ArrayLike<number>): number[] {
  return Array.from(lengths, (_, row) => row).sort((a, b) => (lengths[b] ?? 0) - (lengths[a] ?? 0) || a - b);
}

/**
 * End of the batch that begins at `from`. `maxWith` gives the largest batch that a row allows, including itself.
 */
export function batchEnd(
  order: readonly number[],
  from: number,
  lengths: ArrayLike<number>,
  limits: BatchLimits,
  maxWith: (row: number) => number = () => Number.POSITIVE_INFINITY,
): number {
  let max = limits.fixedRows ?? limits.rows;
  let longest = 0;
  let end = from;
  for (; end < order.length; end++) {
    const row = order[end] ?? 0;
    const rows = end - from + 1;
    max = Math.min(max, maxWith(row));
    longest = Math.max(longest, limits.fixedLength ?? lengths[row] ?? 0);
    const isTooLong = limits.fixedRows === undefined && longest * rows > limits.tokens;
    if (rows > 1 && (rows > max || isTooLong)) break;
  }
  return end;
}

export function planBatches(lengths: ArrayLike<number>, limits: BatchLimits): number[][] {
  const order = byLength(lengths);
  const batches: number[][] = [];
  for (let from = 0; from < order.length;) {
    const end = batchEnd(order, from, lengths, limits);
    batches.push(order.slice(from, end));
    from = end;
  }
  return batches;
}

/** Share of padding among a model's tokens. */
export function paddingWaste(lengths: ArrayLike<number>, batches: readonly (readonly number[])[]): number {
  let [real, padded] = [0, 0];
  for (const batch of batches) {
    const own = batch.map((row) => lengths[row] ?? 0);
    real += own.reduce((sum, length) => sum + length, 0);
    padded += Math.max(...own) * batch.length;
  }
  return padded === 0 ? 0 : 1 - real / padded;
}

/** Token budgets to try, in this order, while each is faster. */
const STEPS = [512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536, 131_072];

/** Batches to time for each budget; the first one is warm-up and does not count. */
const TIMED = 3;

/** A larger budget must be this much faster: on a CPU it rarely is, and it delays cancelling. */
const GAIN = 1.08;

/** Finds the best token budget of a provider from its first batches. */
export class Calibration {
  #step: number;
  readonly #max: number;
  #speeds: number[] = [];
  #best = 0;
  #settled = false;

  /** @param max upper limit of padded tokens */
  constructor(start: number, max: number) {
    this.#step = Math.max(
      0,
      STEPS.findIndex((tokens) => tokens >= start),
    );
    this.#max = max;
  }

  get budget(): number {
    return Math.min(this.#max, STEPS[this.#step] ?? this.#max);
  }

  get isSettled(): boolean {
    return this.#settled;
  }

  /** Records the time of a batch that used its full budget. */
  time(tokens: number, ms: number): void {
    if (this.#settled || tokens < this.budget * 0.6) return;
    this.#speeds.push(tokens / Math.max(0.01, ms));
    if (this.#speeds.length <= TIMED) return;
    const speed = Math.max(...this.#speeds.slice(1));
    this.#speeds = [];
    if (speed < this.#best * GAIN) {
      // The previous step was as fast.
      this.#step--;
      this.#settled = true;
      return;
    }
    this.#best = speed;
    const next = STEPS[this.#step + 1];
    if (next === undefined || next > this.#max) this.#settled = true;
    else this.#step++;
  }
}
