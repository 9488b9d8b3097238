// A text encoder as evidence: its embeddings, the head on them, and what both find.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Tokenizer } from '@huggingface/tokenizers';
import { afterAll, describe, expect, it } from 'vitest';

import { identify } from '#core/model/identity.ts';
import type { Pooling, ProbeRule } from '#core/reward/scorerRule.ts';
import { fitHead, headMargin } from '#core/score/head.ts';
import { PairFolds } from '#core/score/pairFolds.ts';
import { auroc } from '#core/score/quality.ts';
import { seededRandom } from '#core/score/random.ts';
import { openEncoder } from '#node/models/folder.ts';
import { modelBudget } from '#node/models/memory.ts';
import { openScorers } from '#node/scorers/open.ts';
import { openProbe } from '#node/scorers/probe.ts';
import type { NumberedPair, PairScorer, RatingSource } from '#node/scorers/rating.ts';
import type { StartScorer } from '#node/scoring/process.ts';

import { openModel } from '../../server/src/scorer/model.ts';
import { never } from '../fakes/files.ts';
import { startInMemory } from '../fakes/memoryScorer.ts';
import { marginsOf, pairAt, paritySource } from '../fakes/paritySource.ts';
import type { MadeModel, ModelRecipe } from '../models/folders.ts';
import { writeModel } from '../models/folders.ts';
import { states } from '../models/forward.ts';
import { PARITY_WIDTH, parityRecipe } from '../models/parity.ts';
import { makeTokenizer } from '../models/tokenizers.ts';

const ROOT = mkdtempSync(join(tmpdir(), 'preflens-probe-'));
afterAll(() => {
  rmSync(ROOT, { recursive: true, force: true });
});

let made = 0;
function make(recipe: ModelRecipe = {}): MadeModel {
  const encoder: ModelRecipe = {
    form: { states: 'last_hidden_state' },
    config: { architectures: ['TestModel'] },
  };
  return writeModel(join(ROOT, `m${made++}`), { ...encoder, ...recipe });
}

const ruleFor = ({ folder }: MadeModel, rule: Partial<ProbeRule> = {}): ProbeRule => ({
  kind: 'probe',
  model: folder,
  ...rule,
});

async function read(model: MadeModel, rule: Partial<ProbeRule> = {}) {
  return openEncoder(model.folder, ruleFor(model, rule), undefined);
}

/** Embeddings of texts under prompts, in one batch. */
async function embeddings(
  model: MadeModel,
  texts: readonly (readonly [prompt: string, answer: string])[],
  rule: Partial<ProbeRule> = {},
): Promise<number[][]> {
  const { folder, spec } = await read(model, rule);
  const opened = await openModel({ folder, spec, providers: ['cpu'], threads: 1, referenceIds: [] });
  const items = texts.map(([prompt, answer]) => ({
    prompt: [{ role: 'user', text: prompt }],
    texts: [answer],
    max: 99,
  }));
  const values = await opened.run(items.flatMap((item) => opened.encode(item)));
  const width = opened.opened.width;
  return items.map((_, i) => [...values.subarray(i * width, (i + 1) * width)]);
}

const TEXTS = [
  ['what is the time now', 'it is day'],
  ['how do you make water hot?', 'you use the hot part, then look.'],
  ['', 'No. There was no sound; we were out all day!'],
  ['tell me', 'x'],
] as const;

/** The hidden states of a plain forward pass, by token. */
function statesOf({ sizes, weights }: MadeModel, [prompt, answer]: readonly [string, string]): number[][] {
  const { json, config } = makeTokenizer('wordpiece');
  const { ids } = new Tokenizer(json, config).encode(`${prompt}\n\n${answer}`);
  return states(sizes, weights, ids).map((row) => [...row]);
}

const sum = (rows: readonly number[][], weight: (row: number) => number): number[] =>
  rows[0]!.map((_, k) => rows.reduce((total, row, i) => total + weight(i) * row[k]!, 0));

