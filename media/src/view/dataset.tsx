// The dataset page: its bars, the grid of rows, and the selected pair.
import type { JSX, RefObject } from 'preact';

import { t } from '#core/words/translate.ts';

import type { DatasetEvent } from '../model/datasetEvents.ts';
import { DATASET_ACTIONS } from '../model/datasetKeys.ts';
import type { DatasetState } from '../model/datasetState.ts';
import { listMessage, pageState, pairMessage, storeOf } from '../model/datasetState.ts';
import { titleWithRow } from '../model/words.ts';
import type { DatasetBarProps } from './datasetBar.tsx';
import { DatasetBar } from './datasetBar.tsx';
import { Grid } from './grid.tsx';
import { memoBy } from './memo.ts';
import { PortraitView } from './portrait.tsx';
import { Nothing, Record } from './record.tsx';
import { ReviewPane } from './review.tsx';
import { Notice, Toolbar } from './toolbar.tsx';

interface Props {
  readonly state: DatasetState;
  readonly dispatch: (event: DatasetEvent) => void;
}

/** All of a state that does not change while rows scroll. */
function besideRows(state: DatasetState): readonly unknown[] {
  const { total, list } = storeOf(state);
  return [...Object.values({ ...state, list: undefined, stores: undefined, open: undefined }), total, list];
}

const StillBar = memoBy<DatasetBarProps>(
  ({ state }) => besideRows(state),
  (props) => <DatasetBar {...props} />,
);

const Detail = memoBy(({ state }: Props) => besideRows(state), drawDetail);

function drawDetail({ state, dispatch }: Props): JSX.Element {
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
      {message === undefined ? (
        view && (
          <Record
            view={view}
            options={state.options}
            strings={state.strings}
            tokens={state.tokens}
            dispatch={dispatch}
          />
        )
      ) : (
        <Nothing text={message} />
      )}
      {message === undefined && view?.kind === 'empty' && view.canMap && (
        <button
          type="button"
          class="map-fields"
          onClick={() => {
            dispatch({ kind: 'mappingWanted' });
          }}
        >
          {t('Map Fields…')}
        </button>
      )}
    </>
  );
}

export interface DatasetViewProps extends Props {
  readonly list: RefObject<HTMLDivElement | null>;
  readonly detail: RefObject<HTMLDivElement | null>;
  readonly filter: RefObject<HTMLInputElement | null>;
}

export function DatasetView({ state, dispatch, list, detail, filter }: DatasetViewProps): JSX.Element {
  const message = listMessage(state);
  const { notice, layout, said, portrait, review } = state;
  return (
    <>
      <StillBar state={state} dispatch={dispatch} filter={filter} />
      {notice?.isError === false ? (
        <p class="notice done" role="status">
          {notice.text}
        </p>
      ) : (
        <Notice text={notice?.text} />
      )}
      {portrait.isOpen && <PortraitView state={state} dispatch={dispatch} />}
      {review.isOpen && <ReviewPane state={state} dispatch={dispatch} />}
      <div class={`panes layout-${layout}`} hidden={portrait.isOpen || review.isOpen}>
        <div class="left">
          <Grid state={state} dispatch={dispatch} box={list} />
          {message && <p class={message.isWhole ? 'nothing' : 'notice'}>{message.text}</p>}
        </div>
        <div class="detail" tabindex={-1} ref={detail}>
          <Detail state={state} dispatch={dispatch} />
        </div>
      </div>
      <div class="said" role="status" aria-live="polite">
        {said}
      </div>
    </>
  );
}
