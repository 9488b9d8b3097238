// Text margins and stored scores as evidence about one label.
import { expect, it } from 'vitest';

import { agreedMargin, fitAgreement } from '#core/reward/agreement.ts';
import { auroc } from '#core/score/quality.ts';
import { seededRandom } from '#core/score/random.ts';

/** Pairs whose label follows the score of a judge. Of a share, the label was turned around and the score stayed. */
function judged(count: number, turned: number) {
  const random = seededRandom(7);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Array.from({ length: count }, () => {
    const quality = 2 * normal();
    const judge = quality + 1.5 * normal();
    const label = Math.sign(judge);
    const isTurned = random() < turned;
    const text = (isTurned ? -label : label) * (0.5 * quality + normal());
    return { text, score: Math.abs(judge), isTurned, isWrong: label * quality < 0 !== isTurned };
  });
}

const NAN = Number.NaN;

it('small scores count as doubtful where labels follow scores', () => {
  const pairs = judged(3000, 0);
  const [texts, scores] = [pairs.map(({ text }) => text), pairs.map(({ score }) => score)];
  const agreement = fitAgreement(texts, scores);
  expect(agreement.turned).toBe(0);
  const isWrong = (i: number): boolean => pairs[i]!.isWrong;
  const joined = pairs.map(({ text, score }) => agreedMargin(agreement, text, score));
  expect(auroc(joined, isWrong)).toBeGreaterThan(auroc(texts, isWrong) + 0.02);
});

it.each([0.05, 0.2])('a share of %f that was turned around is estimated and found', (share) => {
  const pairs = judged(3000, share);
  const [texts, scores] = [pairs.map(({ text }) => text), pairs.map(({ score }) => score)];
  const agreement = fitAgreement(texts, scores);
  expect(Math.abs(agreement.turned - share)).toBeLessThan(0.03);
  const isTurned = (i: number): boolean => pairs[i]!.isTurned;
  const joined = pairs.map(({ text, score }) => agreedMargin(agreement, text, score));
  const summed = pairs.map(({ text, score }) => text + agreement.scale * score);
  expect(auroc(joined, isTurned)).toBeGreaterThan(auroc(summed, isTurned));
});

it('one of both is enough, and scores of one size or without texts change no order', () => {
  const agreement = fitAgreement([1, -2, 3, 4], [2, 1, 3, 1]);
  expect(agreedMargin(agreement, 1.5, NAN)).toBe(1.5);
  expect(agreedMargin(agreement, NAN, 2)).toBeCloseTo(2 * agreement.scale);
  const same = fitAgreement([1, -2, 3, 4], [1, 1, 1, 1]);
  expect(agreedMargin(same, 3, 1)).toBeGreaterThan(agreedMargin(same, 1, 1));
  expect(fitAgreement([], []).scale).toBe(0);
  expect(fitAgreement([1, 2], [NAN, NAN]).turned).toBe(0);
});
