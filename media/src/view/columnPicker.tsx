// The list of all columns: which are shown, in which order, and which stay in place.
import type { JSX } from 'preact';

import { t } from '#core/words/translate.ts';

import { shownIds } from '../model/columnLayout.ts';
import { fieldOfColumn } from '../model/columns.ts';
import type { ColumnEvent, DatasetEvent } from '../model/datasetEvents.ts';
import type { DatasetState } from '../model/datasetState.ts';
import { allColumns } from '../model/datasetState.ts';
import { Icon } from './icons.tsx';

interface Props {
  readonly state: DatasetState;
  readonly dispatch: (event: DatasetEvent) => void;
}

export function ColumnPicker({ state, dispatch }: Props): JSX.Element | null {
  const { choice, fields, isPicking } = state;
  if (!isPicking) return null;
  const all = allColumns(state);
  const shown = shownIds(all, choice);
  const byId = new Map(all.map((column) => [column.id, column]));
  const hidden = all.filter(({ id }) => !shown.includes(id)).map(({ id }) => id);
  const send = (event: ColumnEvent): void => {
    dispatch({ kind: 'column', event });
  };
  return (
    <div
      class="picker"
      role="dialog"
      aria-label={t('Columns')}
      onKeyDown={(press) => {
        if (press.key !== 'Escape') return;
        press.stopPropagation();
        dispatch({ kind: 'pickerToggled' });
        dispatch({ kind: 'listWanted' });
      }}
    >
      <ul>
        {[...shown, ...hidden].map((id, number) => {
          const title = byId.get(id)?.title() ?? id;
          const field = fields.find(({ name }) => name === fieldOfColumn(id));
          const example = field?.example;
          const isShown = number < shown.length;
          const isFrozen = number < choice.frozen;
          return (
            <li key={id} class={isShown ? 'shown' : ''}>
              <label title={example}>
                <input
                  type="checkbox"
                  checked={isShown}
                  ref={(box) => {
                    // The first one gets the focus when the list opens.
                    if (number === 0 && box && !box.closest('.picker')?.contains(document.activeElement))
                      box.focus();
                  }}
                  onChange={() => {
                    send({ kind: 'toggled', id });
                  }}
                />
                {title}
                {fieldOfColumn(id) !== undefined && (
                  <span class="about">{field?.isRating ? t('rating') : t('field')}</span>
                )}
              </label>
              {isShown && (
                <>
                  <button
                    type="button"
                    class="icon-button"
                    aria-pressed={isFrozen}
                    title={
                      isFrozen
                        ? t('Scrolls with the others')
                        : t('Keep the columns up to {0} in place', title)
                    }
                    aria-label={t('Keep the columns up to {0} in place', title)}
                    onClick={() => {
                      send({ kind: 'frozenUpTo', id });
                    }}
                  >
                    <Icon name="pin" />
                  </button>
                  <button
                    type="button"
                    class="icon-button"
                    disabled={number === 0}
                    title={t('Move to the left')}
                    aria-label={t('Move {0} to the left', title)}
                    onClick={() => {
                      send({ kind: 'movedBy', id, by: -1 });
                    }}
                  >
                    <Icon name="up" />
                  </button>
                  <button
                    type="button"
                    class="icon-button"
                    disabled={number === shown.length - 1}
                    title={t('Move to the right')}
                    aria-label={t('Move {0} to the right', title)}
                    onClick={() => {
                      send({ kind: 'movedBy', id, by: 1 });
                    }}
                  >
                    <Icon name="down" />
                  </button>
                </>
              )}
            </li>
          );
        })}
      </ul>
      <div class="end">
        <button
          type="button"
          onClick={() => {
            send({ kind: 'reset' });
          }}
        >
          {t('Reset')}
        </button>
        <button
          type="button"
          onClick={() => {
            dispatch({ kind: 'pickerToggled' });
            dispatch({ kind: 'listWanted' });
          }}
        >
          {t('Close')}
        </button>
      </div>
    </div>
  );
}
