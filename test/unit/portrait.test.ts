// Statistics of a whole dataset: effect sizes with intervals, compared with known figures.
import { describe, expect, it } from 'vitest';

import { pairedOdds, PairedSums, wilson } from '#core/checks/dataset/effects.ts';
import { labelEffectsOf } from '#core/checks/dataset/labelEffects.ts';
import { findRelations } from '#core/checks/relations/relations.ts';
import { resolveRules } from '#core/checks/settings.ts';
import { DATASET_CHECKS } from '#core/checks/table.ts';
import { WHOLE_FILE } from '#core/model/finding.ts';
import { seededRandom } from '#core/score/random.ts';

import { survey } from '../fakes/records.ts';

/** A number from the normal distribution (G. Box and M. Muller, 1958). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

describe('effect sizes', () => {
  it('Wilson’s interval of 15 in 20 matches published tables', () => {
    const { low, high } = wilson(15, 20);
    expect([low, high].map((value) => value.toFixed(3))).toEqual(['0.531', '0.888']);
  });
  it('intervals of Cohen’s d contain the true effect about 95 times in 100', () => {
    const random = seededRandom(8);
    let held = 0;
    for (let round = 0; round < 400; round++) {
      const sums = new PairedSums();
      for (let i = 0; i < 120; i++) {
        const common = normal(random);
        sums.add(0.5 + 0.6 * common + 0.8 * normal(random), 0.6 * common + 0.8 * normal(random));
      }
      const { low, high } = sums.cohensD();
      held += Number(low <= 0.5 && high >= 0.5);
    }
    expect(held / 400).toBeGreaterThan(0.91);
    expect(held / 400).toBeLessThan(0.985);
  });
  it('paired odds use only pairs that differ, and one-sided data gives no infinity', () => {
    expect(pairedOdds(30, 10).value).toBe(3);
    const { low, high } = pairedOdds(30, 10);
    expect(low).toBeCloseTo(3 * Math.exp(-1.959964 * Math.sqrt(1 / 30 + 1 / 10)), 10);
    expect(high).toBeCloseTo(9 / low, 10);
    expect(Number.isFinite(pairedOdds(30, 0).high)).toBe(true);
  });
  it('no data gives no number, and no variance gives no effect', () => {
    expect(new PairedSums().cohensD().value).toBeNaN();
    const flat = new PairedSums();
    for (let i = 0; i < 9; i++) flat.add(5, 5);
    expect(flat.cohensD()).toEqual({ value: 0, low: 0, high: 0 });
  });
});

function whole(records: readonly object[], rowGroups: readonly number[] = [], rules = {}): string[] {
  const { facts, recognition } = survey(records.map((record) => JSON.stringify(record)).join('\n'));
  const [found] = findRelations(
    [{ name: 'a', facts, recognition: recognition!, rowGroups }],
    undefined,
    resolveRules([rules]),
  );
  return found!.findings
    .filter(({ record }) => record === WHOLE_FILE)
    .map(({ rule, message }) => `${rule}: ${message}`);
}

const pairs = (count: number, make: (i: number) => object): object[] =>
  Array.from({ length: count }, (_, i) => make(i));
const words = (count: number): string => 'word '.repeat(count).trim();

describe('rules about a whole file', () => {
  it('length-bias reports a large effect with its interval, but not a small one or few pairs', () => {
    const biased = (i: number): object => ({
      prompt: `q${i}`,
      chosen: words(20 + (i % 30)),
      rejected: words(5 + (i % 29)),
    });
    const [found] = whole(pairs(200, biased));
    expect(found).toMatch(
      /^length-bias: Chosen answers are longer: on average \d+ characters against \d+, Cohen’s d 1\.\d\d \(95 % interval .*"The longer one wins" is right for \d+ % \(95 % interval \d+ to \d+ %\) of the pairs\.$/,
    );
    expect(whole(pairs(60, biased))).toEqual([]);
    expect(
      whole(
        pairs(200, (i) => ({
          prompt: `q${i}`,
          chosen: words(5 + (i % 30)),
          rejected: words(5 + ((i * 7) % 30)),
        })),
      ),
    ).toEqual([]);
  });
  it('style-bias names the style and the odds', () => {
    const styled = (i: number): object => {
      const [bold, plain] = [`so **bold** ${i}`, `as plain is ${i}`];
      return { prompt: `q${i}`, chosen: i % 5 === 0 ? plain : bold, rejected: i % 5 === 0 ? bold : plain };
    };
    expect(whole(pairs(200, styled))[0]).toMatch(
      /^style-bias: The label correlates with style: bold text, odds ratio 4\.00 \(95 % interval .*\) over 200 pairs\.$/,
    );
    expect(whole(pairs(40, styled))).toEqual([]);
  });
  it('label-imbalance reports positions and single labels', () => {
    const voted = (i: number): object => ({
      prompt: `q${i}`,
      response_0: `a${i}`,
      response_1: `b${i}`,
      is_response_0_safe: true,
      is_response_1_safe: true,
      better_response_id: i % 4 === 0 ? 1 : 0,
      safer_response_id: i % 4 === 0 ? 1 : 0,
    });
    expect(whole(pairs(200, voted))[0]).toMatch(
      /^label-imbalance: The first answer is the chosen one in 75 % .* of 200 pairs\.$/,
    );
    expect(
      whole(pairs(200, (i) => ({ prompt: `q${i}`, completion: `a${i}`, label: i % 10 !== 0 })))[0],
    ).toMatch(/^label-imbalance: 90 % .* of 200 answers are labelled good\.$/);
  });
  it('row-group-too-large counts the groups', () => {
    const mib = 1024 * 1024;
    const one = { prompt: 'q', chosen: 'a', rejected: 'b' };
    expect(whole([one], [300 * mib, 20 * mib])).toEqual([
      'row-group-too-large: 1 of 2 row groups are larger than 286 MiB; the largest is 300 MiB uncompressed.',
    ]);
    expect(whole([one], [20 * mib])).toEqual([]);
  });
  it('are silent when turned off', () => {
    const off = Object.fromEntries(DATASET_CHECKS.map(({ id }) => [id, 'off']));
    expect(
      whole(
        pairs(200, (i) => ({ prompt: `q${i}`, chosen: words(20 + (i % 30)), rejected: words(5) })),
        [],
        off,
      ),
    ).toEqual([]);
  });
});

it('statistics of several files are those of their joined pairs', () => {
  const make = (from: number): ReturnType<typeof survey> =>
    survey(
      pairs(50, (i) => ({ prompt: `q${from + i}`, chosen: words(1 + ((from + i) % 17)), rejected: words(3) }))
        .map((one) => JSON.stringify(one))
        .join('\n'),
    );
  const both = survey(
    pairs(100, (i) => ({ prompt: `q${i}`, chosen: words(1 + (i % 17)), rejected: words(3) }))
      .map((one) => JSON.stringify(one))
      .join('\n'),
  );
  expect(labelEffectsOf([make(0).facts, make(50).facts])).toEqual(labelEffectsOf([both.facts]));
});
