// Bars over bins that are equally wide on the picture.
import { ticks } from 'd3-array';

import type { BinRange, Histogram } from '../portrait/bins.ts';
import type { Brush } from './figure.ts';
import type { Box, Mark, Shape } from './svg.ts';
import { axisBelow, axisLeft, line, marked, picture, scale, shape, text, WIDTH } from './svg.ts';
import { short } from './words.ts';

export interface Bars {
  readonly histogram: Histogram;
  /** The class of a bin. */
  readonly nameOf: (bin: number) => string;
  readonly markOf: (bin: number) => Mark;
  /** Drawn behind the bars, to compare with: counts in the same bins, scaled to the same sum. */
  readonly behind?: Histogram | undefined;
}

/** A line across the plot at a value, with words beside it. */
export interface Rule {
  readonly value: number;
  readonly words: string;
  readonly name: string;
  /** The side of the line on which the words stand. */
  readonly side: 'left' | 'right';
}

export interface HistogramOptions {
  readonly label: string;
  readonly axis: string;
  readonly range: BinRange;
  readonly up: Bars;
  /** Bars that hang down from the axis; their counts share its scale. */
  readonly down?: Bars;
  readonly isTick: (edge: number) => boolean;
  readonly tickWords: (edge: number) => string;
  readonly rules?: readonly Rule[];
  readonly queryOf: Brush['queryOf'];
}

const HEIGHT = 130;
const [LEFT, TOP] = [40, 16];

/** Where a value is between the edges of the drawn bins: bins are equally wide, whatever they hold. */
function placeOf(edges: readonly number[], [first, last]: BinRange, value: number): number {
  let bin = first;
  while (bin < last && (edges[bin] ?? Infinity) <= value) bin++;
  const [low, high] = [edges[bin - 1], edges[bin]];
  if (low === undefined || high === undefined) return bin - first + 0.5;
  return bin - first + Math.min(1, Math.max(0, (value - low) / (high - low)));
}

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, one) => sum + one, 0);

/** What stands behind each bin, in units of its bars. */
function behindOf({ histogram, behind }: Bars): readonly number[] {
  if (!behind) return [];
  const factor = sumOf(histogram.counts) / Math.max(1, sumOf(behind.counts));
  return behind.counts.map((count) => count * factor);
}

export function drawHistogram(options: HistogramOptions): { readonly picture: Shape; readonly brush: Brush } {
  const { up, down, range, isTick, tickWords, rules = [], queryOf } = options;
  const [first, last] = range;
  const { edges } = up.histogram;
  const box: Box = { left: LEFT, top: TOP, right: WIDTH - 10, bottom: TOP + HEIGHT };
  const step = (box.right - box.left) / (last - first + 1);
  const highest = (own: Bars): number =>
    Math.max(0, ...[own.histogram.counts, behindOf(own)].flatMap((counts) => counts.slice(first, last + 1)));
  const [above, below] = [highest(up), down ? highest(down) : 0];
  const most = Math.max(1, above + below);
  const y = scale([-below, Math.max(above, most - below)], [box.bottom, box.top]);
  const xOf = (place: number): number => box.left + place * step;
  const bars = (own: Bars, sign: 1 | -1): readonly Shape[] =>
    Array.from({ length: last - first + 1 }, (_, i) => {
      const bin = first + i;
      const value = own.histogram.counts[bin] ?? 0;
      if (value === 0) return [];
      const gap = step > 4 ? 1 : 0;
      const [x, width] = [xOf(i) + gap / 2, Math.max(0.5, step - gap)];
      // A bar of few pairs stays visible, and its whole column can be clicked.
      const height = Math.max(1, Math.abs(y(sign * value) - y(0)));
      const column =
        sign > 0 ? { y: box.top, height: y(0) - box.top } : { y: y(0), height: box.bottom - y(0) };
      return [
        shape('rect', { x, width, height, y: sign > 0 ? y(0) - height : y(0), class: own.nameOf(bin) }),
        marked('rect', { x, width, ...column, class: 'hit' }, own.markOf(bin)),
      ];
    }).flat();
  const backs = (own: Bars, sign: 1 | -1): readonly Shape[] =>
    behindOf(own).flatMap((value, bin) => {
      if (value === 0 || bin < first || bin > last) return [];
      const height = Math.abs(y(sign * value) - y(0));
      const top = sign > 0 ? y(0) - height : y(0);
      return [shape('rect', { x: xOf(bin - first), width: step, height, y: top, class: 'behind' })];
    });
  const levels = [
    ...ticks(0, above, 3).map((level) => ({ at: y(level), label: short(level) })),
    ...ticks(0, below, 3)
      .filter((level) => level > 0)
      .map((level) => ({ at: y(-level), label: short(level) })),
  ].filter(({ label }) => !label.includes('.') || label.includes('k') || label.includes('M'));
  const marks = edges.flatMap((edge, i) =>
    i >= first && i < last && isTick(edge) ? [{ at: xOf(i + 1 - first), label: tickWords(edge) }] : [],
  );
  const lines = rules.flatMap(({ value, words, name, side }) => {
    const at = xOf(placeOf(edges, range, value));
    const isRight = side === 'right' ? at < box.right - 90 : at < box.left + 90;
    return [
      line(at, box.top - 4, at, box.bottom, name),
      text(at + (isRight ? 4 : -4), box.top - 5, words, {
        anchor: isRight ? 'start' : 'end',
        name: 'ink',
      }),
    ];
  });
  const shapes = [
    ...axisLeft(box, levels),
    ...backs(up, 1),
    ...(down ? backs(down, -1) : []),
    ...bars(up, 1),
    ...(down ? bars(down, -1) : []),
    ...(down ? [line(box.left, y(0), box.right, y(0), 'axis')] : []),
    ...axisBelow(box, marks, options.axis),
    ...lines,
  ];
  return {
    picture: picture(box.bottom + 36, options.label, shapes),
    brush: { ...box, first, last, queryOf },
  };
}
