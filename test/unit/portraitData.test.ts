// The numbers of a portrait, against values computed by hand or by a second, slower way.
import { describe, expect, it } from 'vitest';

import { DistinctKeys } from '#core/facts/distinct.ts';
import type { Facts } from '#core/facts/facts.ts';
import { agreementOf } from '#core/portrait/agreement.ts';
import { BinCounter, binOf, binQuery, usedBins } from '#core/portrait/bins.ts';
import { CalibrationCounter } from '#core/portrait/calibration.ts';
import { LENGTH_EDGES, LengthCounter } from '#core/portrait/lengths.ts';
import { DensityCounter, DIFFERENCE_EDGES, marginEdges, RangeFinder } from '#core/portrait/margins.ts';
import type { ScorerInput } from '#core/portrait/portrait.ts';
import { portraitOf, portraitSteps } from '#core/portrait/portrait.ts';
import { annotatorsOf, NO_SOURCE, SourceFinder } from '#core/portrait/sampled.ts';
import { seededRandom } from '#core/score/random.ts';

import { survey } from '../fakes/records.ts';

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

function factsOf(records: readonly object[]): Facts {
  return survey(records.map((record) => JSON.stringify(record)).join('\n')).facts;
}

const pairsOf = (count: number, make: (i: number) => object): Facts =>
  factsOf(Array.from({ length: count }, (_, i) => make(i)));

describe('bins', () => {
  it('hold a value from their lower edge up to, and without, their upper edge', () => {
    expect([-3, -1, -0.5, 0, 0.999, 1, 7].map((value) => binOf([-1, 0, 1], value))).toEqual([
      0, 1, 1, 2, 2, 3, 3,
    ]);
    expect(binOf([], 5)).toBe(0);
  });
  it('count every value once, and no NaN', () => {
    const random = seededRandom(5);
    const counter = new BinCounter([-1, -0.25, 0, 2]);
    const values = Array.from({ length: 2000 }, () => 6 * random() - 3);
    for (const value of [...values, Number.NaN]) counter.add(value);
    const { edges, counts } = counter.histogram;
    expect(sum(counts)).toBe(2000);
    counts.forEach((count, bin) => {
      const [low, high] = [edges[bin - 1] ?? -Infinity, edges[bin] ?? Infinity];
      expect(count).toBe(values.filter((value) => value >= low && value < high).length);
    });
  });
  it('have queries with the same edges', () => {
    const edges = [-1, 0.1, 5];
    expect(binQuery('margin', edges, [0, 0])).toBe('margin<-1');
    expect(binQuery('margin', edges, [1, 2])).toBe('margin>=-1 margin<5');
    expect(binQuery('margin', edges, [3, 3])).toBe('margin>=5');
    expect(binQuery('margin', edges, [0, 3])).toBe('');
    expect(
      usedBins([
        { edges, counts: [0, 3, 0, 0] },
        { edges, counts: [0, 0, 1, 0] },
      ]),
    ).toEqual([1, 2]);
    expect(usedBins([{ edges, counts: [0, 0, 0, 0] }])).toEqual([0, 0]);
  });
});

describe('lengths', () => {
  it('have the quantiles of the sorted list, and every length in a bin', () => {
    const random = seededRandom(6);
    // Some beyond the 65,536 that are counted one by one, and beyond the last edge.
    const values = Array.from({ length: 5000 }, () => Math.floor(Math.exp(16 * random())) - 1);
    const counter = new LengthCounter();
    for (const value of values) counter.add(value);
    const { tenth, median, ninth, longest, mean, histogram } = counter.lengths;
    const sorted = [...values].sort((a, b) => a - b);
    expect([tenth, median, ninth, longest]).toEqual([sorted[500], sorted[2500], sorted[4500], sorted[4999]]);
    expect(mean).toBeCloseTo(sum(values) / 5000, 6);
    expect(sum(histogram.counts)).toBe(5000);
    histogram.counts.forEach((count, bin) => {
      const [low, high] = [histogram.edges[bin - 1] ?? -1, histogram.edges[bin] ?? Infinity];
      expect(count).toBe(values.filter((value) => value >= low && value < high).length);
    });
  });
  it('of one text and of none', () => {
    const one = new LengthCounter();
    one.add(70_000);
    expect(one.lengths).toMatchObject({ tenth: 70_000, median: 70_000, ninth: 70_000, longest: 70_000 });
    expect(new LengthCounter().lengths).toMatchObject({ mean: 0, median: 0, longest: 0 });
  });
  it('have whole edges that rise', () => {
    expect(LENGTH_EDGES.every((edge, i) => Number.isInteger(edge) && edge > (LENGTH_EDGES[i - 1] ?? 0))).toBe(
      true,
    );
  });
});

