// From a model's numbers to rewards, margins, ensembles and posteriors.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { PARTIAL, REFUTED } from '#core/facts/facts.ts';
import { formatKey, hashKey, parseKey } from '#core/hash.ts';
import { columnMargin } from '#core/mapping/columnMargin.ts';
import { readRecord } from '#core/mapping/read.ts';
import { recognise } from '#core/mapping/recognise.ts';
import { MAPPINGS } from '#core/mapping/table.ts';
import type { Identity } from '#core/model/identity.ts';
import type { JsonObject } from '#core/model/json.ts';
import { fitTemperature, lengthEffect, sigmoid, spearman, wrongLabels } from '#core/reward/calibrate.ts';
import { patternsOf, plainPrompt } from '#core/reward/encode.ts';
import type { Member } from '#core/reward/ensemble.ts';
import { Ensemble } from '#core/reward/ensemble.ts';
import type { Head } from '#core/reward/heads.ts';
import { embeddingMargin, pairMargin, rewardOf } from '#core/reward/heads.ts';
import { accountOf, itemKeys } from '#core/reward/reading.ts';
import { ANSWER_CUT, REFUSED, ScoreTable } from '#core/reward/table.ts';
import { auroc, plantedTest } from '#core/score/quality.ts';
import { seededRandom } from '#core/score/random.ts';

const identityOf = (n: number): Identity => {
  const promptKey = hashKey(`p${n}`);
  return { promptKey, chosenKey: hashKey(`c${n}`, promptKey), rejectedKey: hashKey(`r${n}`, promptKey) };
};
const flipped = (one: Identity): Identity => ({
  ...one,
  chosenKey: one.rejectedKey,
  rejectedKey: one.chosenKey,
});

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

describe('a score table', () => {
  it('returns what was stored, for any keys, and the newer of two', () => {
    const random = seededRandom(4);
    const table = new ScoreTable(3);
    const wanted = new Map<string, number>();
    for (let i = 0; i < 20_000; i++) {
      // Keys with the same low bits must not replace each other.
      const key = [Math.floor(random() * 64), Math.floor(random() * 500)] as const;
      table.set({ key, values: [i, -i, i / 2], tokens: i, flags: i % 8, provider: 0, time: i });
      wanted.set(formatKey(key), i);
    }
    expect(table.count).toBe(wanted.size);
    for (const [name, i] of wanted) {
      const row = table.rowOf(parseKey(name)!);
      expect([...table.values(row)]).toEqual([i, -i, i / 2]);
      expect([table.tokens(row), table.flags(row), table.time(row)]).toEqual([i, i % 8, i]);
    }
    expect(table.rowOf([77, 1])).toBe(-1);
    table.clear();
    expect([table.count, table.rowOf(parseKey([...wanted.keys()][0]!)!)]).toEqual([0, -1]);
  });
});

