// Which texts go through a model together. Padding is waste: texts of like length share a batch.

/** How many rows and tokens a batch may have. */
export interface BatchLimits {
  /** Padded tokens: rows × the longest. */
  readonly tokens: number;
  readonly rows: number;
  /** The model takes exactly so many rows: the last batch is filled up. */
  readonly fixedRows?: number;
  /** The model takes exactly so many tokens. */
  readonly fixedLength?: number;
}

/** Row numbers by length, the longest first: they show soonest whether memory lasts, and short ones fill the end. */
export function byLength(lengths: ArrayLike<number>): number[] {
  return Array.from(lengths, (_, row) => row).sort((a, b) => (lengths[b] ?? 0) - (lengths[a] ?? 0) || a - b);
}

/**
 * Where the batch ends that begins at `from` of rows in an order. `mostWith` says of a row with how many it may share
 * a batch, itself included.
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

/** All batches of texts of these lengths. */
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

/** Share of a model's tokens that are padding. */
export function paddingWaste(lengths: ArrayLike<number>, batches: readonly (readonly number[])[]): number {
  let [real, padded] = [0, 0];
  for (const batch of batches) {
    const own = batch.map((row) => lengths[row] ?? 0);
    real += own.reduce((sum, length) => sum + length, 0);
    padded += Math.max(...own) * batch.length;
  }
  return padded === 0 ? 0 : 1 - real / padded;
}

/** Token budgets that are tried, one after the other, as long as they pay. */
const STEPS = [512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536, 131_072];

/** Batches that are timed before a budget is judged; the first is warm-up and does not count. */
const TIMED = 3;

/** A larger budget must be so much faster to be kept: on a processor it seldom is, and it answers slower. */
const GAIN = 1.08;

/** Finds the token budget of a provider from its first batches. */
export class Calibration {
  #step: number;
  readonly #max: number;
  #speeds: number[] = [];
  #best = 0;
  #settled = false;

  /** @param max never more padded tokens than these */
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

  /** Takes the time of a batch that used its budget up. */
  time(tokens: number, ms: number): void {
    if (this.#settled || tokens < this.budget * 0.6) return;
    this.#speeds.push(tokens / Math.max(0.01, ms));
    if (this.#speeds.length <= TIMED) return;
    const speed = Math.max(...this.#speeds.slice(1));
    this.#speeds = [];
    if (speed < this.#best * GAIN) {
      // The step before was as good.
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