describe('margins', () => {
  const found = (values: readonly number[]): RangeFinder => {
    const finder = new RangeFinder(values.length);
    for (const value of values) finder.see(value);
    return finder;
  };
  it('have round edges, 0 among them, and an axis that outliers do not stretch', () => {
    const random = seededRandom(7);
    const values = Array.from({ length: 10_000 }, () => 4 * random() - 2);
    const edges = marginEdges(found([...values, 40, -90, Number.NaN]).range);
    expect(edges).toContain(0);
    expect(edges.length).toBeGreaterThan(15);
    expect(edges[0]).toBeGreaterThanOrEqual(-2.2);
    expect(edges.at(-1)).toBeLessThanOrEqual(2.2);
    // What a query says is the edge that was counted with.
    for (const edge of edges) expect(String(edge).length).toBeLessThan(6);
  });
  it('of equal values, of one and of infinite ones have at least one edge', () => {
    for (const values of [[0, 0], [1.234567], [Infinity, 1], [-Infinity, Infinity]])
      expect(marginEdges(found(values).range).length).toBeGreaterThan(0);
  });
  it('differences of length are counted alike on both sides, and 0 alone', () => {
    const counter = new DensityCounter([-1, 1], 8);
    for (const difference of [0, 1, -1, 9, -9, 10, -10, 21, -21, 22, -22, 20_000, -20_000])
      counter.add(difference, 0.5);
    const counts = counter.density.counts.map(sum);
    expect(counts).toEqual(counts.toReversed());
    expect(counts[DIFFERENCE_EDGES.indexOf(1)]).toBe(1);
    expect(sum(counts)).toBe(13);
  });
  it('means and the correlation are those of the pairs', () => {
    const counter = new DensityCounter([-5, 5], 6);
    // Ranks of margins 1 2 3 4 5 6 against 1 3 2 4 6 5: Σd² = 4, so ρ = 1 − 6·4/(6·35) = 0.8857.
    for (const [margin, difference] of [
      [-3, -300],
      [-2, -100],
      [-1, -200],
      [1, 50],
      [2, 400],
      [3, 250],
    ] as const)
      counter.add(difference, margin);
    const { correlation, means } = counter.density;
    expect(correlation.value).toBeCloseTo(0.8857, 4);
    // z = atanh(0.8857) = 1.4018; √((1 + 0.8857²/2)/3) = 0.6813; tanh(1.4018 ± 1.96·0.6813).
    expect(correlation.low).toBeCloseTo(Math.tanh(1.4018 - 1.959964 * 0.6813), 3);
    expect(correlation.high).toBeCloseTo(Math.tanh(1.4018 + 1.959964 * 0.6813), 3);
    expect(means[binOf(DIFFERENCE_EDGES, 50)]).toBe(1);
    // 220 to 469: 400 and 250.
    expect(means[binOf(DIFFERENCE_EDGES, 250)]).toBe(2.5);
    expect(means[0]).toBeNull();
  });
});

