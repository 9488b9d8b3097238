// The state of the dataset page, and what follows from it.
import type { RuleCount } from '#protocol/editor/batch.ts';
import type { FieldColumn, RowSelection } from '#protocol/editor/rows.ts';
import type { DatasetStatus } from '#protocol/editor/status.ts';
import type { ColumnChoice, DatasetLayout } from '#protocol/page/dataset.ts';
import type { ShownView } from '#protocol/page/pair.ts';

import type { ColumnLayout } from './columnLayout.ts';
import { layOut, NO_CHOICE } from './columnLayout.ts';
import type { Column } from './columns.ts';
import { columnsOf, fieldOfColumn } from './columns.ts';
import { emptyMessage, failureText } from './datasetText.ts';
import type { FilterBox } from './filter.ts';
import { EMPTY_FILTER } from './filter.ts';
import type { Marks } from './marks.ts';
import { NO_MARKS } from './marks.ts';
import type { PageState } from './pageState.ts';
import type { PortraitState } from './portrait.ts';
import { NO_PORTRAIT } from './portrait.ts';
import type { ReviewState } from './review.ts';
import { NO_REVIEW } from './review.ts';
import type { RowStore } from './rowStore.ts';
import { EMPTY_STORE, failureAt, isPlain, nameOf, rowAt } from './rowStore.ts';
import type { DrawnRows, ListView } from './scroll.ts';
import { drawnRows, topRow } from './scroll.ts';
import type { RecordState } from './viewOptions.ts';
import { DEFAULT_OPTIONS } from './viewOptions.ts';

/** Pixels, as in the style sheet. */
const ROW_HEIGHT = 52;

/** Of the header above the rows. */
export const HEADER_HEIGHT = 30;

export interface PairPlace {
  readonly record: number;
  readonly pair: number;
}

/** The visible part of the list, in pixels. */
export interface ListPlace {
  readonly scrollTop: number;
  readonly scrollLeft: number;
  /** Without the header. */
  readonly viewHeight: number;
  readonly viewWidth: number;
}

/** A cell whose whole text is shown. */
export interface OpenCell {
  readonly index: number;
  readonly column: string;
  /** Undefined until it arrives. */
  readonly text: string | undefined;
}

/** A pair that is loaded before the person goes to it; `shown` is undefined until it arrives. */
export interface PairAhead {
  readonly at: PairPlace;
  readonly shown: ShownView | undefined;
}

export interface DatasetState extends RecordState {
  /** Undefined until the file is open. */
  readonly status: DatasetStatus | undefined;
  readonly selection: RowSelection;
  /** By the names of their selections; the one seen last stands at the end. */
  readonly stores: ReadonlyMap<string, RowStore>;
  readonly list: ListPlace;
  /**
   * Place of the selected row in the list. 2.5 is the gap between rows 2 and 3, from which the selected row left the list; -1
   * if it was never on it.
   */
  readonly index: number;
  /** Undefined until the row at `index` is loaded. */
  readonly selected: PairPlace | undefined;
  /** Id of the column in which the keys move. */
  readonly column: string;
  readonly marks: Marks;
  /** Where the latest run of marked rows began. */
  readonly anchor: number;
  /** The selected pair; until it arrives, the one before it. */
  readonly shown: ShownView | undefined;
  /** The pairs that the next keys most likely show. */
  readonly ahead: readonly PairAhead[];
  /** Where the person moves in the list: down or up. */
  readonly heading: 1 | -1;
  /** Why the selected pair could not be loaded. */
  readonly pairFailure: string | undefined;
  /** Why the last action failed, or what came of it. */
  readonly notice: { readonly text: string; readonly isError: boolean } | undefined;
  /** Edits of the shown pair that the client has not answered yet. */
  readonly editing: number;
  readonly fields: readonly FieldColumn[];
  readonly rules: readonly RuleCount[];
  readonly choice: ColumnChoice;
  /** Where the shown columns stand. */
  readonly grid: ColumnLayout;
  /** The list of all columns is open. */
  readonly isPicking: boolean;
  readonly layout: DatasetLayout;
  readonly filter: FilterBox;
  readonly open: OpenCell | undefined;
  readonly portrait: PortraitState;
  readonly review: ReviewState;
  /** What a screen reader says next. */
  readonly said: string;
}

