// How each event changes the state of the dataset page. Effects are data; datasetPage.ts carries them out.
import type { RowOrder, RowsResult } from '#protocol/editor/rows.ts';
import type { DatasetStatus } from '#protocol/editor/status.ts';
import type { RecordView } from '#protocol/editor/views.ts';
import type { DatasetAction } from '#protocol/page/dataset.ts';
import type { ActionResult, ShownPair, ShownView } from '#protocol/page/pair.ts';

import { datasetActionFor, rowAfter } from './datasetKeys.ts';
import type { DatasetState, PairPlace } from './datasetState.ts';
import { drawnRowsOf, isSame, isShown, listView, pageState, storeOf } from './datasetState.ts';
import type { KeyPress } from './keys.ts';
import { pairOf } from './pageState.ts';
import type { PortraitEvent } from './portrait.ts';
import { isPortraitDue, reducePortrait } from './portrait.ts';
import type { Block, RowStore } from './rowStore.ts';
import { invalidate, rowAt, takeHidden, takeMissing, withFailure, withRows } from './rowStore.ts';
import { scrollTopOf, topFor, topRow } from './scroll.ts';

/** Replies carry the place or the block that they were requested for. */
export type DatasetEvent =
  | { readonly kind: 'started' }
  | { readonly kind: 'status'; readonly status: DatasetStatus }
  /** The rows changed, and no status says so. */
  | { readonly kind: 'outdated' }
  | {
      readonly kind: 'rowsLoaded';
      readonly order: RowOrder;
      readonly start: number;
      readonly result: RowsResult;
      readonly revision: number;
    }
  | { readonly kind: 'rowsFailed'; readonly order: RowOrder; readonly start: number; readonly reason: string }
  | { readonly kind: 'pairLoaded'; readonly at: PairPlace; readonly shown: ShownView }
  | { readonly kind: 'pairFailed'; readonly at: PairPlace; readonly reason: string }
  /** A newer state of the pair on the screen: the client sends one after each change. */
  | { readonly kind: 'refreshed'; readonly shown: ShownView }
  | { readonly kind: 'actionDone'; readonly at: PairPlace; readonly result: ActionResult }
  | { readonly kind: 'actionFailed'; readonly reason: string }
  /** The person chose this pair outside of the page. */
  | { readonly kind: 'revealed'; readonly place: PairPlace }
  | { readonly kind: 'scrolled'; readonly scrollTop: number; readonly viewHeight: number }
  | { readonly kind: 'rowSelected'; readonly index: number }
  | { readonly kind: 'orderChosen'; readonly order: RowOrder }
  | { readonly kind: 'actionChosen'; readonly action: DatasetAction }
  | { readonly kind: 'portrait'; readonly event: PortraitEvent }
  /** The person wants the rows of a query. */
  | { readonly kind: 'queryChosen'; readonly query: string }
  | { readonly kind: 'mappingWanted' };

export type DatasetEffect =
  | ({ readonly kind: 'requestRows'; readonly order: RowOrder } & Block)
  | ({ readonly kind: 'cancelRows'; readonly order: RowOrder } & Block)
  | { readonly kind: 'requestPair'; readonly at: PairPlace }
  | { readonly kind: 'act'; readonly action: DatasetAction; readonly at: ShownPair }
  | { readonly kind: 'scrollList'; readonly scrollTop: number }
  /** To the top of the pair. */
  | { readonly kind: 'scrollPair' }
  | { readonly kind: 'focusList' }
  | { readonly kind: 'requestPortrait' }
  | { readonly kind: 'mapFields' };

type Step = readonly [DatasetState, ...DatasetEffect[]];

/** What a key press means; undefined if nothing. */
export function eventOf(press: KeyPress, state: DatasetState): DatasetEvent | undefined {
  // Its keys act on a pair that nobody sees then.
  if (state.portrait.isOpen)
    return press.key === 'Escape' ? { kind: 'portrait', event: { kind: 'closed' } } : undefined;
  const action = datasetActionFor(press, pageState(state));
  if (action) return { kind: 'actionChosen', action };
  const { rowCount, rowHeight, viewHeight } = listView(state);
  const index = rowAfter(press, state.index, viewHeight / rowHeight, rowCount);
  return index === undefined ? undefined : { kind: 'rowSelected', index };
}

