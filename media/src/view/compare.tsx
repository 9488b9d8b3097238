// The compare page: a toolbar and one pair.
import type { JSX } from 'preact';

import { t } from '#core/words/translate.ts';

import type { CompareEvent, CompareState } from '../model/compare.ts';
import { pageState } from '../model/compare.ts';
import { ACTIONS } from '../model/keys.ts';
import { titleWithFile } from '../model/words.ts';
import { Nothing, Record } from './record.tsx';
import { Notice, Toolbar } from './toolbar.tsx';

export interface CompareViewProps {
  readonly state: CompareState;
  readonly dispatch: (event: CompareEvent) => void;
}

export function CompareView({ state, dispatch }: CompareViewProps): JSX.Element {
  const page = pageState(state);
  const { view } = page;
  if (!view) return <Nothing text={state.notice ?? t('Loading…')} />;
  return (
    <>
      <Toolbar
        place={titleWithFile(view)}
        actions={ACTIONS}
        state={page}
        act={(action) => {
          dispatch({ kind: 'actionChosen', action });
        }}
      />
      <Notice text={state.notice} />
      <Record
        view={view}
        follows
        options={state.options}
        strings={state.strings}
        tokens={state.tokens}
        dispatch={dispatch}
      />
      {view.kind === 'empty' && view.canMap && (
        <button
          class="map-fields"
          onClick={() => {
            dispatch({ kind: 'mappingWanted' });
          }}
        >
          {t('Map Fields…')}
        </button>
      )}
      <div class="said" role="status" aria-live="polite">
        {state.said}
      </div>
    </>
  );
}
