// The portrait of a file in the place of its rows, and its short form above them.
import type { JSX } from 'preact';

import { figuresOf } from '#core/drawing/figures.ts';
import { drawMargins } from '#core/drawing/strip.ts';
import { t } from '#core/words/translate.ts';
import type { PortraitResult } from '#protocol/editor/portrait.ts';
import type { DatasetStatus } from '#protocol/editor/status.ts';

import type { DatasetEvent } from '../model/datasetEvents.ts';
import type { PortraitState } from '../model/portrait.ts';
import { countsMessage, portraitMessage, whyNoMargins } from '../model/portrait.ts';
import { draw, FigureView } from './figures.tsx';
import { memo } from './memo.ts';

type Dispatch = (event: DatasetEvent) => void;

interface FiguresProps {
  readonly result: PortraitResult;
  readonly why: string | undefined;
  readonly dispatch: Dispatch;
}

/** Drawn again only for another portrait. */
const Figures = memo(({ result, why, dispatch }: FiguresProps) => (
  <div class="figures">
    {result.portrait &&
      figuresOf(result.portrait, why).map((figure) => (
        <FigureView
          key={figure.id}
          figure={figure}
          filter={(query) => {
            dispatch({ kind: 'queryChosen', query });
          }}
        />
      ))}
  </div>
));

export interface PortraitProps {
  readonly state: PortraitState;
  readonly status: DatasetStatus | undefined;
  readonly dispatch: Dispatch;
}

export function PortraitView({ state, status, dispatch }: PortraitProps): JSX.Element {
  const { result } = state;
  const message = portraitMessage(state, status);
  const counts = countsMessage(state, status);
  return (
    <div class="portrait" role="tabpanel" aria-label={t('Portrait')} tabindex={0}>
      {message !== undefined && <p class="nothing">{message}</p>}
      {counts !== undefined && <p class="counts">{counts}</p>}
      {result?.portrait && <Figures result={result} why={whyNoMargins(status)} dispatch={dispatch} />}
    </div>
  );
}

interface StripProps {
  readonly result: PortraitResult | undefined;
  readonly dispatch: Dispatch;
}

/** The margins of the file, small: a button that opens the portrait. */
export const Strip = memo(({ result, dispatch }: StripProps) => {
  const [ranking] = result?.portrait?.scorers ?? [];
  if (!ranking) return null;
  return (
    <button
      type="button"
      class="strip"
      title={t('Margins of the file. Open the portrait.')}
      aria-label={t('Open the portrait')}
      onClick={() => {
        dispatch({ kind: 'portrait', event: { kind: 'opened' } });
      }}
    >
      {draw(drawMargins(ranking))}
    </button>
  );
});
