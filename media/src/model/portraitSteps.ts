// Steps of the portrait: what it is of, and when it is requested.
import type { Step } from './datasetEvents.ts';
import type { DatasetState } from './datasetState.ts';
import type { PortraitEvent } from './portrait.ts';
import { reducePortrait, shownQuery } from './portrait.ts';

export function onPortrait(state: DatasetState, event: PortraitEvent): DatasetState {
  return { ...state, portrait: reducePortrait(state.portrait, event) };
}

/** The rows are shown again. */
export function withRowsShown(state: DatasetState): DatasetState {
  return { ...onPortrait(state, { kind: 'closed' }), review: { ...state.review, isOpen: false } };
}

/** A person who changes the filter in front of the portrait wants to see the portrait of its rows. */
export function followFilter(before: DatasetState, after: DatasetState): DatasetState {
  const { portrait, selection } = after;
  const isChanged = before.selection.query !== selection.query && selection.query !== '';
  return portrait.isOpen && isChanged ? onPortrait(after, { kind: 'scopeChosen', scope: 'rows' }) : after;
}

/** Requests the portrait of the filtered rows, if it is to be seen and was not requested for this state of the file. */
export function requestRowsPortrait(state: DatasetState): Step {
  const { portrait, selection, status } = state;
  const query = shownQuery(portrait, selection.query);
  if (!portrait.isOpen || query === '' || !status || status.phase === 'reading') return [state];
  const { revision } = status;
  if (portrait.rows?.query === query && portrait.rows.revision === revision) return [state];
  return [onPortrait(state, { kind: 'rowsRequested', query, revision }), { kind: 'requestPortrait', query }];
}

function showsRows({ portrait, review }: DatasetState): boolean {
  return !portrait.isOpen && !review.isOpen;
}

/** A hidden list does not scroll: it catches up when it is shown. */
export function scrollShown(before: DatasetState, after: DatasetState): Step {
  if (showsRows(before) || !showsRows(after)) return [after];
  const { scrollTop, scrollLeft } = after.list;
  return [after, { kind: 'scrollList', scrollTop }, { kind: 'scrollSideways', scrollLeft }];
}
