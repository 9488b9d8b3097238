// What a portrait reads from records: strengths of models, ratings against labels, scorers by source.
import { describe, expect, it } from 'vitest';

import { figuresOf } from '#core/drawing/figures.ts';
import { floorFigure, ratingsFigure } from '#core/drawing/figures/records.ts';
import { readRecord } from '#core/mapping/read.ts';
import { recognise } from '#core/mapping/recognise.ts';
import type { JsonObject } from '#core/model/json.ts';
import { PartCounter } from '#core/portrait/bySource.ts';
import { portraitOf } from '#core/portrait/portrait.ts';
import type { RatingSummary } from '#core/portrait/ratings.ts';
import { isUnsteady, RatingCounter } from '#core/portrait/ratings.ts';
import type { Strengths } from '#core/portrait/strengths.ts';
import { fitStrengths, StrengthCounter } from '#core/portrait/strengths.ts';
import { seededRandom } from '#core/score/random.ts';

import { plainly, queriedText } from '../fakes/queries.ts';

function readAll(records: readonly JsonObject[]) {
  const mapping = recognise(records)?.mapping;
  if (!mapping) throw new Error('not recognised');
  return records.map((record) => {
    const read = readRecord(mapping, record);
    return { record, pairs: 'pairs' in read ? read.pairs : [] };
  });
}

describe('Bradley-Terry strengths', () => {
  it('of two models are the logarithm of their odds', () => {
    // 30 wins against 10: the odds are 3, log 3 = 1.0986, half of it on each side of 0. The information of each is n·p·(1 − p) =
    // 40 · 0.75 · 0.25 = 7.5; on the line where both sum to 0 its inverse is 1 / (4 · 7.5) = 1/30.
    const { logs, errors } = fitStrengths([
      [0, 30],
      [10, 0],
    ]);
    expect(logs[0]).toBeCloseTo(Math.log(3) / 2, 8);
    expect(logs[1]).toBeCloseTo(-Math.log(3) / 2, 8);
    expect(errors[0]).toBeCloseTo(Math.sqrt(1 / 30), 8);
  });

  it('of the American League 1987 are those that A. Agresti publishes', () => {
    // Categorical Data Analysis, table 10.10: wins of the team in the row over that in the column. Fit with Baltimore at 0.
    const teams = ['Milwaukee', 'Detroit', 'Toronto', 'New York', 'Boston', 'Cleveland', 'Baltimore'];
    const wins = [
      [0, 7, 9, 7, 7, 9, 11],
      [6, 0, 7, 5, 11, 9, 9],
      [4, 6, 0, 7, 7, 8, 12],
      [6, 8, 6, 0, 6, 7, 10],
      [6, 2, 6, 7, 0, 7, 12],
      [4, 4, 5, 6, 6, 0, 6],
      [2, 4, 1, 3, 1, 7, 0],
    ];
    const { logs } = fitStrengths(wins);
    const byTeam = Object.fromEntries(teams.map((team, i) => [team, (logs[i]! - logs[6]!).toFixed(2)]));
    expect(byTeam).toEqual({
      Milwaukee: '1.58',
      Detroit: '1.44',
      Toronto: '1.29',
      'New York': '1.25',
      Boston: '1.11',
      Cleveland: '0.68',
      Baltimore: '0.00',
    });
  });

  function strengthsOf(duels: readonly (readonly [string, string, number])[]): Strengths {
    const records = duels.flatMap(([winner, loser, count]) =>
      Array.from({ length: count }, (_, i) => ({
        prompt: `Q ${winner} ${loser} ${i}`,
        chosen: 'a',
        rejected: 'b',
        chosen_model: winner,
        rejected_model: loser,
      })),
    );
    const counter = new StrengthCounter();
    for (const { record, pairs } of readAll(records)) counter.add(record, pairs);
    return counter.strengths!;
  }

  it('say which models are left out, and why', () => {
    const { models, groups, ofOne } = strengthsOf([
      ['a', 'b', 30],
      ['b', 'a', 10],
      ['best', 'a', 25],
      ['a', 'worst', 25],
      ['rare', 'a', 2],
      ['b', 'rare', 2],
      ['far', 'away', 15],
      ['away', 'far', 9],
      ['a', 'a', 3],
    ]);
    const said = models.map(({ name, strength, leftOut }) => [name, leftOut ?? strength?.value.toFixed(1)]);
    // 400 · log10(3) / 2 = 95.4. The two others are a smaller group of their own.
    expect(said).toEqual([
      ['a', '95.4'],
      ['b', '-95.4'],
      ['best', 'unbeaten'],
      ['worst', 'winless'],
      ['far', 'apart'],
      ['away', 'apart'],
      ['rare', 'few'],
    ]);
    expect([groups, ofOne]).toEqual([2, 3]);
    const [figure] = figuresOf({ ...EMPTY, strengths: strengthsOf([['a', 'b', 30]]) }).filter(
      ({ id }) => id === 'strengths',
    );
    expect(figure?.caption).toContain('do not say which model is stronger');
  });

  it('find the strengths that made the labels, within their intervals', () => {
    const random = seededRandom(3);
    const truth = { a: 0.8, b: 0.2, c: -1 } as const;
    const names = ['a', 'b', 'c'] as const;
    const duels = Array.from({ length: 3000 }, (_, i) => {
      const [one, other] = [names[i % 3]!, names[(i + 1) % 3]!];
      const wins = random() < 1 / (1 + Math.exp(truth[other] - truth[one]));
      return wins ? ([one, other, 1] as const) : ([other, one, 1] as const);
    });
    for (const { name, strength } of strengthsOf(duels).models) {
      const points = (400 / Math.LN10) * truth[name as 'a'];
      expect(strength!.low).toBeLessThan(points);
      expect(strength!.high).toBeGreaterThan(points);
    }
  });
});