describe('calibration', () => {
  it('compares σ of the size of a margin with the share of labels that agree', () => {
    const counter = new CalibrationCounter();
    // σ(1.2) = 0.7685: three of four agree. σ(0.1) = 0.5250: one of two. 0 prefers neither.
    for (const margin of [1.2, 1.2, 1.2, -1.2, 0.1, -0.1, 0, Number.NaN]) counter.add(margin);
    const { bins, error } = counter.calibration!;
    expect(bins.map(({ from, to, count }) => [from, to, count])).toEqual([
      [0, 0.25, 2],
      [1, 1.5, 4],
    ]);
    expect(bins[1]!.predicted).toBeCloseTo(0.7685, 4);
    expect(bins[1]!.observed.value).toBe(0.75);
    // (2·|0.5250 − 0.5| + 4·|0.7685 − 0.75|) / 6
    expect(error).toBeCloseTo((2 * 0.02498 + 4 * 0.01852) / 6, 4);
    expect(new CalibrationCounter().calibration).toBeUndefined();
  });
  it('finds labels drawn with the claimed probabilities calibrated', () => {
    const random = seededRandom(9);
    const counter = new CalibrationCounter();
    for (let i = 0; i < 40_000; i++) {
      const size = 4 * random();
      counter.add(random() < 1 / (1 + Math.exp(-size)) ? size : -size);
    }
    expect(counter.calibration!.error).toBeLessThan(0.01);
  });
});

describe('agreement', () => {
  it('Cohen’s κ of the table 20 5 10 15 is 0.40', () => {
    // Observed 35/50 = 0.7; chance 0.5·0.6 + 0.5·0.4 = 0.5; κ = 0.2/0.5 = 0.4.
    const { count, same, kappa } = agreementOf([
      [20, 5],
      [10, 15],
    ]);
    expect([count, same.value, kappa.value]).toEqual([50, 0.7, expect.closeTo(0.4, 10)]);
    // Fleiss, Cohen and Everitt. Diagonal: 0.4·(0.5 − 1.1·0.3)² + 0.3·(0.5 − 0.9·0.3)² = 0.02743.
    // The other cells: (1 − 0.7)²·(0.1·(0.6 + 0.5)² + 0.2·(0.4 + 0.5)²) = 0.02547. Minus (0.7·0.5 − 2·0.5 + 0.7)² = 0.0025.
    // Variance 0.0504 / (50·0.5⁴) = 0.016128, deviation 0.1270.
    expect(kappa.high - kappa.value).toBeCloseTo(1.959964 * 0.127, 3);
  });
  it('has no κ where both always say the same', () => {
    expect(
      agreementOf([
        [9, 0],
        [0, 0],
      ]).kappa.value,
    ).toBeNaN();
    expect(
      agreementOf([
        [0, 0],
        [0, 0],
      ]).count,
    ).toBe(0);
  });
  it('the interval of κ holds the truth about 95 times in 100', () => {
    const random = seededRandom(4);
    let held = 0;
    // Two judges flip the same fair coin, or with probability 0.5 one of their own: κ = 0.5.
    for (let round = 0; round < 400; round++) {
      const table = [
        [0, 0],
        [0, 0],
      ];
      for (let i = 0; i < 200; i++) {
        const a = Number(random() < 0.5);
        const b = random() < 0.5 ? a : Number(random() < 0.5);
        table[a]![b]!++;
      }
      const { low, high } = agreementOf(table).kappa;
      held += Number(low <= 0.5 && high >= 0.5);
    }
    expect(held / 400).toBeGreaterThan(0.92);
    expect(held / 400).toBeLessThan(0.985);
  });
  it('Fleiss’ κ of three annotators', () => {
    const votes = (first: number, second: number, tie = 0) => ({ first, second, tie });
    // Shares of equal pairs of votes: 1, 1/3, 1, 1/3; mean 2/3. Votes 6 : 6, so chance is 0.5 and κ = 1/3.
    const { records, split, same, kappa } = annotatorsOf(
      Array.from({ length: 3 }, () => [
        votes(3, 0),
        votes(2, 1),
        votes(0, 3),
        votes(1, 2),
        votes(1, 0),
      ]).flat(),
    )!;
    expect([records, split]).toEqual([12, 6]);
    expect(same.value).toBeCloseTo(2 / 3, 10);
    expect(kappa.value).toBeCloseTo(1 / 3, 10);
    expect(same.low).toBeLessThan(same.value);
    expect(annotatorsOf([votes(1, 0)])).toBeUndefined();
    expect(annotatorsOf([votes(2, 0), votes(3, 0)])!.kappa.value).toBeNaN();
  });
});

