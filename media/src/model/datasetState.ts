// The state of the dataset page, and what follows from it.
import type { RowOrder } from '#protocol/editor/rows.ts';
import type { DatasetStatus } from '#protocol/editor/status.ts';
import type { ShownView } from '#protocol/page/pair.ts';

import { emptyMessage, failureText } from './datasetText.ts';
import type { PageState } from './pageState.ts';
import type { PortraitState } from './portrait.ts';
import { NO_PORTRAIT } from './portrait.ts';
import type { RowStore } from './rowStore.ts';
import { emptyStore, failureAt, rowAt } from './rowStore.ts';
import type { DrawnRows, ListView } from './scroll.ts';
import { drawnRows, topRow } from './scroll.ts';

/** Pixels, as in the style sheet. */
const ROW_HEIGHT = 52;

export interface PairPlace {
  readonly record: number;
  readonly pair: number;
}

export interface DatasetState {
  /** Undefined until the file is open. */
  readonly status: DatasetStatus | undefined;
  readonly order: RowOrder;
  readonly stores: Readonly<Record<RowOrder, RowStore>>;
  /** Of the list, in pixels. */
  readonly scrollTop: number;
  readonly viewHeight: number;
  /**
   * Place of the selected row in the list. 2.5 is the gap between rows 2 and 3, from which the selected row left the list; -1
   * if it was never on it.
   */
  readonly index: number;
  /** Undefined until the row at `index` is loaded. */
  readonly selected: PairPlace | undefined;
  /** The selected pair; until it arrives, the one before it. */
  readonly shown: ShownView | undefined;
  /** Why the selected pair could not be loaded. */
  readonly pairFailure: string | undefined;
  /** Why the last action failed. */
  readonly notice: string | undefined;
  readonly portrait: PortraitState;
}

export const INITIAL: DatasetState = {
  status: undefined,
  order: 'all',
  stores: { all: emptyStore('all'), findings: emptyStore('findings') },
  scrollTop: 0,
  viewHeight: 0,
  index: 0,
  selected: undefined,
  shown: undefined,
  pairFailure: undefined,
  notice: undefined,
  portrait: NO_PORTRAIT,
};

export function isSame(a: PairPlace | undefined, b: PairPlace | undefined): boolean {
  return a?.record === b?.record && a?.pair === b?.pair;
}

/** The rows of the current order. */
export function storeOf({ stores, order }: DatasetState): RowStore {
  return stores[order];
}

export function listView(state: DatasetState): ListView {
  return { rowCount: storeOf(state).total, rowHeight: ROW_HEIGHT, viewHeight: state.viewHeight };
}

export function drawnRowsOf(state: DatasetState): DrawnRows {
  const view = listView(state);
  return drawnRows(view, topRow(view, state.scrollTop));
}

/** A row may leave the list while its pair is still shown: then no row is selected. */
export function isSelected(state: DatasetState, index: number): boolean {
  const { selected, order } = state;
  if (!selected) return index === state.index;
  const row = rowAt(storeOf(state), index);
  return row?.record === selected.record && (order === 'all' || row.pair === selected.pair);
}

/** The selected pair is on the screen. */
export function isShown({ selected, shown }: DatasetState): boolean {
  return selected !== undefined && isSame(selected, shown?.view);
}

export function pageState(state: DatasetState): PageState {
  const { status, shown } = state;
  return {
    view: shown?.view,
    undoCount: shown?.undoCount ?? 0,
    isReadOnly: !isShown(state) || status === undefined || status.phase === 'reading',
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
  return isWhole ? { text: emptyMessage(state.status, state.order), isWhole } : undefined;
}

/** Why the selected pair is missing; undefined if it is not. */
export function pairMessage({ pairFailure }: DatasetState): string | undefined {
  return pairFailure === undefined ? undefined : failureText('pair', pairFailure);
}