const POOLED: Readonly<Record<Pooling, (rows: readonly number[][]) => number[]>> = {
  cls: ([first]) => first!,
  last: (rows) => rows.at(-1)!,
  mean: (rows) => sum(rows, () => 1 / rows.length),
  max: (rows) => rows[0]!.map((_, k) => Math.max(...rows.map((row) => row[k]!))),
  meanSqrtLength: (rows) => sum(rows, () => 1 / Math.sqrt(rows.length)),
  weightedMean: (rows) => {
    const total = rows.reduce((all, _, i) => all + i + 1, 0);
    return sum(rows, (i) => (i + 1) / total);
  },
};

const normalised = (vector: readonly number[]): number[] => {
  const length = Math.sqrt(vector.reduce((total, value) => total + value ** 2, 0));
  return vector.map((value) => value / length);
};

function expectClose(got: readonly number[][], wanted: readonly number[][]): void {
  expect(got.map(({ length }) => length)).toEqual(wanted.map(({ length }) => length));
  got.forEach((row, i) => {
    row.forEach((value, k) => {
      expect(Math.abs(value - wanted[i]![k]!), `text ${i}, number ${k}`).toBeLessThan(1e-4);
    });
  });
}

describe('an embedding', () => {
  it.each(Object.keys(POOLED) as Pooling[])('equals a plain forward pass, pooling %s', async (pooling) => {
    const model = make();
    const got = await embeddings(model, TEXTS, { pooling });
    expectClose(
      got,
      TEXTS.map((text) => POOLED[pooling](statesOf(model, text))),
    );
  });

  it.each([
    { name: 'two poolings, one after the other', flags: ['cls_token', 'mean_tokens'], of: ['cls', 'mean'] },
    { name: 'the last token', flags: ['lasttoken'], of: ['last'] },
  ] as const)('is pooled as sentence-transformers says: $name', async ({ flags, of }) => {
    const model = make({
      extra: {
        'modules.json': [
          { idx: 0, path: '', type: 'sentence_transformers.models.Transformer' },
          { idx: 1, path: '1_Pooling', type: 'sentence_transformers.models.Pooling' },
          { idx: 2, path: '2_Normalize', type: 'sentence_transformers.models.Normalize' },
        ],
        '1_Pooling/config.json': Object.fromEntries(flags.map((flag) => [`pooling_mode_${flag}`, true])),
      },
    });
    const got = await embeddings(model, TEXTS);
    expectClose(
      got,
      TEXTS.map((text) => normalised(of.flatMap((pooling) => POOLED[pooling](statesOf(model, text))))),
    );
  });

  it('that the model gives for the whole text is taken as it is', async () => {
    const rows = await embeddings(make(parityRecipe()), TEXTS, { pooling: 'max' });
    expect(rows.map(({ length }) => length)).toEqual(TEXTS.map(() => PARITY_WIDTH));
  });
});

describe('the folder of an encoder', () => {
  it.each([
    { name: 'names no pooling', recipe: {}, poolings: ['mean'], maxTokens: 64 },
    {
      name: 'holds a language model',
      recipe: { config: { architectures: ['TestForCausalLM'] } },
      poolings: ['last'],
      maxTokens: 64,
    },
    {
      name: 'states a shorter window',
      recipe: { extra: { 'sentence_bert_config.json': { max_seq_length: 32 } } },
      poolings: ['mean'],
      maxTokens: 32,
    },
  ])('that $name', async ({ recipe, poolings, maxTokens }) => {
    const { spec } = await read(make(recipe));
    expect(spec).toMatchObject({ maxTokens, truncate: 'left', embedding: { poolings } });
  });

  it.each([
    {
      name: 'a pooling of the future',
      recipe: { extra: { '1_Pooling/config.json': {} } },
      says: /Set "pooling"/,
    },
    {
      name: 'no tokenizer',
      recipe: { extra: { 'tokenizer.json': '{' } },
      says: /tokenizer.json cannot be read/,
    },
  ])('with $name says what to do', async ({ recipe, says }) => {
    await expect(read(make(recipe))).rejects.toThrow(says);
  });

  it('says that a Dense layer is left out', async () => {
    const model = make({ extra: { 'modules.json': [{ type: 'sentence_transformers.models.Dense' }] } });
    expect((await read(model)).warnings).toEqual([expect.stringMatching(/^Its Dense layer is not applied/)]);
  });
});

