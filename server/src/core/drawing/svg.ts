// Pictures as plain data: elements of SVG, which a page draws as its own elements and a report writes as text.

export interface Shape {
  readonly tag: 'svg' | 'rect' | 'line' | 'path' | 'circle' | 'text' | 'title';
  /**
   * `class` alone carries colour: chosen, rejected, neutral, behind, soft, axis, grid, budget, ideal. `data-query` selects the rows of a mark.
   */
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly children: readonly (Shape | string)[];
}

/** Pixels are whole tenths: shorter text, and no visible difference. */
const rounded = (value: string | number): string | number =>
  typeof value === 'number' ? Math.round(10 * value) / 10 : value;

export function shape(
  tag: Shape['tag'],
  attributes: Readonly<Record<string, string | number | undefined>>,
  ...children: readonly (Shape | string)[]
): Shape {
  const given = Object.entries(attributes).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, rounded(value)] as const],
  );
  return { tag, attributes: Object.fromEntries(given), children };
}

/** What a mark says when the mouse is over it, and the rows that a click selects. */
export interface Mark {
  readonly hint: string;
  /** In the query language; undefined if no query selects these rows. */
  readonly query?: string | undefined;
}

/** A shape with a hint. */
export function marked(
  tag: 'rect' | 'circle' | 'path',
  attributes: Readonly<Record<string, string | number>>,
  { hint, query }: Mark,
): Shape {
  return shape(tag, { ...attributes, 'data-query': query }, shape('title', {}, hint));
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Width of every picture, in pixels at its natural size. */
export const WIDTH = 440;

/** @param label the accessible name */
export function picture(height: number, label: string, children: readonly Shape[]): Shape {
  return shape('svg', { viewBox: `0 0 ${WIDTH} ${height}`, role: 'img', 'aria-label': label }, ...children);
}

export function line(x1: number, y1: number, x2: number, y2: number, name: string): Shape {
  return shape('line', { x1, y1, x2, y2, class: name });
}

export function text(
  x: number,
  y: number,
  words: string,
  { anchor = 'start', name }: { readonly anchor?: 'start' | 'middle' | 'end'; readonly name?: string } = {},
): Shape {
  return shape('text', { x, y, 'text-anchor': anchor, class: name }, words);
}

/** A linear scale. */
export function scale(
  [from, to]: readonly [number, number],
  [start, end]: readonly [number, number],
): (value: number) => number {
  const span = to - from;
  return (value) => (span === 0 ? (start + end) / 2 : start + ((value - from) / span) * (end - start));
}

/** Labels of the axis below a plot, each in the middle under its place, with short marks. */
export function axisBelow(
  { left, right, bottom }: Box,
  ticks: readonly { readonly at: number; readonly label: string }[],
  title: string,
): readonly Shape[] {
  return [
    line(left, bottom, right, bottom, 'axis'),
    ...ticks.flatMap(({ at, label }) => [
      line(at, bottom, at, bottom + 4, 'axis'),
      text(at, bottom + 15, label, { anchor: 'middle' }),
    ]),
    text(right, bottom + 30, title, { anchor: 'end' }),
  ];
}

/** Labels at the left of a plot, with lines across it. */
export function axisLeft(
  { left, right }: Box,
  ticks: readonly { readonly at: number; readonly label: string }[],
): readonly Shape[] {
  return ticks.flatMap(({ at, label }) => [
    line(left, at, right, at, 'grid'),
    text(left - 5, at + 4, label, { anchor: 'end' }),
  ]);
}
