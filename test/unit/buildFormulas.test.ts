// The arithmetic of a build, against numbers worked out by hand, and its properties.
import { describe, expect, it } from 'vitest';

import { accepted, choosePairs } from '#core/build/candidates.ts';
import { assign, Clusters, plainPrompt } from '#core/build/clusters.ts';
import { columnOf, estimateNoise } from '#core/build/columns.ts';
import type { ColumnStep } from '#core/build/recipe.ts';
import { bestFirst, drawn, inBand, limited } from '#core/build/select.ts';
import { keepDiverse, SIGNATURE_BYTES, writeSignature } from '#core/checks/relations/nearDuplicates.ts';
import type { Pair, Side } from '#core/model/pair.ts';
import { seededRandom } from '#core/score/random.ts';

const made = (numbers: readonly number[], step: Omit<ColumnStep, 'step'>): number[] => [
  ...columnOf(Float64Array.from(numbers), { step: 'column', ...step }).values,
];

const rowsOf = (kept: Uint8Array): number[] => [...kept].flatMap((is, row) => (is === 1 ? [row] : []));

describe('columns', () => {
  it('soft label: σ(γ·s)', () => {
    // σ(0) = 1/2. σ(ln 3) = 3/(3+1) = 0.75. With γ = 2: σ(2 ln 3) = 9/(9+1) = 0.9. σ(−ln 3) = 0.25.
    expect(made([0, Math.log(3), -Math.log(3)], { value: 'soft_label' })).toEqual([0.5, 0.75, 0.25]);
    expect(made([Math.log(3)], { value: 'soft_label', gamma: 2 })).toEqual([0.9]);
  });

  it('margin: the number, at least 0', () => {
    expect(made([1.5, -2, 0], { value: 'margin' })).toEqual([1.5, 0, 0]);
    expect(columnOf(Float64Array.of(1, -2, -3), { step: 'column', value: 'margin' }).notes).toEqual([
      '2 of the numbers are below 0 and written as 0: there the other answer is ahead.',
    ]);
  });

  it('posterior and smoothing: (1−ε)p / ((1−ε)p + ε(1−p))', () => {
    // p = 0.75, ε = 0.25: 0.75·0.75 = 0.5625 against 0.25·0.25 = 0.0625, so 0.5625/0.625 = 0.9.
    // p = 0.25: 0.75·0.25 = 0.1875 against 0.25·0.75 = 0.1875, so 0.5.
    const margins = [Math.log(3), -Math.log(3)];
    expect(made(margins, { value: 'posterior', noise: 0.25 })).toEqual([0.9, 0.5]);
    expect(made(margins, { value: 'smoothing', noise: 0.25 })).toEqual([0.1, 0.5]);
    // Temperature 2 halves the log-odds: σ(2 ln 3 / 2) = 0.75.
    expect(made([2 * Math.log(3)], { value: 'posterior', noise: 0.25, temperature: 2 })).toEqual([0.9]);
    // No noise at all: every label is right.
    expect(made([-1, 4], { value: 'posterior', noise: 0 })).toEqual([1, 1]);
  });

  it('the share of wrong labels: what stays under ε ← 1 − mean(w)', () => {
    // 8 labels with p = 0.9 and 2 with p = 0.1. ε stays where 1 − ε = 0.8·w(0.9) + 0.2·w(0.1).
    // The likelihood 8·ln(0.9 − 0.8ε) + 2·ln(0.1 + 0.8ε) has its top where 8·0.8/(0.9 − 0.8ε) = 2·0.8/(0.1 + 0.8ε),
    // so 4·(0.1 + 0.8ε) = 0.9 − 0.8ε, 4ε = 0.5, ε = 0.125.
    const chances = Float64Array.of(...Array<number>(8).fill(0.9), 0.1, 0.1, Number.NaN);
    expect(estimateNoise(chances)).toBeCloseTo(0.125, 6);
  });

  it('focal: p to the power of γ', () => {
    // σ(ln 3) = 0.75; 0.75² = 0.5625. σ(−ln 3) = 0.25; 0.25² = 0.0625.
    expect(made([Math.log(3), -Math.log(3)], { value: 'focal', gamma: 2 })).toEqual([0.5625, 0.0625]);
  });

  it('β(m) = β₀(1 + w(1 − e^(−km)))', () => {
    // m = ln 2, k = 1: 1 − ½ = 0.5; 0.1·(1 + 1·0.5) = 0.15. k = 2: 1 − ¼ = 0.75; w = 2: 0.1·(1 + 1.5) = 0.25.
    expect(made([Math.log(2)], { value: 'beta' })).toEqual([0.15]);
    expect(made([Math.log(2), 0, -5], { value: 'beta', rate: 2, scale: 2 })).toEqual([0.25, 0.1, 0.1]);
  });

  it('difficulty and stages: easy to hard, in groups of equal size, equal ones together', () => {
    expect(made([3, -2, 0], { value: 'difficulty' })).toEqual([-3, -2, 0]);
    // Difficulties −6 −5 −4 −3 −2 −1: two in each of three stages.
    expect(made([6, 5, 4, 3, 2, 1], { value: 'stage' })).toEqual([0, 0, 1, 1, 2, 2]);
    // Of four equal ones each begins at place 0 of six: ⌊3·0/6⌋ = 0. The others are at 4: ⌊3·4/6⌋ = 2.
    expect(made([9, 9, 9, 9, 1, 1], { value: 'stage' })).toEqual([0, 0, 0, 0, 2, 2]);
  });

  it('has no value where there is no number', () => {
    for (const value of ['margin', 'soft_label', 'posterior', 'focal', 'beta', 'stage'] as const)
      expect(made([Number.NaN, 1], { value })[0], value).toBeNaN();
  });
});

