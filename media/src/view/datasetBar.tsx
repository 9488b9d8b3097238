// The bars above the rows: which rows, how they are shown, the rules with findings, and what to do with marked rows.
import type { JSX, RefObject } from 'preact';

import { inGroups, plural } from '#core/words/numbers.ts';
import type { English } from '#core/words/translate.ts';
import { english, t } from '#core/words/translate.ts';
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

const ORDERS: readonly { readonly order: RowOrder; readonly label: English }[] = [
  { order: 'all', label: english('All rows') },
  { order: 'findings', label: english('Findings') },
];

const LAYOUTS: readonly {
  readonly layout: DatasetLayout;
  readonly icon: IconName;
  readonly label: English;
}[] = [
  { layout: 'list', icon: 'list', label: english('Rows alone') },
  { layout: 'right', icon: 'right', label: english('Pair beside the rows') },
  { layout: 'below', icon: 'below', label: english('Pair below the rows') },
];

/** Rows of a random sample. */
const SAMPLE = 100;

function Orders({ state, dispatch }: Props): JSX.Element {
  const { selection, status, portrait, review } = state;
  const findingCount = inGroups(status?.findingCount ?? 0);
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
          {order === 'findings' ? `${t(label)} ${findingCount}` : t(label)}
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
        {t('Portrait')}
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
        {review.view
          ? t('Review {0}', `${review.view.decidedCount}/${review.view.queue.keys.length}`)
          : t('Review')}
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
      title={t('Sample of {0} rows: at random, or as many of each value of a field', SAMPLE)}
      aria-label={t('Sample')}
      value={value}
      onChange={({ currentTarget: { value: by } }) => {
        const seed = Math.floor(Math.random() * 2 ** 31);
        const drawn = { count: SAMPLE, seed, ...(by !== '' && { by }) };
        dispatch({ kind: 'sampled', sample: by === 'none' ? undefined : drawn });
      }}
    >
      <option value="none">{t('All rows')}</option>
      <option value="">{t('{0} at random', SAMPLE)}</option>
      {groupingFields(state).map((field) => (
        <option key={field} value={field}>
          {t('{0} by {1}', SAMPLE, field.replace(/^\./, ''))}
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
        title={t('Columns')}
        aria-label={t('Columns')}
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
          title={t(label)}
          aria-label={t(label)}
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
    <div class="rules" role="group" aria-label={t('Findings by rule')}>
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
            {rule} <b>{inGroups(count)}</b>
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
    <div class="marked-rows" role="toolbar" aria-label={t('Marked rows')}>
      <span class="count">{t('{0} marked', plural(markCount(marks), 'row'))}</span>
      {MARKED_ACTIONS.map(({ action, label, key, isEdit }) => (
        <button
          key={action}
          type="button"
          disabled={isEdit && !canEditMarked(state)}
          onClick={() => {
            dispatch({ kind: 'batchChosen', action });
          }}
        >
          {t(label)}
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
        {t('Clear')}
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
  // The portrait can be that of the filtered rows.
  const showsFilter = !review.isOpen;
  return (
    <>
      <div class="bar">
        <Orders state={state} dispatch={dispatch} />
        <Strip result={portrait.result} dispatch={dispatch} />
        {showsFilter && <FilterBox state={state} dispatch={dispatch} box={filter} />}
        {showsRows && <Tools state={state} dispatch={dispatch} />}
        <span class="status">{statusText(state.status)}</span>
      </div>
      {showsFilter && <FilterFault state={state} />}
      {showsRows && <Rules state={state} dispatch={dispatch} />}
      {showsRows && <MarkedRows state={state} dispatch={dispatch} />}
    </>
  );
}
