// Numbers and places in readable form.
import { expect, it } from 'vitest';

import { Distribution } from '#core/score/ranking.ts';
import {
  formatMargin,
  marginSign,
  ordinal,
  plural,
  standingAmong,
  standingText,
} from '#core/words/numbers.ts';

import { findingPlace, lengthText } from '../../media/src/model/words.ts';

it('counts one thing in the singular and groups large numbers', () => {
  expect([
    plural(1, 'pair'),
    plural(0, 'pair'),
    plural(12345, 'pair'),
    plural(2, 'entry', 'entries'),
  ]).toEqual(['1 pair', '0 pairs', '12,345 pairs', '2 entries']);
  expect([1, 2, 3, 11, 12, 13, 21, 112, 1003].map(ordinal)).toEqual([
    '1st',
    '2nd',
    '3rd',
    '11th',
    '12th',
    '13th',
    '21st',
    '112th',
    '1,003rd',
  ]);
});

it('writes margins with a sign, and without one if they round to zero', () => {
  expect([-2.314, 0.5, 0, -0, 0.004, -0.004, -0.005001].map(formatMargin)).toEqual([
    '−2.31',
    '+0.50',
    '0.00',
    '0.00',
    '0.00',
    '0.00',
    '−0.01',
  ]);
  expect([-2, 0.5, -0.004, 0.004].map(marginSign)).toEqual([-1, 1, 0, 0]);
});

it('shows the rank of a margin as a share of the file', () => {
  const standing = (below: number, count: number): string => standingText(standingAmong(below, count));
  expect([standing(0, 1000), standing(1, 1000), standing(119, 1000), standing(0, 4)]).toEqual([
    'lowest 0.1 %',
    'lowest 0.2 %',
    'lowest 12 %',
    'lowest 25 %',
  ]);
  expect([standing(999, 1000), standing(700, 1000), standing(0, 100_000)]).toEqual([
    'highest 0.1 %',
    'highest 30 %',
    'lowest 0.1 %',
  ]);
  const margins = new Distribution(Float32Array.from([-1, Number.NaN, 0, 1, 2]));
  expect([-1, 2, Number.NaN].map((margin) => margins.standing(margin))).toEqual([
    'lowest 25 %',
    'highest 25 %',
    '',
  ]);
  expect(new Distribution(new Float32Array(0)).standing(1)).toBe('');
});

it('counts words, in scripts without spaces too', () => {
  expect(['one', ' two  words\n', '', 'It is, well: "quoted".'].map(lengthText)).toEqual([
    '1 word',
    '2 words',
    '0 words',
    '4 words',
  ]);
  // Dictionaries differ in how they split: not one word, and not one per character.
  expect(lengthText('今天天气很好，我们去公园吧。')).toMatch(/^[5-9] words$/);
  expect(lengthText('今日は天気がいいです。')).toMatch(/^[4-7] words$/);
  expect(lengthText('x'.repeat(1_000_001))).toBe('1,000,001 characters');
});

it('names the findings of a place by their numbers in the file', () => {
  const words = (findingNumber: number, findingsHere: number, findingCount: number): string =>
    findingPlace({ findingNumber, findingsHere, findingCount });
  expect([words(3, 1, 208), words(12, 2, 1208), words(0, 0, 208), words(0, 0, 0)]).toEqual([
    'Finding 3 of 208',
    'Findings 12–13 of 1,208',
    'No finding here, 208 elsewhere',
    'No findings in this file',
  ]);
});