describe('heads', () => {
  it('follow their formulas', () => {
    expect(rewardOf({ kind: 'scalar' }, [1.5])).toBe(1.5);
    expect(rewardOf({ kind: 'label', index: 1 }, [0.2, 1.7])).toBeCloseTo(1.5, 10);
    const [a, b, c] = [0.3, -1, 2].map(Math.exp) as [number, number, number];
    const p = c / (a + b + c);
    expect(rewardOf({ kind: 'label', index: 2 }, [0.3, -1, 2])).toBeCloseTo(Math.log(p / (1 - p)), 10);
    expect(rewardOf({ kind: 'weighted', weights: [1, 0, -2] }, [3, 9, 0.5])).toBe(2);
    expect(rewardOf({ kind: 'gated' }, [3, 9, 0.25, 0.75])).toBe(7.5);
    const implicit: Head = { kind: 'implicit', beta: 0.1, perToken: false };
    expect(rewardOf(implicit, [-20, 10], [-25, 10])).toBeCloseTo(0.5, 10);
    expect(rewardOf({ ...implicit, perToken: true }, [-20, 10], [-25, 10])).toBeCloseTo(0.05, 10);
  });

  it('of embeddings are skew-symmetric, and may form circles', () => {
    const at = (angle: number): number[] => [Math.cos(angle), Math.sin(angle)];
    const [x, y, z] = [at(0), at(2.1), at(4.2)] as [number[], number[], number[]];
    for (const [u, v] of [
      [x, y],
      [y, z],
      [z, x],
    ] as const) {
      expect(embeddingMargin(u, v, 0.5)).toBeGreaterThan(0);
      expect(embeddingMargin(v, u, 0.5)).toBeCloseTo(-embeddingMargin(u, v, 0.5), 12);
    }
    expect(embeddingMargin([1, 2, 0.5, -1], [0, 3, 2, 1], 1)).toBeCloseTo(3 + (0.5 + 2), 12);
  });

  it('of pairs are the mean of both orders', () => {
    expect(pairMargin([2, -1], 1)).toBe(1.5);
    expect(pairMargin([2, 2], 1)).toBe(0);
    expect(pairMargin([3, 1, 0, 4], 2)).toBe(3);
  });

  it('give a flipped pair the opposite margin, for every kind', () => {
    const one = identityOf(1);
    const tables = [new ScoreTable(4), new ScoreTable(4)];
    const put = (table: ScoreTable, key: Identity['promptKey'], values: number[], flags = 0): void => {
      table.set({ key, values, tokens: 1, flags, provider: 0, time: 1 });
    };
    tables.forEach((table, i) => {
      put(table, one.chosenKey, [1 + i, 2, -0.5, 3]);
      put(table, one.rejectedKey, [0.5, -1, 4, 2 + i]);
      for (const key of itemKeys('pair', one)) put(table, key, [0.7, 0.1, 0.2, 0.9]);
    });
    const heads: readonly Head[] = [
      { kind: 'scalar' },
      { kind: 'label', index: 3 },
      { kind: 'weighted', weights: [1, 2, 3, 4] },
      { kind: 'gated' },
      { kind: 'embedding', temperature: 2 },
      { kind: 'pair', numbers: 2 },
      { kind: 'implicit', beta: 0.5, perToken: true },
    ];
    for (const head of heads) {
      const pass = head.kind === 'pair' ? 'pair' : 'answer';
      const rated = tables.map((table) => ({ pass, table }) as const);
      const some = head.kind === 'implicit' ? rated : rated.slice(0, 1);
      const [a, b] = [accountOf(head, some, one)!, accountOf(head, some, flipped(one))!];
      expect(a.margin, head.kind).not.toBe(0);
      expect(a.margin, head.kind).toBeCloseTo(-b.margin, 10);
    }
    put(tables[0]!, one.rejectedKey, [], REFUSED);
    const refused = accountOf({ kind: 'scalar' }, [{ pass: 'answer', table: tables[0]! }], one)!;
    expect(refused.margin).toBeNaN();
    expect(
      accountOf({ kind: 'scalar' }, [{ pass: 'answer', table: tables[0]! }], identityOf(2)),
    ).toBeUndefined();
  });
});

