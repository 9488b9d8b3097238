import { expect, it } from 'vitest';

import { formatKey, hashKey, joinKeys } from '#core/hash.ts';
import { identify, pairKey } from '#core/model/identity.ts';
import type { Pair } from '#core/model/pair.ts';
import { plainTurns } from '#core/model/pair.ts';
import { seededRandom } from '#core/score/random.ts';

const key = (text: string): string => formatKey(hashKey(text));

it('returns the same keys as always: decisions and scores depend on them', () => {
  expect(['', 'a', 'A wren', 'é🐦', 'x'.repeat(100_000)].map(key)).toMatchInlineSnapshot(`
    [
      "afff936230a19aca",
      "3d0d868696c4aa54",
      "4f7505124ea65ea1",
      "26ccf40fec43883f",
      "9d8178401675c72d",
    ]
  `);
  expect(formatKey(joinKeys(hashKey('a'), hashKey('b')))).toMatchInlineSnapshot(`"b5fea3d9144b536d"`);
});

it('distinguishes texts that differ slightly, are long, or end at a block or piece boundary', () => {
  const texts = new Set<string>();
  for (const length of [
    0, 1, 14, 15, 16, 17, 31, 32, 33, 65_519, 65_520, 65_535, 65_536, 65_537, 131_072, 200_001,
  ]) {
    for (const letter of ['a', 'é', '中', '🐦']) {
      const text = letter.repeat(length);
      texts
        .add(text)
        .add(`${text}\0`)
        .add(`${text}b`)
        .add(`b${text}`)
        .add(`${text.slice(0, -1)}c`);
    }
  }
  const random = seededRandom(2);
  for (let i = 0; i < 200_000; i++) texts.add(`answer ${Math.floor(random() * 2 ** 32)} ${i}`);
  expect(new Set([...texts].map(key)).size).toBe(texts.size);
  // Every bit is used: each half alone distinguishes nearly all of them.
  expect(new Set([...texts].map((text) => hashKey(text)[0])).size).toBeGreaterThan(texts.size * 0.9999);
  expect(new Set([...texts].map((text) => hashKey(text)[1])).size).toBeGreaterThan(texts.size * 0.9999);
});

it('a long text has the key of its pieces, wherever they are cut', () => {
  const text = `${'a'.repeat(65_530)}🐦${'b'.repeat(70_000)}é`;
  expect(key(text)).toBe(key(Array.from(text).join('')));
  expect(key(text)).not.toBe(key(text.replace('🐦', '🐤')));
});

it('identity is that of the pair, not of the order of its answers', () => {
  const side = (text: string) => ({ text, path: [], textStart: 0, turns: plainTurns(text) });
  const pair = (prompt: string, a: string, b: string): Pair => ({
    prompt: prompt === '' ? [] : [{ role: 'user', text: prompt }],
    chosen: side(a),
    rejected: side(b),
    isTie: false,
    candidates: [0, 1],
  });
  const keyOf = (one: Pair): string => formatKey(pairKey(identify(one)));
  expect(keyOf(pair('q', 'a', 'b'))).toBe(keyOf(pair('q', 'b', 'a')));
  const others = [
    pair('q', 'a', 'c'),
    pair('r', 'a', 'b'),
    pair('', 'a', 'b'),
    pair('qa', '', 'b'),
    pair('q', 'ab', ''),
  ];
  expect(new Set([pair('q', 'a', 'b'), ...others].map(keyOf)).size).toBe(6);
});