const EMPTY = portraitOf({ files: [], hasLabel: false, scorers: [], findings: [] });

describe('ratings against labels', () => {
  it('a winner is unsteady if adverse weights reach the other side', () => {
    // Differences 1 and −0.75: 0.25 in sum, 1.75 in size. Weights 0.8 and 1.2 give 0.8 − 0.9 = −0.1; those of 1 and −0.5 give 0.2.
    expect(isUnsteady([1, -0.75], 0.2)).toBe(true);
    expect(isUnsteady([1, -0.5], 0.2)).toBe(false);
    expect(isUnsteady([-1, 0.75], 0.2)).toBe(true);
    expect(isUnsteady([1, 1], 0.2)).toBe(false);
    expect(isUnsteady([1, -1], 0.2)).toBe(false);
  });

  function summaryOf(ratings: readonly (readonly [JsonObject, JsonObject])[]): RatingSummary {
    const counter = new RatingCounter();
    const records = ratings.map(([chosen, rejected], i) => ({
      prompt: `Q${i}`,
      chosen: 'a',
      rejected: 'b',
      chosen_ratings: chosen,
      rejected_ratings: rejected,
    }));
    for (const { record, pairs } of readAll(records)) counter.add(record, pairs);
    return counter.summary!;
  }

  it('counts what each prefers, and what they say together', () => {
    const { rows, several, dominated, unsteady } = summaryOf([
      [
        { helpfulness: 4, toxicity: 1 },
        { helpfulness: 2, toxicity: 3 },
      ],
      [
        { helpfulness: 2, toxicity: 1 },
        { helpfulness: 4, toxicity: 1 },
      ],
      [
        { helpfulness: 4, toxicity: 3 },
        { helpfulness: 2, toxicity: 1 },
      ],
    ]);
    expect(
      rows.map(({ name, best, equal, prefersChosen }) => [name, best, equal, prefersChosen.value]),
    ).toEqual([
      ['helpfulness', 'high', 0, 2 / 3],
      ['toxicity', 'low', 1, 1 / 2],
    ]);
    expect(rows.map(({ meanDifference }) => meanDifference)).toEqual([2 / 3, 0]);
    // The second pair: the rejected answer is more helpful and as clean. The third: 2 points of helpfulness are 2/1 deviations and
    // 2 of toxicity 2/0.94 (values 1 3 1 1 3 1 deviate by 0.94): 2 against 2.12, within a fifth of each.
    expect([several, dominated, unsteady]).toEqual([3, 1, 1]);
  });

  it('counts poor and good answers by quantiles of the file', () => {
    // Chosen 1 to 100, rejected 50 lower. A tenth of the chosen are below 11; their median by rank is 51; a quarter of all 200 values is
    // below 1 (the ratings from −49 to 0).
    const { floors } = summaryOf(
      Array.from({ length: 100 }, (_, i) => [{ helpfulness: i + 1 }, { helpfulness: i - 49 }]),
    );
    expect(floors).toEqual([
      {
        name: 'helpfulness',
        best: 'high',
        pairs: 100,
        poorChosen: 11,
        median: 51,
        acceptable: 1,
        counts: { poorChosen: 10, goodRejected: 0, bothPoor: 0 },
      },
    ]);
  });

  it('marks carry queries that select what they count', () => {
    const rated = Array.from({ length: 90 }, (_, i) => ({
      prompt: `Q${i}`,
      chosen: 'a',
      rejected: 'b',
      chosen_ratings: { 'two words': (7 * i) % 10, toxicity: i % 5 },
      rejected_ratings: { 'two words': (3 * i) % 10, toxicity: (i + 1) % 4 },
    }));
    const counter = new RatingCounter();
    for (const { record, pairs } of readAll(rated)) counter.add(record, pairs);
    const ratings = counter.summary!;
    const text = queriedText(rated.map((record) => JSON.stringify(record)).join('\n'));
    const floors = floorFigure({ ...EMPTY, ratings })?.table?.rows ?? [];
    expect(floors.map(({ cells }) => cells[0]?.words)).toEqual([
      ...Array.from({ length: 3 }, () => 'two words'),
      ...Array.from({ length: 3 }, () => 'toxicity'),
    ]);
    for (const { cells, query } of floors)
      expect(String(plainly(text, query!).records.length)).toBe(cells[2]?.words);
    const against = ratingsFigure({ ...EMPTY, ratings })?.table?.rows ?? [];
    ratings.rows.forEach(({ pairs, equal, prefersChosen }, i) => {
      const worse = pairs - equal - Math.round(prefersChosen.value * (pairs - equal));
      expect(plainly(text, against[i]!.query!).records.length).toBe(worse);
    });
  });

  it('keeps an even share of many pairs', () => {
    const counter = new RatingCounter();
    const [{ record, pairs }] = readAll([
      { prompt: 'Q', chosen: 'a', rejected: 'b', chosen_score: 2, rejected_score: 1 },
    ]) as [{ record: JsonObject; pairs: never[] }];
    for (let i = 0; i < 21_000; i++) counter.add(record, pairs);
    const { pairs: all, kept } = counter.summary!;
    expect(all).toBe(21_000);
    // Every second one of the first 20,001, and of the rest.
    expect(kept).toBe(10_500);
  });
});

describe('scorers by source', () => {
  it('have a share and, with enough pairs, a calibration error of their own', () => {
    // One field value has 300 pairs with margins of +1, 240 of them right: σ(1) = 0.731, so the error is |0.8 − 0.731| = 0.069.
    const counter = new PartCounter(
      { field: 'source', names: ['x', 'y', 'z'], partOf: () => 0 },
      ['s'],
      true,
    );
    for (let i = 0; i < 300; i++) counter.add(0, 0, i < 240 ? 1 : -1);
    for (let i = 0; i < 40; i++) counter.add(1, 0, i < 10 ? 1 : -1);
    counter.add(1, 0, 0);
    counter.add(1, 0, Number.NaN);
    counter.add(2, 0, 1);
    const { parts } = counter.bySource!;
    expect(parts.map(({ name, accuracy: [one] }) => [name, one?.of, one?.share.value])).toEqual([
      ['x', 300, 0.8],
      ['y', 40, 0.25],
    ]);
    expect(parts[0]?.calibration?.error).toBeCloseTo(0.8 - 1 / (1 + Math.exp(-1)), 10);
    expect(parts[1]?.calibration).toBeUndefined();
  });
});