function withStore(state: DatasetState, store: RowStore): DatasetState {
  return { ...state, stores: { ...state.stores, [store.order]: store } };
}

/** Requests the visible rows that are not loaded, and cancels the requests for others. */
function requestVisible(state: DatasetState, retries: boolean): Step {
  const { order } = state;
  const { start, end } = drawnRowsOf(state);
  // Before the number of rows is known, the first one counts as visible.
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

/** Scrolls a row to the middle of the list, unless it is visible. */
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

function outdate(state: DatasetState): Step {
  const { all, findings } = state.stores;
  return [{ ...state, stores: { all: invalidate(all), findings: invalidate(findings) } }];
}

function onStatus(state: DatasetState, status: DatasetStatus): Step {
  const { status: before } = state;
  const next = { ...state, status };
  if (before?.revision === status.revision && before.phase === status.phase) return [next];
  return outdate(next);
}

/** The rows are shown again. */
function withoutPortrait(state: DatasetState): DatasetState {
  return { ...state, portrait: reducePortrait(state.portrait, { kind: 'closed' }) };
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
  const next = {
    ...withoutPortrait(state),
    order: 'all',
    index: record,
    selected: place,
    notice: undefined,
  } as const;
  return andThen(jumpTo(next, record), requestPair);
}

function handle(state: DatasetState, event: DatasetEvent): Step {
  switch (event.kind) {
    case 'started':
      return [state, { kind: 'focusList' }];
    case 'status': {
      const due = isPortraitDue(state.status, event.status);
      const step = onStatus(state, event.status);
      return due ? [...step, { kind: 'requestPortrait' }] : step;
    }
    case 'queryChosen':
      return [{ ...withoutPortrait(state), notice: event.query }];
    case 'portrait':
      return [{ ...state, portrait: reducePortrait(state.portrait, event.event) }];
    case 'outdated':
      return outdate(state);
    case 'rowsLoaded': {
      const { order, start, result } = event;
      if (isOutdated(event, state)) return [state];
      return selectLoaded(withStore(state, withRows(state.stores[order], start, result.rows, result.total)));
    }
    case 'rowsFailed':
      return [withStore(state, withFailure(state.stores[event.order], event.start, event.reason))];
    case 'pairLoaded':
      return isSame(event.at, state.selected) ? showNewest(state, event.shown) : [state];
    case 'pairFailed':
      return [isSame(event.at, state.selected) ? { ...state, pairFailure: event.reason } : state];
    case 'refreshed': {
      const { shown } = event;
      // While another pair is on its way, the person has left this one.
      const isWanted = isShown(state) || isSame(state.selected, shown.view);
      return isWanted ? showNewest(state, shown) : [state];
    }
    case 'actionDone': {
      const { at, result } = event;
      return result && isSame(at, state.selected) ? show(state, result) : [state];
    }
    case 'actionFailed':
      return [{ ...state, notice: event.reason }];
    case 'revealed':
      return reveal(state, event.place);
    case 'scrolled':
      return [{ ...state, scrollTop: event.scrollTop, viewHeight: event.viewHeight }];
    case 'rowSelected':
      return select(state, event.index);
    case 'orderChosen':
      return setOrder(withoutPortrait(state), event.order);
    case 'actionChosen': {
      const { shown } = state;
      if (!shown || !isShown(state)) return [state];
      return [
        { ...state, notice: undefined },
        { kind: 'act', action: event.action, at: pairOf(shown.view) },
      ];
    }
    case 'mappingWanted':
      return [state, { kind: 'mapFields' }];
  }
}

export function reduce(state: DatasetState, event: DatasetEvent): Step {
  // Rows that failed are requested again when the person scrolls, and when something changed.
  const retries = event.kind === 'scrolled' || event.kind === 'status';
  return andThen(handle(state, event), (next) => requestVisible(next, retries));
}
