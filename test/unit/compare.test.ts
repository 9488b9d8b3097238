import { describe, expect, it } from 'vitest';

import { wordDiff } from '#core/compare/wordDiff.ts';
import { seededRandom } from '#core/score/random.ts';

import { hasData, NEEDS_DATA, readLines } from '../bench/flips.ts';

const random = seededRandom(2);
const WORDS = ['a', 'wren', 'sings', ',', '\n', 'é', '🐦', 'loud', '  ', '.', '鳥'];
const text = (length: number): string =>
  Array.from({ length }, () => WORDS[Math.floor(random() * WORDS.length)]!).join(random() < 0.5 ? ' ' : '');

it('the segments of a side join to its text; segments marked same are the same on both sides', () => {
  for (let i = 0; i < 500; i++) {
    const chosen = text(Math.floor(random() * 40));
    const rejected = random() < 0.5 ? text(Math.floor(random() * 40)) : chosen.replace('wren', 'wasp');
    const diff = wordDiff(chosen, rejected);
    expect(diff.chosen.map((one) => one.text).join('')).toBe(chosen);
    expect(diff.rejected.map((one) => one.text).join('')).toBe(rejected);
    expect(diff.similarity >= 0 && diff.similarity <= 1).toBe(true);
  }
});

it('marks the words that differ', () => {
  const { chosen, rejected, unmarked } = wordDiff('A wren sings in spring.', 'A wasp sings in spring!');
  expect(unmarked).toBeUndefined();
  expect(chosen.filter(({ kind }) => kind === 'only').map((one) => one.text)).toEqual(['wren', '.']);
  expect(rejected.filter(({ kind }) => kind === 'only').map((one) => one.text)).toEqual(['wasp', '!']);
});

it('leaves unrelated and very long texts plain, and says so', () => {
  expect(wordDiff('one two three four five six seven', 'eins zwei drei vier').unmarked).toBe('unrelated');
  const long = 'word '.repeat(30_000);
  expect(wordDiff(long, `${long}more`).unmarked).toBe('too-long');
  expect(wordDiff('x'.repeat(30_000_000), 'y').unmarked).toBe('too-long');
  expect(wordDiff('', '').chosen).toEqual([]);
});

it('marks single characters where a script writes no spaces', () => {
  const { chosen, rejected } = wordDiff('今天天气很好，我们去公园吧。', '今天天气不好，我们去公园吧。');
  expect(chosen.filter(({ kind }) => kind === 'only').map((one) => one.text)).toEqual(['很']);
  expect(rejected.filter(({ kind }) => kind === 'only').map((one) => one.text)).toEqual(['不']);
});

describe.skipIf(!hasData)(`real answers${NEEDS_DATA}`, () => {
  const pairsOf = (name: string): (readonly [string, string])[] =>
    readLines(name).map((line) => {
      const { chosen, rejected } = JSON.parse(line) as Record<string, string | { value: string }>;
      const [a = '', b = ''] = [chosen, rejected].map((side) =>
        typeof side === 'object' ? side.value : side,
      );
      return [a, b];
    });
  const shareMarked = (pairs: readonly (readonly [string, string])[]): number =>
    pairs.filter(([a, b]) => wordDiff(a, b).unmarked === undefined).length / pairs.length;

  it.each(['gsm8k-solutions/pairs-correctness', 'llama-factory/dpo_en_demo', 'medicalgpt/dpo_zh_500'])(
    'of %s have marks only if they answer the same prompt',
    (name) => {
      const pairs = pairsOf(name).slice(0, 150);
      const others = pairs.map(([a], i) => [a, pairs[(i + 70) % pairs.length]![1]] as const);
      expect(shareMarked(others)).toBe(0);
      expect(shareMarked(pairs)).toBeGreaterThan(0.1);
    },
  );
});
