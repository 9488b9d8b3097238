// The dataset page: its state, and what each event makes of it. Effects are data; datasetPage.ts carries them out.
import type { RowOrder, RowsResult } from '#protocol/editor/rows.ts';
import type { DatasetStatus } from '#protocol/editor/status.ts';
import type { RecordView } from '#protocol/editor/views.ts';
import type { DatasetAction } from '#protocol/page/dataset.ts';
import type { ActionResult, ShownPair, ShownView } from '#protocol/page/pair.ts';

import { datasetActionFor, rowAfter } from './datasetKeys.ts';
import { emptyMessage, failureText } from './datasetText.ts';
import type { KeyPress } from './keys.ts';
import type { PageState } from './pageState.ts';
import { pairOf } from './pageState.ts';
import type { Block, RowStore } from './rowStore.ts';
import {
  emptyStore,
  failureAt,
  invalidate,
  rowAt,
  takeHidden,
  takeMissing,
  withFailure,
  withRows,
} from './rowStore.ts';
import type { DrawnRows, ListView } from './scroll.ts';
import { drawnRows, scrollTopOf, topFor, topRow } from './scroll.ts';

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
};

/** Replies carry the place or the block that they were requested for. */
export type DatasetEvent =
  | { readonly kind: 'started' }
  | { readonly kind: 'status'; readonly status: DatasetStatus }
  | {
      readonly kind: 'rows';
      readonly order: RowOrder;
      readonly start: number;
      readonly result: RowsResult;
      readonly revision: number;
    }
  | { readonly kind: 'rowsFailed'; readonly order: RowOrder; readonly start: number; readonly reason: string }
  | { readonly kind: 'pair'; readonly at: PairPlace; readonly shown: ShownView }
  | { readonly kind: 'pairFailed'; readonly at: PairPlace; readonly reason: string }
  /** A newer state of the pair on the screen: the client sends one after each change. */
  | { readonly kind: 'renewed'; readonly shown: ShownView }
  | { readonly kind: 'done'; readonly at: PairPlace; readonly result: ActionResult }
  | { readonly kind: 'actionFailed'; readonly reason: string }
  /** The person chose this pair outside of the page. */
  | { readonly kind: 'revealed'; readonly place: PairPlace }
  | { readonly kind: 'scrolled'; readonly scrollTop: number; readonly viewHeight: number }
  | { readonly kind: 'selected'; readonly index: number }
  | { readonly kind: 'ordered'; readonly order: RowOrder }
  | { readonly kind: 'acted'; readonly action: DatasetAction };

export type DatasetEffect =
  | ({ readonly kind: 'requestRows'; readonly order: RowOrder } & Block)
  | ({ readonly kind: 'cancelRows'; readonly order: RowOrder } & Block)
  | { readonly kind: 'requestPair'; readonly at: PairPlace }
  | { readonly kind: 'act'; readonly action: DatasetAction; readonly at: ShownPair }
  | { readonly kind: 'scrollList'; readonly scrollTop: number }
  /** To the top of the pair. */
  | { readonly kind: 'scrollPair' }
  | { readonly kind: 'focusList' };

type Step = readonly [DatasetState, ...DatasetEffect[]];

