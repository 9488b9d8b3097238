// The overlap with a reference answer as a scorer.
import { describe, expect, it } from 'vitest';

import { readRaw } from '#core/dataset/survey.ts';
import { recogniseAs } from '#core/mapping/recognise.ts';
import { mappingById } from '#core/mapping/table.ts';
import { identify } from '#core/model/identity.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { OverlapRule } from '#core/reward/scorerRule.ts';
import { openOverlap } from '#node/scorers/overlap.ts';
import type { NumberedPair, PairScorer } from '#node/scorers/rating.ts';

import { rateAll } from '../fakes/numberedPairs.ts';
import { recordOf } from '../fakes/records.ts';

const MAPPING = mappingById('trl-explicit')!;

function pairsOf(records: readonly JsonObject[]): NumberedPair[] {
  const recognition = recogniseAs(MAPPING, records)!;
  return records.flatMap((value) =>
    (readRaw(recordOf(JSON.stringify(value)), recognition)?.pairs ?? []).map((pair) => ({
      number: 0,
      pair,
      value,
    })),
  );
}

async function scored(
  records: readonly JsonObject[],
  rule: Partial<OverlapRule> = {},
): Promise<[PairScorer, readonly NumberedPair[]]> {
  const pairs = pairsOf(records);
  const scorer = openOverlap({ kind: 'overlap', ...rule }, MAPPING);
  await rateAll(scorer, pairs);
  return [scorer, pairs];
}

const POLICE = { prompt: 'Say it.', chosen: 'police kill the gunman', rejected: 'the gunman kill police' };
const LIN = { ...POLICE, reference: 'police killed the gunman' };

const accountOf = (scorer: PairScorer, { pair }: NumberedPair) => scorer.account(identify(pair));

describe('the overlap with a reference', () => {
  it('is ROUGE-L of each answer, and the margin is the difference: 0.75 − 0.5', async () => {
    const [scorer, [pair]] = await scored([LIN]);
    expect(accountOf(scorer, pair!)).toMatchObject({ margin: 0.25, chosenReward: 0.75, rejectedReward: 0.5 });
    expect(scorer.about).toEqual([
      'ROUGE-L with the reference in "reference".',
      'The share of words that an answer has in the order of the reference.',
    ]);
    expect(scorer.details?.(identify(pair!.pair), LIN)).toEqual([
      'ROUGE-L with “reference”: 0.750 for the chosen answer, 0.500 for the rejected one',
    ]);
    // A flip changes the sign and nothing else.
    const [{ pair: flipped }] = pairsOf([{ ...LIN, chosen: LIN.rejected, rejected: LIN.chosen }]) as [
      NumberedPair,
    ];
    expect(scorer.account(identify(flipped))).toMatchObject({ margin: -0.25, chosenReward: 0.5 });
  });

  it('is chrF on request: 7/18 for “abd”, 1 for the same text', async () => {
    const record = { prompt: 'p', chosen: 'abc', rejected: 'abd', expected: 'abc' };
    const [scorer, [pair]] = await scored([record], { measure: 'chrf', field: 'expected', name: 'runs' });
    const { chosenReward, rejectedReward } = accountOf(scorer, pair!)!;
    expect(chosenReward).toBe(1);
    expect(rejectedReward).toBeCloseTo(7 / 18, 6);
    expect(scorer.name).toBe('runs');
  });

  it('counts the nearest of several references, and the last message of a conversation', async () => {
    const [scorer, pairs] = await scored(
      [
        { ...POLICE, ref: ['nothing alike', 'the gunman kill police'] },
        {
          ...POLICE,
          prompt: 'q',
          ref: [
            { role: 'user', content: 'x' },
            { role: 'assistant', content: 'police kill the gunman' },
          ],
        },
      ],
      { field: 'ref' },
    );
    expect(accountOf(scorer, pairs[0]!)).toMatchObject({ chosenReward: 0.5, rejectedReward: 1 });
    expect(accountOf(scorer, pairs[1]!)).toMatchObject({ chosenReward: 1, rejectedReward: 0.5 });
  });

  it('finds the reference by its name, in an object too, but takes no number and no word for one', async () => {
    const [scorer, pairs] = await scored([
      { ...POLICE, prompt: 'a', extra: { ground_truth: 'police killed the gunman' } },
      { ...POLICE, prompt: 'b', gold_answer: '12', note: 'police killed the gunman' },
    ]);
    expect(accountOf(scorer, pairs[0]!)?.margin).toBe(0.25);
    expect(accountOf(scorer, pairs[1]!)?.margin).toBeNaN();
    expect(scorer.refusal(identify(pairs[1]!.pair))).toBe(
      'the record has no reference in a field that is known to hold one',
    );
  });

  it('says why a pair has no score: no reference, too many, or a text that is too long', async () => {
    const long = 'word '.repeat(20_001);
    const [scorer, pairs] = await scored(
      [
        { ...POLICE, prompt: 'a' },
        { ...POLICE, prompt: 'b', reference: Array.from({ length: 17 }, (_, i) => `text ${i}`) },
        { ...POLICE, prompt: 'c', reference: long },
      ],
      { field: 'reference' },
    );
    expect(pairs.map(({ pair }) => scorer.refusal(identify(pair)))).toEqual([
      'the record has no reference in "reference"',
      'it has 17 references, and at most 16 are compared',
      'a text has more than 20,000 words',
    ]);
    const [chars, [pair]] = await scored([{ ...POLICE, reference: 'x'.repeat(50_001) }], {
      measure: 'chrf',
      field: 'reference',
    });
    expect(chars.refusal(identify(pair!.pair))).toBe('a text has more than 50,000 characters');
  });

  it('learns an edited pair at once, and forgets', async () => {
    const [scorer] = await scored([LIN]);
    const edited = { ...LIN, chosen: 'police killed the gunman' };
    const [{ pair }] = pairsOf([edited]) as [NumberedPair];
    expect(scorer.account(identify(pair))).toBeUndefined();
    scorer.learn?.(pair, edited);
    expect(scorer.account(identify(pair))?.margin).toBe(0.5);
    scorer.forget();
    expect(scorer.account(identify(pair))).toBeUndefined();
    expect(scorer.about[0]).toContain('No record holds a reference');
  });
});
