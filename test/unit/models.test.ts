// Scores of real ONNX files in the runtime, compared with a plain forward pass of the same weights.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Tokenizer } from '@huggingface/tokenizers';
import { afterAll, describe, expect, it } from 'vitest';

import type { Turn } from '#core/model/pair.ts';
import { fit, Unscorable } from '#core/reward/encode.ts';
import type { HeadName, OnnxRule } from '#core/reward/scorerRule.ts';
import { ANSWER_CUT, PROMPT_CUT } from '#core/reward/table.ts';
import { seededRandom } from '#core/score/random.ts';
import { openFolder } from '#node/models/folder.ts';
import type { ScoringItem } from '#protocol/scorer.ts';

import type { Model, OpenSession } from '../../server/src/scorer/model.ts';
import { openModel } from '../../server/src/scorer/model.ts';
import { openSession } from '../../server/src/scorer/runtime.ts';
import type { MadeModel, ModelRecipe } from '../models/folders.ts';
import { writeModel } from '../models/folders.ts';
import { headOutputs, logLikelihood } from '../models/forward.ts';
import { openWritten } from '../models/open.ts';
import type { Kind } from '../models/tokenizers.ts';
import { makeTokenizer, SPECIALS } from '../models/tokenizers.ts';

const ROOT = mkdtempSync(join(tmpdir(), 'preflens-models-'));
afterAll(() => {
  rmSync(ROOT, { recursive: true, force: true });
});

let made = 0;
function make(recipe: ModelRecipe = {}): MadeModel {
  return writeModel(join(ROOT, `m${made++}`), recipe);
}

const PROMPTS = [
  'what is the time now',
  'how do you make water hot?',
  'Tell me about the sound of her part.',
  '',
];
const ANSWERS = [
  'it is day',
  'you use the hot part, then look.',
  'No. There was no sound; we were out all day!',
  'x',
];

function item(prompt: string | readonly Turn[], ...texts: readonly string[]): ScoringItem {
  return { prompt: typeof prompt === 'string' ? [{ role: 'user', text: prompt }] : prompt, texts, max: 99 };
}

const UNITS = PROMPTS.flatMap((prompt) => ANSWERS.map((answer) => item(prompt, answer)));

async function scoresOf(model: Model, items: readonly ScoringItem[], size: number): Promise<number[][]> {
  const rows: number[][] = [];
  for (let at = 0; at < items.length; at += size) {
    const some = items.slice(at, at + size);
    const values = await model.run(some.flatMap((one) => model.encode(one)));
    const width = values.length / some.length;
    for (let i = 0; i < some.length; i++) rows.push([...values.subarray(i * width, (i + 1) * width)]);
  }
  return rows;
}

function expectClose(got: readonly number[][], wanted: readonly number[][], within = 1e-4): void {
  expect(got.length).toBe(wanted.length);
  got.forEach((row, i) => {
    expect(row.length).toBe(wanted[i]!.length);
    row.forEach((value, j) => {
      expect(Math.abs(value - wanted[i]![j]!), `row ${i}, number ${j}`).toBeLessThan(within);
    });
  });
}

/** Pair-encoded by the tokenizer library itself, not by our code. */
function oracle(kind: Kind) {
  const { json, config } = makeTokenizer(kind);
  const tokenizer = new Tokenizer(json, config);
  return (a: string, b: string) => {
    const { ids, token_type_ids: types } = tokenizer.encode(a, { text_pair: b, return_token_type_ids: true });
    return { ids, types };
  };
}