describe('an ensemble', () => {
  const member = (name: string, margins: readonly number[], flags = 0): Member => ({
    name,
    about: [],
    account: (identity) => {
      const at = margins.findIndex(
        (_, i) => formatKey(identityOf(i).chosenKey) === formatKey(identity.chosenKey),
      );
      const margin = margins[at];
      return margin === undefined ? undefined : { margin, flags, time: 0, provider: 0 };
    },
    refusal: () => undefined,
  });
  const pairs = (pairCount: number) => ({ pairCount, isTie: () => false, identity: identityOf });

  it('of one is that one', () => {
    const ensemble = new Ensemble([member('a', [3, -4])]);
    ensemble.measure(pairs(2));
    expect(ensemble.verdict(identityOf(1))).toEqual({
      margin: -4,
      spread: 0,
      votesFor: 0,
      votes: 1,
      dispute: 0,
      isVerified: false,
    });
    expect(ensemble.name).toBe('a');
  });

  it('of several gives them equal weight, whatever their scales are', () => {
    const ensemble = new Ensemble([
      member('a', [3, -4]),
      member('b', [300, 400]),
      member('c', [Number.NaN, 1]),
    ]);
    ensemble.measure(pairs(2));
    const rms = Math.sqrt(12.5);
    const [first, second] = [ensemble.verdict(identityOf(0)), ensemble.verdict(identityOf(1))];
    expect(first.margin).toBeCloseTo(3 / rms, 10);
    expect([first.spread, first.votesFor, first.votes]).toEqual([expect.closeTo(0, 10), 2, 2]);
    expect(second.margin).toBeCloseTo((-4 / rms + 4 / rms + 1) / 3, 10);
    expect([second.votesFor, second.votes]).toEqual([2, 3]);
    expect(first.dispute).toBe(0);
    expect(second.dispute).toBe(second.spread);
    expect(ensemble.verdict(identityOf(9)).margin).toBeNaN();
  });

  it('takes a tie of a member for no dispute', () => {
    const ensemble = new Ensemble([member('a', [2, 2, -2]), member('judge', [0, -1, 0])]);
    ensemble.measure(pairs(3));
    const disputes = [0, 1, 2].map((i) => ensemble.verdict(identityOf(i)).dispute);
    // a over its root mean square is ±1, the judge's −1 over √(1/3) is −√3: their spread is (1 + √3) / 2.
    expect(disputes).toEqual([0, expect.closeTo((1 + Math.sqrt(3)) / 2, 10), 0]);
  });

  it('puts what a verifier decides beyond all that others say', () => {
    const judge = member('judge', [3, -5, 2, -1, 4]);
    const tests = { ...member('tests', [-1, 0, 1, -1, Number.NaN]), kind: 'command' };
    const both = new Ensemble([judge, tests]);
    both.measure(pairs(5));
    // The judge alone reaches from −5 to 5; a verdict moves a pair by twice that, and says nothing of the others.
    const verdicts = [0, 1, 2, 3, 4].map((i) => both.verdict(identityOf(i)));
    expect(verdicts.map(({ margin }) => margin)).toEqual([3 - 10, -5, 2 + 10, -1 - 10, 4]);
    expect(verdicts.map(({ dispute }) => dispute)).toEqual([REFUTED, 0, 0, REFUTED, 0]);
    expect(verdicts.map(({ votesFor, votes }) => [votesFor, votes])).toEqual([
      [1, 2],
      [0, 2],
      [2, 2],
      [0, 2],
      [1, 1],
    ]);
    const alone = new Ensemble([tests]);
    expect(alone.verdict(identityOf(0))).toMatchObject({ margin: -1, dispute: REFUTED });
    expect(alone.verdict(identityOf(4)).margin).toBeNaN();
    // Two verifiers that contradict each other refute nothing.
    const apart = new Ensemble([tests, { ...member('others', [1, -1]), kind: 'command' }]);
    expect(apart.verdict(identityOf(0))).toMatchObject({ margin: 0, dispute: 0 });
    expect(apart.verdict(identityOf(1)).dispute).toBe(REFUTED);
  });

  it('of the built-in scorer and stored scores finds no dispute: both are evidence about one label', () => {
    const [texts, scores] = [member('texts', [2, -3, 1]), member('scores', [1, 2, 3])];
    const evidence = new Ensemble([
      { ...scores, kind: 'columns' },
      { ...texts, kind: 'consistency' },
    ]);
    const opinions = new Ensemble([scores, texts]);
    for (const ensemble of [evidence, opinions]) ensemble.measure(pairs(3));
    const [weighed, apart] = [evidence, opinions].map((one) => one.verdict(identityOf(1)));
    expect(apart!.dispute).toBeGreaterThan(0);
    expect(weighed).toMatchObject({ votesFor: 1, votes: 2, spread: apart!.spread, dispute: 0 });
  });

  it('doubts a pair of which a member saw only a part', () => {
    expect(new Ensemble([member('a', [1], ANSWER_CUT)]).verdict(identityOf(0)).dispute).toBe(PARTIAL);
  });
});

