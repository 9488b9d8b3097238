// The portrait of a file in the place of its rows, and its short form above them.
import type { JSX } from 'preact';

import { figuresOf } from '#core/drawing/figures.ts';
import { drawMargins } from '#core/drawing/strip.ts';
import { t } from '#core/words/translate.ts';
import type { PortraitResult } from '#protocol/editor/portrait.ts';
import type { DatasetStatus } from '#protocol/editor/status.ts';

import type { DatasetEvent } from '../model/datasetEvents.ts';
import type { DatasetState } from '../model/datasetState.ts';
import { storeOf } from '../model/datasetState.ts';
import {
  countsMessage,
  narrowed,
  portraitMessage,
  rowsWords,
  shownPortrait,
  shownQuery,
  whyNoMargins,
} from '../model/portrait.ts';
import { draw, FigureView } from './figures.tsx';
import { memo } from './memo.ts';

type Portrait = NonNullable<PortraitResult['portrait']>;
type Dispatch = (event: DatasetEvent) => void;

interface FiguresProps {
  readonly portrait: Portrait;
  readonly why: string | undefined;
  /** Of a portrait of filtered rows: the file. */
  readonly whole: Portrait | undefined;
  readonly query: string;
  readonly dispatch: Dispatch;
}

/** Drawn again only for another portrait. */
const Figures = memo(({ portrait, why, whole, query, dispatch }: FiguresProps) => (
  <div class="figures">
    {figuresOf(portrait, why, whole).map((figure) => (
      <FigureView
        key={figure.id}
        figure={figure}
        filter={(own) => {
          dispatch({ kind: 'queryChosen', query: narrowed(query, own) });
        }}
      />
    ))}
  </div>
));

interface Props {
  readonly state: DatasetState;
  readonly dispatch: Dispatch;
}

/** What the portrait is of: the file, or the rows of the filter. */
function Scopes({ state: { portrait, selection }, dispatch }: Props): JSX.Element {
  const { query } = selection;
  const shown = shownQuery(portrait, query) === '' ? 'file' : 'rows';
  const scopes = [
    { scope: 'file', label: t('All rows') },
    { scope: 'rows', label: rowsWords(portrait, query) },
  ] as const;
  return (
    <div class="scopes">
      <div class="ways" role="group" aria-label={t('Figures of')}>
        {scopes.map(({ scope, label }) => (
          <button
            key={scope}
            type="button"
            class="switch"
            aria-pressed={scope === shown}
            disabled={scope === 'rows' && query === ''}
            onClick={() => {
              dispatch({ kind: 'portrait', event: { kind: 'scopeChosen', scope } });
            }}
          >
            {label}
          </button>
        ))}
      </div>
      {query === '' && <span class="counts">{t('Set a filter to see the figures of its rows.')}</span>}
    </div>
  );
}

/** Why a portrait has no margins. */
function whyNone(whole: Portrait | undefined, status: DatasetStatus | undefined): string | undefined {
  const isScored = whole !== undefined && whole.scorers.length > 0;
  return isScored ? t('None of these pairs has a margin.') : whyNoMargins(status);
}

export function PortraitView({ state, dispatch }: Props): JSX.Element {
  const { status, selection, portrait: own } = state;
  const query = shownQuery(own, selection.query);
  const shown = shownPortrait(own, selection.query);
  const whole = query === '' ? undefined : own.result?.portrait;
  const message = portraitMessage(shown, status, query === '' ? undefined : storeOf(state).list?.fault);
  const counts = countsMessage(shown, status);
  const { portrait } = shown.result ?? {};
  return (
    <div class="portrait" role="tabpanel" aria-label={t('Portrait')} tabindex={0}>
      <Scopes state={state} dispatch={dispatch} />
      {message !== undefined && <p class="nothing">{message}</p>}
      {counts !== undefined && <p class="counts">{counts}</p>}
      {portrait && (
        <Figures
          portrait={portrait}
          why={whyNone(whole, status)}
          whole={whole}
          query={query}
          dispatch={dispatch}
        />
      )}
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
