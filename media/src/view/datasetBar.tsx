// The bars above the rows: which rows, how they are shown, the rules with findings, and what to do with marked rows.
import type { JSX, RefObject } from 'preact';

import { plural } from '#core/words/numbers.ts';
import type { RowOrder } from '#protocol/editor/rows.ts';
import type { DatasetLayout } from '#protocol/page/dataset.ts';

import type { DatasetEvent } from '../model/datasetEvents.ts';
import { canEditMarked, MARKED_ACTIONS } from '../model/datasetKeys.ts';
import type { DatasetState } from '../model/datasetState.ts';
import { groupingFields } from '../model/datasetState.ts';
import { statusText } from '../model/datasetText.ts';
import { hasTerm, withTermToggled } from '../model/filter.ts';
import { markCount } from '../model/marks.ts';
import { ColumnPicker } from './columnPicker.tsx';
import { FilterBox, FilterFault } from './filterBox.tsx';
import type { IconName } from './icons.tsx';
import { Icon } from './icons.tsx';
import { Strip } from './portrait.tsx';

interface Props {
  readonly state: DatasetState;
  readonly dispatch: (event: DatasetEvent) => void;
}

const ORDERS: readonly { readonly order: RowOrder; readonly label: string }[] = [
  { order: 'all', label: 'All rows' },
  { order: 'findings', label: 'Findings' },
];

const LAYOUTS: readonly {
  readonly layout: DatasetLayout;
  readonly icon: IconName;
  readonly label: string;
}[] = [
  { layout: 'list', icon: 'list', label: 'Rows alone' },
  { layout: 'right', icon: 'right', label: 'Pair beside the rows' },
  { layout: 'below', icon: 'below', label: 'Pair below the rows' },
];

/** Rows of a random sample. */
const SAMPLE = 100;

function Orders({ state, dispatch }: Props): JSX.Element {
  const { selection, status, portrait, review } = state;
  const findingCount = (status?.findingCount ?? 0).toLocaleString('en');
  return (
    <div class="tabs" role="tablist">
      {ORDERS.map(({ order, label }) => (
        <button
          key={order}
          type="button"
          class="tab"
          role="tab"
          aria-selected={!portrait.isOpen && !review.isOpen && order === selection.order}
          onClick={() => {
            dispatch({ kind: 'selectionChosen', selection: { ...selection, order } });
          }}
        >
          {order === 'findings' ? `${label} ${findingCount}` : label}
        </button>
      ))}
      <button
        type="button"
        class="tab"
        role="tab"
        aria-selected={portrait.isOpen}
        onClick={() => {
          dispatch({ kind: 'portrait', event: { kind: 'opened' } });
        }}
      >
        Portrait
      </button>
      <button
        type="button"
        class="tab"
        role="tab"
        aria-selected={review.isOpen}
        onClick={() => {
          dispatch({ kind: 'review', event: { kind: 'opened' } });
        }}
      >
        {review.view ? `Review ${review.view.decidedCount}/${review.view.queue.keys.length}` : 'Review'}
      </button>
    </div>
  );
}

/** A sample of the rows: at random, or as many from each value of a field. */
function Sample({ state, dispatch }: Props): JSX.Element {
  const { selection } = state;
  const { sample } = selection;
  const value = sample === undefined ? 'none' : (sample.by ?? '');
  return (
    <select
      class="sample"
      title={`Sample of ${SAMPLE} rows: at random, or as many of each value of a field`}
      aria-label="Sample"
      value={value}
      onChange={({ currentTarget: { value: by } }) => {
        const seed = Math.floor(Math.random() * 2 ** 31);
        const drawn = { count: SAMPLE, seed, ...(by !== '' && { by }) };
        dispatch({ kind: 'sampled', sample: by === 'none' ? undefined : drawn });
      }}
    >
      <option value="none">All rows</option>
      <option value="">{SAMPLE} at random</option>
      {groupingFields(state).map((field) => (
        <option key={field} value={field}>
          {SAMPLE} by {field.replace(/^\./, '')}
        </option>
      ))}
    </select>
  );
}

