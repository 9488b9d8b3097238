// Results of solutions: where they stand, and which are the same.
import { describe, expect, it } from 'vitest';

import { finalAnswer, isSameResult, resultOf } from '#core/mapping/said/finalAnswer.ts';

const RESULTS: readonly (readonly [text: string, value: number | string | undefined])[] = [
  ['20', 20],
  ['-1,234.50', -1234.5],
  ['$57,500.', 57500],
  ['20 cups of feed', 20],
  ['**3.5 km**', 3.5],
  ['3/4', 0.75],
  ['\\frac{1}{4}', 0.25],
  ['$-\\dfrac{3}{2}$', -1.5],
  ['12\\%', 12],
  ['(B)', 'B'],
  ['C. Because it is cold', 'C'],
  ['\\text{D}', 'D'],
  ['1/0', undefined],
  ['x + 1', undefined],
  ['2 and 3, or perhaps 4', undefined],
  ['2^{10}', undefined],
  ['A dog', undefined],
  ['1e400', undefined],
  ['', undefined],
];

const SOLUTIONS: readonly (readonly [solution: string, value: number | string | undefined])[] = [
  ['6 times 7 is 42.\n#### 42', 42],
  ['So it is \\boxed{41}, no, \\boxed{\\frac{1}{2}}.', 0.5],
  ['First 3, then 4.\nThe answer is 7.', 7],
  ['**Final Answer:** 1,200 grams', 1200],
  ['Final answer: 1,200 grams', 1200],
  ['A: 20', 20],
  ['The correct answer is (B) Wren.', 'B'],
  ['所以答案是 12。', 12],
  ['The answer is 7.\nThe answer is seven.', undefined],
  ['We got 42 in the end.', undefined],
  ['\\boxed{x + 1} The answer is 3.', undefined],
  ['\\boxed{3', undefined],
];

describe('the result of a solution', () => {
  it.each(RESULTS)('%j is %j', (text, value) => {
    expect(resultOf(text)?.value).toBe(value);
  });

  it.each(SOLUTIONS)('%j ends with %j', (solution, value) => {
    expect(finalAnswer(solution)?.value).toBe(value);
  });

  it('is compared with as many digits as both have, and not at all with another kind', () => {
    const same = (a: string, b: string): boolean | undefined => isSameResult(resultOf(a)!, resultOf(b)!);
    expect(same('0.33', '1/3')).toBe(true);
    expect(same('266.67', '267')).toBe(true);
    expect(same('266', '266.67')).toBe(false);
    expect(same('1000', '1001')).toBe(false);
    expect(same('0.5', '50 %')).toBeUndefined();
    expect(same('B', '2')).toBeUndefined();
    expect(same('B', 'C')).toBe(false);
  });

  it('needs linear time for hostile text', () => {
    for (const part of ['\\boxed{', 'the answer is ', '#### ', ' ', '\n', '{', '1,', '答案', '*', 'A: '])
      expect(finalAnswer(part.repeat(50_000))).toBeUndefined();
  });
});
