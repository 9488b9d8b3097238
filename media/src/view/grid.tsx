// The grid of rows. Only the visible rows are elements; an element stays the same while its record is visible.
import type { Component, JSX, RefObject } from 'preact';
import { useRef } from 'preact/hooks';

import { t } from '#core/words/translate.ts';
import type { RowView } from '#protocol/editor/rows.ts';

import type { PlacedColumn } from '../model/columnLayout.ts';
import type { DatasetEvent, Marking } from '../model/datasetEvents.ts';
import type { DatasetState } from '../model/datasetState.ts';
import { drawnRowsOf, HEADER_HEIGHT, isSelected, listView, storeOf } from '../model/datasetState.ts';
import { isMarked } from '../model/marks.ts';
import { failureAt, isPlain, rowAt } from '../model/rowStore.ts';
import { scrollHeight, scrollTopAfterWheel, topRow } from '../model/scroll.ts';
import { CellView } from './cells.tsx';
import { GridHeader } from './gridHeader.tsx';
import { memo } from './memo.ts';
import { Slots } from './slots.ts';

interface RowProps {
  /** Undefined until it is loaded. */
  readonly row: RowView | undefined;
  readonly columns: readonly PlacedColumn[];
  /** Its place in the list. */
  readonly index: number;
  readonly isSelected: boolean;
  readonly isMarked: boolean;
  readonly isFailed: boolean;
  /** Id of the column at the keys; undefined in other rows. */
  readonly active: string | undefined;
}

function cellId(index: number, column: string): string {
  return `cell-${index}-${column}`;
}

function rowClass({ row, isFailed, isSelected: selected, isMarked: marked }: RowProps): string {
  const state = isFailed ? ' failed' : row ? '' : ' waiting';
  return `row${state}${selected ? ' selected' : ''}${marked ? ' marked' : ''}${row?.isDropped ? ' gone' : ''}`;
}

function cellClass(isFrozen: boolean, isActive: boolean): string {
  return `cell${isFrozen ? ' frozen' : ''}${isActive ? ' active' : ''}`;
}

interface RowOfGrid extends Component<RowProps> {
  /** The row that its elements showed last. While the next one is on its way they stay, hidden. */
  last?: RowView | undefined;
}

const Row = memo(function (this: RowOfGrid, props: RowProps) {
  const { row, columns, index, isFailed, active } = props;
  this.last = isFailed ? undefined : (row ?? this.last);
  const drawn = this.last;
  return (
    <div
      class={rowClass(props)}
      role="row"
      aria-selected={props.isSelected || props.isMarked}
      aria-rowindex={index + 2}
      data-index={index}
    >
      {columns.map(({ column, isFrozen }, number) => (
        <div
          key={column.id}
          class={cellClass(isFrozen, column.id === active)}
          role="gridcell"
          id={column.id === active ? cellId(index, column.id) : undefined}
          aria-colindex={number + 1}
          data-column={column.id}
        >
          {drawn ? <CellView cell={column.cellOf(drawn)} /> : isFailed && number === 0 && t('Not loaded')}
        </div>
      ))}
    </div>
  );
});

/** In the order of the file a record keeps its place; in others it moves. */
function keyOf({ selection }: DatasetState, row: RowView | undefined, index: number): string {
  return isPlain(selection) || !row ? `#${index}` : `${row.record} ${row.pair}`;
}

function pressedCell({ target }: Event): { readonly index: number; readonly column: string } | undefined {
  const cell = target instanceof Element ? target.closest<HTMLElement>('.cell') : null;
  const row = cell?.closest<HTMLElement>('.row');
  return row ? { index: Number(row.dataset['index']), column: cell?.dataset['column'] ?? '' } : undefined;
}

function markingOf({ shiftKey, ctrlKey, metaKey }: MouseEvent): Marking {
  if (shiftKey) return 'extend';
  return ctrlKey || metaKey ? 'toggle' : 'none';
}

