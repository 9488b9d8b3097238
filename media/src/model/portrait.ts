// The portrait on the dataset page: what is loaded of it, whether it is open, and what a drag over a figure selects.
import type { Brush } from '#core/drawing/figure.ts';
import { plural } from '#core/words/numbers.ts';
import { t } from '#core/words/translate.ts';
import type { PortraitResult } from '#protocol/editor/portrait.ts';
import type { DatasetStatus } from '#protocol/editor/status.ts';

export interface PortraitState {
  /** Shown in the place of the rows. */
  readonly isOpen: boolean;
  /** The latest that arrived; it may show an older state of the file. */
  readonly result: PortraitResult | undefined;
  /** Why the latest could not be loaded. */
  readonly failure: string | undefined;
}

export const NO_PORTRAIT: PortraitState = { isOpen: false, result: undefined, failure: undefined };

export type PortraitEvent =
  | { readonly kind: 'opened' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'loaded'; readonly result: PortraitResult }
  | { readonly kind: 'failed'; readonly reason: string };

export function reducePortrait(state: PortraitState, event: PortraitEvent): PortraitState {
  switch (event.kind) {
    case 'opened':
      return { ...state, isOpen: true };
    case 'closed':
      return { ...state, isOpen: false };
    case 'loaded':
      return { ...state, result: event.result, failure: undefined };
    case 'failed':
      return { ...state, failure: event.reason };
  }
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

/** Why there is no portrait, or what is wrong with the one that is shown. */
export function portraitMessage(
  { result, failure }: PortraitState,
  status: DatasetStatus | undefined,
): string | undefined {
  if (failure !== undefined) return t("Can't make the portrait: {0}", failure);
  if (result?.portrait) return undefined;
  return status?.phase === 'failed' ? (status.reason ?? t('The file cannot be read.')) : t('Reading…');
}

/** What figures count, where it is not what the list of rows shows; and how far scoring is. */
export function countsMessage(
  { result }: PortraitState,
  status: DatasetStatus | undefined,
): string | undefined {
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
