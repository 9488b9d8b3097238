// Interprets margins beyond their order: as probabilities, without the effect of length, and as posteriors of
// wrong labels.

/** σ, the Bradley-Terry probability of a margin in log-odds. */
export function sigmoid(margin: number): number {
  return 1 / (1 + Math.exp(-margin));
}

const logLoss = (margin: number): number =>
  margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin;

/**
 * Divisor for margins that makes σ of them calibrated: minimises the log-loss, by golden section on its logarithm.
 * `margins` belong to trusted labels; NaN is skipped. 1 if there are none.
 */
export function fitTemperature(margins: ArrayLike<number>): number {
  const known = Array.from(margins).filter((margin) => !Number.isNaN(margin));
  if (known.length === 0) return 1;
  const loss = (log: number): number =>
    known.reduce((sum, margin) => sum + logLoss(margin / Math.exp(log)), 0);
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [-7, 7];
  let [a, b] = [high - golden * (high - low), low + golden * (high - low)];
  let [lossA, lossB] = [loss(a), loss(b)];
  while (high - low > 1e-4) {
    if (lossA < lossB) {
      [high, b, lossB] = [b, a, lossA];
      a = high - golden * (high - low);
      lossA = loss(a);
    } else {
      [low, a, lossA] = [a, b, lossB];
      b = low + golden * (high - low);
      lossB = loss(b);
    }
  }
  return Math.exp((low + high) / 2);
}

/** Result of expectation-maximisation on margins. */
export interface WrongLabels {
  readonly temperature: number;
  /** Share of weight that contradicts the labels. A model parameter: never show it as an error rate. */
  readonly noise: number;
  /** Probability that a pair's label is wrong, given its margin and one noise rate for all pairs. */
  readonly posterior: (margin: number) => number;
}

/**
 * Symmetric noise: iterates w = (1−ε)p / ((1−ε)p + ε(1−p)) with p = σ(margin / temperature), and ε ← 1 − mean(w). The temperature
 * is fitted to the labels as they are, so noise raises it and makes posteriors milder.
 */
export function wrongLabels(margins: ArrayLike<number>, temperature = fitTemperature(margins)): WrongLabels {
  const odds = Array.from(margins)
    .filter((margin) => !Number.isNaN(margin))
    .map((margin) => Math.exp(-margin / temperature));
  let noise = 0.1;
  const rightOf = (against: number, rate: number): number => 1 / (1 + (rate / (1 - rate)) * against);
  for (let round = 0; round < 200 && odds.length > 0; round++) {
    const mean = odds.reduce((sum, against) => sum + rightOf(against, noise), 0) / odds.length;
    const next = Math.min(0.5, Math.max(1e-4, 1 - mean));
    const isStill = Math.abs(next - noise) < 1e-6;
    noise = next;
    if (isStill) break;
  }
  return {
    temperature,
    noise,
    posterior: (margin) => 1 - rightOf(Math.exp(-margin / temperature), noise),
  };
}

/** Ranks from 0; equal values share their mean rank. */
function ranks(values: ArrayLike<number>): Float64Array {
  const order = Array.from(values, (_, i) => i).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const out = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let end = from;
    while (end < order.length && values[order[end] ?? 0] === values[order[from] ?? 0]) end++;
    for (let i = from; i < end; i++) out[order[i] ?? 0] = (from + end - 1) / 2;
    from = end;
  }
  return out;
}

/** Spearman's ρ; 0 if one side does not vary. */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [x, y] = [ranks(a), ranks(b)];
  const middle = (a.length - 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [(x[i] ?? 0) - middle, (y[i] ?? 0) - middle];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xx === 0 || yy === 0 ? 0 : xy / Math.sqrt(xx * yy);
}

/** Pairs to estimate the length effect from: enough for two digits. */
const MAX_COMPARED = 2000;

/**
 * λ, the value of one extra character to a scorer: margins minus λ times the length difference no longer correlate
 * with length (ρ = 0, as in ArmoRM). 0 if they did not correlate before.
 */
export function lengthEffect(margins: ArrayLike<number>, differences: ArrayLike<number>): number {
  const known: number[] = [];
  for (let i = 0; i < margins.length; i++) if (!Number.isNaN(margins[i])) known.push(i);
  const step = Math.max(1, Math.floor(known.length / MAX_COMPARED));
  const some = known.filter((_, i) => i % step === 0);
  const lengths = some.map((i) => differences[i] ?? 0);
  const rhoAt = (lambda: number): number =>
    spearman(
      some.map((i, at) => (margins[i] ?? 0) - lambda * (lengths[at] ?? 0)),
      lengths,
    );
  const first = rhoAt(0);
  if (Math.abs(first) < 0.01) return 0;
  const sign = Math.sign(first);
  let [low, high] = [0, 1e-6];
  while (sign * rhoAt(sign * high) > 0) {
    low = high;
    high *= 4;
    if (high > 1e6) return 0;
  }
  for (let round = 0; round < 24; round++) {
    const middle = (low + high) / 2;
    if (sign * rhoAt(sign * middle) > 0) low = middle;
    else high = middle;
  }
  return (sign * (low + high)) / 2;
}
