import { expect, it } from 'vitest';

import { STYLE_MARKS } from '#core/checks/dataset/styleMarks.ts';
import { seededRandom } from '#core/score/random.ts';

const SIGNS = ['\n', '\n', ' ', '\t', '\r', '\u00a0', 'a', '.'];

it('several paragraphs: two lines with text, and an empty one between them', () => {
  const has = STYLE_MARKS.find(({ name }) => name === 'several paragraphs')?.has;
  const random = seededRandom(5);
  const seen = new Set<boolean>();
  for (let round = 0; round < 2000; round++) {
    const text = Array.from({ length: 10 * random() }, () => SIGNS[Math.floor(8 * random())]).join('');
    const filled = text.split('\n').map((line) => line.trim() !== '');
    const wanted = filled.slice(filled.indexOf(true), filled.lastIndexOf(true)).includes(false);
    expect(has?.(text), JSON.stringify(text)).toBe(wanted && filled.includes(true));
    seen.add(wanted);
  }
  expect(seen.size).toBe(2);
});
