// What margins say beyond their order: as probabilities, without the effect of length, and as posteriors of a wrong label.

/** σ, the Bradley-Terry probability of a margin in log-odds. */
export function sigmoid(margin: number): number {
  return 1 / (1 + Math.exp(-margin));
}

const logLoss = (margin: number): number =>
  margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin;

/**
 * The number by which margins are to be divided so that σ of them is as often right as it says: the least log-loss, by
 * golden section on its logarithm. `margins` are of labels that are believed; NaN is left out. 1 when there are none.
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

/** What expectation-maximisation makes of margins. */
export interface WrongLabels {
  readonly temperature: number;
  /** The share of the file's weight that speaks against its labels. A number of the model: never to be shown as an error rate. */
  readonly noise: number;
  /** How likely the label of a pair is wrong, given its margin, under the model of one noise rate for all. */
  readonly posterior: (margin: number) => number;
}

/**
 * w = (1−ε)p / ((1−ε)p + ε(1−p)) with p = σ(margin / temperature), and ε ← 1 − mean(w) until it stands: symmetric noise.
 * The temperature is fitted to the labels as they are, so noise makes it larger and posteriors milder.
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

/** Ranks from 0, equal values at the mean of their places. */
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

/** Spearman's ρ; 0 when one side does not vary. */
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

/** Pairs that an effect of length is taken from: enough for two digits. */
const MAX_COMPARED = 2000;

/**
 * What one character more is worth to a scorer: λ, so that margins less λ times the difference of lengths go no longer
 * with it (ρ = 0, the recipe of ArmoRM). 0 when they do not go with it to begin with.
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
