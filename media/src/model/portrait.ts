// The portrait on the dataset page: what is loaded of it, whether it is open, and what a drag over a figure selects.
import type { Brush } from '#core/drawing/figure.ts';
import { plural } from '#core/words/numbers.ts';
import { t } from '#core/words/translate.ts';
import type { PortraitResult } from '#protocol/editor/portrait.ts';
import type { DatasetStatus } from '#protocol/editor/status.ts';
import type { PortraitScope } from '#protocol/page/dataset.ts';

/** A portrait as far as it is loaded. */
interface Loaded {
  /** The latest that arrived; it may show an older state of the file. */
  readonly result: PortraitResult | undefined;
  /** Why the latest could not be loaded. */
  readonly failure: string | undefined;
}

/** The portrait of the rows that a filter keeps. */
export interface RowsPortrait extends Loaded {
  readonly query: string;
  /** The state of the file for which it was requested last. */
  readonly revision: number;
}

export interface PortraitState extends Loaded {
  /** Shown in the place of the rows. */
  readonly isOpen: boolean;
  /** What the person wants to see. Without a filter, it is the file in any case. */
  readonly scope: PortraitScope;
  /** Undefined until it is wanted. */
  readonly rows: RowsPortrait | undefined;
}

export const NO_PORTRAIT: PortraitState = {
  isOpen: false,
  result: undefined,
  failure: undefined,
  scope: 'file',
  rows: undefined,
};

export type PortraitEvent =
  | { readonly kind: 'opened' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'scopeChosen'; readonly scope: PortraitScope }
  | { readonly kind: 'rowsRequested'; readonly query: string; readonly revision: number }
  /** `query`: '' for the file. */
  | { readonly kind: 'loaded'; readonly query: string; readonly result: PortraitResult }
  | { readonly kind: 'failed'; readonly query: string; readonly reason: string };

function withLoaded(
  state: PortraitState,
  query: string,
  loaded: Partial<Loaded> & Pick<Loaded, 'failure'>,
): PortraitState {
  if (query === '') return { ...state, ...loaded };
  return state.rows?.query === query ? { ...state, rows: { ...state.rows, ...loaded } } : state;
}

export function reducePortrait(state: PortraitState, event: PortraitEvent): PortraitState {
  switch (event.kind) {
    case 'opened':
      return { ...state, isOpen: true };
    case 'closed':
      return { ...state, isOpen: false };
    case 'scopeChosen':
      return { ...state, scope: event.scope };
    case 'rowsRequested': {
      const { query, revision } = event;
      // Until the next one arrives, an older state of the same rows is shown.
      const before = state.rows?.query === query ? state.rows.result : undefined;
      return { ...state, rows: { query, revision, result: before, failure: undefined } };
    }
    case 'loaded':
      return withLoaded(state, event.query, { result: event.result, failure: undefined });
    case 'failed':
      return withLoaded(state, event.query, { failure: event.reason });
  }
}

/** The filter of which the portrait is shown; '' for the file. */
export function shownQuery({ scope }: PortraitState, query: string): string {
  return scope === 'rows' ? query : '';
}

/** The portrait to show with a filter. */
export function shownPortrait(state: PortraitState, query: string): Loaded {
  const wanted = shownQuery(state, query);
  if (wanted === '') return state;
  return state.rows?.query === wanted ? state.rows : { result: undefined, failure: undefined };
}

/** "1,234 filtered rows", as far as they are counted. */
export function rowsWords({ rows }: PortraitState, query: string): string {
  const counts = rows?.query === query ? rows.result?.portrait?.counts : undefined;
  return counts ? plural(counts.records, 'filtered row') : t('Filtered rows');
}

/** The rows of a bar within those of a filter. */
export function narrowed(filter: string, query: string): string {
  const grouped = (one: string): string => (/\bOR\b/.test(one) ? `(${one})` : one);
  return filter === '' ? query : `${grouped(filter)} ${grouped(query)}`;
}

/** A newer portrait can be made. */
export function isPortraitDue(before: DatasetStatus | undefined, status: DatasetStatus): boolean {
  if (status.phase === 'reading') return false;
  return before?.revision !== status.revision || before.phase === 'reading';
}

/** Why there are no margins, and what to do; undefined while nothing can be said. */
export function whyNoMargins(status: DatasetStatus | undefined): string | undefined {
  if (!status) return undefined;
  if (status.phase === 'scoring') return `${status.progress ?? t('Scoring')}…`.replace(/…+$/, '…');
  return status.reason ?? t('Nothing is scored yet. Run "PrefLens: Score This File".');
}

/**
 * Why there is no portrait, or what is wrong with the one that is shown.
 * @param fault of the filter, if the portrait is of its rows
 */
export function portraitMessage(
  { result, failure }: Loaded,
  status: DatasetStatus | undefined,
  fault?: unknown,
): string | undefined {
  if (failure !== undefined) return t("Can't make the portrait: {0}", failure);
  if (result?.portrait) return undefined;
  // The filter box says what is wrong.
  if (fault !== undefined) return t('No rows: correct the filter.');
  return status?.phase === 'failed' ? (status.reason ?? t('The file cannot be read.')) : t('Reading…');
}

/** What figures count, where it is not what the list of rows shows; and how far scoring is. */
export function countsMessage({ result }: Loaded, status: DatasetStatus | undefined): string | undefined {
  const { counts } = result?.portrait ?? {};
  if (!counts) return undefined;
  const several =
    counts.pairs > counts.records
      ? t(
          'Figures count the {0}; rows are the {1}, which hold several.',
          plural(counts.pairs, 'pair'),
          plural(counts.records, 'record'),
        )
      : undefined;
  const scoring = status?.phase === 'scoring' ? `${status.progress ?? t('Scoring')}.` : undefined;
  const parts = [scoring, several].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(' ');
}

/** The bins between two places of a picture, in its own units; undefined for a click. */
export function brushedBins(
  { left, right, first, last }: Brush,
  from: number,
  to: number,
): readonly [first: number, last: number] | undefined {
  if (Math.abs(to - from) < 4) return undefined;
  const width = (right - left) / (last - first + 1);
  const binAt = (x: number): number =>
    Math.min(last, Math.max(first, first + Math.floor((x - left) / width)));
  const [low, high] = [Math.min(from, to), Math.max(from, to)];
  return [binAt(low), binAt(high)];
}
