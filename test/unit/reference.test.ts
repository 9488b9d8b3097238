// What a reference model says of pairs, against numbers worked out by hand.
import { describe, expect, it } from 'vitest';

import type { PairLikelihood } from '#core/reward/reference.ts';
import {
  isExtreme,
  lossBound,
  referenceGap,
  referenceLine,
  referenceNotes,
  summarise,
} from '#core/reward/reference.ts';

/** Sums and tokens of both answers. */
const of = (
  chosen: number,
  chosenTokens: number,
  rejected: number,
  rejectedTokens: number,
): PairLikelihood => ({
  chosen: [chosen, chosenTokens],
  rejected: [rejected, rejectedTokens],
});

describe('the gap under a reference', () => {
  it('is log π_ref(rejected) − log π_ref(chosen), in sum and per token', () => {
    // −12 − (−20) = 8; −12/4 − (−20/10) = −3 + 2 = −1: likelier as a whole, and less likely per token.
    expect(referenceGap(of(-20, 10, -12, 4))).toEqual({ sum: 8, perToken: -1 });
  });

  it('bounds the loss below which a policy ranks the pair right: −log σ(β·gap)', () => {
    // σ(0) = 1/2; σ(2) = 1/(1 + e^−2) = 0.880797…, and −log of it is 0.126928…; −log σ(−2) = 2.126928….
    expect(lossBound(0, 0.1)).toBeCloseTo(Math.log(2), 12);
    expect(lossBound(20, 0.1)).toBeCloseTo(0.126928, 6);
    expect(lossBound(-20, 0.1)).toBeCloseTo(2.126928, 6);
    expect(lossBound(-1e5, 1)).toBe(1e5);
    // The equivalence: a policy ranks right exactly if its loss −log σ(β·(log-ratio of the policy + gap)) is below the bound.
    for (const [policy, gap] of [
      [0.5, 7],
      [-0.5, 7],
      [3, -4],
      [-3, -4],
    ] as const) {
      const loss = -Math.log(1 / (1 + Math.exp(-0.1 * (policy + gap))));
      expect(loss < lossBound(gap, 0.1)).toBe(policy > 0);
    }
  });
});

describe('a file under a reference', () => {
  const policy = of(-1, 1, -2, 1);

  it('has the share of pairs whose chosen answer is likelier, and the median loss of the others', () => {
    const pairs = [
      // Gaps −1, +10, 0, +20: the reference is right in one, and half in the third. Policy: gap −1 in all but the last.
      { reference: of(-9, 10, -10, 10), policy },
      { reference: of(-20, 10, -10, 10), policy },
      { reference: of(-10, 10, -10, 10), policy },
      { reference: of(-30, 10, -10, 10), policy: of(-2, 1, -1, 1) },
    ];
    const summary = summarise(pairs, 0.1)!;
    expect(summary).toMatchObject({ pairs: 4, referenceAccuracy: 1.5 / 4, policyAccuracy: 3 / 4 });
    // Of −1, 0, 10, 20 the middle is 5; per token 0.5.
    expect(summary.gap.median).toBe(5);
    expect(summary.perToken.median).toBeCloseTo(0.5, 12);
    // −log σ(1) = 0.313262, −log σ(2) = 0.126928: their middle is 0.220095.
    expect(summary.hardLoss).toBeCloseTo(0.220095, 6);
    expect(referenceNotes(summary)).toEqual([
      'The reference finds the chosen answer likelier in 37.5 % of 4 pairs, the policy in 75.0 %.',
      'log π_ref(rejected) − log π_ref(chosen): median +5.0, per token +0.500; extreme in 0 pairs; 0 answers of very low likelihood.',
      'Where the reference finds the rejected answer likelier, DPO ranks a pair right below a loss of −log σ(β·difference), in the median 0.220.',
    ]);
    expect(summarise([], 0.1)).toBeUndefined();
    expect(referenceNotes(undefined)).toEqual([]);
    expect(referenceNotes(summarise(pairs.slice(0, 1), 0.1))).toHaveLength(2);
  });

  it('names gaps and answers that are far from what is usual in it', () => {
    // Gaps −4 … +4 of one token each: median 0, absolute deviations 0 1 1 2 2 3 3 4 4 with the median 2, so the bound is
    // 3.5 · 1.4826 · 2 = 10.4.
    const usual = [-4, -3, -2, -1, 0, 1, 2, 3, 4].map((gap) => ({
      reference: of(-10 - gap / 2, 1, -10 + gap / 2, 1),
      policy,
    }));
    const summary = summarise(usual, 0.1)!;
    expect(summary).toMatchObject({ extreme: 0, unlikely: 0 });
    expect(summary.gap.high).toBeCloseTo(10.3782, 4);
    expect(isExtreme(summary, { sum: 10.3, perToken: 0 })).toBe(false);
    expect(isExtreme(summary, { sum: 10.4, perToken: 0 })).toBe(true);
    expect(isExtreme(summary, { sum: 0, perToken: -10.4 })).toBe(true);
    const odd = summarise([...usual, { reference: of(-10, 1, -500, 1), policy }], 0.1)!;
    expect(odd).toMatchObject({ extreme: 1, unlikely: 1 });
    // −log σ(−49) is 49, to within e^−49.
    expect(referenceLine({ sum: -490, perToken: -490 }, 0.1, odd)).toBe(
      'log π_ref(rejected) − log π_ref(chosen): −490.0, per token −490.000. DPO ranks the pair right below a loss of 49.000. Extreme for this file.',
    );
    expect(referenceLine({ sum: 20, perToken: 0.5 }, 0.1, undefined)).toBe(
      'log π_ref(rejected) − log π_ref(chosen): +20.0, per token +0.500. DPO ranks the pair right below a loss of 0.127.',
    );
    // Without spread nothing is extreme.
    const same = Array.from({ length: 5 }, () => ({ reference: of(-10, 1, -10, 1), policy }));
    expect(summarise(same, 0.1)).toMatchObject({ extreme: 0, unlikely: 0, referenceAccuracy: 0.5 });
  });
});
