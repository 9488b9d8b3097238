// Columns in very long lines: the same as counted from the start of the line.
import { expect, it } from 'vitest';

import { seededRandom } from '#core/score/random.ts';
import { ColumnIndex, hasLongLine } from '#session/sources/columnIndex.ts';

import { decode, encode } from '../fakes/records.ts';

it('columns are those of the whole line, in any chunks', () => {
  const random = seededRandom(5);
  for (let round = 0; round < 6; round++) {
    const word = ['plain text ', 'é𝄞中 ', 'line\n'.repeat(Number(round % 3 === 0))][round % 2] ?? '';
    const text = `${round % 2 === 0 ? '\ufeff' : ''}head\n${word.repeat(250_000)}`;
    const bytes = encode(text);
    const index = new ColumnIndex();
    for (let at = 0; at < bytes.length;) {
      const size = 1 + Math.floor(random() * 300_000);
      index.push(bytes.subarray(at, at + size));
      at += size;
    }
    for (const letter of [0, 3, 7, 1000, 200_000, text.length - 1]) {
      const before = text.slice(0, letter).replace(/[\ud800-\udbff]$/, '');
      const byte = encode(before).length;
      let read = 0;
      const units = index.unitsBefore(byte, (from, to) => {
        read = to - from;
        return bytes.subarray(from, to);
      });
      const line = decode(encode(before.slice(before.lastIndexOf('\n') + 1))).replace(/^\ufeff/, '');
      expect([letter, units]).toEqual([letter, line.length]);
      expect(read).toBeLessThan(1_400_000);
    }
  }
});

it('a line is long if a record begins far behind another one of it', () => {
  const line = Int32Array.from([0, 0, 1, 1]);
  expect(hasLongLine({ line, byteStart: Float64Array.from([1, 9, 50, 70]) }, 4, 19)).toBe(true);
  expect(hasLongLine({ line, byteStart: Float64Array.from([1, 9, 50, 70]) }, 4, 20)).toBe(false);
});
