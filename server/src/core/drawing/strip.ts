// Margins as a tiny histogram, without axes, for a bar.
import type { ScorerMargins } from '../portrait/portrait.ts';
import { t } from '../words/translate.ts';
import type { Shape } from './svg.ts';
import { shape } from './svg.ts';

const [WIDTH, HEIGHT] = [120, 20];

export function drawMargins({ histogram: { edges, counts } }: ScorerMargins): Shape {
  const most = Math.max(1, ...counts);
  const step = WIDTH / counts.length;
  const bars = counts.flatMap((count, bin) => {
    if (count === 0) return [];
    const height = Math.max(1, (count / most) * HEIGHT);
    const colour = (edges[bin] ?? Infinity) <= 0 ? 'rejected' : 'chosen';
    return [
      shape('rect', {
        x: bin * step,
        y: HEIGHT - height,
        width: Math.max(0.5, step - 0.5),
        height,
        class: colour,
      }),
    ];
  });
  return shape(
    'svg',
    {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      width: WIDTH,
      height: HEIGHT,
      role: 'img',
      'aria-label': t('Margins'),
    },
    ...bars,
  );
}