/** The whole text of a cell, over the rows below or above it. */
function CellText({ state, dispatch }: Omit<GridProps, 'box'>): JSX.Element | null {
  const { open, grid, list } = state;
  const placed = grid.columns.find(({ column }) => column.id === open?.column);
  if (!open || !placed) return null;
  const view = listView(state);
  const width = Math.min(Math.max(placed.width, 360), Math.max(200, list.viewWidth - 24));
  const start = placed.left - (placed.isFrozen ? 0 : list.scrollLeft);
  const left = Math.max(4, Math.min(start, list.viewWidth - width - 20));
  const top = HEADER_HEIGHT + (open.index - topRow(view, list.scrollTop)) * view.rowHeight;
  const isBelow = top < (list.viewHeight + HEADER_HEIGHT) / 2;
  const below = list.viewHeight + HEADER_HEIGHT - top - view.rowHeight;
  const place = isBelow ? { top: `${top}px`, bottom: '' } : { top: '', bottom: `${below}px` };
  const height = isBelow ? list.viewHeight + HEADER_HEIGHT - top - 8 : top + view.rowHeight - 8;
  return (
    <div
      class="cell-text"
      role="dialog"
      aria-label={placed.column.title()}
      style={{ ...place, left: `${left}px`, width: `${width}px`, maxHeight: `${height}px` }}
    >
      <button
        type="button"
        class="close"
        title={t('Close (Escape)')}
        aria-label={t('Close')}
        onClick={() => {
          dispatch({ kind: 'cellClosed' });
        }}
      >
        ×
      </button>
      <pre>{open.text ?? t('Loading…')}</pre>
    </div>
  );
}

export interface GridProps {
  readonly state: DatasetState;
  readonly dispatch: (event: DatasetEvent) => void;
  readonly box: RefObject<HTMLDivElement | null>;
}

export function Grid({ state, dispatch, box }: GridProps): JSX.Element {
  const { grid, marks, column, list } = state;
  const store = storeOf(state);
  const view = listView(state);
  const { start, end, offset } = drawnRowsOf(state);
  const indices = Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i);
  const rows = indices.map((index) => {
    const isFailed = failureAt(store, index) !== undefined;
    return { index, isFailed, row: isFailed ? undefined : rowAt(store, index) };
  });
  const slots = useRef(new Slots()).current.take(rows.map(({ row, index }) => keyOf(state, row, index)));
  const isActive = indices.includes(state.index) && isSelected(state, state.index);
  const tracks = grid.columns.map(({ width }) => `${width}px`).join(' ');
  return (
    <>
      <div
        class={list.scrollLeft > 0 ? 'list sideways' : 'list'}
        ref={box}
        role="grid"
        tabindex={0}
        aria-label={t('Rows of the dataset')}
        aria-rowcount={view.rowCount + 1}
        aria-colcount={grid.columns.length}
        aria-multiselectable
        aria-activedescendant={isActive ? cellId(state.index, column) : undefined}
        style={{ '--columns': tracks, '--sideways': `${list.scrollLeft}px` }}
        onScroll={({ currentTarget: { scrollTop, scrollLeft, clientHeight, clientWidth } }) => {
          dispatch({
            kind: 'scrolled',
            scrollTop,
            scrollLeft,
            viewHeight: clientHeight - HEADER_HEIGHT,
            viewWidth: clientWidth,
          });
        }}
        onWheel={(turn) => {
          const list = turn.currentTarget;
          const to = turn.ctrlKey ? undefined : scrollTopAfterWheel(view, list.scrollTop, turn.deltaY);
          if (to === undefined || turn.deltaX !== 0) return;
          turn.preventDefault();
          list.scrollTop = to;
        }}
        onMouseDown={(press) => {
          const pressed = press.button === 0 ? pressedCell(press) : undefined;
          if (!pressed) return;
          // Otherwise Shift would select the text between two presses.
          if (press.shiftKey) {
            press.preventDefault();
            press.currentTarget.focus();
          }
          dispatch({ kind: 'rowSelected', ...pressed, marking: markingOf(press) });
        }}
        onDblClick={(press) => {
          if (pressedCell(press)) dispatch({ kind: 'cellOpened' });
        }}
      >
        <GridHeader state={state} dispatch={dispatch} />
        <div class="window">
          <div
            class="rows"
            style={{ transform: `translate(${-list.scrollLeft}px, ${offset}px)`, width: `${grid.width}px` }}
          >
            {rows.map(({ row, index, isFailed }, i) => {
              const selected = isSelected(state, index);
              return (
                <Row
                  key={slots[i] ?? 0}
                  row={row}
                  columns={grid.columns}
                  index={index}
                  isSelected={selected}
                  isMarked={isMarked(marks, index)}
                  isFailed={isFailed}
                  active={selected ? column : undefined}
                />
              );
            })}
          </div>
        </div>
        <div
          class="sizer"
          style={{
            height: `${Math.max(0, scrollHeight(view) - view.viewHeight)}px`,
            width: `${grid.width}px`,
          }}
        />
      </div>
      <CellText state={state} dispatch={dispatch} />
    </>
  );
}
