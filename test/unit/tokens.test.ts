// Rewards of single tokens: where tokens stand in a text, and what they add up to, against a plain forward pass.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import type { Side } from '#core/model/pair.ts';
import { plainTurns, scoredStarts, scoredText } from '#core/model/pair.ts';
import type { Sequence } from '#core/reward/encode.ts';
import { ANSWER_CUT } from '#core/reward/table.ts';
import { placeTokens, tokenBytes } from '#core/reward/tokenPlaces.ts';
import type { TokenLikelihoods } from '#core/reward/tokenRewards.ts';
import { answerTokens, inAnswer } from '#core/reward/tokenRewards.ts';
import { seededRandom } from '#core/score/random.ts';

import type { MadeModel } from '../models/folders.ts';
import { writeModel } from '../models/folders.ts';
import { logLikelihood } from '../models/forward.ts';
import { openWritten } from '../models/open.ts';

const ROOT = mkdtempSync(join(tmpdir(), 'preflens-tokens-'));
afterAll(() => {
  rmSync(ROOT, { recursive: true, force: true });
});

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The texts at the places of tokens. */
function textsAt(text: string, tokens: readonly (Uint8Array | string | undefined)[]): string[] {
  const places = placeTokens(
    text,
    tokens.map((token) => (typeof token === 'string' ? bytes(token) : token)),
  );
  return tokens.map((_, i) => text.slice(places[2 * i], places[2 * i + 1]));
}

describe('the place of a token', () => {
  it('is where its bytes are', () => {
    expect(textsAt('The cat, the cat', ['The', ' cat', ',', ' the', ' ca', 't'])).toEqual([
      ...['The', ' cat', ',', ' the', ' ca', 't'],
    ]);
  });

  it('is the whole character for a part of one, also beyond the basic plane', () => {
    // 🙂 is F0 9F 99 82: two units, four bytes.
    const [smile, e] = [bytes('🙂'), bytes('é')];
    const tokens = ['a', smile.subarray(0, 2), smile.subarray(2, 3), smile.subarray(3), e.subarray(0, 1)];
    expect(textsAt('a🙂éb', [...tokens, e.subarray(1), 'b'])).toEqual(['a', '🙂', '🙂', '🙂', 'é', 'é', 'b']);
  });

  it('bears with spaces that a tokenizer adds or leaves out', () => {
    expect(textsAt('  good day', [' good', ' day'])).toEqual(['good', ' day']);
    expect(textsAt('good  day ', [' ', 'good', 'day'])).toEqual(['', 'good', 'day']);
    expect(textsAt('\n\nso', ['so'])).toEqual(['so']);
  });

  it('is shared by tokens that a normaliser spells otherwise, up to the next one that is found', () => {
    expect(textsAt('Hello you', ['hel', 'lo', ' you'])).toEqual(['Hel', 'lo', ' you']);
    expect(textsAt('ﬁne is', ['fi', 'ne', ' is'])).toEqual(['ﬁ', 'ne', ' is']);
    // e and U+0301, which NFC joins.
    expect(textsAt('e\u0301e', ['é', 'e'])).toEqual(['e\u0301', 'e']);
    expect(textsAt('x鿿y', ['x', undefined, 'y'])).toEqual(['x', '鿿', 'y']);
    expect(textsAt('x鿿', ['x', undefined])).toEqual(['x', '鿿']);
  });

  it('never leaves the text or goes back, whatever the tokens', () => {
    const random = seededRandom(7);
    const pick = (of: string): string => of[Math.floor(random() * of.length)] ?? '';
    for (let round = 0; round < 300; round++) {
      const text = Array.from({ length: Math.floor(random() * 12) }, () => pick('ab é🙂\n\ud83d')).join('');
      const tokens = Array.from({ length: Math.floor(random() * 12) }, () =>
        random() < 0.1 ? undefined : bytes(pick('ab é🙂') + pick('ab ')).subarray(random() < 0.2 ? 1 : 0),
      );
      const places = placeTokens(text, tokens);
      let before = 0;
      tokens.forEach((_, i) => {
        const [start, end] = [places[2 * i]!, places[2 * i + 1]!];
        expect(start).toBeGreaterThanOrEqual(before);
        expect(end).toBeGreaterThanOrEqual(start);
        expect(end).toBeLessThanOrEqual(text.length);
        before = start;
      });
    }
  });

  it('follows from how the vocabulary spells tokens', () => {
    const spelled = (json: Parameters<typeof tokenBytes>[0], token: string, isAdded = false): string =>
      Buffer.from(
        tokenBytes(
          json,
          () => token,
          () => isAdded,
        )(0) ?? [],
      ).toString('latin1');
    const byteLevel = { pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'ByteLevel' }] } };
    expect(spelled(byteLevel, 'ĠhiĊ')).toBe(' hi\n');
    expect(spelled(byteLevel, 'Ã©')).toBe('\xc3\xa9');
    expect(spelled(byteLevel, '<|end|>', true)).toBe('<|end|>');
    expect(spelled({ model: { type: 'BPE', byte_fallback: true } }, '<0xE9>')).toBe('\xe9');
    expect(spelled({ model: { type: 'Unigram' } }, '▁day')).toBe(' day');
    expect(spelled({ model: { type: 'WordPiece', continuing_subword_prefix: '##' } }, '##ing')).toBe('ing');
    expect(spelled({ model: { type: 'BPE', end_of_word_suffix: '</w>' } }, 'day</w>')).toBe('day');
  });
});

