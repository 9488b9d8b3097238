// Named annotators: who errs is found, their votes weigh accordingly, and a reader sees who says what.
import { describe, expect, it } from 'vitest';

import { readRaw } from '#core/dataset/survey.ts';
import { recogniseAs } from '#core/mapping/recognise.ts';
import { mappingById } from '#core/mapping/table.ts';
import { identify } from '#core/model/identity.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { Said, Vote } from '#core/reward/annotators.ts';
import { fitVotes } from '#core/reward/annotators.ts';
import { seededRandom } from '#core/score/random.ts';
import { openColumns } from '#node/scorers/columns.ts';
import type { NumberedPair, PairScorer } from '#node/scorers/rating.ts';

import { rateAll } from '../fakes/numberedPairs.ts';
import { recordOf } from '../fakes/records.ts';

/** The share of right votes of each annotator. Every pair has three of them. */
const SHARES = { ann: 0.95, bob: 0.92, cem: 0.55, dee: 0.6, eva: 0.58 } as const;
const NAMES = Object.keys(SHARES) as (keyof typeof SHARES)[];

interface Planted {
  readonly truth: Said;
  readonly votes: readonly Vote[];
}

function plant(count: number, seed: number): Planted[] {
  const random = seededRandom(seed);
  const other = { first: 'second', second: 'first' } as const;
  return Array.from({ length: count }, () => {
    const truth = random() < 0.5 ? 'first' : 'second';
    const start = Math.floor(random() * NAMES.length);
    const votes = [0, 1, 2].map((i): Vote => {
      const by = NAMES[(start + i) % NAMES.length]!;
      if (random() < 0.05) return { by, said: 'tie' };
      return { by, said: random() < SHARES[by] ? truth : other[truth] };
    });
    return { truth, votes };
  });
}

const patternsOf = (planted: readonly Planted[]): { votes: readonly Vote[]; count: number }[] =>
  planted.map(({ votes }) => ({ votes, count: 1 }));

describe('the fit of votes', () => {
  it.each([1, 2, 3])('finds who errs, and names more labels rightly than the majority (seed %i)', (seed) => {
    const planted = plant(1500, seed);
    const fitted = fitVotes(patternsOf(planted))!;
    for (const name of NAMES) {
      const { right, wrong } = fitted.annotators.get(name)!;
      expect(Math.abs(right / (right + wrong) - SHARES[name]), name).toBeLessThan(0.08);
    }
    const majority = (votes: readonly Vote[]): number =>
      votes.reduce((sum, { said }) => sum + { first: 1, second: -1, tie: 0 }[said], 0);
    const rightBy = (score: (votes: readonly Vote[]) => number): number =>
      planted.reduce((sum, { truth, votes }) => {
        const found = score(votes) * (truth === 'first' ? 1 : -1);
        return sum + (found > 0 ? 1 : found === 0 ? 0.5 : 0);
      }, 0) / planted.length;
    expect(rightBy(fitted.logOdds)).toBeGreaterThan(rightBy(majority) + 0.03);
  });

  it('treats both answers alike, whatever the order of pairs and votes', () => {
    const planted = plant(300, 4);
    const mirror = { first: 'second', second: 'first', tie: 'tie' } as const;
    const mirrored = planted.map(({ truth, votes }) => ({
      truth: mirror[truth],
      votes: votes.map(({ by, said }) => ({ by, said: mirror[said] })).reverse(),
    }));
    const [one, two] = [fitVotes(patternsOf(planted))!, fitVotes(patternsOf(mirrored.reverse()))!];
    for (const { votes } of planted)
      expect(two.logOdds(votes.map(({ by, said }) => ({ by, said: mirror[said] })))).toBeCloseTo(
        -one.logOdds(votes),
        6,
      );
  });

  it('needs enough pairs with two votes, and counts equal votes together', () => {
    const alone = Array.from({ length: 500 }, () => ({
      votes: [{ by: 'ann', said: 'first' } as const],
      count: 1,
    }));
    expect(fitVotes(alone)).toBeUndefined();
    expect(fitVotes(patternsOf(plant(29, 5)))).toBeUndefined();
    const votes = [
      { by: 'ann', said: 'first' },
      { by: 'bob', said: 'first' },
      { by: 'cem', said: 'second' },
    ] as const;
    const apart = fitVotes(Array.from({ length: 60 }, () => ({ votes, count: 1 })))!;
    expect(fitVotes([{ votes, count: 60 }])!.logOdds(votes)).toBeCloseTo(apart.logOdds(votes), 9);
  });

  it('stays finite for one who is always right, and for one with a single vote', () => {
    const patterns = plant(400, 6).map(({ truth, votes }) => ({
      votes: [...votes, { by: 'zoe', said: truth }],
      count: 1,
    }));
    const fitted = fitVotes([...patterns, { votes: [{ by: 'one', said: 'second' }], count: 1 }])!;
    expect(fitted.logOdds([{ by: 'zoe', said: 'first' }])).toBeGreaterThan(2);
    expect(fitted.logOdds([{ by: 'zoe', said: 'first' }])).toBeLessThan(12);
    expect(Math.abs(fitted.logOdds([{ by: 'one', said: 'first' }]))).toBeLessThan(3);
    expect(fitted.logOdds([{ by: 'nobody', said: 'first' }])).toBe(0);
  });
});

