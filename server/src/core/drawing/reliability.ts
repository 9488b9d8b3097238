// Predicted against observed: points on the diagonal are as right as they claim.
import type { ReliabilityBin } from '../portrait/calibration.ts';
import { t } from '../words/translate.ts';
import type { Mark, Shape } from './svg.ts';
import { axisBelow, axisLeft, line, marked, picture, scale, shape, WIDTH } from './svg.ts';

const SIDE = 190;

export function drawReliability(
  label: string,
  bins: readonly ReliabilityBin[],
  markOf: (bin: ReliabilityBin) => Mark,
): Shape {
  const box = { left: 46, top: 8, right: WIDTH - 20, bottom: 8 + SIDE };
  const low = Math.min(0.5, ...bins.map(({ observed }) => Math.floor(10 * observed.low) / 10));
  const x = scale([0.5, 1], [box.left, box.right]);
  const y = scale([low, 1], [box.bottom, box.top]);
  const largest = Math.max(1, ...bins.map(({ count }) => count));
  const steps = [0.5, 0.6, 0.7, 0.8, 0.9, 1];
  const levels = Array.from({ length: Math.round(10 * (1 - low)) + 1 }, (_, i) => low + i / 10).filter(
    (_, i, all) => all.length <= 7 || (all.length - 1 - i) % 2 === 0,
  );
  const points = bins.flatMap((bin) => {
    const { predicted, observed, count } = bin;
    const [cx, cy] = [x(predicted), y(observed.value)];
    // The area of a point is the share of its pairs.
    const r = 2.5 + 6 * Math.sqrt(count / largest);
    return [
      shape('line', { x1: cx, x2: cx, y1: y(observed.low), y2: y(observed.high), class: 'interval neutral' }),
      marked('circle', { cx, cy, r, class: 'neutral' }, markOf(bin)),
    ];
  });
  return picture(box.bottom + 36, label, [
    ...axisLeft(
      box,
      levels.map((value) => ({ at: y(value), label: `${Math.round(100 * value)} %` })),
    ),
    line(x(0.5), y(0.5), x(1), y(1), 'ideal'),
    ...axisBelow(
      box,
      steps.map((value) => ({ at: x(value), label: `${100 * value} %` })),
      t('probability that the scorer gives to the answer it prefers'),
    ),
    ...points,
  ]);
}
