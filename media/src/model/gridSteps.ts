// Steps of the grid itself: its columns, the marked rows, the open cell.
import { plural } from '#core/words/numbers.ts';
import { t } from '#core/words/translate.ts';
import type { RowRange } from '#protocol/editor/batch.ts';
import type { BatchAction, ColumnChoice } from '#protocol/page/dataset.ts';

import { frozenUpTo, movedBy, movedTo, NO_CHOICE, resized, toggled, unsized } from './columnLayout.ts';
import type { ColumnEvent, Marking, Step } from './datasetEvents.ts';
import type { DatasetState, PairPlace } from './datasetState.ts';
import { allColumns, isSame, storeOf, wantedFields } from './datasetState.ts';
import { outdate } from './listSteps.ts';
import { between, markCount, NO_MARKS, withMarked, withToggled } from './marks.ts';
import { rowAt } from './rowStore.ts';

function choiceAfter(state: DatasetState, event: ColumnEvent): ColumnChoice {
  const { choice } = state;
  const all = allColumns(state);
  switch (event.kind) {
    case 'toggled':
      return toggled(all, choice, event.id);
    case 'movedTo':
      return movedTo(all, choice, event.id, event.target);
    case 'movedBy':
      return movedBy(all, choice, event.id, event.by);
    case 'resized':
      return resized(choice, event.id, event.width);
    case 'unsized':
      return unsized(choice, event.id);
    case 'frozenUpTo':
      return frozenUpTo(all, choice, event.id);
    case 'reset':
      return NO_CHOICE;
  }
}

/** Shows other columns; rows are requested again if their cells need more fields. */
export function withColumns(
  state: DatasetState,
  columns: Partial<Pick<DatasetState, 'fields' | 'rules' | 'choice'>>,
): DatasetState {
  const next = { ...state, ...columns };
  const had = new Set(wantedFields(state));
  return wantedFields(next).every((name) => had.has(name)) ? next : outdate(next);
}

export function changeColumns(state: DatasetState, event: ColumnEvent): Step {
  const choice = choiceAfter(state, event);
  return [withColumns(state, { choice }), { kind: 'rememberColumns', choice }];
}

/** What a screen reader says of the marked rows. */
function markedText(state: DatasetState): string {
  const count = markCount(state.marks);
  return count === 0 ? t('No rows marked') : t('{0} marked', plural(count, 'row'));
}

function saying(state: DatasetState): DatasetState {
  return { ...state, said: markedText(state) };
}

/** Marks after the person moved to a row. */
export function mark(state: DatasetState, index: number, marking: Marking): DatasetState {
  const { marks, anchor } = state;
  switch (marking) {
    case 'none':
      return { ...state, anchor: index, marks: NO_MARKS };
    case 'toggle': {
      // The selected row is the first of several that a person picks.
      const begun = marks.length === 0 && anchor !== index ? withToggled(marks, anchor) : marks;
      return saying({ ...state, anchor: index, marks: withToggled(begun, index) });
    }
    case 'extend':
      return saying({ ...state, marks: withMarked(NO_MARKS, between(anchor, index)) });
  }
}

export function toggleMark(state: DatasetState): DatasetState {
  const { index, marks } = state;
  if (!Number.isInteger(index) || index < 0) return state;
  return saying({ ...state, anchor: index, marks: withToggled(marks, index) });
}

export function markAll(state: DatasetState): DatasetState {
  const { total } = storeOf(state);
  return total === 0 ? state : saying({ ...state, marks: [{ start: 0, end: total }] });
}

export function clearMarks(state: DatasetState): DatasetState {
  return state.marks.length === 0 ? state : saying({ ...state, marks: NO_MARKS });
}

/** Rows that a page names one by one; of more, it names the ranges alone. */
const MAX_NAMED = 1000;

/** What the marked rows show; undefined if they are too many or not all loaded. */
export function markedPlaces(state: DatasetState): readonly PairPlace[] | undefined {
  const { marks } = state;
  if (markCount(marks) > MAX_NAMED) return undefined;
  const store = storeOf(state);
  const places: PairPlace[] = [];
  for (const { start, end } of marks) {
    for (let index = start; index < end; index++) {
      const row = rowAt(store, index);
      if (!row) return undefined;
      places.push({ record: row.record, pair: row.pair });
    }
  }
  return places;
}

/** Rows have arrived: marks stay only if the same rows are at their places as before. */
export function checkMarks(state: DatasetState, before: DatasetState, rows: RowRange): DatasetState {
  const [now, then] = [storeOf(state), storeOf(before)];
  const isKept = state.marks.every(({ start, end }) => {
    for (let index = Math.max(start, rows.start); index < Math.min(end, rows.end); index++) {
      const row = rowAt(then, index);
      if (row && !isSame(row, rowAt(now, index))) return false;
    }
    return end <= now.total;
  });
  return isKept ? state : clearMarks(state);
}

export function startBatch(state: DatasetState, action: BatchAction): Step {
  const { marks, selection, status } = state;
  if (marks.length === 0 || !status) return [state];
  const { revision, generation } = status;
  const places = markedPlaces(state);
  return [
    { ...state, notice: undefined },
    {
      kind: 'batch',
      action,
      selection,
      ranges: marks,
      ...(places && { places }),
      count: markCount(marks),
      at: { revision, generation },
    },
  ];
}

/** Shows the whole text of the cell at the keys. */
export function openCell(state: DatasetState): Step {
  const { index, column } = state;
  const row = rowAt(storeOf(state), index);
  const shown = allColumns(state).find(({ id }) => id === column);
  const cell = row && shown?.cellOf(row);
  if (!cell || cell.kind === 'blank') return [state];
  if (cell.kind === 'pills') {
    const text = row.findings.map(({ rule, message }) => `${rule}: ${message}`).join('\n\n');
    return text === '' ? [state] : [{ ...state, open: { index, column, text } }];
  }
  if (cell.kind === 'row' || (cell.kind === 'number' && !column.startsWith('.'))) return [state];
  return [
    { ...state, open: { index, column, text: undefined } },
    { kind: 'requestCell', at: { record: row.record, pair: row.pair }, index, column },
  ];
}