describe('sources', () => {
  const pair = (chosen: string, rejected: string, isTie = false) =>
    ({ isTie, chosen: { text: chosen }, rejected: { text: rejected } }) as never;
  const find = (records: readonly (readonly [object, ...never[]])[]) => {
    const finder = new SourceFinder();
    for (const [record, ...pairs] of records) finder.add(record as never, pairs);
    return finder.sources(100, (name) => name !== 'chosen');
  };
  it('are the values of the usual field, with their ties and longer wins', () => {
    const found = find([
      [{ chosen: 'aa', source: 'x', lang: 'en' }, pair('aa', 'a')],
      [{ chosen: 'b', source: 'x', lang: 'de' }, pair('b', 'bb')],
      [{ chosen: 'c', source: 'y', lang: 'en' }, pair('c', 'c', true)],
      [{ chosen: 'd', lang: 'en' }, pair('d', 'dd')],
    ]);
    expect(found).toEqual({
      field: 'source',
      read: 4,
      records: 100,
      values: [
        { name: 'x', pairs: 2, ties: 0, longerChosen: 1 },
        { name: 'y', pairs: 1, ties: 1, longerChosen: 0 },
        { name: NO_SOURCE, pairs: 1, ties: 0, longerChosen: 0 },
      ],
    });
  });
  it('without a usual field, are those of the field with the fewest values; never answers, and never one value', () => {
    const rows = Array.from(
      { length: 20 },
      (_, i) =>
        [
          { chosen: ['a', 'b'][i % 2], same: 'x', lang: ['en', 'de'][i % 2], topic: `t${i % 5}`, id: `${i}` },
          pair('a', 'b'),
        ] as const,
    );
    expect(find(rows)!.field).toBe('lang');
    expect(find([[{ id: '1' }, pair('a', 'b')]])).toBeUndefined();
    expect(find([])).toBeUndefined();
  });
});

it('distinct keys are counted as a set counts them', () => {
  const random = seededRandom(3);
  const keys = new DistinctKeys(3000);
  const known = new Set<string>();
  for (let i = 0; i < 3000; i++) {
    // Many keys with the same low half, and the key of two zeros.
    const [low, high] = [Math.floor(40 * random()), Math.floor(30 * random())];
    keys.add(low, high);
    known.add(`${low} ${high}`);
  }
  expect(known.has('0 0')).toBe(true);
  expect(keys.count).toBe(known.size);
});

