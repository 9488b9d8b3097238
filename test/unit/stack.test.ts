// The built-in scorer with encoders beside it, as one member of an ensemble.
import { describe, expect, it } from 'vitest';

import type { Member } from '#core/reward/ensemble.ts';
import { Ensemble } from '#core/reward/ensemble.ts';
import { stackedMember, stackWeights } from '#core/reward/stack.ts';
import type { SelfTest } from '#core/score/quality.ts';
import { seededRandom } from '#core/score/random.ts';
import type { Scored } from '#node/scoring/fit.ts';
import { ensembleQuality } from '#node/scoring/quality.ts';

import { marginsOf, pairAt, paritySource } from '../fakes/paritySource.ts';

describe('fits that are joined', () => {
  const member = (name: string, margin: (pair: number) => number, pairs: Map<string, number>): Member => ({
    name,
    about: [],
    account: ({ chosenKey }) => ({
      margin: margin(pairs.get(chosenKey.join())!),
      flags: 0,
      time: 0,
      provider: 0,
    }),
    refusal: () => undefined,
  });

  it('count as much as they help, and one that says nothing counts nothing', () => {
    const { source } = paritySource(400, 12);
    const { facts } = source;
    const numbers = new Map(
      Array.from({ length: 400 }, (_, pair) => [facts.identity(pair).chosenKey.join(), pair]),
    );
    const random = seededRandom(2);
    const good = Array.from({ length: 400 }, () => (random() < 0.15 ? -1 : 1));
    const noise = Array.from({ length: 400 }, () => 8 * (random() - 0.5));
    const one = member('good', (pair) => good[pair]!, numbers);
    const both = stackedMember([one, member('noise', (pair) => noise[pair]!, numbers)], facts);
    expect(both.name).toBe('good + noise');
    const agree = marginsOf(both, source).filter((margin, pair) => Math.sign(margin) === good[pair]).length;
    expect(agree).toBeGreaterThan(395);
    const partly = stackedMember([one, member('absent', () => Number.NaN, numbers)], facts);
    expect(marginsOf(partly, source).map(Math.sign)).toEqual(good);
  });

  it('stand for the texts beside stored scores, with the reasons of the built-in scorer', async () => {
    const { source } = paritySource(400, 12);
    const { facts } = source;
    const numbers = new Map(
      Array.from({ length: 400 }, (_, pair) => [facts.identity(pair).chosenKey.join(), pair]),
    );
    const random = seededRandom(3);
    const texts = Array.from({ length: 400 }, () => 2 * random() - 0.6);
    const builtIn: Member = {
      ...member('consistency', (pair) => texts[pair]!, numbers),
      kind: 'consistency',
      version: 3,
      explain: () => [{ text: 'length', side: 'style', weight: 2 }],
    };
    const encoder = member('encoder', (pair) => 3 * texts[pair]!, numbers);
    const scores: Member = { ...member('columns', (pair) => 1 + (pair % 7), numbers), kind: 'columns' };
    const stack = stackedMember([builtIn, encoder], facts);
    const ensemble = new Ensemble([scores, stack]);
    ensemble.measure(facts);
    const { scale } = ensemble.agreement!;
    const identity = facts.identity(5);
    const own = stack.account(identity)!.margin;
    expect(ensemble.verdict(identity).margin).toBeCloseTo(own + scale * 6, 9);
    const { pair, value } = await pairAt(source, 5);
    const [reason] = stack.explain!(pair, value);
    const [weight] = stackWeights([1, 3].map((factor) => Float64Array.from(texts, (one) => factor * one)));
    expect(reason).toEqual({ text: 'length', side: 'style', weight: 2 * weight! });
    expect(ensemble.name).toBe('ensemble of columns and consistency + encoder');
    expect(ensemble.id).toBe('ensemble of columns and consistency@3 + encoder');
  });

  it('without a fit are tested by turning their margins; the self-test of a fit is that of all', () => {
    const margins = Float32Array.from({ length: 400 }, (_, pair) => (pair % 5) - 1);
    const lengths = new Float64Array(400).fill(1);
    const tested = (fitted?: Scored) =>
      ensembleQuality(new Ensemble([]), fitted, margins, lengths, 1).selfTest;
    const selfTest = { planted: 3 } as SelfTest;
    expect(tested({ selfTest } as Scored)).toBe(selfTest);
    expect(tested()!.ladder!.map(({ evidence }) => evidence)).toEqual(['length', 'models']);
    expect(
      ensembleQuality(new Ensemble([]), undefined, margins, lengths, undefined).selfTest,
    ).toBeUndefined();
  });
});