/** Differences whose first number decides the label, at 20 % noise; the others are noise of different sizes. */
function noisyDifferences(count: number, width: number, seed: number) {
  const random = seededRandom(seed);
  const values = new Float32Array(count * width);
  const folds = new Uint8Array(count);
  for (let row = 0; row < count; row++) {
    folds[row] = Math.floor(random() * 5);
    const sign = random() < 0.2 ? -1 : 1;
    for (let k = 0; k < width; k++) values[row * width + k] = (1 + k) * (random() - 0.5);
    values[row * width] = sign * (0.1 + random());
  }
  return { width, values, folds };
}

describe('the head', () => {
  it('finds the number that decides, whatever the scale of the others', async () => {
    const differences = noisyDifferences(1500, 20, 3);
    const head = await fitHead(differences, 5, 1, () => undefined);
    expect(head.loss).toBeLessThan(0.58);
    const first = [...head.weights.subarray(0, 20)].map((weight, k) => Math.abs(weight) * (1 + k));
    expect(first.indexOf(Math.max(...first))).toBe(0);
  });

  it('gives nearly no margins where embeddings say nothing', async () => {
    const random = seededRandom(9);
    const values = Float32Array.from({ length: 600 * 30 }, () => random() - 0.5);
    const folds = Uint8Array.from({ length: 600 }, (_, row) => row % 5);
    const head = await fitHead({ width: 30, values, folds }, 5, 1, () => undefined);
    expect(head.loss).toBeGreaterThan(Math.LN2 - 0.01);
  });

  it('never reads a pair with a fit that saw its fold, and turns with the sides', async () => {
    const differences = noisyDifferences(300, 6, 4);
    const head = await fitHead(differences, 5, 1, () => undefined);
    const other = noisyDifferences(300, 6, 4);
    for (let row = 0; row < 60; row++)
      if (other.folds[row] === 2)
        for (let k = 0; k < 6; k++) other.values[row * 6 + k] = -other.values[row * 6 + k]!;
    const turned = await fitHead(other, 5, 1, () => undefined);
    const direction = (weights: Float32Array): number[] => normalised([...weights.subarray(12, 18)]);
    const [a, b] = [direction(head.weights), direction(turned.weights)];
    a.forEach((value, k) => {
      expect(value).toBeCloseTo(b[k]!, 5);
    });
    const [one, two] = [
      [1, 2, 3, 4, 5, 6],
      [6, 5, 4, 3, 2, 1],
    ];
    expect(headMargin(head, 1, one, two)).toBeCloseTo(-headMargin(head, 1, two, one), 9);
  });
});

describe('folds of pairs', () => {
  const pair = (prompt: string, chosen: string, rejected: string) => {
    const side = (text: string) => ({ text, turns: [{ role: 'assistant', text }], path: [], textStart: 0 });
    return identify({
      prompt: prompt === '' ? [] : [{ role: 'user', text: prompt }],
      chosen: side(chosen),
      rejected: side(rejected),
    } as never);
  };

  it('are those of the prompt, or of a shared answer without one', () => {
    const folds = new PairFolds(200, 3);
    const chain = [pair('', 'a', 'b'), pair('', 'c', 'b'), pair('', 'c', 'd')];
    for (const one of chain) folds.add(one);
    expect(new Set(chain.map((one) => folds.of(one))).size).toBe(1);
    expect(folds.of(pair('', 'd', 'new'))).toBe(folds.of(chain[0]!));
    expect(folds.of(pair('p', 'a', 'b'))).toBe(folds.of(pair('p', 'x', 'y')));
    const many = Array.from({ length: 200 }, (_, i) => folds.of(pair(`p${i}`, 'a', 'b')));
    expect(new Set(many).size).toBeGreaterThan(100);
  });
});

