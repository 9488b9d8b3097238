// Pairs that an encoder finds alike: the search, what counts as evidence, and what edits do to it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import type { PairIdentities } from '#core/model/identity.ts';
import type { Neighbourhood } from '#core/reward/neighbours.ts';
import { MAX_NEAR, oppositionTo, oppositionWords } from '#core/reward/neighbours.ts';
import { nearestTo, scaleRows } from '#core/score/nearest.ts';
import { seededRandom } from '#core/score/random.ts';
import { readWantedPairs } from '#node/engine.ts';
import { modelBudget } from '#node/models/memory.ts';
import { openProbe } from '#node/scorers/probe.ts';
import type { PairScorer, RatingSource } from '#node/scorers/rating.ts';
import type { StartScorer } from '#node/scoring/process.ts';

import { never } from '../fakes/files.ts';
import { startInMemory } from '../fakes/memoryScorer.ts';
import { marginsOf } from '../fakes/paritySource.ts';
import { encode, recordsOf, survey } from '../fakes/records.ts';
import type { BagPair } from '../models/bag.ts';
import { bagPairs, bagRecipe } from '../models/bag.ts';
import { writeModel } from '../models/folders.ts';

const ROOT = mkdtempSync(join(tmpdir(), 'preflens-neighbours-'));
afterAll(() => {
  rmSync(ROOT, { recursive: true, force: true });
});

const noPause = (): undefined => undefined;

/** Random rows in groups, some of them equal or opposite to others. */
function randomRows(count: number, width: number, seed: number) {
  const random = seededRandom(seed);
  const values = Float32Array.from({ length: count * width }, () => random() - 0.5);
  for (let row = 10; row < count; row += 7) {
    const sign = random() < 0.5 ? -1 : 1;
    for (let k = 0; k < width; k++) values[row * width + k] = sign * values[(row - 10) * width + k]!;
  }
  values.fill(0, 3 * width, 4 * width);
  scaleRows(values, width);
  return {
    width,
    values,
    groups: Int32Array.from({ length: count }, () => Math.floor(random() * (count / 3))),
  };
}

/** A plain double loop: all rows of other groups, sorted, the first of each group. */
function bruteForce(
  { width, values, groups }: ReturnType<typeof randomRows>,
  query: number,
  max: number,
  min: number,
) {
  const all = Array.from(groups, (group, row) => {
    let sum = 0;
    for (let k = 0; k < width; k++) sum += values[row * width + k]! * values[query * width + k]!;
    return { row, group, sum };
  });
  const seen = new Set<number>();
  return all
    .filter(({ group, sum }) => group !== groups[query] && Math.abs(sum) >= min)
    .sort((a, b) => Math.abs(b.sum) - Math.abs(a.sum) || a.row - b.row)
    .filter(({ group }) => !seen.has(group) && seen.add(group))
    .slice(0, max);
}

describe('the search of neighbours', () => {
  it.each([
    { count: 400, width: 24, queries: 41, minCosine: 0 },
    { count: 400, width: 24, queries: 40, minCosine: 0.4 },
    { count: 9, width: 5, queries: 9, minCosine: 0 },
    // Several blocks of rows.
    { count: 3000, width: 700, queries: 6, minCosine: 0.05 },
  ])(
    'of $queries among $count rows finds what a double loop finds',
    async ({ count, width, queries, minCosine }) => {
      const rows = randomRows(count, width, count + queries);
      const asked = Int32Array.from({ length: queries }, (_, i) => Math.floor((i * count) / queries));
      let pauses = 0;
      const found = await nearestTo(rows, asked, { max: 6, minCosine }, () => {
        pauses++;
        return undefined;
      });
      asked.forEach((query, i) => {
        const wanted = bruteForce(rows, query, 6, minCosine);
        const own = Array.from(found.rows.subarray(6 * i, 6 * i + 6)).filter((row) => row >= 0);
        expect(own, `row ${query}`).toEqual(wanted.map(({ row }) => row));
        wanted.forEach(({ sum }, k) => {
          expect(found.cosines[6 * i + k]).toBe(Math.fround(sum));
        });
      });
      expect(pauses).toBeGreaterThanOrEqual(queries / 4);
    },
  );

  it('ends at a pause that throws', async () => {
    const rows = randomRows(50, 4, 1);
    const search = nearestTo(rows, Int32Array.of(0, 1), { max: 2, minCosine: 0 }, async () => {
      throw new Error('cancelled');
    });
    await expect(search).rejects.toThrow('cancelled');
  });
});

