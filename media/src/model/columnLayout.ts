// Which columns are shown, in which order, how wide, and where each stands. A choice is a value that can be kept.
import type { ColumnChoice } from '#protocol/page/dataset.ts';

import type { Column } from './columns.ts';
import { shownAtFirst } from './columns.ts';

const MIN_WIDTH = 48;
const MAX_WIDTH = 1600;

export const NO_CHOICE: ColumnChoice = { widths: {}, frozen: 1 };

/** A shown column, in pixels from the left edge of the rows. */
export interface PlacedColumn {
  readonly column: Column;
  readonly left: number;
  readonly width: number;
  /** It stays in place when the others scroll to the left. */
  readonly isFrozen: boolean;
}

export interface ColumnLayout {
  readonly columns: readonly PlacedColumn[];
  readonly width: number;
}

/** The ids of the shown columns. A remembered column that this file lacks is left out. */
export function shownIds(all: readonly Column[], { shown }: ColumnChoice): readonly string[] {
  const known = new Set(all.map(({ id }) => id));
  const ids = (shown ?? shownAtFirst(all)).filter((id) => known.has(id));
  return ids.length > 0 ? ids : shownAtFirst(all);
}

/** Elastic columns without a width of their own share the space that is left. */
export function layOut(all: readonly Column[], choice: ColumnChoice, viewWidth: number): ColumnLayout {
  const byId = new Map(all.map((column) => [column.id, column]));
  const shown = shownIds(all, choice).flatMap((id) => byId.get(id) ?? []);
  const isFlexible = ({ id, isElastic }: Column): boolean =>
    isElastic === true && choice.widths[id] === undefined;
  const flexible = shown.filter(isFlexible);
  const fixed = shown.reduce((sum, one) => sum + (choice.widths[one.id] ?? one.width), 0);
  const share = flexible.length === 0 ? 0 : Math.max(0, Math.floor((viewWidth - fixed) / flexible.length));
  let left = 0;
  const columns = shown.map((column, number): PlacedColumn => {
    const width = (choice.widths[column.id] ?? column.width) + (isFlexible(column) ? share : 0);
    const placed = { column, left, width, isFrozen: number < choice.frozen };
    left += width;
    return placed;
  });
  return { columns, width: left };
}

export function toggled(all: readonly Column[], choice: ColumnChoice, id: string): ColumnChoice {
  const ids = shownIds(all, choice);
  if (!ids.includes(id)) return { ...choice, shown: [...ids, id] };
  // Of the last one, nothing would be left to see.
  return ids.length === 1 ? choice : { ...choice, shown: ids.filter((one) => one !== id) };
}

/** Moves a column to the place of another one. */
export function movedTo(
  all: readonly Column[],
  choice: ColumnChoice,
  id: string,
  target: string,
): ColumnChoice {
  const ids = shownIds(all, choice);
  const [from, to] = [ids.indexOf(id), ids.indexOf(target)];
  if (from < 0 || to < 0 || from === to) return choice;
  return { ...choice, shown: ids.filter((one) => one !== id).toSpliced(to, 0, id) };
}

/** Moves a column by a number of places; to the left if it is negative. */
export function movedBy(all: readonly Column[], choice: ColumnChoice, id: string, by: number): ColumnChoice {
  const ids = shownIds(all, choice);
  const target = ids[ids.indexOf(id) + by];
  return target === undefined ? choice : movedTo(all, choice, id, target);
}

export function resized(choice: ColumnChoice, id: string, width: number): ColumnChoice {
  const pixels = Math.round(Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, width)));
  return { ...choice, widths: { ...choice.widths, [id]: pixels } };
}

/** Gives a column the width back that it has without a choice. */
export function unsized(choice: ColumnChoice, id: string): ColumnChoice {
  const widths = Object.entries(choice.widths).filter(([name]) => name !== id);
  return { ...choice, widths: Object.fromEntries(widths) };
}

/** Freezes the columns up to this one; if it is the last frozen one, it is released. */
export function frozenUpTo(all: readonly Column[], choice: ColumnChoice, id: string): ColumnChoice {
  const count = shownIds(all, choice).indexOf(id) + 1;
  return { ...choice, frozen: count === choice.frozen ? count - 1 : count };
}