const KINDS: readonly Kind[] = ['wordpiece', 'bpe', 'unigram'];
const FORMS = [
  { name: 'free shapes', form: {}, within: 1e-4 },
  {
    name: 'int32 ids, token types, positions',
    form: { ids: 'int32', hasTypes: true, hasPositions: true },
    within: 1e-4,
  },
  { name: 'batch 1', form: { batch: 1 }, within: 1e-4 },
  { name: 'batch 3', form: { batch: 3 }, within: 1e-4 },
  { name: 'batch 4, length 64', form: { batch: 4, length: 64, hasTypes: true }, within: 1e-4 },
  { name: 'weights in a file of their own', form: { dataName: 'model.onnx_data' }, within: 1e-4 },
  { name: 'half precision', form: { precision: 'fp16' }, within: 2e-2 },
  { name: '8-bit weights', form: { precision: 'int8' }, within: 0.12 },
] as const;

describe('a reward of one number', () => {
  for (const kind of KINDS) {
    for (const { name, form, within } of FORMS) {
      it(`${kind}, ${name}: every batch size gives the result of the forward pass`, async () => {
        const recipe = { kind, form, file: 'onnx/model.onnx', sizes: { positions: 96 } };
        const model = make(recipe);
        const encode = oracle(kind);
        const wanted = UNITS.map(({ prompt, texts }) => {
          const { ids, types } = encode(prompt[0]!.text, texts[0]!);
          return headOutputs(model.sizes, model.weights, ids, 'hasTypes' in form ? types : undefined);
        });
        const opened = await openWritten(model);
        expect(opened.opened).toMatchObject({ width: 1, provider: 'cpu', failed: [] });
        for (const size of [1, 2, 3, 5, 8, UNITS.length])
          expectClose(await scoresOf(opened, UNITS, size), wanted, within);
      });
    }
  }
});

describe('truncation', () => {
  const long = (words: number): string =>
    Array.from({ length: words }, (_, i) => `word${i % 10} of`).join(' ');
  for (const kind of KINDS) {
    it(`${kind}: the prompt loses its start on the left, the answer its end on the right`, async () => {
      const model = make({ kind, sizes: { positions: 48 } });
      const encode = oracle(kind);
      const [prompt, answer] = [`${long(9)} end.`, 'you use the hot part now'];
      const { ids } = encode(prompt, answer);
      const middle = ids.indexOf(SPECIALS.sep);
      const [a, b] = [ids.slice(1, middle), ids.slice(middle + 1, -1)];
      const max = ids.length - 4;
      const excess = ids.length - max;
      const expected = {
        left: [SPECIALS.cls, ...a.slice(excess), SPECIALS.sep, ...b, SPECIALS.sep],
        right: [SPECIALS.cls, ...a, SPECIALS.sep, ...b.slice(0, b.length - excess), SPECIALS.sep],
      };
      for (const side of ['left', 'right'] as const) {
        // The right side needs an answer long enough to be cut.
        const texts = side === 'left' ? answer : `${answer} ${answer} ${answer} ${answer}`;
        const own = encode(prompt, texts).ids;
        const cut = own.length - max;
        const tail = own.slice(middle + 1, -1);
        const wanted =
          side === 'left'
            ? expected.left
            : [...own.slice(0, middle + 1), ...tail.slice(0, tail.length - cut), SPECIALS.sep];
        const opened = await openWritten(model, { maxTokens: max, truncate: side });
        const [sequence] = opened.encode(item(prompt, texts));
        expect(sequence!.ids).toEqual(wanted);
        expect(sequence!.flags).toBe(side === 'left' ? PROMPT_CUT : ANSWER_CUT);
        expectClose(await scoresOf(opened, [item(prompt, texts)], 1), [
          headOutputs(model.sizes, model.weights, wanted),
        ]);
      }
    });
  }

  it('refuses a text that would leave no answer, with figures', async () => {
    const opened = await openWritten(make({ sizes: { positions: 48 } }), {
      maxTokens: 16,
      truncate: 'right',
    });
    expect(() => opened.encode(item(long(20), 'it is'))).toThrow(Unscorable);
    expect(() => opened.encode(item(long(20), 'it is'))).toThrow(
      /tokens, \d+ of them in the prompt; the model accepts 16/,
    );
  });

  it('never passes more tokens than allowed, keeps the template, and reports what was cut', () => {
    const random = seededRandom(5);
    const whole = (max: number): number => Math.floor(random() * max);
    for (let round = 0; round < 3000; round++) {
      const pieces = Array.from({ length: 1 + whole(6) }, () => ({
        ids: Array.from({ length: whole(9) }, () => whole(100)),
        type: whole(2),
        ...([{}, { slot: 'prompt' }, { slot: 'answer' }] as const)[whole(3)],
      }));
      const [max, side] = [whole(30), (['left', 'right'] as const)[whole(2)]!];
      const total = pieces.reduce((sum, { ids }) => sum + ids.length, 0);
      let fitted: ReturnType<typeof fit>;
      try {
        fitted = fit(pieces, max, side);
      } catch (error) {
        expect(error).toBeInstanceOf(Unscorable);
        expect(total).toBeGreaterThan(max);
        continue;
      }
      expect(fitted.ids.length).toBe(Math.min(total, max));
      expect(fitted.types.length).toBe(fitted.ids.length);
      expect(fitted.flags === 0).toBe(total <= max);
      if (side === 'right') expect(fitted.flags & PROMPT_CUT).toBe(0);
    }
  });
});

