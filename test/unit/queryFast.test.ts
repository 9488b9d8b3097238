// Rows in order and samples of them; and the fast search, which finds what reading every record finds.
import { describe, expect, it } from 'vitest';

import type { JsonObject } from '#core/model/json.ts';
import { candidates } from '#core/query/bytes.ts';
import { sampleOf } from '#core/query/sample.ts';
import { spellValue } from '#core/query/syntax.ts';
import { seededRandom } from '#core/score/random.ts';
import { sortedOrder } from '#core/sortedOrder.ts';

import { fast, numbersOf, plainly, queriedText } from '../fakes/queries.ts';
import { spell } from '../fakes/spell.ts';

describe('the order of rows', () => {
  it.each([50, 40_000])('is stable for %i rows, with missing values last', (count) => {
    const random = seededRandom(count);
    const odd = [Number.NaN, 0, -0, Infinity, -Infinity, 5e-324, -1e300];
    const keys = Float64Array.from({ length: count }, () =>
      random() < 0.3 ? odd[Math.floor(random() * odd.length)]! : Math.round((random() - 0.5) * 1000) / 7,
    );
    for (const isDescending of [false, true]) {
      const wanted = Array.from(keys, (_, i) => i).sort((a, b) => {
        const [x, y] = [keys[a]!, keys[b]!];
        if (Number.isNaN(x) || Number.isNaN(y))
          return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || a - b;
        return x === y ? a - b : (x < y ? -1 : 1) * (isDescending ? -1 : 1);
      });
      expect([...sortedOrder(keys, isDescending)]).toEqual(wanted);
    }
  });

  it('samples the same rows for the same seed, and the same share of each group', () => {
    const sample = sampleOf(1000, 10, 3);
    expect(sample).toEqual(sampleOf(1000, 10, 3));
    expect(sample).not.toEqual(sampleOf(1000, 10, 4));
    expect(sample).toEqual([...sample].sort((a, b) => a - b));
    expect(new Set(sample).size).toBe(10);
    const group = (item: number): number => (item < 3 ? 0 : item < 200 ? 1 : 2);
    const counts = [0, 0, 0];
    for (const item of sampleOf(1000, 23, 1, group)) counts[group(item)]!++;
    expect(counts).toEqual([3, 10, 10]);
    expect(sampleOf(5, 10, 1)).toEqual([0, 1, 2, 3, 4]);
  });
});

const LETTERS = [
  'a',
  'B',
  'k',
  'K',
  'S',
  'ſ',
  '\u212a',
  'é',
  'É',
  'ß',
  'ẞ',
  'Σ',
  'ς',
  'σ',
  '中',
  '👍',
  '"',
  '\\',
  '/',
  '\n',
  '\t',
  ' ',
  'u',
  '0',
  '1',
  '.',
  '*',
  '\u0001',
  '\u2028',
  'ǆ',
  'ǅ',
];

