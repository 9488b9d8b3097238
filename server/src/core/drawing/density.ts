// Pairs by difference of length and margin: a grid whose cells are darker where more pairs are.
import type { Density } from '../portrait/margins.ts';
import { t } from '../words/translate.ts';
import type { Mark, Shape } from './svg.ts';
import { axisBelow, line, marked, picture, shape, text, WIDTH } from './svg.ts';
import { short, signed } from './words.ts';

export interface DensityOptions {
  readonly label: string;
  /** Bins of differences and of margins to draw, inclusive. */
  readonly across: readonly [number, number];
  readonly up: readonly [number, number];
  readonly markOf: (across: number, up: number) => Mark;
  readonly leftWords: string;
  readonly rightWords: string;
}

const HEIGHT = 190;

export function drawDensity(density: Density, options: DensityOptions): Shape {
  const { differences, margins, counts, means } = density;
  const { across, up, markOf } = options;
  const box = { left: 40, top: 20, right: WIDTH - 10, bottom: 20 + HEIGHT };
  const [width, height] = [
    (box.right - box.left) / (across[1] - across[0] + 1),
    HEIGHT / (up[1] - up[0] + 1),
  ];
  const most = Math.max(1, ...counts.flat());
  const xOf = (bin: number): number => box.left + (bin - across[0]) * width;
  const yOf = (bin: number): number => box.bottom - (bin - up[0] + 1) * height;
  const cells: Shape[] = [];
  for (let x = across[0]; x <= across[1]; x++) {
    for (let y = up[0]; y <= up[1]; y++) {
      const pairs = counts[x]?.[y] ?? 0;
      if (pairs === 0) continue;
      // Pairs against the label have the colour of rejected answers.
      const isAgainst = (margins[y] ?? Infinity) <= 0;
      cells.push(
        marked(
          'rect',
          {
            x: xOf(x),
            y: yOf(y),
            width,
            height,
            class: isAgainst ? 'rejected' : 'chosen',
            // A square root: one pair must still be seen beside a thousand.
            'fill-opacity': (0.12 + 0.88 * Math.sqrt(pairs / most)).toFixed(3),
          },
          markOf(x, y),
        ),
      );
    }
  }
  const lineAt = (edges: readonly number[], value: number): number => edges.indexOf(value) + 1;
  const zero = lineAt(margins, 0);
  const level = (margin: number): number => {
    let bin = up[0];
    while (bin < up[1] && (margins[bin] ?? Infinity) <= margin) bin++;
    const [low, high] = [margins[bin - 1], margins[bin]];
    const inside = low === undefined || high === undefined ? 0.5 : (margin - low) / (high - low);
    return yOf(bin) + height * (1 - Math.min(1, Math.max(0, inside)));
  };
  const path = means
    .flatMap((mean, x) =>
      mean === null || x < across[0] || x > across[1]
        ? []
        : [`${(xOf(x) + width / 2).toFixed(1)} ${level(mean).toFixed(1)}`],
    )
    .join(' L ');
  const middle = xOf(lineAt(differences, 0)) + width / 2;
  const isInside = middle > box.left && middle < box.right;
  const labelled = differences.flatMap((edge, i) =>
    i >= across[0] && i < across[1] && /^10*$/.test(String(edge > 0 ? edge : 1 - edge)) && Math.abs(edge) > 1
      ? [{ at: xOf(i + 1), label: short(edge > 0 ? edge : edge - 1) }]
      : [],
  );
  const levels = margins.flatMap((edge, i) =>
    i >= up[0] && i < up[1] && (i - zero + 1) % 4 === 0 ? [{ at: yOf(i), label: signed(edge) }] : [],
  );
  return picture(box.bottom + 36, options.label, [
    ...levels.flatMap(({ at, label }) => [
      line(box.left, at, box.right, at, 'grid'),
      text(box.left - 5, at + 4, label, { anchor: 'end' }),
    ]),
    ...cells,
    ...(zero > up[0] && zero <= up[1]
      ? [line(box.left, yOf(zero - 1), box.right, yOf(zero - 1), 'axis')]
      : []),
    ...(isInside ? [line(middle, box.top - 2, middle, box.bottom, 'axis')] : []),
    ...(path.includes('L') ? [shape('path', { d: `M ${path}`, class: 'mean' })] : []),
    text(box.left, box.top - 7, options.leftWords, { name: 'ink' }),
    text(box.right, box.top - 7, options.rightWords, { anchor: 'end', name: 'ink' }),
    ...axisBelow(
      box,
      [...labelled, ...(isInside ? [{ at: middle, label: '0' }] : [])],
      t('chosen minus rejected, in characters'),
    ),
  ]);
}
