// The dataset page: a bar, the list of rows, and the selected pair.
import type { JSX, RefObject } from 'preact';

import type { RowOrder } from '#protocol/editor/rows.ts';

import { DATASET_ACTIONS } from '../model/datasetKeys.ts';
import type { DatasetEvent } from '../model/datasetReducer.ts';
import type { DatasetState } from '../model/datasetState.ts';
import { listMessage, pageState, pairMessage } from '../model/datasetState.ts';
import { statusText } from '../model/datasetText.ts';
import { titleWithRow } from '../model/words.ts';
import { List } from './list.tsx';
import { PortraitView, Strip } from './portrait.tsx';
import { Nothing, Record } from './record.tsx';
import { Notice, Toolbar } from './toolbar.tsx';

const ORDERS: readonly { readonly order: RowOrder; readonly label: string }[] = [
  { order: 'all', label: 'All rows' },
  { order: 'findings', label: 'Findings' },
];

interface Props {
  readonly state: DatasetState;
  readonly dispatch: (event: DatasetEvent) => void;
}

function Bar({ state, dispatch }: Props): JSX.Element {
  const { status, portrait } = state;
  const findingCount = (status?.findingCount ?? 0).toLocaleString('en');
  return (
    <div class="bar">
      <div class="tabs" role="tablist">
        {ORDERS.map(({ order, label }) => (
          <button
            type="button"
            class="tab"
            role="tab"
            aria-selected={!portrait.isOpen && order === state.order}
            onClick={() => {
              dispatch({ kind: 'orderChosen', order });
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
      </div>
      <Strip result={portrait.result} dispatch={dispatch} />
      <span class="status">{statusText(status)}</span>
    </div>
  );
}

function Detail({ state, dispatch }: Props): JSX.Element {
  const page = pageState(state);
  const { view } = page;
  const message = pairMessage(state);
  return (
    <>
      {view && (
        <Toolbar
          place={titleWithRow(view)}
          actions={DATASET_ACTIONS}
          state={page}
          act={(action) => {
            dispatch({ kind: 'actionChosen', action });
          }}
        />
      )}
      <Notice text={state.notice} />
      {message === undefined ? view && <Record view={view} /> : <Nothing text={message} />}
      {message === undefined && view?.kind === 'empty' && view.canMap && (
        <button
          type="button"
          class="map-fields"
          onClick={() => {
            dispatch({ kind: 'mappingWanted' });
          }}
        >
          Map Fields…
        </button>
      )}
    </>
  );
}

export interface DatasetViewProps extends Props {
  readonly list: RefObject<HTMLDivElement | null>;
  readonly detail: RefObject<HTMLDivElement | null>;
}

export function DatasetView({ state, dispatch, list, detail }: DatasetViewProps): JSX.Element {
  const message = listMessage(state);
  return (
    <>
      <Bar state={state} dispatch={dispatch} />
      {state.portrait.isOpen && (
        <PortraitView state={state.portrait} status={state.status} dispatch={dispatch} />
      )}
      <div class="panes" hidden={state.portrait.isOpen}>
        <div class="left">
          <List state={state} dispatch={dispatch} box={list} />
          {message && <p class={message.isWhole ? 'nothing' : 'notice'}>{message.text}</p>}
        </div>
        <div class="detail" tabindex={-1} ref={detail}>
          <Detail state={state} dispatch={dispatch} />
        </div>
      </div>
    </>
  );
}
