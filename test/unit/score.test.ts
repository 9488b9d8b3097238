import { describe, expect, it } from 'vitest';

import { DEFAULT_RULES } from '#core/checks/settings.ts';
import type { Finding } from '#core/model/finding.ts';
import { FEATURES, TokenList } from '#core/model/tokens.ts';
import { foldCountFor, foldOf, joinModels } from '#core/score/consistency.ts';
import { explain } from '#core/score/explain.ts';
import type { PairFeatures } from '#core/score/features.ts';
import { FeatureBuilder } from '#core/score/features.ts';
import type { FittedModel } from '#core/score/fit.ts';
import { fit, rowMargin, styleScales } from '#core/score/fit.ts';
import { PromptKeys } from '#core/score/folds.ts';
import { NumberSet } from '#core/score/numberSet.ts';
import { NO_ORIGINS } from '#core/score/origins.ts';
import { auroc, positiveShare, precisionAt, share } from '#core/score/quality.ts';
import { seededRandom } from '#core/score/random.ts';
import { CONSISTENCY_LABEL, labelFindings, rankingOf } from '#core/score/ranking.ts';
import { readPairs } from '#core/score/readPairs.ts';
import { STYLE_COUNT, STYLE_NAMES } from '#core/score/style.ts';

import { survey } from '../fakes/records.ts';

const random = seededRandom(9);
const WORDS = 'the a wren sings loud in spring and no cat can hear it 12 well done sorry'.split(' ');
const text = (): string =>
  Array.from(
    { length: 3 + Math.floor(random() * 30) },
    () => WORDS[Math.floor(random() * WORDS.length)]!,
  ).join(' ');
const pairs = Array.from({ length: 120 }, () => ({
  prompt: `user\u0000${text()}`,
  chosen: text(),
  rejected: text(),
}));
const noPause = (): undefined => undefined;

function featuresOf(list: typeof pairs) {
  const builder = new FeatureBuilder();
  builder.add(list, readPairs(list));
  return builder;
}

const known = (builder: FeatureBuilder, { vocabulary }: PairFeatures, model: FittedModel) => ({
  model: joinModels({ full: model, styleOnly: model }, vocabulary, { full: 1, styleOnly: 0 }),
  group: -1,
  origins: NO_ORIGINS,
  answered: builder.answered,
});

const OPTIONS = { cost: 0.01, wordScale: 0.5, epochs: 8 };

async function fitOn(list: typeof pairs) {
  const builder = featuresOf(list);
  const { features } = builder.build();
  const rows = Int32Array.from(list, (_, i) => i);
  const sign = new Int8Array(list.length).fill(1);
  return {
    builder,
    features,
    model: await fit(features, rows, sign, styleScales(features), OPTIONS, 1, noPause),
  };
}