describe('calibration', () => {
  const random = seededRandom(12);
  /** Margins of log-odds, `scale` times too large, with a share of flipped labels. */
  function marginsWith(count: number, scale: number, noise: number): { margins: number[]; wrong: boolean[] } {
    const margins: number[] = [];
    const wrong: boolean[] = [];
    for (let i = 0; i < count; i++) {
      const truth = 2 * normal(random);
      const own = random() < sigmoid(truth) ? truth : -truth;
      const isWrong = random() < noise;
      margins.push(scale * (isWrong ? -own : own));
      wrong.push(isWrong);
    }
    return { margins, wrong };
  }

  it('finds the temperature that margins were multiplied by', () => {
    for (const scale of [0.2, 1, 5])
      expect(fitTemperature(marginsWith(20_000, scale, 0).margins) / scale).toBeCloseTo(1, 1);
    expect(fitTemperature([])).toBe(1);
    expect(fitTemperature([Number.NaN])).toBe(1);
  });

  it('ranks planted errors by their posterior, never above one', () => {
    const { margins, wrong } = marginsWith(5000, 3, 0.2);
    const { posterior, noise } = wrongLabels(margins);
    expect(noise).toBeGreaterThan(0);
    expect(noise).toBeLessThanOrEqual(0.5);
    const posteriors = margins.map(posterior);
    expect(posteriors.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(
      auroc(
        posteriors.map((value) => -value),
        (i) => wrong[i]!,
      ),
    ).toBeGreaterThan(0.7);
    for (let i = 1; i < 200; i++) expect(posterior(i / 10)).toBeLessThanOrEqual(posterior((i - 1) / 10));
    expect(wrongLabels([]).posterior(0)).toBeGreaterThanOrEqual(0);
  });

  it('measures and removes the effect of length', () => {
    const lengths = Array.from({ length: 4000 }, () => Math.round(300 * normal(random)));
    const quality = lengths.map(() => normal(random));
    const margins = quality.map((value, i) => value + 0.01 * lengths[i]!);
    const effect = lengthEffect(margins, lengths);
    expect(effect).toBeCloseTo(0.01, 3);
    expect(
      Math.abs(
        spearman(
          margins.map((margin, i) => margin - effect * lengths[i]!),
          lengths,
        ),
      ),
    ).toBeLessThan(0.03);
    expect(
      lengthEffect(
        margins.map((margin) => -margin),
        lengths,
      ),
    ).toBeCloseTo(-0.01, 3);
    expect(lengthEffect([1, 2, 3], [5, 5, 5])).toBe(0);
  });

  it('tests itself by flips that cost nothing', () => {
    const { margins } = marginsWith(3000, 1, 0);
    const figures = plantedTest(
      margins,
      margins.map(() => 1),
      5,
      0.2,
    )!;
    expect(figures.planted).toBeGreaterThan(500);
    expect(figures.auroc).toBeGreaterThan(0.7);
    expect(figures.lengthAuroc).toBeGreaterThan(0.9);
    expect(plantedTest([Number.NaN], [0], 1, 0.2)).toBeUndefined();
  });
});

describe('texts', () => {
  it('special tokens are read from every kind of post-processor', () => {
    const bert = patternsOf({ type: 'BertProcessing', cls: ['[CLS]', 101], sep: ['[SEP]', 102] });
    expect(bert.pair.map((item) => ('special' in item ? item.special : item.text))).toEqual([
      101,
      'A',
      102,
      'B',
      102,
    ]);
    const roberta = patternsOf({ type: 'RobertaProcessing', cls: ['<s>', 0], sep: ['</s>', 2] });
    expect(roberta.pair.map((item) => ('special' in item ? item.special : item.text))).toEqual([
      0,
      'A',
      2,
      2,
      'B',
      2,
    ]);
    expect(roberta.pair.every(({ type }) => type === 0)).toBe(true);
    const several = patternsOf({
      type: 'Sequence',
      processors: [{ type: 'ByteLevel' }, { type: 'BertProcessing', cls: ['c', 1], sep: ['s', 2] }],
    });
    expect(several.single.length).toBe(3);
    expect(patternsOf(null).single).toEqual([{ text: 'A', type: 0 }]);
  });

  it('prompts without a chat template name their speakers if there are several', () => {
    expect(plainPrompt([{ role: 'human', text: 'hi' }])).toBe('hi');
    expect(
      plainPrompt([
        { role: 'system', text: 's' },
        { role: 'Human', text: 'a' },
        { role: 'gpt', text: 'b' },
        { role: 'observation', text: 'c' },
      ]),
    ).toBe('System: s\n\nUser: a\n\nAssistant: b\n\nTool: c');
  });
});

describe('columns', () => {
  const folder = join(import.meta.dirname, '..', 'fixtures', 'mappings');

  it('hold a score for every pair of a schema with ratings, ranks, strengths or votes, and it agrees with the label', () => {
    const scored = new Set<string>();
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.jsonl'))) {
      const values = readFileSync(join(folder, file), 'utf8')
        .split('\n')
        .flatMap((line): JsonObject[] => {
          try {
            return [JSON.parse(line) as JsonObject];
          } catch {
            return [];
          }
        });
      const mapping = recognise(values)?.mapping;
      if (!mapping) continue;
      const { answers } = mapping;
      const kind =
        answers.kind === 'choice'
          ? answers.label.kind
          : answers.kind === 'candidates'
            ? answers.order.kind
            : '';
      for (const value of values) {
        const read = readRecord(mapping, value);
        for (const pair of 'pairs' in read ? read.pairs : []) {
          const found = pair.isTie ? undefined : columnMargin(mapping, value, pair);
          if (pair.isTie || !['strength', 'scores', 'votes', 'number', 'list'].includes(kind)) continue;
          expect(found, `${file}: ${JSON.stringify(value).slice(0, 200)}`).toBeDefined();
          if (answers.kind === 'candidates') expect(found!.margin, file).toBeGreaterThan(0);
          scored.add(mapping.id);
        }
      }
    }
    // Every mapping in the table that has them: a new row must bring its fixture.
    const wanted = MAPPINGS.filter(
      ({ answers }) =>
        (answers.kind === 'choice' && ['strength', 'scores', 'votes'].includes(answers.label.kind)) ||
        (answers.kind === 'candidates' && ['number', 'list'].includes(answers.order.kind)),
    ).map(({ id }) => id);
    expect([...scored].sort()).toEqual([...wanted].sort());
  });
});
