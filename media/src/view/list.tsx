// The list of rows. Only the visible ones are elements; an element stays the same while its record is visible.
import type { JSX, RefObject } from 'preact';

import type { RowOrder, RowView } from '#protocol/editor/rows.ts';

import type { Column } from '../model/columns.ts';
import { DATASET_COLUMNS, tracksOf } from '../model/columns.ts';
import type { DatasetEvent } from '../model/datasetReducer.ts';
import type { DatasetState } from '../model/datasetState.ts';
import { drawnRowsOf, isSelected, listView, storeOf } from '../model/datasetState.ts';
import { failureAt, rowAt } from '../model/rowStore.ts';
import { scrollHeight, scrollTopAfterWheel } from '../model/scroll.ts';
import { CellView } from './cells.tsx';
import { memo } from './memo.ts';

interface RowProps {
  /** Undefined until it is loaded. */
  readonly row: RowView | undefined;
  readonly columns: readonly Column<RowView>[];
  /** Its place in the list. */
  readonly index: number;
  readonly count: number;
  readonly isSelected: boolean;
  readonly isFailed: boolean;
}

const Row = memo(({ row, columns, index, count, isSelected: selected, isFailed }: RowProps) => {
  const classes = {
    row: true,
    selected,
    gone: row?.isDropped,
    waiting: !row && !isFailed,
    failed: isFailed,
  };
  return (
    <div
      class={Object.entries(classes)
        .flatMap(([name, isOn]) => (isOn ? name : []))
        .join(' ')}
      role="option"
      id={`row-${index}`}
      aria-selected={selected}
      aria-posinset={index + 1}
      aria-setsize={count}
      data-index={index}
    >
      {row
        ? columns.map(({ name, cellOf }) => <CellView key={name} cell={cellOf(row)} />)
        : isFailed && 'Not loaded'}
    </div>
  );
});

/** Among all rows a record keeps its place; among findings it moves. */
function keyOf(order: RowOrder, row: RowView | undefined, index: number): string {
  return order === 'all' || !row ? `#${index}` : `${row.record} ${row.pair}`;
}

function pressedIndex({ target }: MouseEvent): number | undefined {
  const row = target instanceof Element ? target.closest<HTMLElement>('.row') : null;
  return row ? Number(row.dataset['index']) : undefined;
}

export interface ListProps {
  readonly state: DatasetState;
  readonly dispatch: (event: DatasetEvent) => void;
  readonly box: RefObject<HTMLDivElement | null>;
}

export function List({ state, dispatch, box }: ListProps): JSX.Element {
  const { order } = state;
  const store = storeOf(state);
  const view = listView(state);
  const { start, end, offset } = drawnRowsOf(state);
  const indices = Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i);
  const isActive = indices.includes(state.index) && isSelected(state, state.index);
  return (
    <div
      class="list"
      ref={box}
      role="listbox"
      tabindex={0}
      aria-label="Rows of the dataset"
      aria-activedescendant={isActive ? `row-${state.index}` : undefined}
      onScroll={({ currentTarget: { scrollTop, clientHeight } }) => {
        dispatch({ kind: 'scrolled', scrollTop, viewHeight: clientHeight });
      }}
      onWheel={(turn) => {
        const list = turn.currentTarget;
        const to = turn.ctrlKey ? undefined : scrollTopAfterWheel(view, list.scrollTop, turn.deltaY);
        if (to === undefined) return;
        turn.preventDefault();
        list.scrollTop = to;
      }}
      onMouseDown={(press) => {
        const index = press.button === 0 ? pressedIndex(press) : undefined;
        if (index !== undefined) dispatch({ kind: 'rowSelected', index });
      }}
    >
      <div
        class="rows"
        style={{ transform: `translateY(${offset}px)`, '--columns': tracksOf(DATASET_COLUMNS) }}
      >
        {indices.map((index) => {
          const isFailed = failureAt(store, index) !== undefined;
          const row = isFailed ? undefined : rowAt(store, index);
          return (
            <Row
              key={keyOf(order, row, index)}
              row={row}
              columns={DATASET_COLUMNS}
              index={index}
              count={view.rowCount}
              isSelected={isSelected(state, index)}
              isFailed={isFailed}
            />
          );
        })}
      </div>
      <div class="sizer" style={{ height: `${scrollHeight(view)}px` }} />
    </div>
  );
}