describe('the model', () => {
  it('is antisymmetric: flipping every pair negates every margin', async () => {
    const flipped = pairs.map(({ prompt, chosen, rejected }) => ({
      prompt,
      chosen: rejected,
      rejected: chosen,
    }));
    const [a, b] = [await fitOn(pairs), await fitOn(flipped)];
    for (let row = 0; row < pairs.length; row++) {
      expect(rowMargin(b.features, row, a.model)).toBeCloseTo(-rowMargin(a.features, row, a.model), 4);
      expect(rowMargin(b.features, row, b.model)).toBeCloseTo(rowMargin(a.features, row, a.model), 3);
    }
  });

  it('gives the same weights for the same seed', async () => {
    expect((await fitOn(pairs)).model).toEqual((await fitOn(pairs)).model);
  });

  it('finds the optimum: the gradient of the penalised loss vanishes', async () => {
    const { features, model } = await fitOn(pairs);
    const scales = styleScales(features);
    // In the scaled space the penalty is ½‖w‖²; at the optimum w = cost · Σ σ(−z) x.
    const gradient = new Float64Array(STYLE_COUNT);
    for (let row = 0; row < pairs.length; row++) {
      const wrong = 1 / (1 + Math.exp(rowMargin(features, row, model)));
      for (let k = 0; k < STYLE_COUNT; k++) {
        gradient[k]! += OPTIONS.cost * wrong * features.style[row * STYLE_COUNT + k]! * scales[k]!;
      }
    }
    for (let k = 0; k < STYLE_COUNT; k++) {
      const scale = scales[k] ?? 0;
      const weight = scale === 0 ? 0 : model.style[k]! / scale;
      expect(Math.abs(weight - gradient[k]!)).toBeLessThan(2e-3);
    }
  });

  it('explains a margin as the difference of two rewards, equal to the fitted one', async () => {
    const { builder, features, model } = await fitOn(pairs);
    pairs.forEach((pair, row) => {
      const { margin, chosenReward, rejectedReward, reasons } = explain(
        pair,
        known(builder, features, model),
      );
      expect(margin).toBeCloseTo(rowMargin(features, row, model), 4);
      expect(chosenReward - rejectedReward).toBeCloseTo(margin, 6);
      expect(reasons.some(({ side }) => side !== 'style')).toBe(true);
      for (const reason of reasons) {
        if (reason.side === 'style' || reason.side === 'origin') expect(STYLE_NAMES).toContain(reason.text);
        else expect(pair[reason.side].includes(reason.text)).toBe(true);
      }
    });
  });

  it('sees that a conversation continues from an answer elsewhere in the file', () => {
    const builder = featuresOf([
      { prompt: 'Human\u0000Hi', chosen: ' Hello there', rejected: ' Go away' },
      {
        prompt: 'Human\u0000Hi\u0001Assistant\u0000Hello there\u0001Human\u0000More',
        chosen: 'Yes',
        rejected: 'No',
      },
    ]);
    const { style } = builder.build().features;
    expect([style[STYLE_COUNT - 1], style[2 * STYLE_COUNT - 1]]).toEqual([1, 0]);
  });
});