const HEAD = { kind: 'implicit', beta: 0.1, perToken: false } as const;

/** Tokens by their ends, from 0 on, and then those of the template. */
const said = (logs: readonly number[], ends: readonly number[], flags = 0): TokenLikelihoods => ({
  logs: Float64Array.from(logs),
  places: Int32Array.from(ends.flatMap((end, i) => [ends[i - 1] ?? 0, end])),
  flags,
});

describe('the rewards of tokens', () => {
  it('are β times the log-ratio of each, and add up to the reward of the answer', () => {
    // 0.1·((−1) − (−3)) = 0.2; 0.1·((−4) − (−1)) = −0.3; the end of the turn: 0.1·((−0.5) − (−1.5)) = 0.1. Together 0.0.
    const found = answerTokens(HEAD, said([-1, -4, -0.5], [3, 7]), said([-3, -1, -1.5], [3, 7]));
    expect(found.spans.map(({ start, end }) => [start, end])).toEqual([
      [0, 3],
      [3, 7],
    ]);
    for (const [i, reward] of [0.2, -0.3].entries()) expect(found.spans[i]!.reward).toBeCloseTo(reward, 12);
    expect(found.hidden.tokens).toBe(1);
    expect(found.hidden.reward).toBeCloseTo(0.1, 12);
    expect(found.reward).toBeCloseTo(0, 12);
    expect([found.tokens, found.cutAt]).toEqual([3, undefined]);
  });

  it('are divided by the number of tokens where the reward is', () => {
    const found = answerTokens({ ...HEAD, perToken: true }, said([-1, -2], [1, 2]), said([-3, -3], [1, 2]));
    // 0.1·2/2 and 0.1·1/2.
    for (const [i, reward] of [0.1, 0.05].entries()) expect(found.spans[i]!.reward).toBeCloseTo(reward, 12);
  });

  it('of two tokenizers are those of the stretches that both cut alike', () => {
    // "ab|cd|ef" and "abc|d|ef": one cut in common, before "ef". 0.1·((−1−2) − (−4−5)) = 0.6.
    const found = answerTokens(HEAD, said([-1, -2, -3], [2, 4, 6]), said([-4, -5, -6], [3, 4, 6]));
    expect(found.spans).toEqual([
      { start: 0, end: 4, reward: expect.closeTo(0.6, 12) as number },
      { start: 4, end: 6, reward: expect.closeTo(0.3, 12) as number },
    ]);
  });

  it('of parts of a character are one', () => {
    const parts: TokenLikelihoods = {
      logs: Float64Array.of(-1, -2, -3),
      places: Int32Array.of(0, 2, 0, 2, 2, 3),
      flags: 0,
    };
    const found = answerTokens(HEAD, parts, { ...parts, logs: Float64Array.of(-2, -2, -2) });
    expect(found.spans.map(({ start, end }) => [start, end])).toEqual([
      [0, 2],
      [2, 3],
    ]);
    expect(found.spans[0]!.reward).toBeCloseTo(0.1, 12);
  });

  it('of a token that shows nothing belong to the next one', () => {
    const parts: TokenLikelihoods = {
      logs: Float64Array.of(-1, -2),
      places: Int32Array.of(0, 0, 1, 4),
      flags: 0,
    };
    const found = answerTokens(HEAD, parts, { ...parts, logs: Float64Array.of(0, 0) });
    expect(found.spans).toEqual([{ start: 0, end: 4, reward: expect.closeTo(-0.3, 12) as number }]);
  });

  it('of a part that only one model saw are not shown, and say where the text is cut', () => {
    const found = answerTokens(HEAD, said([-1, -1, -9], [2, 4, 6], ANSWER_CUT), said([-2, -2], [2, 4]));
    expect(found.spans.length).toBe(2);
    expect([found.cutAt, found.hidden.tokens]).toEqual([4, 1]);
    expect(found.reward).toBeCloseTo(0.1 * (-11 + 4), 12);
  });

  it('of calls are hidden: the text of an answer with several messages has no place for them', () => {
    const side: Side = {
      text: 'One.\n\nTwo.',
      path: [],
      textStart: 0,
      turns: [
        { role: 'assistant', text: 'One.', more: { tool_calls: [{ name: 'f' }] } },
        { role: 'assistant', text: 'Two.' },
      ],
    };
    const read = scoredText(side);
    const [, second = 0] = scoredStarts(side);
    expect(read.slice(second)).toBe('Two.');
    expect(second).toBeGreaterThan('One.\n\n'.length);
    const policy = said([-1, -2, -3], [4, second, read.length]);
    const found = inAnswer(side, answerTokens(HEAD, policy, said([0, 0, 0], [4, second, read.length])));
    expect(found.spans.map(({ start, end }) => side.text.slice(start, end))).toEqual(['One.', 'Two.']);
    expect(found.hidden).toEqual({ tokens: 1, reward: expect.closeTo(-0.2, 12) as number });
    const plain: Side = { ...side, text: 'Two.', turns: plainTurns('Two.') };
    expect(scoredStarts(plain)).toEqual([0]);
  });
});

