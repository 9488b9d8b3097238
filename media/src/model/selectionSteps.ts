// Steps of the selection: which rows the list shows, in which order, and which of them is selected.
import type { RowSelection } from '#protocol/editor/rows.ts';
import type { RecordView } from '#protocol/editor/views.ts';

import type { DatasetEvent, PlaceWish, Step } from './datasetEvents.ts';
import { andThen } from './datasetEvents.ts';
import type { DatasetState, PairPlace } from './datasetState.ts';
import { ALL_ROWS, isSame, isShown, storeOf } from './datasetState.ts';
import { sortText } from './datasetText.ts';
import { reduceFilter } from './filter.ts';
import { isSameSelection, jumpTo, scrollIntoView, scrollToTop } from './listSteps.ts';
import { NO_MARKS } from './marks.ts';
import { isPlain, nameOf, rowAt } from './rowStore.ts';

export function requestPair(state: DatasetState): Step {
  return state.selected ? [state, { kind: 'requestPair', at: state.selected }] : [state];
}

export function requestPlace(state: DatasetState, at: PairPlace, why: PlaceWish): Step {
  const { selection } = state;
  const { record, pair } = at;
  return [state, { kind: 'requestPlace', name: nameOf(selection), selection, at: { record, pair }, why }];
}

/** The row at `index` may have been selected before it was loaded. */
export function selectLoaded(state: DatasetState): Step {
  if (state.selected) return [state];
  const row = rowAt(storeOf(state), state.index);
  return row ? requestPair({ ...state, selected: { record: row.record, pair: row.pair } }) : [state];
}

export function select(state: DatasetState, index: number): Step {
  const next: DatasetState = {
    ...state,
    index,
    heading: index < state.index ? -1 : 1,
    selected: undefined,
    pairFailure: undefined,
    notice: undefined,
    open: undefined,
  };
  return andThen(scrollIntoView(next, index), selectLoaded);
}

/** The gap that a row leaves behind. */
function gapAt(index: number): number {
  return Number.isInteger(index) && index >= 0 ? index - 0.5 : index;
}

/**
 * From where keys go on when the shown row is at another place of a sorted list, mostly after an edit: from where it was,
 * because the rows beside that are on the screen.
 */
function keptIndex(before: number, now: number): number {
  if (before === -1 || Math.abs(now - before) <= 1) return now;
  return gapAt(before);
}

/** Where a pair stands in the list; undefined if only the server knows. */
export function indexOf(
  { selection, index }: DatasetState,
  { record, reviewIndex }: Pick<RecordView, 'record' | 'reviewIndex'>,
): number | undefined {
  if (isPlain(selection)) return record;
  if (nameOf(selection) !== 'findings') return undefined;
  return reviewIndex >= 0 ? reviewIndex : gapAt(index);
}

/** Shows other rows, or the same in another order. */
export function setSelection(state: DatasetState, selection: RowSelection): Step {
  if (isSameSelection(selection, state.selection)) return [state];
  const { selected, shown } = state;
  const next = { ...state, selection, index: -1, marks: NO_MARKS, anchor: 0, open: undefined };
  const place = isShown(state) && shown ? shown.view : selected && { ...selected, reviewIndex: -1 };
  if (!place) return select(next, 0);
  const index = indexOf(next, place);
  if (index === undefined) return andThen(scrollToTop(next), (moved) => requestPlace(moved, place, 'note'));
  return index >= 0 ? jumpTo({ ...next, index }, index) : scrollToTop(next);
}

export function setQuery(state: DatasetState, text: string): Step {
  const query = text.trim();
  if (query === state.selection.query) return [state];
  return setSelection(state, { ...state.selection, query });
}

/** Shows the rows of a query that the person chose from a picture. */
export function chooseQuery(state: DatasetState, query: string): Step {
  const typed = reduceFilter(state.filter, { kind: 'typed', text: query, caret: query.length });
  const filter = reduceFilter(typed, { kind: 'applied' });
  return andThen(setSelection({ ...state, filter }, { order: 'all', query }), (next) => [
    next,
    { kind: 'focusList' },
  ]);
}

/** Ascending, descending, then the order of the file again. */
export function sortBy(state: DatasetState, field: string): Step {
  const { sort, ...rest } = state.selection;
  const next: RowSelection =
    sort?.field !== field
      ? { ...rest, sort: { field, isDescending: false } }
      : sort.isDescending
        ? rest
        : { ...rest, sort: { field, isDescending: true } };
  return setSelection({ ...state, said: sortText(next.sort) }, next);
}

function showAll(state: DatasetState, index: number): Step {
  const filter = reduceFilter(state.filter, { kind: 'typed', text: '', caret: 0 });
  const all: DatasetState = {
    ...state,
    selection: ALL_ROWS,
    filter: { ...filter, items: [] },
    index,
    marks: NO_MARKS,
  };
  return jumpTo(all, index);
}

export function reveal(state: DatasetState, place: PairPlace): Step {
  const next = { ...state, selected: place, notice: undefined, open: undefined };
  const shown = isPlain(state.selection)
    ? jumpTo({ ...next, index: place.record }, place.record)
    : requestPlace(next, place, 'reveal');
  return andThen(shown, requestPair);
}

export function onPlaced(state: DatasetState, event: Extract<DatasetEvent, { kind: 'placed' }>): Step {
  const { name, at, index, why } = event;
  if (name !== nameOf(state.selection) || !isSame(at, state.selected)) return [state];
  if (index >= 0) {
    if (why === 'note') return [{ ...state, index }];
    if (why === 'stay') return [{ ...state, index: keptIndex(state.index, index) }];
    return jumpTo({ ...state, index }, index);
  }
  return why === 'reveal' ? showAll(state, at.record) : [{ ...state, index: gapAt(state.index) }];
}