const parityModel = (): MadeModel => make(parityRecipe());

/** Counts the texts that models read, and the fits. */
function counting(): { start: StartScorer; texts: () => number; fits: () => number } {
  let [texts, fits] = [0, 0];
  return {
    start: async () => {
      const scorer = startInMemory();
      const { requests } = scorer;
      const counted = (async (name: never, params: { items: readonly unknown[] }, signal: never) => {
        if (name === 'rate') texts += params.items.length;
        if (name === 'fitHead') fits++;
        return requests.call(name, params, signal);
      }) as typeof requests.call;
      return Promise.resolve({ ...scorer, requests: { call: counted } });
    },
    texts: () => texts,
    fits: () => fits,
  };
}

async function rated(
  model: MadeModel,
  source: RatingSource,
  start: StartScorer,
  cacheFolder?: string,
): Promise<PairScorer> {
  const machine = { start, cacheFolder, budget: modelBudget(4000), log: () => undefined };
  const probe = await openProbe(ruleFor(model, { name: 'parity' }), '/', machine, never);
  await probe.rate({ source, seed: 1, signal: never, onProgress: () => undefined, onSome: () => undefined });
  return probe;
}

describe('a probe', () => {
  it('finds a signal that only the embedding holds', async () => {
    const { source, flipped } = paritySource(600, 7);
    const probe = await rated(parityModel(), source, counting().start);
    const margins = marginsOf(probe, source);
    expect(auroc(margins, (pair) => flipped[pair]!)).toBeGreaterThan(0.97);
    probe.close();
  });

  it('reads each answer once; a flip costs nothing, an edit one embedding', async () => {
    const { source } = paritySource(120, 8);
    const { start, texts, fits } = counting();
    const cache = join(ROOT, 'cache');
    const model = parityModel();
    const probe = await rated(model, source, start, cache);
    const before = texts();
    expect(before).toBeLessThanOrEqual(240);
    const one = await pairAt(source, 5);
    const { chosen, rejected } = one.pair;
    const flipped: NumberedPair = { ...one, pair: { ...one.pair, chosen: rejected, rejected: chosen } };
    await probe.ratePairs([flipped], never);
    expect(texts()).toBe(before);
    const margin = (pair: NumberedPair): number => probe.account(identify(pair.pair))!.margin;
    expect(margin(flipped)).toBe(-margin(one));
    const edited: NumberedPair = {
      ...one,
      pair: {
        ...one.pair,
        chosen: { ...chosen, text: 'hot water', turns: [{ role: 'assistant', text: 'hot water' }] },
      },
    };
    await probe.ratePairs([edited], never);
    expect(texts()).toBe(before + 1);
    expect(margin(edited)).not.toBe(margin(one));
    probe.close();
    const again = await rated(model, source, start, cache);
    expect(texts()).toBe(before + 1);
    expect(fits()).toBe(2);
    expect(marginsOf(again, source)).toEqual(marginsOf(probe, source));
    again.close();
  });

  it('is not opened in an untrusted folder', async () => {
    const machine = {
      ...{ start: counting().start, cacheFolder: undefined, budget: modelBudget(4000), log: () => undefined },
      ...{
        secret: async () => Promise.resolve(undefined),
        maySend: async () => Promise.resolve(),
        mayRun: async () => Promise.resolve(),
        isTrusted: false,
      },
    };
    const file = { path: undefined, mapping: {} as never, firstPairOf: () => 0 };
    await expect(openScorers([ruleFor(parityModel())], '/', file, machine, never)).rejects.toThrow(
      /untrusted folder/,
    );
  });

  it('is not fitted on fewer pairs than the built-in scorer needs', async () => {
    const { source } = paritySource(49, 8);
    const probe = await rated(parityModel(), source, counting().start);
    expect(marginsOf(probe, source).every(Number.isNaN)).toBe(true);
    probe.close();
  });
});