describe('heads', () => {
  it('several numbers, a gate, and a preference embedding are returned as they are', async () => {
    const encode = oracle('bpe');
    const cases: readonly { head: HeadName; sizes: object; rule: Partial<OnnxRule> }[] = [
      { head: 'label', sizes: { outputs: 3 }, rule: { label: 'LABEL_1' } },
      { head: 'objectives', sizes: { outputs: 4 }, rule: { weights: [1, 0.5, 0, -1] } },
      { head: 'objectives', sizes: { outputs: 3, isGated: true }, rule: { head: 'objectives' } },
      { head: 'embedding', sizes: { outputs: 4 }, rule: { head: 'embedding' } },
    ];
    for (const { sizes, rule } of cases) {
      const model = make({ kind: 'bpe', sizes: { ...sizes, positions: 96 } });
      const wanted = UNITS.map(({ prompt, texts }) =>
        headOutputs(model.sizes, model.weights, encode(prompt[0]!.text, texts[0]!).ids),
      );
      const opened = await openWritten(model, rule);
      for (const size of [1, 4, 7]) expectClose(await scoresOf(opened, UNITS, size), wanted);
    }
  });

  it('a pair is read in both orders', async () => {
    const model = make({ sizes: { positions: 128 } });
    const format = '<|user|>{prompt}<|assistant|>{first}<|assistant|>{second}';
    const opened = await openWritten(model, { head: 'pair', format });
    expect(opened.opened.width).toBe(2);
    const { json, config } = makeTokenizer('wordpiece');
    const tokenizer = new Tokenizer(json, config);
    const items = [item('what is it', 'it is day', 'no.'), item('how', 'so', 'like water')];
    const order = (p: string, a: string, b: string): number[] =>
      headOutputs(
        model.sizes,
        model.weights,
        tokenizer.encode(`<|user|>${p}<|assistant|>${a}<|assistant|>${b}`).ids,
      );
    const wanted = items.map(({ prompt, texts: [a, b] }) => [
      ...order(prompt[0]!.text, a!, b!),
      ...order(prompt[0]!.text, b!, a!),
    ]);
    for (const size of [1, 2]) expectClose(await scoresOf(opened, items, size), wanted);
  });

  it('a language model returns the likelihood of the answer alone, with its token count', async () => {
    for (const isChat of [false, true]) {
      const model = make({ kind: 'bpe', isChat, sizes: { outputs: 0, isCausal: true, positions: 128 } });
      const opened = await openWritten(model, { reference: 'other' });
      const { json, config } = makeTokenizer('bpe');
      const tokenizer = new Tokenizer(json, config);
      const ids = (text: string): number[] => tokenizer.encode(text, { add_special_tokens: false }).ids;
      const wanted = UNITS.map(({ prompt: [turn], texts: [answer] }) => {
        const before = isChat
          ? [SPECIALS.cls, SPECIALS.user, ...ids(turn!.text), SPECIALS.assistant]
          : [SPECIALS.cls, ...ids(turn!.text)];
        const own = isChat ? [...ids(answer!), SPECIALS.sep] : ids(answer!);
        return [logLikelihood(model.sizes, model.weights, [...before, ...own], before.length), own.length];
      });
      for (const size of [1, 3, UNITS.length]) expectClose(await scoresOf(opened, UNITS, size), wanted, 5e-4);
    }
  });
});

