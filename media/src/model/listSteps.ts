// Steps of the list of rows: which rows it requests, and where it scrolls.
import type { RowSelection } from '#protocol/editor/rows.ts';

import type { Step } from './datasetEvents.ts';
import type { DatasetState } from './datasetState.ts';
import { columnLayout, drawnRowsOf, listView, storeOf, wantedFields } from './datasetState.ts';
import type { RowStore } from './rowStore.ts';
import { invalidate, nameOf, takeHidden, takeMissing } from './rowStore.ts';
import { scrollTopOf, topFor, topRow } from './scroll.ts';

/** Selections whose rows are kept, so that a person can go back and forth. */
const MAX_STORES = 4;

export function withStore(state: DatasetState, name: string, store: RowStore): DatasetState {
  const stores = new Map(state.stores);
  // Deleted first, it moves to the end.
  stores.delete(name);
  stores.set(name, store);
  for (const old of stores.keys()) {
    if (stores.size <= MAX_STORES) break;
    stores.delete(old);
  }
  return { ...state, stores };
}

/** Counts all rows as out of date; they stay on the screen until others arrive. */
export function outdate(state: DatasetState): DatasetState {
  const stores = new Map([...state.stores].map(([name, store]) => [name, invalidate(store)] as const));
  return { ...state, stores };
}

/** Requests the visible rows that are not loaded, and cancels the requests for others. */
export function requestVisible(state: DatasetState, retries: boolean): Step {
  const { selection } = state;
  const name = nameOf(selection);
  const { start, end } = drawnRowsOf(state);
  // Before the number of rows is known, the first one counts as visible.
  const visible = { start, end: Math.max(end, start + 1) };
  const [kept, hidden] = takeHidden(storeOf(state), visible);
  const [store, missing] = takeMissing(kept, visible, retries);
  if (hidden.length === 0 && missing.length === 0 && state.stores.has(name))
    return [withStore(state, name, store)];
  const columns = wantedFields(state);
  return [
    withStore(state, name, store),
    ...hidden.map((block) => ({ kind: 'cancelRows', name, ...block }) as const),
    ...missing.map((block) => ({ kind: 'requestRows', name, selection, columns, ...block }) as const),
  ];
}

function scrollTo(state: DatasetState, row: number): Step {
  const scrollTop = scrollTopOf(listView(state), row);
  return [
    { ...state, list: { ...state.list, scrollTop } },
    { kind: 'scrollList', scrollTop },
  ];
}

/** Scrolls no further than needed to see a row. */
export function scrollIntoView(state: DatasetState, index: number): Step {
  const view = listView(state);
  const top = topFor(view, topRow(view, state.list.scrollTop), index);
  return top === undefined ? [state] : scrollTo(state, top);
}

/** Scrolls a row to the middle of the list, unless it is visible. */
export function jumpTo(state: DatasetState, index: number): Step {
  const store = storeOf(state);
  // Before the number of rows is known, the list must be long enough to scroll to this one.
  const total = Math.max(store.total, Math.ceil(index) + 1);
  const long = withStore(state, nameOf(state.selection), { ...store, total });
  const view = listView(long);
  const isVisible = topFor(view, topRow(view, long.list.scrollTop), index) === undefined;
  return isVisible ? [long] : scrollTo(long, Math.max(0, index - (view.viewHeight / view.rowHeight - 1) / 2));
}

export function scrollToTop(state: DatasetState): Step {
  return scrollTo(state, 0);
}

/** Scrolls sideways no further than needed to see a column beside the frozen ones. */
export function showColumn(state: DatasetState, id: string): Step {
  const next = { ...state, column: id };
  const { columns } = columnLayout(state);
  const placed = columns.find(({ column }) => column.id === id);
  if (!placed || placed.isFrozen) return [next];
  const { scrollLeft, viewWidth } = state.list;
  const frozen = columns.reduce((sum, { isFrozen, width }) => sum + (isFrozen ? width : 0), 0);
  const [left, right] = [placed.left - frozen, placed.left + placed.width - viewWidth];
  const wanted = scrollLeft > left ? left : Math.max(scrollLeft, Math.min(right, left));
  if (wanted === scrollLeft) return [next];
  return [
    { ...next, list: { ...state.list, scrollLeft: wanted } },
    { kind: 'scrollSideways', scrollLeft: wanted },
  ];
}

/** The number of the next column to the right (1) or the left (−1), or the first or last one. */
export function columnBeside(state: DatasetState, to: -1 | 1 | 'first' | 'last'): string | undefined {
  const ids = columnLayout(state).columns.map(({ column }) => column.id);
  if (to === 'first') return ids[0];
  if (to === 'last') return ids.at(-1);
  const at = ids.indexOf(state.column);
  return at < 0 ? ids[0] : ids[Math.min(ids.length - 1, Math.max(0, at + to))];
}

export function isSameSelection(a: RowSelection, b: RowSelection): boolean {
  return nameOf(a) === nameOf(b);
}
