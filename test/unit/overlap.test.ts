// How much of one text stands in another, against numbers worked out by hand.
import { describe, expect, it } from 'vitest';

import { changedShare, chrF, commonWords, comparedWords, MAX_WORDS, rougeL } from '#core/compare/overlap.ts';

import { seededRandom } from '../../server/src/core/score/random.ts';

const rouge = (answer: string, reference: string): number =>
  rougeL(comparedWords(answer), comparedWords(reference));

/** The textbook table, cell by cell. */
function slowCommon(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const word of a) {
    const next = [0];
    for (const [j, other] of b.entries())
      next.push(word === other ? row[j]! + 1 : Math.max(row[j + 1]!, next[j]!));
    row = next;
  }
  return row.at(-1)!;
}

describe('words in their order', () => {
  it('count as in the example of Lin (2004): three of four words, then two of four', () => {
    expect(rouge('police kill the gunman', 'police killed the gunman')).toBe(0.75);
    expect(rouge('the gunman kill police', 'police killed the gunman')).toBe(0.5);
  });

  it('weigh precision and recall alike: 2·3/(5 + 3)', () => {
    // "the cat sat" stands in "the cat on mats sat": P = 3/5, R = 3/3, F = 2·(3/5)/(8/5) = 0.75.
    expect(rouge('The cat on mats sat.', 'the cat sat')).toBe(0.75);
    expect(rouge('', 'the cat sat')).toBe(0);
    expect(rouge('…', '!')).toBe(0);
  });

  it('are lower-case words without punctuation, and single characters of Chinese', () => {
    expect(comparedWords('Don’t stop, “HALF-way”!')).toEqual(['don’t', 'stop', 'half', 'way']);
    expect(comparedWords('我们3个 AI模型')).toEqual(['我', '们', '3', '个', 'ai', '模', '型']);
    // Six and five characters, of which five are common in order: 2·5/11.
    expect(rouge('今天天气很好', '今天天气好')).toBeCloseTo(10 / 11, 12);
  });

  it('give the length of the textbook table, in every remainder of a block of 32', () => {
    const random = seededRandom(7);
    for (let round = 0; round < 400; round++) {
      const kinds = 1 + Math.floor(random() * 12);
      const list = (): string[] =>
        Array.from({ length: Math.floor(random() * 140) }, () => String(Math.floor(random() * kinds)));
      const [a, b] = [list(), list()];
      expect(commonWords(a, b)).toBe(slowCommon(a, b));
    }
  });

  it('of long texts are counted in a bounded number of steps, and longer ones not at all', () => {
    const random = seededRandom(3);
    const list = Array.from({ length: MAX_WORDS }, () => `w${Math.floor(random() * 4000)}`);
    const other = list.map((word, i) => (i % 10 === 0 ? 'x' : word));
    expect(commonWords(list, other)).toBe(0.9 * MAX_WORDS);
    expect(changedShare(list.join(' '), other.join(' '))).toBeCloseTo(0.1, 12);
    expect(changedShare(`${list.join(' ')} more`, other.join(' '))).toBeUndefined();
  });

  it('say which share of both texts changed: 1 − 2·LCS/(words of both)', () => {
    expect(changedShare('a b c d', 'a b c d')).toBe(0);
    expect(changedShare('a b c d', 'a x c d')).toBe(0.25);
    expect(changedShare('a b', 'c d')).toBe(1);
    expect(changedShare('!', '?')).toBe(1);
  });
});

describe('runs of characters', () => {
  it('count by the mean precision and recall of the lengths that both texts have', () => {
    // Of one character 2/3, of two 1/2, of three 0/1: the mean is 7/18 for both.
    expect(chrF('abc', 'abd')).toBeCloseTo(7 / 18, 12);
    // Precision (2/4 + 1/3)/2 = 5/12, recall (2/2 + 1/1)/2 = 1: 5·(5/12)/(4·5/12 + 1) = 25/32.
    expect(chrF('ab cd', 'ab')).toBeCloseTo(25 / 32, 12);
    expect(chrF('the same text', 'the same text')).toBe(1);
    expect(chrF('abc', 'xyz')).toBe(0);
    expect(chrF('', 'abc')).toBe(0);
  });

  it('take a character outside the basic plane for one', () => {
    expect(chrF('😀a', '😀b')).toBeCloseTo((1 / 2 + 0) / 2, 12);
  });
});