describe('a provider', () => {
  const wrongBy =
    (gap: number): OpenSession =>
    async (path, provider, threads) => {
      const session = await openSession(path, 'cpu', threads);
      if (provider === 'cpu') return session;
      return {
        ...session,
        run: async (...args) =>
          (await session.run(...args)).map((one) => ({
            ...one,
            values: one.values.map((value) => value + gap),
          })),
      };
    };
  const openOn = async (gap: number): Promise<Model> => {
    const { folder } = make();
    const { spec } = await openFolder(folder, { kind: 'onnx', model: folder }, undefined);
    const wanted = { folder, spec, providers: ['webgpu', 'cpu'], threads: 1, referenceIds: [] } as const;
    return openModel(wanted, wrongBy(gap));
  };

  it('with other results than the CPU is dropped, and its first batch with it', async () => {
    const [wrong, right] = [await openOn(0.01), await openOn(0)];
    const sequences = UNITS.slice(0, 3).flatMap((one) => wrong.encode(one));
    expect(await wrong.compare(sequences)).toMatch(
      /its first numbers differ from the CPU’s by 0\.010; the limit is 0\.001/,
    );
    expect(await wrong.run(sequences)).toEqual(await right.run(sequences));
    const nan = await openOn(Number.NaN);
    expect(await nan.compare(sequences)).toMatch(/differ from the CPU’s by Infinity/);
  });

  it('with the same results is kept', async () => {
    const model = await openOn(1e-5);
    expect(model.opened.provider).toBe('webgpu');
    expect(await model.compare(UNITS.slice(0, 3).flatMap((one) => model.encode(one)))).toBeUndefined();
  });
});

describe('chat templates', () => {
  it('render roles under the names that templates know, whatever the dataset calls them', async () => {
    const model = make({ kind: 'bpe', isChat: true, sizes: { positions: 128 } });
    const opened = await openWritten(model);
    const turns = [
      { role: 'Human', text: 'how' },
      { role: 'gpt', text: ' so ' },
      { role: 'prompter', text: 'you' },
    ];
    const [sequence] = opened.encode(item(turns, 'it is'));
    const { user, assistant, cls, sep } = SPECIALS;
    expect(sequence!.ids.filter((id) => id < 6)).toEqual([cls, user, assistant, sep, user, assistant, sep]);
  });

  it('that refuse a conversation refuse only that text', async () => {
    const model = make({
      isChat: true,
      extra: {
        'chat_template.jinja':
          "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}x",
      },
    });
    const opened = await openWritten(model);
    expect(() => opened.encode(item([{ role: 'system', text: 'be good' }], 'yes'))).toThrow(
      /rejects it: .*no system/,
    );
    expect(opened.encode(item('how', 'so'))[0]!.ids.length).toBe(1);
  });

  it('keep their first token when the prompt is cut', async () => {
    const opened = await openWritten(make({ kind: 'bpe', isChat: true }), { maxTokens: 12 });
    const [{ ids, flags } = { ids: [], flags: 0 }] = opened.encode(
      item('what is the time of the day now', 'it is'),
    );
    expect(ids.length).toBe(12);
    expect(ids[0]).toBe(SPECIALS.cls);
    expect(ids.at(-1)).toBe(SPECIALS.sep);
    expect(flags).toBe(PROMPT_CUT);
  });
});