describe('folds', () => {
  it('keep prompts together, and pairs without a prompt that share an answer, however indirectly', () => {
    const keys = new PromptKeys();
    keys.add('p', 'a', 'b');
    keys.add('p', 'c', 'd');
    keys.add('', 'x', 'y');
    keys.add('', 'z', 'w');
    keys.add('', 'y', 'z');
    keys.add('', 'q', 'r');
    const [p1, p2, first, second, third, other] = keys.keys();
    expect(p1).toBe(p2);
    expect(first).toBe(second);
    expect(second).toBe(third);
    expect(other).not.toBe(first);
  });

  it('spread prompts evenly', () => {
    const counts = new Array<number>(10).fill(0);
    for (let key = 0; key < 10_000; key++) counts[foldOf(key, 1, foldCountFor(1000))]!++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});

describe('figures', () => {
  it('AUROC equals the share of ordered pairs, ties half', () => {
    for (let round = 0; round < 50; round++) {
      const scores = Array.from({ length: 40 }, () => Math.floor(random() * 8));
      const isPositive = scores.map(() => random() < 0.3);
      let [hits, count] = [0, 0];
      scores.forEach((a, i) => {
        scores.forEach((b, j) => {
          if (!isPositive[i] || isPositive[j]) return;
          count++;
          hits += a < b ? 1 : a === b ? 0.5 : 0;
        });
      });
      if (count > 0) expect(auroc(scores, (row) => isPositive[row]!)).toBeCloseTo(hits / count, 10);
    }
    expect(auroc([1, 2], () => true)).toBeNaN();
  });

  it('intervals contain the share and stay within 0 and 1', () => {
    for (const [hits, count] of [
      [0, 5],
      [5, 5],
      [50, 100],
      [1, 1],
    ] as const) {
      const { value, low, high } = share(hits, count);
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
    }
    // R: prop.test without correction, 81 of 263.
    expect(share(81, 263).low).toBeCloseTo(0.2553, 3);
    expect(share(81, 263).high).toBeCloseTo(0.3662, 3);
    expect(positiveShare([1, -1, 0, 2]).value).toBe(0.625);
    expect(precisionAt([3, 1, 2], (row) => row === 1, 2).value).toBe(0.5);
  });
});

describe('the review list', () => {
  const margins = Float32Array.from({ length: 1000 }, (_, i) => (i - 300) / 100);
  const file = survey('{"prompt":"q","chosen":"a","rejected":"b"}\n'.repeat(1000));
  const list = (of: Float32Array, percent: number, findings: readonly Finding[] = [], ranked = of) =>
    labelFindings(
      { facts: file.facts, findings, recognition: { labelPath: ['chosen'] } },
      of,
      rankingOf(CONSISTENCY_LABEL, ranked, ranked, percent),
      DEFAULT_RULES,
    );

  it('is a ranking cut at its budget, not at zero', () => {
    const findings = list(margins, 1);
    const of = (rule: string): number[] =>
      findings.filter((one) => one.rule === rule).map(({ record }) => record);
    expect(of('likely-mislabeled')).toEqual(Array.from({ length: 10 }, (_, i) => i));
    expect(of('low-margin').length).toBeLessThanOrEqual(11);
    expect(of('low-margin')).not.toContain(300);
    expect(findings[0]!.message).toBe(
      'Label looks wrong: the consistency scorer prefers the rejected answer by 3.00 (1st of 1,000).',
    );
  });

  it('keeps its cut when a pair is flipped: no other pair moves up', () => {
    const fixed = margins.map((margin, row) => (row === 0 ? -margin : margin));
    const listed = list(fixed, 1, [], margins);
    expect(listed.filter(({ rule }) => rule === 'likely-mislabeled').map(({ record }) => record)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
  });

  it('is empty if nothing contradicts a label, and holds nothing broken', () => {
    const happy = Float32Array.from({ length: 200 }, (_, i) => 1 + i);
    const findings = list(happy, 5);
    expect(findings.filter(({ rule }) => rule === 'likely-mislabeled')).toEqual([]);
    expect(list(margins, 0)).toEqual([]);
    const broken: Finding = {
      rule: 'empty-response',
      severity: 'error',
      record: 0,
      message: '',
      place: { path: [], part: 'value' },
    };
    const kept = list(margins, 1, [broken]);
    expect(kept.map(({ record }) => record)).not.toContain(0);
  });
});

it('splits words, marks, line ends and scripts without spaces', () => {
  const tokens = (given: string): string[] => {
    const { count, starts, ends } = new TokenList().read(given);
    return Array.from({ length: count }, (_, at) => given.slice(starts[at], ends[at]));
  };
  expect(tokens("It's 3.5, Élan!\n鳥が鳴く")).toEqual([
    "It's",
    '3',
    '.',
    '5',
    ',',
    'Élan',
    '!',
    '\n',
    '鳥',
    'が',
    '鳴',
    'く',
  ]);
});

it('keeps the tokens of the last text, however long it is', () => {
  const list = new TokenList();
  for (const length of [1000, 3, 0, 257]) {
    const text = Array.from({ length }, (_, i) => `word${i}`).join(' ');
    const tokensOf = ({ count, hashes, starts, ends }: TokenList): unknown =>
      Array.from({ length: count }, (_, at) => [hashes[at], starts[at], ends[at]]);
    const { count, features } = list.read(text);
    expect(count).toBe(length);
    expect(tokensOf(list)).toEqual(tokensOf(new TokenList().read(text)));
    const openings = features.subarray(0, FEATURES * count).filter((_, at) => at % FEATURES === 2);
    expect(openings.filter((feature) => feature >= 0)).toHaveLength(Math.min(12, length));
  }
});

it('holds numbers as a built-in set does, text after text', () => {
  const [random, numbers] = [seededRandom(4), new NumberSet()];
  for (const count of [10, 4000, 0, 900]) {
    numbers.clear();
    const built = new Set<number>();
    for (let i = 0; i < count; i++) {
      const item = Math.floor(2000 * (random() - 0.5)) * 0x10001;
      expect(numbers.add(item)).toBe(!built.has(item));
      expect(numbers.size).toBe(built.add(item).size);
    }
  }
});
