// Estimates with their intervals, one below the other.
import type { Estimate } from '../checks/dataset/effects.ts';
import { t } from '../words/translate.ts';
import { shortened } from './bars.ts';
import type { Mark, Shape } from './svg.ts';
import { axisBelow, line, marked, picture, scale, shape, text, WIDTH } from './svg.ts';

export interface IntervalRow extends Mark {
  readonly name: string;
  readonly estimate: Estimate;
  /** A class: chosen, rejected or neutral. */
  readonly colour: string;
}

/** What the axis shows. */
export interface IntervalAxis {
  readonly title: string;
  /** Values beyond it are drawn at its ends. */
  readonly from: number;
  readonly to: number;
  /** The value that means nothing: 1 for odds, 0.5 for a coin. */
  readonly nothing?: number;
  readonly ticks: readonly { readonly value: number; readonly label: string }[];
  /** Where a value is: logarithms for ratios. */
  readonly place: (value: number) => number;
}

const ROW = 22;
const NAMES = 160;

export function drawIntervals(label: string, axis: IntervalAxis, rows: readonly IntervalRow[]): Shape {
  const box = { left: NAMES, top: 4, right: WIDTH - 24, bottom: 4 + rows.length * ROW };
  const { from, to, place, nothing } = axis;
  const linear = scale([place(from), place(to)], [box.left, box.right]);
  const at = (value: number): number => linear(place(Math.min(to, Math.max(from, value))));
  const lines = axis.ticks.map(({ value }) => line(at(value), box.top, at(value), box.bottom, 'grid'));
  const marks = rows.flatMap(({ name, estimate, colour, hint, query }, i) => {
    const y = box.top + i * ROW + ROW / 2;
    const { value, low, high } = estimate;
    return [
      text(NAMES - 6, y + 4, shortened(name), { anchor: 'end', name: 'ink' }),
      shape('line', { x1: at(low), x2: at(high), y1: y, y2: y, class: `interval ${colour}` }),
      shape('circle', { cx: at(value), cy: y, r: 4, class: colour }),
      marked('rect', { x: 0, y: y - ROW / 2, width: WIDTH, height: ROW, class: 'hit' }, { hint, query }),
    ];
  });
  return picture(box.bottom + 36, label, [
    ...lines,
    ...(nothing === undefined ? [] : [line(at(nothing), box.top, at(nothing), box.bottom, 'axis')]),
    ...axisBelow(
      box,
      axis.ticks.map(({ value, label: words }) => ({ at: at(value), label: words })),
      axis.title,
    ),
    ...marks,
  ]);
}

const OCTAVES = [1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8];

/** Odds ratios, on a scale of powers of two. */
export const oddsAxis = (): IntervalAxis => ({
  title: t('odds ratio'),
  from: 1 / 8,
  to: 8,
  nothing: 1,
  ticks: OCTAVES.map((value) => ({ value, label: value < 1 ? `1/${1 / value}` : String(value) })),
  place: Math.log2,
});

/** Shares from 0 to 100 %. */
export function shareAxis(title: string, nothing?: number): IntervalAxis {
  return {
    title,
    from: 0,
    to: 1,
    ...(nothing !== undefined && { nothing }),
    ticks: [0, 0.25, 0.5, 0.75, 1].map((value) => ({ value, label: `${100 * value} %` })),
    place: (value) => value,
  };
}
