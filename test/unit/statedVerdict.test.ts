// What a review says in words, and what it leaves open.
import { describe, expect, it } from 'vitest';

import { statedVerdict } from '#core/mapping/said/statedVerdict.ts';

const CLEAR: readonly (readonly [review: string, better: 'first' | 'second', words: string])[] = [
  ['The first one is wrong. [[B]]', 'second', '[[B]]'],
  ['My final verdict is tie? No: [[A>>B]]', 'first', '[[A>>B]]'],
  ['[[B>A]]', 'second', '[[B>A]]'],
  ['Both are fine.\n\n**Winner: Response B**', 'second', '**Winner: Response B**'],
  ['Preferred answer: 1', 'first', 'Preferred answer: 1'],
  ['FINAL VERDICT: (A)', 'first', 'FINAL VERDICT: (A)'],
  [
    'It is long.\nOverall, Assistant 2’s answer is better.',
    'second',
    'Overall, Assistant 2’s answer is better.',
  ],
  ['Response A is better than Response B.', 'first', 'Response A is better than Response B.'],
  ['While Assistant 1’s answer is good, the second answer was more comprehensive.', 'second', ''],
  ['Assistant 2 is more detailed. Overall, they differ.\nThus Assistant 1 wins.', 'first', ''],
  ['In conclusion, the better one is Response B.', 'second', ''],
  ['Overall, I slightly prefer Response A over Response B.', 'first', ''],
  ['A scored 8.5 points. Therefore Output (b) is preferred.', 'second', 'Therefore Output (b) is preferred.'],
];

const OPEN: readonly string[] = [
  '',
  '[[C]]',
  '[[A=B]]',
  '[[A]] or [[B]]',
  'Both answers are equally good.',
  'Overall, Assistant 1 is not better.',
  'Overall, Assistant 1 would be better if it were shorter.',
  'Overall, Assistant 1 is more detailed, but Assistant 2 is more accurate.',
  'Overall, both assistants gave more helpful answers than expected.',
  'Assistant 1 is better. Assistant 2 has nothing to say.',
  'It is better.',
  'A better model completion 12 exists.',
  'Winner: everyone',
];

describe('the verdict that a review states', () => {
  it.each(CLEAR)('%j: the %s answer', (review, better, words) => {
    const found = statedVerdict(review);
    expect(found?.better).toBe(better);
    if (words !== '') expect(review.slice(found!.start, found!.end)).toBe(words);
  });

  it.each(OPEN)('%j: none', (review) => {
    expect(statedVerdict(review)).toBeUndefined();
  });

  it('is found at the end of a long review, at its place', () => {
    const review = `${'Assistant 1 is better. '.repeat(2000)}\nWinner: B`;
    const found = statedVerdict(review);
    expect([found?.better, review.slice(found?.start, found?.end)]).toEqual(['second', 'Winner: B']);
  });

  it('needs linear time for hostile text', () => {
    for (const part of ['\n', ' ', '*', 'assistant ', 'winner', 'winner:', 'I a ', '[[A', 'better.', 'more '])
      expect(statedVerdict(part.repeat(20_000))).toBeUndefined();
  });
});
