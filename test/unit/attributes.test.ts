// Ratings of both answers by attribute: where they are found, what they say together, and how queries name them.
import { describe, expect, it } from 'vitest';

import { dominatedBy } from '#core/checks/labels/ratingsContradictLabel.ts';
import { kendallTau } from '#core/checks/labels/scoresAgainstOrder.ts';
import type { Rating } from '#core/mapping/attributes.ts';
import { ratingsOf } from '#core/mapping/attributes.ts';
import { readRecord } from '#core/mapping/read.ts';
import { recognise } from '#core/mapping/recognise.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { Pair } from '#core/model/pair.ts';
import { readsOutcome } from '#core/query/outcome.ts';
import { readQuery } from '#core/query/query.ts';
import { ratingsSeen } from '#core/query/ratings.ts';
import { masksOf } from '#core/query/readRecord.ts';

import { recordOf } from '../fakes/records.ts';

function read(record: JsonObject) {
  const recognition = recognise([record]);
  if (!recognition) throw new Error('not recognised');
  const outcome = readRecord(recognition.mapping, record);
  return { recognition, pairs: 'pairs' in outcome ? outcome.pairs : [] };
}

const namesOf = (record: JsonObject, pair: Pair): readonly string[] =>
  ratingsOf(record, pair).map(({ name, chosen, rejected }) => `${name} ${chosen}/${rejected}`);

const BASE = { prompt: 'Q', chosen: 'a', rejected: 'b' };

describe('ratings of both answers', () => {
  it.each<readonly [string, JsonObject, readonly string[]]>([
    ['fields of each side', { ...BASE, chosen_helpfulness: 4, rejected_helpfulness: 2 }, ['helpfulness 4/2']],
    [
      'objects of each side',
      { ...BASE, chosen_ratings: { honesty: 3, clarity: 5 }, rejected_ratings: { honesty: 2, clarity: 5 } },
      ['honesty 3/2', 'clarity 5/5'],
    ],
    [
      'heads of a reward model',
      { ...BASE, chosen_rewards: [1, 0.5], rejected_rewards: [2, 0.25] },
      ['rewards.0 1/2', 'rewards.1 0.5/0.25'],
    ],
    [
      'yes and no',
      { ...BASE, chosen_is_acceptable: 'yes', rejected_is_acceptable: 'no' },
      ['is_acceptable 1/0'],
    ],
    [
      'one attribute by two judges',
      {
        ...BASE,
        gpt_scores_chosen: { depth: 1 },
        gpt_scores_rejected: { depth: 2 },
        scores_chosen: { depth: 3 },
        scores_rejected: { depth: 4 },
      },
      ['depth 1/2', 'scores_chosen.depth 3/4'],
    ],
    [
      'lists beside a list of answers',
      { prompt: 'Q', responses: ['a', 'b'], scores: [2, 1], ratings: { honesty: [5, 4] } },
      ['scores 2/1', 'honesty 5/4'],
    ],
    [
      'objects with reasons',
      {
        instruction: 'Q',
        completions: [
          {
            response: 'a',
            annotations: { honesty: { Rating: '5', Rationale: 'r' }, helpfulness: { Rating: 'N/A' } },
          },
          {
            response: 'b',
            annotations: { honesty: { Rating: '1', Rationale: 'r' }, helpfulness: { Rating: '2' } },
          },
        ],
      },
      ['honesty 5/1'],
    ],
  ])('%s', (_, record, expected) => {
    const { pairs } = read(record);
    expect(namesOf(record, pairs[0]!)).toEqual(expected);
  });

  it.each<readonly [string, JsonObject]>([
    [
      'numbers that rate nothing',
      { ...BASE, chosen_tokens: 3, rejected_tokens: 9, chosen_score_count: 1, rejected_score_count: 2 },
    ],
    ['a number of one side alone', { ...BASE, chosen_score: 3, category_score: 4 }],
    ['lists of different lengths', { ...BASE, chosen_rewards: [1, 2], rejected_rewards: [1, 2, 3] }],
    ['texts', { ...BASE, chosen_rating: 'good', rejected_rating: 'bad' }],
  ])('not %s', (_, record) => {
    expect(namesOf(record, read(record).pairs[0]!)).toEqual([]);
  });
});