interface Compared {
  readonly probe: PairScorer;
  readonly source: RatingSource;
  readonly pairs: readonly BagPair[];
}

let made = 0;
async function compared(
  pairs: readonly BagPair[],
  start: StartScorer = async () => Promise.resolve(startInMemory()),
): Promise<Compared> {
  const lines = pairs.map(({ record }) => JSON.stringify(record)).join('\n');
  const { facts, recognition } = survey(`${lines}\n`);
  const records = recordsOf(encode(lines));
  const source: RatingSource = {
    facts,
    pass: (wanted) => readWantedPairs(records, recognition!, facts, wanted),
  };
  const { folder } = writeModel(join(ROOT, `m${made++}`), bagRecipe());
  const machine = { start, cacheFolder: undefined, budget: modelBudget(4000), log: noPause };
  const probe = await openProbe({ kind: 'probe', model: folder, name: 'bag' }, '/', machine, never);
  const job = { source, seed: 1, signal: never, onProgress: noPause };
  await probe.rate({ ...job, onSome: noPause });
  await probe.compare?.({ ...job, margins: marginsOf(probe, source) });
  probe.close();
  return { probe, source, pairs };
}

/** What speaks against each pair, by number. */
function oppositions({ probe, source }: Compared, facts: PairIdentities = source.facts) {
  return Array.from({ length: facts.pairCount }, (_, pair) => {
    const identity = facts.identity(pair);
    const hood = probe.neighbours?.(identity);
    return hood && oppositionTo(identity, hood, facts);
  });
}

describe('neighbours with the opposite label', () => {
  it('are named for exactly the flipped pairs of a cluster, all of them in the cluster', async () => {
    const all = await compared(bagPairs(3));
    const { pairs } = all;
    const found = oppositions(all);
    found.forEach((opposition, pair) => {
      expect(opposition !== undefined, `pair ${pair}, ${pairs[pair]!.kind}`).toBe(
        pairs[pair]!.kind === 'flipped',
      );
      if (!opposition) return;
      expect(opposition.near).toBe(MAX_NEAR);
      expect(opposition.pairs.map(({ number }) => pairs[number]!.kind)).toEqual(
        Array(MAX_NEAR).fill('alike'),
      );
      expect(opposition.pairs.every(({ cosine }) => cosine < -0.999)).toBe(true);
      expect(oppositionWords(opposition)).toMatch(
        /^All 8 pairs most like this one, by the embeddings of bag, are labelled the other way\. Where so many agree, 9\d % of the labels of this file follow them\.$/,
      );
    });
  });

  it('are few enough elsewhere that an isolated pair says nothing', async () => {
    const { probe, source } = await compared(bagPairs(4));
    const last = source.facts.pairCount - 1;
    expect(probe.neighbours?.(source.facts.identity(last))).toBeUndefined();
  });

  it.each([
    {
      name: 'of one prompt',
      change: ({ record, ...pair }: BagPair) =>
        pair.kind === 'alike'
          ? { ...pair, record: { ...record, prompt: 'the same prompt for all' } }
          : { ...pair, record },
    },
    {
      name: 'with nearly the same texts',
      change: ({ record, ...pair }: BagPair, i: number) => {
        const long = 'you can look at it for a long time and then say what it is '.repeat(4);
        const better = `${long} hot water`;
        const prompt = `tell me ${i}`;
        return pair.kind === 'alike'
          ? { ...pair, record: { prompt, chosen: better, rejected: long } }
          : { ...pair, record };
      },
    },
  ])('do not count one by one if they are pairs $name', async ({ change }) => {
    const all = await compared(bagPairs(5).map(change));
    expect(oppositions(all).every((opposition) => opposition === undefined)).toBe(true);
  });

  it('say nothing where labels do not follow them', async () => {
    const random = seededRandom(1);
    const pairs = bagPairs(6).map((pair): BagPair => {
      if (pair.kind !== 'alike' || random() < 0.5) return pair;
      const { prompt, chosen, rejected } = pair.record;
      return { ...pair, record: { prompt, chosen: rejected, rejected: chosen } };
    });
    expect(oppositions(await compared(pairs)).every((opposition) => opposition === undefined)).toBe(true);
  });
});