describe('a portrait', () => {
  const random = seededRandom(12);
  const text = (): string => 'x'.repeat(1 + Math.floor(Math.exp(7 * random())));
  const facts = pairsOf(400, (i) => ({
    prompt: `q${i % 300}`,
    chosen: `${text()} ${i}`,
    rejected: `${text()} ${i}`,
  }));
  const margins = Float32Array.from({ length: 400 }, (_, i) =>
    i % 50 === 0 ? Number.NaN : Math.fround(5 * random() - 2),
  );
  const scorer = (isCalibrated: boolean): ScorerInput => ({
    name: 'a scorer',
    marginOf: (_, pair) => margins[pair]!,
    budget: { percent: 2, worst: -1.8 },
    isCalibrated,
  });
  const input = { files: [facts], hasLabel: false, scorers: [scorer(true)], findings: [] };
  const portrait = portraitOf(input);

  it('counts everything once: all sums are the number of pairs', () => {
    const { counts, lengths, labels, scorers, density, calibration } = portrait;
    expect(counts).toEqual({ records: 400, pairs: 400, ties: 0, judgements: 0, prompts: 300 });
    for (const { histogram } of Object.values(lengths)) expect(sum(histogram.counts)).toBe(400);
    const [own] = scorers;
    expect([own!.scored, sum(own!.histogram.counts), own!.agrees + own!.disagrees]).toEqual([392, 392, 392]);
    expect(sum(density!.counts.flat())).toBe(392);
    expect(sum(calibration!.bins.map(({ count }) => count))).toBe(392);
    expect(labels.longer + labels.shorter).toBeLessThanOrEqual(400);
  });
  it('has what a slow loop counts', () => {
    const { chosenLength, rejectedLength } = facts.pairs;
    const longer = Array.from({ length: 400 }, (_, i) => chosenLength[i]! > rejectedLength[i]!);
    expect(portrait.labels.longer).toBe(longer.filter(Boolean).length);
    const { density } = portrait;
    const [x, y] = [binOf(DIFFERENCE_EDGES, 150), binOf(density!.margins, 0.3)];
    const inside = (value: number, edges: readonly number[], bin: number): boolean =>
      value >= (edges[bin - 1] ?? -Infinity) && value < (edges[bin] ?? Infinity);
    const expected = Array.from(margins).filter(
      (margin, i) =>
        inside(margin, density!.margins, y) &&
        inside(chosenLength[i]! - rejectedLength[i]!, DIFFERENCE_EDGES, x),
    );
    expect(density!.counts[x]![y]).toBe(expected.length);
  });
  it('says nothing about calibration where margins are not log-odds, and nothing about margins without any', () => {
    expect(portraitOf({ ...input, scorers: [scorer(false)] }).calibration).toBeUndefined();
    const bare = portraitOf({ ...input, scorers: [] });
    expect([bare.scorers, bare.density, bare.agreements]).toEqual([[], undefined, []]);
  });
  it('of some records counts only those', () => {
    const some = portraitOf({ ...input, includes: { record: (_, record) => record < 100 } });
    expect(some.counts).toMatchObject({ records: 100, pairs: 100 });
    expect(sum(some.lengths.chosen.histogram.counts)).toBe(100);
    expect(sum(some.scorers[0]!.histogram.counts)).toBe(98);
  });
  it('of several files is that of their records in one file', () => {
    const make = (i: number): object => ({
      prompt: `q${i}`,
      chosen: `${i} a`,
      rejected: `b${i}`.repeat(i % 5),
    });
    const [a, b] = [pairsOf(30, make), pairsOf(20, (i) => make(i + 30))];
    const of = (files: readonly Facts[]) => portraitOf({ files, hasLabel: false, scorers: [], findings: [] });
    expect(of([a, b])).toEqual(of([pairsOf(50, make)]));
  });
  it('leaves ties out of everything that needs a preferred answer', () => {
    const tied = factsOf([
      { instruction: 'q', response_a: 'a', response_b: 'bb', winner: 'tie' },
      { instruction: 'r', response_a: 'c', response_b: 'dd', winner: 'model_a' },
    ]);
    expect(tied.tieCount).toBe(1);
    const { counts, lengths, labels } = portraitOf({
      files: [tied],
      hasLabel: true,
      scorers: [],
      findings: [],
    });
    expect([counts.pairs, counts.ties, labels.preferences]).toEqual([2, 1, 1]);
    expect(sum(lengths.chosen.histogram.counts)).toBe(1);
    expect(sum(lengths.prompt.histogram.counts)).toBe(2);
  });
  it('of an empty file is empty', () => {
    const empty = portraitOf({ files: [], hasLabel: false, scorers: [], findings: [] });
    expect(empty.counts).toEqual({ records: 0, pairs: 0, ties: 0, judgements: 0, prompts: 0 });
    expect(empty.labels.preferences).toBe(0);
  });
  it('of members: each with its own histogram, and how far two agree', () => {
    const member = (name: string, sign: (pair: number) => number): ScorerInput => ({
      name,
      marginOf: (_, pair) => sign(pair),
    });
    const { scorers, agreements } = portraitOf({
      ...input,
      scorers: [
        scorer(false),
        member('a', () => 1),
        member('b', (pair) => (pair % 4 === 0 ? -1 : 1)),
        member('none', () => Number.NaN),
      ],
    });
    expect(scorers.map(({ name }) => name)).toEqual(['a scorer', 'a', 'b']);
    expect(agreements).toMatchObject([
      { names: ['a', 'b'], agreement: { count: 400, same: { value: 0.75 } } },
    ]);
  });
  it('is made in slices', () => {
    const many = { ...input, files: Array.from({ length: 60 }, () => facts), scorers: [] };
    expect([...portraitSteps(many)]).toEqual([]);
    const long = pairsOf(1, () => ({ prompt: 'q', chosen: 'a', rejected: 'b' }));
    for (let i = 0; i < 15; i++) long.append(long, 1, 50);
    expect([...portraitSteps({ ...input, files: [long], scorers: [] })].length).toBeGreaterThan(1);
  });
});
