// Steps of the pair beside the list: which one is shown, and which one is loaded before the person goes to it.
import type { ShownView } from '#protocol/page/pair.ts';

import type { Step } from './datasetEvents.ts';
import type { DatasetState, PairPlace } from './datasetState.ts';
import { isSame, isShown, storeOf } from './datasetState.ts';
import { jumpTo } from './listSteps.ts';
import { isReviewing } from './review.ts';
import { rowAt } from './rowStore.ts';
import { indexOf, requestPlace } from './selectionSteps.ts';

/** Shows a pair, and selects it. */
export function show(state: DatasetState, shown: ShownView): Step {
  const { view } = shown;
  const isMoved = !isSame(state.selected, view);
  const index = indexOf(state, view);
  const next: DatasetState = {
    ...state,
    shown,
    selected: { record: view.record, pair: view.pair },
    index: index ?? state.index,
    pairFailure: undefined,
  };
  const scrolled: Step =
    index === undefined
      ? requestPlace(next, view, isMoved ? 'jump' : 'note')
      : isMoved && index >= 0
        ? jumpTo(next, index)
        : [next];
  return isSame(state.shown?.view, view) ? scrolled : [...scrolled, { kind: 'scrollPair' }];
}

export function isOutdated(
  { revision }: { readonly revision: number },
  { status }: Pick<DatasetState, 'status'>,
): boolean {
  return status !== undefined && revision < status.revision;
}

/** An outdated state of the pair on the screen is dropped: a newer one is on its way. */
export function showNewest(state: DatasetState, shown: ShownView): Step {
  return isShown(state) && isOutdated(shown, state) ? [state] : show(state, shown);
}

/** The pair of the row that was selected: it stands where the row is. */
function showInPlace(state: DatasetState, shown: ShownView): Step {
  const [next, ...effects] = showNewest(state, shown);
  return [next, ...effects.filter(({ kind }) => kind !== 'requestPlace')];
}

/** It was loaded ahead, and is on the screen. Each change of the file has a revision of its own. */
function isOnScreen(state: DatasetState, { view, revision, undoCount }: ShownView): boolean {
  const { shown, pairFailure } = state;
  return (
    pairFailure === undefined &&
    isShown(state) &&
    view.kind === shown?.view.kind &&
    revision === shown.revision &&
    undoCount === shown.undoCount
  );
}

/** @param at the pair that was requested */
export function onPairLoaded(state: DatasetState, at: PairPlace, shown: ShownView): Step {
  return isSame(at, state.selected) && !isOnScreen(state, shown) ? showInPlace(state, shown) : [state];
}

/** @param shown undefined if the pair could not be loaded: it is requested when the person goes to it */
export function onAheadLoaded(
  state: DatasetState,
  at: PairPlace,
  shown: ShownView | undefined,
): DatasetState {
  return isSame(at, state.ahead?.at) ? { ...state, ahead: { at, shown } } : state;
}

/** Shows the selected pair at once if it was loaded ahead. Its latest state is on its way. */
export function showAhead(state: DatasetState): Step {
  const { ahead, selected } = state;
  const isHeld = ahead?.shown && isSame(ahead.at, selected) && !isOutdated(ahead.shown, state);
  return isHeld && !isShown(state) ? showInPlace(state, ahead.shown) : [state];
}

/** Requests the pair that the next key most likely shows. */
export function lookAhead(state: DatasetState): Step {
  const { ahead, layout, review, shown, index, heading } = state;
  if (!shown || !isShown(state) || isOutdated(shown, state)) return [state];
  if (layout === 'list' || isReviewing(review)) return [state];
  const row = rowAt(storeOf(state), index + heading);
  if (!row) return [state];
  const at = { record: row.record, pair: row.pair };
  const isHeld = isSame(at, ahead?.at) && !(ahead?.shown && isOutdated(ahead.shown, state));
  return isHeld
    ? [state]
    : [
        { ...state, ahead: { at, shown: undefined } },
        { kind: 'requestAhead', at },
      ];
}