describe('bands of percentiles', () => {
  it('are the share below plus half of the equal ones', () => {
    // 10 20 20 40: 12.5, 50 (25 below, half of 50), 50, 87.5.
    const values = Float64Array.of(40, 20, 10, 20, Number.NaN);
    expect(rowsOf(inBand(values, { to: 12.5 }))).toEqual([2]);
    expect(rowsOf(inBand(values, { from: 50, to: 50 }))).toEqual([1, 3]);
    expect(rowsOf(inBand(values, { from: 12.6 }))).toEqual([0, 1, 3]);
    expect(rowsOf(inBand(values, {}))).toEqual([0, 1, 2, 3]);
  });

  it('within groups', () => {
    // Upper half of each: 2 of (1, 2), 200 of (100, 200).
    const values = Float64Array.of(1, 100, 2, 200);
    expect(rowsOf(inBand(values, { from: 50 }, Int32Array.of(0, 1, 0, 1)))).toEqual([2, 3]);
  });

  it('take −0 as 0', () => {
    expect(rowsOf(inBand(Float64Array.of(-0, 0), { from: 50, to: 50 }))).toEqual([0, 1]);
  });
});

describe('samples', () => {
  const names = ['a', 'b', 'c'];
  const groups = Int32Array.from({ length: 600 }, (_, i) => (i < 400 ? 0 : i < 590 ? 1 : 2));
  const counts = (kept: Uint8Array): number[] =>
    [0, 1, 2].map((group) => rowsOf(kept).filter((row) => groups[row] === group).length);

  it.each([undefined, { even: false }, { even: true }])(
    'are nested, as large as they should be: %o',
    (by) => {
      const of = (size: number, seed = 7): Set<number> =>
        new Set(rowsOf(drawn(600, size, seed, by && { groups, names, ...by })));
      let before = new Set<number>();
      for (const size of [0, 1, 7, 60, 61, 300, 599, 600, 700]) {
        const now = of(size);
        expect(now.size).toBe(Math.min(600, size));
        for (const row of before) expect(now).toContain(row);
        before = now;
      }
      expect([...of(60)]).not.toEqual([...of(60, 8)]);
    },
  );

  it('take each group by its share, or as many of each', () => {
    // 60 of 600: a tenth of 400, 190 and 10.
    expect(counts(drawn(600, 60, 1, { groups, names, even: false }))).toEqual([40, 19, 1]);
    // 60 of three groups: the smallest has 10 alone, the others share the rest.
    expect(counts(drawn(600, 60, 1, { groups, names, even: true }))).toEqual([25, 25, 10]);
  });
});

it('a limit keeps the first of each group, or the best', () => {
  const groups = Int32Array.of(0, 0, 1, 0, 1);
  expect(rowsOf(limited(groups, 2, bestFirst(5, undefined)))).toEqual([0, 1, 2, 4]);
  expect(rowsOf(limited(groups, 1, bestFirst(5, Float64Array.of(1, Number.NaN, 2, 5, 2))))).toEqual([2, 3]);
});