function pairsOf(mapping: string, records: readonly JsonObject[]): NumberedPair[] {
  const recognition = recogniseAs(mappingById(mapping), records)!;
  return records.flatMap((value) =>
    (readRaw(recordOf(JSON.stringify(value)), recognition)?.pairs ?? []).map((pair) => ({
      number: 0,
      pair,
      value,
    })),
  );
}

async function scored(
  mapping: string,
  records: readonly JsonObject[],
): Promise<[PairScorer, NumberedPair[]]> {
  const pairs = pairsOf(mapping, records);
  const scorer = openColumns({ kind: 'columns' } as never, mappingById(mapping)!);
  await rateAll(scorer, pairs);
  return [scorer, pairs];
}

const NUMBER = { first: 1, second: 2, tie: 0 };

/** PandaLM names an annotator by the field of the vote. */
const inFields = plant(400, 7).map(({ votes }, i) => ({
  instruction: `Question ${i}?`,
  input: '',
  response1: `One answer ${i}.`,
  response2: `Another answer ${i}.`,
  ...Object.fromEntries(
    ['annotator1', 'annotator2', 'annotator3'].map((name, at) => [name, NUMBER[votes[at]!.said]]),
  ),
}));

/** The error of the third annotator alone. */
const split = (votes: readonly [number, number, number], i: number): JsonObject => ({
  ...inFields[i]!,
  annotator1: votes[0],
  annotator2: votes[1],
  annotator3: votes[2],
});
const oneErrs = Array.from({ length: 300 }, (_, i) => {
  const truth = 1 + (i % 2);
  const other = 3 - truth;
  if (i % 10 === 0) return split([truth, other, truth], i);
  return split([truth, truth, i % 3 === 0 ? other : truth], i);
});

describe('the scorer "columns"', () => {
  it('says how often each annotator is right, and who votes for which answer', async () => {
    const [scorer, pairs] = await scored('pandalm', oneErrs);
    expect(scorer.about.join()).toMatch(
      /^The votes of 3 annotators, .*: "annotator1" (?:9\d|100) %, "annotator2" [89]\d %, "annotator3" [67]\d %\.$/,
    );
    const [first, , , second] = pairs;
    expect(scorer.details?.(identify(first!.pair), first!.value)).toEqual([
      expect.stringMatching(
        /^Votes: "annotator1" \(\d+ %\), "annotator3" \(\d+ %\) for the chosen answer; "annotator2" \(\d+ %\) for the rejected one\.$/,
      ),
    ]);
    // Two of three agree in both; the one who is often wrong weighs less.
    const margin = ({ pair }: NumberedPair): number => scorer.account(identify(pair))!.margin;
    expect(margin(second!)).toBeGreaterThan(margin(first!));
  });

  it('turns its margin with a flip, and follows the votes of the changed record', async () => {
    const [scorer, [before]] = await scored('pandalm', oneErrs);
    const margin = scorer.account(identify(before!.pair))!.margin;
    const flipped = { ...oneErrs[0]!, annotator1: 2, annotator2: 1, annotator3: 2 };
    const [after] = pairsOf('pandalm', [flipped]);
    expect(scorer.account(identify(after!.pair))!.margin).toBe(-margin);
    scorer.learn?.(after!.pair, flipped);
    expect(scorer.account(identify(after!.pair))!.margin).toBeCloseTo(margin, 9);
  });

  it('joins the votes of several records on the same answers', async () => {
    const records = plant(200, 8).flatMap(({ votes }, i) =>
      votes.flatMap(({ by, said }) =>
        said === 'tie'
          ? []
          : [
              {
                prompt: `Question ${i}?`,
                chosen: `${said === 'first' ? 'One' : 'Another'} answer ${i}.`,
                rejected: `${said === 'first' ? 'Another' : 'One'} answer ${i}.`,
                annotator: by,
              },
            ],
      ),
    );
    const [scorer, pairs] = await scored('trl-explicit', records);
    expect(scorer.about.join()).toContain('The votes of 5 annotators');
    const [own] = pairs;
    const details = scorer.details?.(identify(own!.pair), own!.value).join() ?? '';
    for (const { annotator, prompt } of records)
      if (prompt === 'Question 0?') expect(details).toContain(`"${annotator}"`);
  });

  it('leaves records without names as they were', async () => {
    const [scorer, [first]] = await scored('pandalm', oneErrs.slice(0, 20));
    expect(scorer.about.join()).toContain('Differences of');
    expect(scorer.details?.(identify(first!.pair), first!.value)).toEqual([]);
  });
});