const ANSWERS = ['it is day', 'No. There was no sound; we were out all day!', 'Zoë’s 🙂 naïve 図', ' x \n'];
const PROMPT = [{ role: 'user', text: 'what is the time now' }];

async function modelOf(kind: 'bpe' | 'unigram' | 'wordpiece', isChat: boolean, seed: number) {
  const made: MadeModel = writeModel(join(ROOT, `${kind}-${isChat}-${seed}`), {
    kind,
    isChat,
    seed,
    sizes: { outputs: 0, isCausal: true, positions: 128 },
  });
  return { made, model: await openWritten(made, { head: 'implicit', reference: 'x' }) };
}

describe('the tokens of a real model', () => {
  it.each([
    ['bpe', true],
    ['bpe', false],
    ['unigram', true],
    ['wordpiece', false],
  ] as const)('%s, chat %s: each log-probability is that of a plain forward pass', async (kind, isChat) => {
    const { made, model } = await modelOf(kind, isChat, 3);
    const items = ANSWERS.map((text) => ({ prompt: PROMPT, texts: [text], max: 9 }));
    const sequences = items.map((item) => model.encode(item)[0]!);
    const logs = await model.runTokens(sequences);
    const sums = await model.run(sequences);
    sequences.forEach((sequence: Sequence, i) => {
      const { ids, answerStart, answerTokens: own } = sequence;
      expect(logs[i]!.length).toBe(ids.length - answerStart);
      logs[i]!.forEach((log, token) => {
        const upTo = ids.slice(0, answerStart + token + 1);
        const one = logLikelihood(made.sizes, made.weights, upTo, upTo.length - 1);
        expect(Math.abs(log - one)).toBeLessThan(1e-4);
      });
      // The stored score is this sum, in single precision.
      expect(sums[2 * i]).toBe(Math.fround(logs[i]!.reduce((sum, log) => sum + log, 0)));
      const text = ANSWERS[i]!;
      const places = model.places(items[i]!, sequence);
      expect(places.length).toBe(2 * own);
      expect(logs[i]!.length - own).toBe(isChat ? 1 : 0);
      // Together they cover the text, but for white space that a tokenizer or a template drops.
      const covered = new Set<number>();
      for (let token = 0; token < own; token++)
        for (let at = places[2 * token]!; at < places[2 * token + 1]!; at++) covered.add(at);
      const left = [...text]
        .join('')
        .split('')
        .filter((_, at) => !covered.has(at));
      expect(left.join('').trim()).toBe('');
    });
  });

  it('of one character each have its range', async () => {
    const { model } = await modelOf('bpe', true, 3);
    const item = { prompt: PROMPT, texts: ['é'], max: 9 };
    // The test vocabulary has bytes and English words: é is two tokens.
    expect([...model.places(item, model.encode(item)[0]!)]).toEqual([0, 1, 0, 1]);
  });
});