describe('the fast way', () => {
  const random = seededRandom(16);
  const some = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const word = (most: number): string =>
    Array.from({ length: 1 + Math.floor(random() * most) }, () => some(LETTERS)).join('');

  const record = (): object => {
    const text = (): string => (random() < 0.2 ? JSON.stringify({ a: [word(6)] }) : word(12));
    const parts = (): unknown => [
      { type: 'text', text: word(5) },
      { type: 'text', text: word(5) },
    ];
    const content = (): unknown => (random() < 0.3 ? parts() : text());
    return random() < 0.7
      ? {
          prompt: text(),
          chosen: text(),
          rejected: text(),
          source: some(['a', 'K', word(3), 1, '1', null, [word(2), 2]]),
        }
      : {
          prompt: text(),
          chosen: [
            { role: 'user', content: text() },
            { role: 'assistant', content: content() },
          ],
          rejected: [
            { role: 'user', content: text() },
            { role: 'assistant', content: content() },
          ],
        };
  };
  const term = (): string => {
    const value = some([
      spellValue(word(2)),
      `"${word(1).replaceAll(/["\\]/g, '\\$&')}"`,
      '/k|S/i',
      '/[a-k]s/',
      `${some(['a', 'k', 'é'])}*${some(['s', 'σ'])}`,
    ]);
    const name = some([
      '',
      '',
      'text:',
      'prompt:',
      'chosen:',
      'rejected:',
      '.source:',
      '.source=',
      '.source!=',
    ]);
    return (
      some(['', '', '', '-']) + some([`${name}${value}`, '.source:*', '.source>0', 'length>20', 'record<9'])
    );
  };
  const query = (): string => {
    const terms = Array.from({ length: 1 + Math.floor(random() * 3) }, term);
    return random() < 0.3 ? `(${terms.join(' OR ')}) ${term()}` : terms.join(some([' ', ' OR ']));
  };

  it('finds what reading every record finds, however JSON spells it', async () => {
    let hits = 0;
    for (let round = 0; round < 60; round++) {
      const newline = some(['\n', '\r\n']);
      const lines = Array.from({ length: 20 }, () =>
        random() < 0.5 ? JSON.stringify(record()) : spell(record() as JsonObject, random),
      );
      if (round % 5 === 0) lines.push('{"prompt":"broken kS', ' ');
      const text = queriedText(lines.join(newline));
      for (let i = 0; i < 10; i++) {
        const own = query();
        const wanted = numbersOf(plainly(text, own));
        expect([own, numbersOf((await fast(text, own)).picked)]).toEqual([own, wanted]);
        hits += wanted.length;
      }
    }
    expect(hits).toBeGreaterThan(1000);
  });

  it('finds long words in any letter case, in blocks that records cross', async () => {
    const own = seededRandom(17);
    const pick = <T>(items: readonly T[]): T => items[Math.floor(own() * items.length)]!;
    const LONG = ['ask', 'KEY', 'é', '中', '"', '\\', ' ', '\n', 'sS', '👍', 'ſ', 'u00', 'q'];
    const text = (most: number): string =>
      Array.from({ length: 1 + Math.floor(own() * most) }, () => pick(LONG)).join('');
    const records = Array.from({ length: 150 }, (_, i) => {
      const filler = 'abc '.repeat(Math.floor(own() * (i % 50 === 0 ? 90_000 : 100)));
      return { prompt: text(6), chosen: filler + text(9) + filler, rejected: text(6) };
    });
    const lines = records.map((one) => (own() < 0.7 ? JSON.stringify(one) : spell(one as JsonObject, own)));
    const queried = queriedText(lines.join('\n'));
    let hits = 0;
    for (let i = 0; i < 40; i++) {
      const from = pick(records).rejected;
      const at = Math.floor(own() * from.length);
      const word = from.slice(at, at + 3 + Math.floor(own() * 5));
      const cased = pick([word, word.toUpperCase(), word.toLowerCase()]);
      const query = spellValue(cased.isWellFormed() ? cased : 'ask');
      const wanted = numbersOf(plainly(queried, query));
      expect([query, numbersOf((await fast(queried, query)).picked)]).toEqual([query, wanted]);
      hits += wanted.length;
    }
    expect(hits).toBeGreaterThan(100);
  });

  it('knows every letter case of ASCII', () => {
    const all = Array.from({ length: 0x3000 }, (_, code) => String.fromCodePoint(code)).join('');
    for (let code = 0x20; code <= 0x7e; code++) {
      const character = String.fromCharCode(code);
      const known = candidates([{ text: character, isCaseless: true }])!;
      const same = all.match(new RegExp(character.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&'), 'giu')) ?? [];
      const missed = same.filter((one) => {
        const bytes = Buffer.from(JSON.stringify(one)).toString('latin1');
        return !known.usual.expression.test(bytes) && !known.unusual.expression.test(bytes);
      });
      expect([character, missed]).toEqual([character, []]);
    }
  });

  it('parses few records for a rare word', async () => {
    const lines = Array.from({ length: 500 }, (_, i) =>
      JSON.stringify({
        prompt: `q${i}`,
        chosen: i === 77 ? 'a Needle here' : 'hay \u2019',
        rejected: 'straw',
      }),
    );
    const text = queriedText(lines.join('\n'));
    const { picked, read } = await fast(text, 'needle');
    expect([numbersOf(picked), read]).toEqual([[78], 1]);
  });
});