function isSame(a: PairPlace | undefined, b: PairPlace | undefined): boolean {
  return a?.record === b?.record && a?.pair === b?.pair;
}

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
function isShown({ selected, shown }: DatasetState): boolean {
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

/** What a key press means; undefined if nothing. */
export function eventOf(press: KeyPress, state: DatasetState): DatasetEvent | undefined {
  const action = datasetActionFor(press, pageState(state));
  if (action) return { kind: 'acted', action };
  const { rowCount, rowHeight, viewHeight } = listView(state);
  const index = rowAfter(press, state.index, viewHeight / rowHeight, rowCount);
  return index === undefined ? undefined : { kind: 'selected', index };
}

/** What the list says where it has no rows to show; `isWhole` if it has none at all. */
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

/** What stands in the place of the pair; undefined if the pair does. */
export function pairMessage({ pairFailure }: DatasetState): string | undefined {
  return pairFailure === undefined ? undefined : failureText('pair', pairFailure);
}

function withStore(state: DatasetState, store: RowStore): DatasetState {
  return { ...state, stores: { ...state.stores, [store.order]: store } };
}

/** Requests the rows on the screen that are not loaded, and cancels requests for others. Before their number is known, the first row counts as visible. */
function requestVisible(state: DatasetState, retries: boolean): Step {
  const { order } = state;
  const { start, end } = drawnRowsOf(state);
  const visible = { start, end: Math.max(end, start + 1) };
  const [kept, hidden] = takeHidden(storeOf(state), visible);
  const [store, missing] = takeMissing(kept, visible, retries);
  return [
    withStore(state, store),
    ...hidden.map((block) => ({ kind: 'cancelRows', order, ...block }) as const),
    ...missing.map((block) => ({ kind: 'requestRows', order, ...block }) as const),
  ];
}

function scrollTo(state: DatasetState, row: number): Step {
  const scrollTop = scrollTopOf(listView(state), row);
  return [
    { ...state, scrollTop },
    { kind: 'scrollList', scrollTop },
  ];
}

/** Scrolls no further than needed to see a row. */
function scrollIntoView(state: DatasetState, index: number): Step {
  const view = listView(state);
  const top = topFor(view, topRow(view, state.scrollTop), index);
  return top === undefined ? [state] : scrollTo(state, top);
}

/** Scrolls a row to the middle, unless it is visible. */
function jumpTo(state: DatasetState, index: number): Step {
  const store = storeOf(state);
  // Before the number of rows is known, the list must be long enough to scroll to this one.
  const long = withStore(state, { ...store, total: Math.max(store.total, Math.ceil(index) + 1) });
  const view = listView(long);
  const isVisible = topFor(view, topRow(view, long.scrollTop), index) === undefined;
  return isVisible ? [long] : scrollTo(long, Math.max(0, index - (view.viewHeight / view.rowHeight - 1) / 2));
}

/** Runs one step after the other. */
function andThen([state, ...effects]: Step, next: (state: DatasetState) => Step): Step {
  const [after, ...more] = next(state);
  return [after, ...effects, ...more];
}

function requestPair(state: DatasetState): Step {
  return state.selected ? [state, { kind: 'requestPair', at: state.selected }] : [state];
}

/** The row at `index` may have been selected before it was loaded. */
function selectLoaded(state: DatasetState): Step {
  if (state.selected) return [state];
  const row = rowAt(storeOf(state), state.index);
  return row ? requestPair({ ...state, selected: { record: row.record, pair: row.pair } }) : [state];
}

function select(state: DatasetState, index: number): Step {
  const next = { ...state, index, selected: undefined, pairFailure: undefined, notice: undefined };
  return andThen(scrollIntoView(next, index), selectLoaded);
}

/** Where the selected pair stands in the list. */
function indexOf(
  state: DatasetState,
  { record, reviewIndex }: Pick<RecordView, 'record' | 'reviewIndex'>,
): number {
  const { order, index } = state;
  if (order === 'all') return record;
  if (reviewIndex >= 0) return reviewIndex;
  return Number.isInteger(index) && index >= 0 ? index - 0.5 : index;
}

/** Shows a pair, and selects it. */
function show(state: DatasetState, shown: ShownView): Step {
  const { view } = shown;
  const isMoved = !isSame(state.selected, view);
  const next: DatasetState = {
    ...state,
    shown,
    selected: { record: view.record, pair: view.pair },
    index: indexOf(state, view),
    pairFailure: undefined,
  };
  const scrolled: Step = isMoved && next.index >= 0 ? jumpTo(next, next.index) : [next];
  return isSame(state.shown?.view, view) ? scrolled : [...scrolled, { kind: 'scrollPair' }];
}

function isOutdated({ revision }: { readonly revision: number }, { status }: DatasetState): boolean {
  return status !== undefined && revision < status.revision;
}

/** An outdated state of the pair on the screen is dropped: a newer one is on its way. */
function showNewest(state: DatasetState, shown: ShownView): Step {
  return isShown(state) && isOutdated(shown, state) ? [state] : show(state, shown);
}

function onStatus(state: DatasetState, status: DatasetStatus): Step {
  const { status: before, stores } = state;
  const next = { ...state, status };
  if (before?.revision === status.revision && before.phase === status.phase) return [next];
  return [{ ...next, stores: { all: invalidate(stores.all), findings: invalidate(stores.findings) } }];
}

function setOrder(state: DatasetState, order: RowOrder): Step {
  if (order === state.order) return [state];
  const { selected, shown } = state;
  const other: DatasetState = { ...state, order, index: -1 };
  const place = isShown(state) && shown ? shown.view : selected && { ...selected, reviewIndex: -1 };
  const index = place ? indexOf(other, place) : 0;
  const next = { ...other, index };
  return andThen(index >= 0 ? jumpTo(next, index) : scrollTo(next, 0), (moved) => [
    moved,
    { kind: 'focusList' },
  ]);
}

function reveal(state: DatasetState, place: PairPlace): Step {
  const { record } = place;
  const next = { ...state, order: 'all', index: record, selected: place, notice: undefined } as const;
  return andThen(jumpTo(next, record), requestPair);
}

function handle(state: DatasetState, event: DatasetEvent): Step {
  switch (event.kind) {
    case 'started':
      return [state, { kind: 'focusList' }];
    case 'status':
      return onStatus(state, event.status);
    case 'rows': {
      const { order, start, result } = event;
      if (isOutdated(event, state)) return [state];
      return selectLoaded(withStore(state, withRows(state.stores[order], start, result.rows, result.total)));
    }
    case 'rowsFailed':
      return [withStore(state, withFailure(state.stores[event.order], event.start, event.reason))];
    case 'pair':
      return isSame(event.at, state.selected) ? showNewest(state, event.shown) : [state];
    case 'pairFailed':
      return [isSame(event.at, state.selected) ? { ...state, pairFailure: event.reason } : state];
    case 'renewed': {
      const { shown } = event;
      // While another pair is on its way, the person has left this one.
      const isWanted = isShown(state) || isSame(state.selected, shown.view);
      return isWanted ? showNewest(state, shown) : [state];
    }
    case 'done': {
      const { at, result } = event;
      return result && isSame(at, state.selected) ? show(state, result) : [state];
    }
    case 'actionFailed':
      return [{ ...state, notice: event.reason }];
    case 'revealed':
      return reveal(state, event.place);
    case 'scrolled':
      return [{ ...state, scrollTop: event.scrollTop, viewHeight: event.viewHeight }];
    case 'selected':
      return select(state, event.index);
    case 'ordered':
      return setOrder(state, event.order);
    case 'acted': {
      const { shown } = state;
      if (!shown || !isShown(state)) return [state];
      return [
        { ...state, notice: undefined },
        { kind: 'act', action: event.action, at: pairOf(shown.view) },
      ];
    }
  }
}

export function reduce(state: DatasetState, event: DatasetEvent): Step {
  // Rows that failed are requested again when the person scrolls, and when something changed.
  const retries = event.kind === 'scrolled' || event.kind === 'status';
  return andThen(handle(state, event), (next) => requestVisible(next, retries));
}
