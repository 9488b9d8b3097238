// Pairs of scored candidates.
import { seededRandom, shuffle } from '../score/random.ts';
import type { PairsStep } from './recipe.ts';

/** Numbers of two candidates. */
export type Chosen = readonly [chosen: number, rejected: number];

/** The highest and the lowest score; of equal ones the first. */
function extreme(scores: readonly number[], isBetter: (a: number, b: number) => boolean): number {
  return scores.reduce((best, score, i) => (isBetter(score, scores[best] ?? 0) ? i : best), 0);
}

const bestOf = (scores: readonly number[]): number => extreme(scores, (a, b) => a > b);

/** The candidate below the best that is nearest to μ − 2σ; −1 if all are equal. σ² is the mean square. */
function nearLow(scores: readonly number[], best: number): number {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const spread = Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / scores.length);
  const wanted = mean - 2 * spread;
  let found = -1;
  for (const [i, score] of scores.entries()) {
    if (score >= (scores[best] ?? 0)) continue;
    if (found < 0 || Math.abs(score - wanted) < Math.abs((scores[found] ?? 0) - wanted)) found = i;
  }
  return found;
}

/** Which candidates the sampling accepts, in random order. */
export function accepted(scores: readonly number[], beta: number, random: () => number): readonly number[] {
  const max = Math.max(...scores);
  const taken = scores.flatMap((score, i) => (random() < Math.exp((score - max) / beta) ? [i] : []));
  const order = Int32Array.from(taken);
  shuffle(order, random);
  return [...order];
}

function twoByTwo(scores: readonly number[], order: readonly number[]): Chosen[] {
  const pairs: Chosen[] = [];
  for (let i = 0; i + 1 < order.length; i += 2) {
    const [a, b] = [order[i] ?? 0, order[i + 1] ?? 0];
    pairs.push((scores[a] ?? 0) >= (scores[b] ?? 0) ? [a, b] : [b, a]);
  }
  return pairs;
}

/** Good against bad ones, in random order, each once before any is used again. */
function goodAgainstBad(
  isGood: readonly (boolean | undefined)[],
  count: number,
  random: () => number,
): readonly Chosen[] {
  const [good, bad] = [true, false].map((wanted) => {
    const some = Int32Array.from(isGood.flatMap((is, i) => (is === wanted ? [i] : [])));
    shuffle(some, random);
    return some;
  }) as [Int32Array, Int32Array];
  if (good.length === 0 || bad.length === 0) return [];
  const pairs: Chosen[] = [];
  const seen = new Set<string>();
  for (let round = 0; pairs.length < Math.min(count, good.length * bad.length); round++) {
    // Each time around the good ones, they meet the bad ones one further.
    const shift = Math.floor(round / good.length);
    const pair: Chosen = [
      good[round % good.length] ?? 0,
      bad[((round % good.length) + shift) % bad.length] ?? 0,
    ];
    if (seen.has(pair.join())) {
      if (shift > bad.length) break;
      continue;
    }
    seen.add(pair.join());
    pairs.push(pair);
  }
  return pairs;
}

/**
 * The pairs of one prompt's candidates.
 * @param scores differences count alone; the good ones are named by `isGood`
 * @param seed of this prompt
 */
export function choosePairs(
  scores: readonly number[],
  isGood: readonly (boolean | undefined)[],
  { choose, gap = 0, beta = 1, count = 1 }: PairsStep,
  seed: number,
): readonly Chosen[] {
  if (scores.length < 2) return [];
  const random = seededRandom(seed);
  const best = bestOf(scores);
  const found: Record<PairsStep['choose'], () => readonly Chosen[]> = {
    'best-worst': () => [[best, extreme(scores, (a, b) => a < b)]],
    'mu-2sigma': () => {
      const low = nearLow(scores, best);
      return low < 0 ? [] : [[best, low]];
    },
    rejection: () => twoByTwo(scores, accepted(scores, beta, random)),
    'correct-wrong': () => goodAgainstBad(isGood, count, random),
  };
  const pairs = found[choose]().filter(([a, b]) => {
    const difference = (scores[a] ?? 0) - (scores[b] ?? 0);
    return choose === 'correct-wrong' ? difference >= gap : difference > 0 && difference >= gap;
  });
  return choose === 'rejection' ? pairs.slice(0, count) : pairs;
}
