// How many faults the rest of a queue holds, judged by what was found so far.
import { seededRandom } from '../score/random.ts';

/** A reviewed place of a queue. */
export interface Reviewed {
  /** From 0, in the order of the queue. */
  readonly index: number;
  /** The reviewer called the label wrong. */
  readonly isFind: boolean;
}

export interface Remaining {
  /** The middle of what is likely. */
  readonly likely: number;
  /** At least 95 of 100 such queues hold a number in this range, if their rates change slowly. */
  readonly low: number;
  readonly high: number;
}

/** With fewer reviewed pairs we say nothing. */
const MIN_REVIEWED = 10;

/** Scales of the Cauchy priors of the two coefficients. */
const BASE_SCALE = 10;
const SLOPE_SCALE = 2.5;

/** Values of a coefficient. Beyond them, logistic curves of a queue hardly differ. */
const GRID = Array.from({ length: 41 }, (_, i) => (i - 20) * 0.6);

/** Steady rates have no slope; those of a queue with the most suspicious pairs first do not rise. */
const LEVEL = [0];
const FALLING = GRID.filter((slope) => slope <= 0);

/** Reviewed places are counted in so many stretches of the queue. */
const STRETCHES = 64;

const DRAWS = 500;

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** Places of the whole queue have a mean of 0 and a standard deviation of 1/2, as the prior wants it. */
const placed = (index: number, length: number): number =>
  length > 1 ? Math.sqrt(3) * (index / (length - 1) - 0.5) : 0;

const logCauchy = (x: number, scale: number): number => -Math.log1p((x / scale) ** 2);

interface Stretch {
  /** Sum of the places. */
  place: number;
  hits: number;
  count: number;
}

function stretchesOf(reviewed: readonly Reviewed[], length: number): readonly Stretch[] {
  const all = Array.from({ length: STRETCHES }, (): Stretch => ({ place: 0, hits: 0, count: 0 }));
  for (const { index, isFind } of reviewed) {
    const own = all[Math.floor((index * STRETCHES) / length)];
    if (!own) continue;
    own.place += placed(index, length);
    own.hits += Number(isFind);
    own.count++;
  }
  return all.filter(({ count }) => count > 0);
}

/** The logarithm of the logistic function, without overflow. */
const logLogistic = (x: number): number => Math.min(0, x) - Math.log1p(Math.exp(-Math.abs(x)));

/** Numbers of faults that the rest may hold, sorted: draws from the posterior of a logistic curve over the queue. */
function predicted(
  reviewed: readonly Reviewed[],
  rest: readonly number[],
  length: number,
  slopes: readonly number[],
): readonly number[] {
  const stretches = stretchesOf(reviewed, length);
  const curves = GRID.flatMap((base) => slopes.map((slope) => ({ base, slope })));
  const logs = curves.map(({ base, slope }) =>
    stretches.reduce(
      (sum, { place, hits, count }) => {
        const x = base + (slope * place) / count;
        return sum + hits * logLogistic(x) + (count - hits) * logLogistic(-x);
      },
      logCauchy(base, BASE_SCALE) + logCauchy(slope, SLOPE_SCALE),
    ),
  );
  const top = Math.max(...logs);
  const weights = logs.map((one) => Math.exp(one - top));
  const total = weights.reduce((sum, one) => sum + one, 0);
  const random = seededRandom(reviewed.length);
  const places = rest.map((index) => placed(index, length));
  const found: number[] = [];
  let sum = 0;
  curves.forEach(({ base, slope }, i) => {
    sum += weights[i] ?? 0;
    // Evenly spaced draws: each curve gets its share of them.
    const isDue = (): boolean => found.length < DRAWS && (found.length + 0.5) / DRAWS <= sum / total;
    const chances = isDue() ? places.map((place) => logistic(base + slope * place)) : [];
    while (isDue()) found.push(chances.filter((chance) => random() < chance).length);
  });
  return found.sort((a, b) => a - b);
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.floor(share * (sorted.length - 1))] ?? 0;

/**
 * Logistic regression on the place in the queue, with the priors of A. Gelman, A. Jakulin, M. G. Pittau and Y.-S. Su (A weakly
 * informative default prior distribution for logistic and other regression models, 2008). The posterior is computed on a grid, and
 * its draws predict numbers of faults. A trend need not go on, so the range also holds what the latest third of the reviewed places
 * alone predicts, as a steady rate. Undefined while too few pairs are reviewed.
 * @param rest places that are not reviewed yet
 * @param length of the queue
 * @param isSorted the most suspicious pairs come first: then faults do not become more frequent
 */
export function remainingFinds(
  reviewed: readonly Reviewed[],
  rest: readonly number[],
  length: number,
  isSorted: boolean,
): Remaining | undefined {
  if (reviewed.length < MIN_REVIEWED) return undefined;
  const inOrder = reviewed.toSorted((a, b) => a.index - b.index);
  const latest = inOrder.slice(-Math.max(MIN_REVIEWED, Math.ceil(inOrder.length / 3)));
  const byTrend = predicted(inOrder, rest, length, isSorted ? FALLING : GRID);
  const byRate = predicted(latest, rest, length, LEVEL);
  return {
    likely: quantile(byTrend, 0.5),
    low: Math.min(quantile(byTrend, 0.025), quantile(byRate, 0.025)),
    high: Math.max(quantile(byTrend, 0.975), quantile(byRate, 0.975)),
  };
}