function Tools({ state, dispatch }: Props): JSX.Element {
  const { layout, isPicking } = state;
  return (
    <div class="tools">
      <Sample state={state} dispatch={dispatch} />
      <button
        type="button"
        class="icon-button"
        aria-haspopup="dialog"
        aria-expanded={isPicking}
        title="Columns"
        aria-label="Columns"
        onClick={() => {
          dispatch({ kind: 'pickerToggled' });
        }}
      >
        <Icon name="columns" />
      </button>
      {LAYOUTS.map(({ layout: one, icon, label }) => (
        <button
          key={one}
          type="button"
          class="icon-button"
          aria-pressed={one === layout}
          title={label}
          aria-label={label}
          onClick={() => {
            dispatch({ kind: 'layoutChosen', layout: one });
          }}
        >
          <Icon name={icon} />
        </button>
      ))}
      <ColumnPicker state={state} dispatch={dispatch} />
    </div>
  );
}

/** Chips that filter by a rule. */
function Rules({ state, dispatch }: Props): JSX.Element | null {
  const { rules, filter } = state;
  if (rules.length === 0) return null;
  return (
    <div class="rules" role="group" aria-label="Findings by rule">
      {rules.map(({ rule, severity, count }) => {
        const term = `rule:${rule}`;
        return (
          <button
            key={rule}
            type="button"
            class={`pill ${severity}`}
            aria-pressed={hasTerm(filter.text, term)}
            onClick={() => {
              const text = withTermToggled(filter.text, term);
              dispatch({ kind: 'filter', event: { kind: 'typed', text, caret: text.length } });
              dispatch({ kind: 'filter', event: { kind: 'applied' } });
            }}
          >
            {rule} <b>{count.toLocaleString('en')}</b>
          </button>
        );
      })}
    </div>
  );
}

/** What to do with the marked rows. */
function MarkedRows({ state, dispatch }: Props): JSX.Element | null {
  const { marks } = state;
  if (marks.length === 0) return null;
  return (
    <div class="marked-rows" role="toolbar" aria-label="Marked rows">
      <span class="count">{plural(markCount(marks), 'row')} marked</span>
      {MARKED_ACTIONS.map(({ action, label, key, isEdit }) => (
        <button
          key={action}
          type="button"
          disabled={isEdit && !canEditMarked(state)}
          onClick={() => {
            dispatch({ kind: 'batchChosen', action });
          }}
        >
          {label}
          {key !== undefined && <kbd>{key.toUpperCase()}</kbd>}
        </button>
      ))}
      <button
        type="button"
        onClick={() => {
          dispatch({ kind: 'marksCleared' });
          dispatch({ kind: 'listWanted' });
        }}
      >
        Clear
        <kbd>Esc</kbd>
      </button>
    </div>
  );
}

export interface DatasetBarProps extends Props {
  readonly filter: RefObject<HTMLInputElement | null>;
}

export function DatasetBar({ state, dispatch, filter }: DatasetBarProps): JSX.Element {
  const { portrait, review } = state;
  const showsRows = !portrait.isOpen && !review.isOpen;
  return (
    <>
      <div class="bar">
        <Orders state={state} dispatch={dispatch} />
        <Strip result={portrait.result} dispatch={dispatch} />
        {showsRows && <FilterBox state={state} dispatch={dispatch} box={filter} />}
        {showsRows && <Tools state={state} dispatch={dispatch} />}
        <span class="status">{statusText(state.status)}</span>
      </div>
      {showsRows && <FilterFault state={state} />}
      {showsRows && <Rules state={state} dispatch={dispatch} />}
      {showsRows && <MarkedRows state={state} dispatch={dispatch} />}
    </>
  );
}
