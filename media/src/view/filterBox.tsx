// The filter above the rows: a query with completions, its fault in place, and what it found.
import type { JSX, RefObject } from 'preact';

import { plural } from '#core/words/numbers.ts';
import { t } from '#core/words/translate.ts';
import type { QueryFault } from '#protocol/editor/rows.ts';

import type { DatasetEvent } from '../model/datasetEvents.ts';
import type { DatasetState } from '../model/datasetState.ts';
import { storeOf } from '../model/datasetState.ts';
import { hitsText } from '../model/datasetText.ts';
import type { FilterEvent } from '../model/filter.ts';
import { filterKey } from '../model/filter.ts';
import { Icon } from './icons.tsx';

export interface FilterProps {
  readonly state: DatasetState;
  readonly dispatch: (event: DatasetEvent) => void;
  readonly box: RefObject<HTMLInputElement | null>;
}

/** The fault of the query as it is typed; undefined while the person goes on typing. */
function faultOf(state: DatasetState): QueryFault | undefined {
  const { filter, selection } = state;
  return filter.text.trim() === selection.query ? storeOf(state).list?.fault : undefined;
}

/** The text of the box again, below it, to underline a part of it. */
function Underline({ text, fault }: { readonly text: string; readonly fault: QueryFault }): JSX.Element {
  // The query is the text without the spaces around it.
  const shift = text.length - text.trimStart().length;
  const [start, end] = [fault.start + shift, Math.max(fault.end, fault.start + 1) + shift];
  const at = text.slice(start, end);
  return (
    <div class="ghost" aria-hidden="true">
      {text.slice(0, start)}
      <span class="fault">{at === '' ? ' ' : at}</span>
      {text.slice(end)}
    </div>
  );
}

function Completions({
  state: { filter },
  send,
}: Pick<FilterProps, 'state'> & { readonly send: (event: FilterEvent) => void }): JSX.Element | null {
  if (filter.items.length === 0) return null;
  return (
    <ul class="completions" id="completions" role="listbox" aria-label={t('Completions')}>
      {filter.items.map(({ label, detail }, number) => (
        <li
          key={`${number} ${label}`}
          id={`completion-${number}`}
          role="option"
          aria-selected={number === filter.item}
          ref={(item) => {
            if (number === filter.item) item?.scrollIntoView({ block: 'nearest' });
          }}
          // Before the box loses its focus.
          onMouseDown={(press) => {
            press.preventDefault();
            send({ kind: 'itemTaken', item: number });
          }}
        >
          <span class="label">{label}</span>
          <span class="about">{detail}</span>
        </li>
      ))}
    </ul>
  );
}

function Hits({ state, dispatch }: Omit<FilterProps, 'box'>): JSX.Element | null {
  const { selection, filter } = state;
  const store = storeOf(state);
  const { list } = store;
  if (selection.query === '' && !selection.sample)
    return filter.text.trim() === '' ? null : <span class="hits">{t('Enter searches')}</span>;
  if (list?.search) {
    const { done, hits } = list.search;
    return (
      <span class="hits">
        {t('Searching {0} % · {1}', Math.floor(100 * done), plural(hits, 'row'))}
        <button
          type="button"
          onClick={() => {
            dispatch({ kind: 'searchCancelled' });
          }}
        >
          {t('Cancel')}
        </button>
      </span>
    );
  }
  return (
    <span class="hits" title={list?.note}>
      {hitsText(store)}
      {list?.note !== undefined && <span class="about"> {list.note}</span>}
    </span>
  );
}

export function FilterBox({ state, dispatch, box }: FilterProps): JSX.Element {
  const { filter } = state;
  const fault = faultOf(state);
  const send = (event: FilterEvent): void => {
    dispatch({ kind: 'filter', event });
  };
  const type = ({ value, selectionStart }: HTMLInputElement): void => {
    send({ kind: 'typed', text: value, caret: selectionStart ?? value.length });
  };
  return (
    <div class="filter" role="search">
      <div class={fault ? 'query wrong' : 'query'}>
        {fault && <Underline text={filter.text} fault={fault} />}
        <input
          ref={box}
          type="text"
          role="combobox"
          spellcheck={false}
          autocomplete="off"
          aria-label={t('Filter the rows')}
          aria-autocomplete="list"
          aria-expanded={filter.items.length > 0}
          aria-controls="completions"
          aria-activedescendant={filter.item >= 0 ? `completion-${filter.item}` : undefined}
          aria-invalid={fault !== undefined}
          aria-describedby={fault ? 'filter-fault' : undefined}
          placeholder={t('Filter, such as margin<0 or rule:likely-mislabeled (/)')}
          value={filter.text}
          onInput={({ currentTarget }) => {
            type(currentTarget);
          }}
          onFocus={({ currentTarget }) => {
            type(currentTarget);
          }}
          onBlur={() => {
            send({ kind: 'closed' });
          }}
          onScroll={({ currentTarget }) => {
            const ghost = currentTarget.previousElementSibling;
            if (ghost) ghost.scrollLeft = currentTarget.scrollLeft;
          }}
          onKeyDown={(press) => {
            const event = filterKey(filter, press);
            if (!event) return;
            press.preventDefault();
            press.stopPropagation();
            if (event === 'leave') dispatch({ kind: 'listWanted' });
            else send(event);
          }}
        />
        {filter.text !== '' && (
          <button
            type="button"
            class="icon-button"
            title={t('Clear the filter')}
            aria-label={t('Clear the filter')}
            onClick={() => {
              send({ kind: 'typed', text: '', caret: 0 });
              dispatch({ kind: 'filterSettled' });
              box.current?.focus();
            }}
          >
            <Icon name="close" />
          </button>
        )}
        <Completions state={state} send={send} />
      </div>
      <Hits state={state} dispatch={dispatch} />
    </div>
  );
}

/** What is wrong with the query. */
export function FilterFault({ state }: Pick<FilterProps, 'state'>): JSX.Element | null {
  const fault = faultOf(state);
  return fault ? (
    <p class="fault-text" id="filter-fault" role="alert">
      {fault.message.split('`').map((part, i) => (i % 2 === 1 ? <code>{part}</code> : part))}
    </p>
  ) : null;
}
