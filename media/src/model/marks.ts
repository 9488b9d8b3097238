// The rows that a person selected to do something with all of them: ranges of places in the list, in order and apart.
import type { RowRange } from '#protocol/editor/batch.ts';

export type Marks = readonly RowRange[];

export const NO_MARKS: Marks = [];

export function markCount(marks: Marks): number {
  return marks.reduce((sum, { start, end }) => sum + end - start, 0);
}

export function isMarked(marks: Marks, index: number): boolean {
  return marks.some(({ start, end }) => start <= index && index < end);
}

/** Adds a range. */
export function withMarked(marks: Marks, range: RowRange): Marks {
  const joined = [...marks, range].sort((a, b) => a.start - b.start);
  return joined.reduce<RowRange[]>((all, next) => {
    const last = all.at(-1);
    if (!last || last.end < next.start) return [...all, next];
    return [...all.slice(0, -1), { start: last.start, end: Math.max(last.end, next.end) }];
  }, []);
}

function without(marks: Marks, index: number): Marks {
  return marks.flatMap(({ start, end }) =>
    start <= index && index < end
      ? [
          { start, end: index },
          { start: index + 1, end },
        ].filter((part) => part.start < part.end)
      : [{ start, end }],
  );
}

export function withToggled(marks: Marks, index: number): Marks {
  return isMarked(marks, index) ? without(marks, index) : withMarked(marks, { start: index, end: index + 1 });
}

/** The rows from one to another, in either direction, both included. */
export function between(a: number, b: number): RowRange {
  return { start: Math.min(a, b), end: Math.max(a, b) + 1 };
}