describe('pairs of candidates', () => {
  const pairsOf = (
    scores: number[],
    step: Omit<Parameters<typeof choosePairs>[2], 'step'>,
    good: boolean[] = [],
  ) => choosePairs(scores, good, { step: 'pairs', ...step }, 3);

  it('best against worst', () => {
    expect(pairsOf([3, 9, 1, 9], { choose: 'best-worst' })).toEqual([[1, 2]]);
    expect(pairsOf([2, 2], { choose: 'best-worst' })).toEqual([]);
    expect(pairsOf([3, 9], { choose: 'best-worst', gap: 7 })).toEqual([]);
  });

  it('best against the one nearest to μ − 2σ', () => {
    // 10 seven times, 6, 3, 0: μ = 79/10 = 7.9, mean square 745/10 = 74.5, σ² = 74.5 − 62.41 = 12.09, σ = 3.477.
    // μ − 2σ = 0.946; 0 is 0.946 away, 3 is 2.054: the worst.
    expect(pairsOf([10, 10, 10, 10, 10, 10, 10, 6, 3, 0], { choose: 'mu-2sigma' })).toEqual([[0, 9]]);
    // 10 ten times, 8, 6, 0: μ = 114/13 = 8.769, mean square 1100/13 = 84.615, σ² = 7.716, σ = 2.778.
    // μ − 2σ = 3.214; 6 is 2.786 away, 0 is 3.214: not the worst.
    const tens = Array<number>(10).fill(10);
    expect(pairsOf([...tens, 8, 6, 0], { choose: 'mu-2sigma' })).toEqual([[0, 11]]);
    // Of five candidates or fewer none is below μ − 2σ, so it is the worst.
    expect(pairsOf([1, 5, 5, 5, 5], { choose: 'mu-2sigma' })).toEqual([[1, 0]]);
  });

  it('rejection sampling accepts with the chance e^((r − r_max)/β)', () => {
    // β = 1, r = 0 against r_max = ln 4: e^(−ln 4) = 1/4. β = 2: e^(−ln 4 / 2) = 1/2. The best one always.
    const random = seededRandom(5);
    for (const [beta, chance] of [
      [1, 0.25],
      [2, 0.5],
    ] as const) {
      const rounds = 20_000;
      let [best, other] = [0, 0];
      for (let i = 0; i < rounds; i++) {
        const taken = accepted([Math.log(4), 0], beta, random);
        best += Number(taken.includes(0));
        other += Number(taken.includes(1));
      }
      expect(best).toBe(rounds);
      // Four standard errors.
      expect(Math.abs(other / rounds - chance)).toBeLessThan(4 * Math.sqrt((chance * (1 - chance)) / rounds));
    }
  });

  it('rejection sampling pairs what it accepted, the higher score chosen', () => {
    const scores = [5, 1, 4, 4, 2, 3];
    const pairs = choosePairs(scores, [], { step: 'pairs', choose: 'rejection', beta: 100, count: 9 }, 11);
    expect(pairs.length).toBeGreaterThan(1);
    for (const [a, b] of pairs) expect(scores[a]).toBeGreaterThan(scores[b]!);
    expect(new Set(pairs.flat()).size).toBe(2 * pairs.length);
  });

  it('good against bad: each once before any is used again, no pair twice', () => {
    const good = [true, false, true, false, false];
    const pairs = pairsOf([1, 0, 1, 0, 0], { choose: 'correct-wrong', count: 6 }, good);
    expect(new Set(pairs.map(String)).size).toBe(6);
    for (const [a, b] of pairs) expect([good[a], good[b]]).toEqual([true, false]);
    expect(new Set(pairs.slice(0, 2).flat()).size).toBe(4);
    expect(pairsOf([1, 1], { choose: 'correct-wrong' }, [true, true])).toEqual([]);
  });
});

describe('splits', () => {
  it('a cluster is on one side, and each side has its share', () => {
    const random = seededRandom(4);
    for (let round = 0; round < 10; round++) {
      const count = 200 + Math.floor(random() * 2000);
      const clusters = new Clusters(count);
      for (let i = 0; i < count / 3; i++)
        clusters.join(Math.floor(random() * count), Math.floor(random() * count));
      const of = Int32Array.from({ length: count }, (_, row) => clusters.of(row));
      const parts = assign(
        of,
        [
          { name: 'train', share: 8 },
          { name: 'test', share: 2 },
        ],
        round,
      );
      const sideOf = new Map<number, number>();
      const torn: number[] = [];
      of.forEach((cluster, row) => {
        if ((sideOf.get(cluster) ?? parts[row]) !== parts[row]) torn.push(cluster);
        sideOf.set(cluster, parts[row]!);
      });
      expect(torn).toEqual([]);
      const largest = Math.max(...[...sideOf.keys()].map((one) => of.filter((own) => own === one).length));
      const test = parts.reduce((sum, part) => sum + part, 0);
      expect(Math.abs(test - 0.2 * count)).toBeLessThanOrEqual(largest + 1);
    }
  });

  it('two spellings of a prompt are one', () => {
    expect(plainPrompt('  What’s NEW?\n')).toBe(plainPrompt('what s new'));
    expect(plainPrompt('为什么？')).toBe('为什么');
    expect(plainPrompt('?!')).toBe('');
  });
});

it('keeps no record that is too near to a kept one', () => {
  const side = (text: string): Side => ({
    text,
    path: [],
    textStart: 0,
    turns: [{ role: 'assistant', text }],
  });
  const pair = (a: string, b: string): Pair => ({
    prompt: [{ role: 'user', text: 'Tell me about the old harbour of the town and its boats.' }],
    chosen: side(a),
    rejected: side(b),
    isTie: false,
    candidates: [0, 1],
  });
  const words = (seed: number): string => {
    const random = seededRandom(seed);
    return Array.from({ length: 120 }, () => `w${Math.floor(random() * 5000)}`).join(' ');
  };
  const [one, two] = [words(1), words(2)];
  const near = `${one} and one more`;
  const pairs = [pair(one, two), pair(near, two), pair(words(3), words(4)), pair(one, two)];
  const signatures = new Uint8Array(pairs.length * SIGNATURE_BYTES);
  pairs.forEach((own, i) => {
    writeSignature(own, signatures, i * SIGNATURE_BYTES);
  });
  expect(rowsOf(keepDiverse(signatures, Int32Array.of(0, 1, 2, 3), 0.7))).toEqual([0, 2]);
  // The order decides which of the near ones is kept.
  expect(rowsOf(keepDiverse(signatures, Int32Array.of(1, 0, 2, 3), 0.7))).toEqual([1, 2]);
});