export const ALL_ROWS: RowSelection = { order: 'all', query: '' };

export const INITIAL: DatasetState = {
  status: undefined,
  selection: ALL_ROWS,
  stores: new Map(),
  list: { scrollTop: 0, scrollLeft: 0, viewHeight: 0, viewWidth: 0 },
  index: 0,
  selected: undefined,
  column: 'row',
  marks: NO_MARKS,
  anchor: 0,
  shown: undefined,
  ahead: [],
  heading: 1,
  pairFailure: undefined,
  notice: undefined,
  editing: 0,
  fields: [],
  rules: [],
  choice: NO_CHOICE,
  grid: layOut(columnsOf(undefined, []), NO_CHOICE, 0),
  isPicking: false,
  layout: 'right',
  filter: EMPTY_FILTER,
  open: undefined,
  portrait: NO_PORTRAIT,
  review: NO_REVIEW,
  said: '',
  options: DEFAULT_OPTIONS,
  strings: undefined,
  tokens: undefined,
};

export function isSame(a: PairPlace | undefined, b: PairPlace | undefined): boolean {
  return a?.record === b?.record && a?.pair === b?.pair;
}

/** The rows of the current selection. */
export function storeOf({ stores, selection }: DatasetState): RowStore {
  return stores.get(nameOf(selection)) ?? EMPTY_STORE;
}

export function allColumns({ status, fields }: DatasetState): readonly Column[] {
  return columnsOf(status, fields);
}

export function columnLayout(state: DatasetState): ColumnLayout {
  return layOut(allColumns(state), state.choice, state.list.viewWidth);
}

/** Fields with few values, over which a sample can be spread, as queries name them. */
export function groupingFields({ fields, selection }: DatasetState): readonly string[] {
  const few = fields.flatMap(({ name, isScalar, values }) => (isScalar && values ? [`.${name}`] : []));
  const by = selection.sample?.by;
  return by === undefined || few.includes(by) ? few : [...few, by];
}

/** The fields of the records that the shown columns need. */
export function wantedFields(state: DatasetState): readonly string[] {
  return columnLayout(state).columns.flatMap(({ column: { id } }) => fieldOfColumn(id) ?? []);
}

export function listView(state: DatasetState): ListView {
  return { rowCount: storeOf(state).total, rowHeight: ROW_HEIGHT, viewHeight: state.list.viewHeight };
}

export function drawnRowsOf(state: DatasetState): DrawnRows {
  const view = listView(state);
  return drawnRows(view, topRow(view, state.list.scrollTop));
}

/** A row may leave the list while its pair is still shown: then no row is selected. */
export function isSelected(state: DatasetState, index: number): boolean {
  const { selected, selection } = state;
  if (!selected) return index === state.index;
  const row = rowAt(storeOf(state), index);
  return row?.record === selected.record && (isPlain(selection) || row.pair === selected.pair);
}

/** The selected pair is on the screen. */
export function isShown({ selected, shown }: DatasetState): boolean {
  return selected !== undefined && isSame(selected, shown?.view);
}

export function pageState(state: DatasetState): PageState {
  const { status, shown, editing } = state;
  return {
    view: shown?.view,
    undoCount: (shown?.undoCount ?? 0) + editing,
    isReadOnly:
      !isShown(state) || status === undefined || status.phase === 'reading' || status.isReadOnly === true,
  };
}

/** Why rows are missing; `isWhole` if the list has none at all. */
export function listMessage(
  state: DatasetState,
): { readonly text: string; readonly isWhole: boolean } | undefined {
  const store = storeOf(state);
  const { start, end } = drawnRowsOf(state);
  const indices = Array.from({ length: Math.max(1, end - start) }, (_, i) => start + i);
  const reason = indices.map((index) => failureAt(store, index)).find((one) => one !== undefined);
  const isWhole = store.total === 0;
  if (reason !== undefined) return { text: failureText('rows', reason), isWhole };
  return isWhole ? { text: emptyMessage(state.status, state.selection, store.list), isWhole } : undefined;
}

/** Why the selected pair is missing; undefined if it is not. */
export function pairMessage({ pairFailure }: DatasetState): string | undefined {
  return pairFailure === undefined ? undefined : failureText('pair', pairFailure);
}