const rating = (name: string, chosen: number, rejected: number, best: Rating['best'] = 'high'): Rating => ({
  name,
  best,
  chosen,
  rejected,
  path: [name],
});
const lostOf = (...ratings: readonly Rating[]): readonly string[] =>
  dominatedBy(ratings).map(({ name }) => name);

describe('an answer that dominates the other', () => {
  // Dominance: at least as good by all, better by one. Worked by hand.
  it('is nowhere worse and somewhere better', () => {
    expect(lostOf(rating('a', 1, 2), rating('b', 3, 3))).toEqual(['a']);
    expect(lostOf(rating('a', 1, 2), rating('b', 3, 2))).toEqual([]);
    expect(lostOf(rating('a', 2, 2), rating('b', 3, 3))).toEqual([]);
  });

  it('knows which end is better, and needs two ratings', () => {
    expect(lostOf(rating('toxicity', 3, 1, 'low'), rating('b', 3, 3))).toEqual(['toxicity']);
    expect(lostOf(rating('toxicity', 1, 3, 'low'), rating('b', 3, 3))).toEqual([]);
    expect(lostOf(rating('a', 1, 2), { ...rating('verbosity', 1, 9), best: undefined })).toEqual([]);
    expect(lostOf(rating('a', 1, 2))).toEqual([]);
  });
});

describe("Kendall's τ", () => {
  const none = { same: 0, opposite: 0, firstTies: 0, secondTies: 0 };

  it('of four answers of which two neighbours are exchanged is (5 − 1) / 6', () => {
    expect(kendallTau({ ...none, same: 5, opposite: 1 })).toBeCloseTo(4 / 6);
  });

  it('counts ties as τ-b', () => {
    // Ranks 1 2 2 4 against scores 1 2 3 3 (higher rank number, higher score): pairs (1,2) (1,3) (1,4) (2,4) are in the same order,
    // (2,3) is tied in the ranks alone, (3,4) in the scores alone, none is opposite: 4 / √((4 + 1)(4 + 1)) = 0.8.
    expect(kendallTau({ same: 4, opposite: 0, firstTies: 1, secondTies: 1 })).toBeCloseTo(0.8);
  });

  it('is unknown where nothing is ordered', () => {
    expect(kendallTau({ ...none, firstTies: 3 })).toBeNaN();
  });
});

describe('queries of ratings', () => {
  const record = {
    prompt: 'Q',
    responses: [
      { text: 'a', rank: 1, helpfulness: 5 },
      { text: 'b', rank: 2, helpfulness: 9 },
      { text: 'c', rank: 3, helpfulness: 1 },
    ],
  };
  const { recognition, pairs } = read(record);
  const fields = [...ratingsSeen(recognition.mapping, [record]).keys()];

  function selected(text: string): readonly boolean[] {
    const query = readQuery(text, fields);
    if ('fault' in query) throw new Error(query.fault.message);
    return masksOf(recordOf(JSON.stringify(record)), recognition, query.leaves).map((mask) => mask === 1);
  }

  it('go by pair', () => {
    // Pairs: a over b, a over c, b over c.
    expect(pairs.map(({ chosen, rejected }) => chosen.text + rejected.text)).toEqual(['ab', 'ac', 'bc']);
    expect(selected('chosen_rating.helpfulness>5')).toEqual([false, false, true]);
    expect(selected('rejected_rating.helpfulness=9')).toEqual([true, false, false]);
    expect(selected('rating_difference.helpfulness<0')).toEqual([true, false, false]);
    expect(selected('rating_difference.rank:-2')).toEqual([false, true, false]);
    expect(selected('chosen_rating.helpfulness:*')).toEqual([true, true, true]);
  });

  it('need a name that a record has, and a number', () => {
    const faultOf = (text: string): string | undefined => {
      const query = readQuery(text, fields);
      return 'fault' in query ? query.fault.message : undefined;
    };
    expect(faultOf('chosen_rating.helpfulnes>5')).toContain('Did you mean `chosen_rating.helpfulness`?');
    expect(faultOf('chosen_rating.helpfulness:good')).toContain('is a number');
    expect(faultOf('.chosen_rating.helpfulness:good')).toBeUndefined();
  });

  it('say which answer is chosen', () => {
    const query = readQuery('rating_difference.helpfulness<0');
    expect('fault' in query || readsOutcome(query, new Set())).toBe(true);
  });
});
