// The header of the grid: a click sorts, dragging moves or resizes, and keys do the same.
import type { JSX } from 'preact';

import { t } from '#core/words/translate.ts';
import type { RowSort } from '#protocol/editor/rows.ts';

import type { PlacedColumn } from '../model/columnLayout.ts';
import type { Column } from '../model/columns.ts';
import type { DatasetEvent } from '../model/datasetEvents.ts';
import type { DatasetState } from '../model/datasetState.ts';
import { columnBeside } from '../model/listSteps.ts';
import { Icon } from './icons.tsx';
import { memoBy } from './memo.ts';

/** Pixels that a key press adds to the width of a column. */
const KEY_STEP = 24;

interface Props {
  readonly state: DatasetState;
  readonly dispatch: (event: DatasetEvent) => void;
}

type Sorted = 'ascending' | 'descending' | 'none';

function sortedOf({ sort }: Column, current: RowSort | undefined): Sorted | undefined {
  if (sort === undefined) return undefined;
  if (current?.field !== sort) return 'none';
  return current.isDescending ? 'descending' : 'ascending';
}

function titleOf({ title, sort, sortedBy }: Column): string {
  if (sort === undefined) return t('{0}. Alt+← and Alt+→ move the column', title());
  return sortedBy === undefined
    ? t('{0}. Click to sort; Alt+← and Alt+→ move the column', title())
    : t('{0}. Click to sort by {1}; Alt+← and Alt+→ move the column', title(), sortedBy());
}

function focusHead(from: Element, id: string): void {
  const head = [...(from.closest('.heads')?.children ?? [])].find(
    (one) => one instanceof HTMLElement && one.dataset['column'] === id,
  );
  head?.querySelector('button')?.focus();
}

/** Follows the pointer while it drags the right edge of a column. */
function startResize(
  press: PointerEvent & { readonly currentTarget: HTMLElement },
  { column, width }: PlacedColumn,
  dispatch: Props['dispatch'],
): void {
  press.preventDefault();
  press.stopPropagation();
  const grip = press.currentTarget;
  const start = press.clientX;
  grip.setPointerCapture(press.pointerId);
  const move = ({ clientX }: PointerEvent): void => {
    dispatch({
      kind: 'column',
      event: { kind: 'resized', id: column.id, width: width + clientX - start },
    });
  };
  grip.addEventListener('pointermove', move);
  grip.addEventListener(
    'lostpointercapture',
    () => {
      grip.removeEventListener('pointermove', move);
    },
    { once: true },
  );
}

function headKey(
  press: KeyboardEvent & { readonly currentTarget: HTMLElement },
  placed: PlacedColumn,
  { state, dispatch }: Props,
): void {
  const { id } = placed.column;
  const by = press.key === 'ArrowLeft' ? -1 : press.key === 'ArrowRight' ? 1 : undefined;
  if (press.key === 'ArrowDown') dispatch({ kind: 'listWanted' });
  else if (by === undefined || press.ctrlKey || press.metaKey) return;
  else if (press.altKey && press.shiftKey)
    dispatch({ kind: 'column', event: { kind: 'resized', id, width: placed.width + by * KEY_STEP } });
  else if (press.altKey) dispatch({ kind: 'column', event: { kind: 'movedBy', id, by } });
  else {
    const next = columnBeside({ ...state, column: id }, by) ?? id;
    dispatch({ kind: 'columnSelected', id: next });
    focusHead(press.currentTarget, next);
  }
  press.preventDefault();
  press.stopPropagation();
}

function Head({
  placed,
  number,
  state,
  dispatch,
}: Props & { readonly placed: PlacedColumn; readonly number: number }): JSX.Element {
  const { column, isFrozen } = placed;
  const { id, title, sort } = column;
  const sorted = sortedOf(column, state.selection.sort);
  return (
    <div
      class={`head${isFrozen ? ' frozen' : ''}${column.isNumeric ? ' numeric' : ''}`}
      role="columnheader"
      aria-colindex={number + 1}
      aria-sort={sorted}
      data-column={id}
      draggable
      onDragStart={({ dataTransfer }) => {
        dataTransfer?.setData('text/plain', id);
      }}
      onDragOver={(drag) => {
        drag.preventDefault();
      }}
      onDrop={(drop) => {
        drop.preventDefault();
        const moved = drop.dataTransfer?.getData('text/plain');
        if (moved) dispatch({ kind: 'column', event: { kind: 'movedTo', id: moved, target: id } });
      }}
    >
      <button
        type="button"
        tabindex={id === state.column ? 0 : -1}
        title={titleOf(column)}
        onClick={() => {
          if (sort !== undefined) dispatch({ kind: 'sorted', field: sort });
        }}
        onKeyDown={(press) => {
          headKey(press, placed, { state, dispatch });
        }}
      >
        <span class="title">{title()}</span>
        {sorted === 'ascending' && <Icon name="up" />}
        {sorted === 'descending' && <Icon name="down" />}
      </button>
      <span
        class="grip"
        onPointerDown={(press) => {
          startResize(press, placed, dispatch);
        }}
        onDblClick={() => {
          dispatch({ kind: 'column', event: { kind: 'unsized', id } });
        }}
      />
    </div>
  );
}

function drawHeader({ state, dispatch }: Props): JSX.Element {
  const { columns, width } = state.grid;
  return (
    <div class="header">
      <div
        class="heads"
        role="row"
        aria-rowindex={1}
        style={{ transform: `translateX(${-state.list.scrollLeft}px)`, width: `${width}px` }}
      >
        {columns.map((placed, number) => (
          <Head key={placed.column.id} placed={placed} number={number} state={state} dispatch={dispatch} />
        ))}
      </div>
    </div>
  );
}

/** Rows alone do not change it. */
export const GridHeader = memoBy<Props>(
  ({ state: { grid, selection, column, status, fields, choice, list } }) => [
    ...[grid, selection, column, status, fields, choice, list.scrollLeft, list.viewWidth],
  ],
  drawHeader,
);