/** Pairs of which one is another one, or gone. */
function edited(
  facts: PairIdentities,
  kind: 'flip' | 'tie' | 'move' | 'drop',
  numbers: readonly number[],
): PairIdentities {
  const order = Array.from({ length: facts.pairCount }, (_, pair) => pair);
  if (kind === 'move') order.unshift(...order.splice(-3));
  const left = kind === 'drop' ? order.filter((pair) => !numbers.includes(pair)) : order;
  return {
    pairCount: left.length,
    isTie: (pair) => kind === 'tie' && numbers.includes(left[pair]!),
    identity(pair) {
      const own = facts.identity(left[pair]!);
      const isTurned = kind === 'flip' && numbers.includes(left[pair]!);
      return isTurned ? { ...own, chosenKey: own.rejectedKey, rejectedKey: own.chosenKey } : own;
    },
  };
}

describe('after edits, neighbours', () => {
  const first = async () => {
    const all = await compared(bagPairs(7));
    const { facts } = all.source;
    const pair = all.pairs.findIndex(({ kind }) => kind === 'flipped');
    const identity = facts.identity(pair);
    const hood = all.probe.neighbours?.(identity) as Neighbourhood;
    const { pairs } = oppositionTo(identity, hood, facts)!;
    return { facts, identity, hood, numbers: pairs.map(({ number }) => number) };
  };

  it('count by their labels as they are now', async () => {
    const { facts, identity, hood, numbers } = await first();
    const two = oppositionTo(identity, hood, edited(facts, 'flip', numbers.slice(0, 2)))!;
    expect(two.near).toBe(8);
    expect(two.pairs.map(({ number }) => number)).toEqual(numbers.slice(2));
    expect(oppositionTo(identity, hood, edited(facts, 'flip', numbers.slice(0, 3)))).toBeUndefined();
    const turned = { ...identity, chosenKey: identity.rejectedKey, rejectedKey: identity.chosenKey };
    expect(oppositionTo(turned, hood, facts)).toBeUndefined();
  });

  it.each(['tie', 'drop'] as const)('do not count after a %s', async (kind) => {
    const { facts, identity, hood, numbers } = await first();
    expect(oppositionTo(identity, hood, edited(facts, kind, numbers.slice(0, 3)))).toMatchObject({ near: 5 });
    expect(oppositionTo(identity, hood, edited(facts, kind, numbers.slice(0, 4)))).toBeUndefined();
  });

  it('are found where they stand now', async () => {
    const { facts, identity, hood, numbers } = await first();
    const moved = oppositionTo(identity, hood, edited(facts, 'move', []))!;
    expect(moved.pairs.map(({ number }) => number)).toEqual(numbers.map((number) => number + 3));
  });
});

describe('a scoring process that dies in the search', () => {
  it('is replaced, and the result is the same', async () => {
    let deaths = 0;
    const start: StartScorer = async () => {
      const scorer = startInMemory();
      const { requests } = scorer;
      const call = (async (name: never, params: never, signal: never) => {
        if (name === 'nearest' && deaths++ < 1) scorer.crash();
        return requests.call(name, params, signal);
      }) as typeof requests.call;
      return Promise.resolve({ ...scorer, requests: { call } });
    };
    const [one, two] = [await compared(bagPairs(8)), await compared(bagPairs(8), start)];
    expect(deaths).toBe(2);
    expect(oppositions(two)).toEqual(oppositions(one));
  });
});
