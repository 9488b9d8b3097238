// Steps of the pair beside the list: which one is shown, and which one is loaded before the person goes to it.
import type { ShownView } from '#protocol/page/pair.ts';

import type { Step } from './datasetEvents.ts';
import type { DatasetState, PairAhead, PairPlace } from './datasetState.ts';
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
      ? requestPlace(next, view, isMoved ? 'jump' : 'stay')
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
  const isWanted = state.ahead.some((one) => isSame(at, one.at));
  return isWanted
    ? { ...state, ahead: state.ahead.map((one) => (isSame(at, one.at) ? { at, shown } : one)) }
    : state;
}

/** Shows the selected pair at once if it was loaded ahead. Its latest state is on its way. */
export function showAhead(state: DatasetState): Step {
  const held = state.ahead.find(({ at }) => isSame(at, state.selected))?.shown;
  return held && !isOutdated(held, state) && !isShown(state) ? showInPlace(state, held) : [state];
}

/** Pairs that are loaded ahead: a request takes as long as a few presses of a key that is held down. */
const PAIRS_AHEAD = 3;

/** Requests the pairs that the next keys most likely show. */
export function lookAhead(state: DatasetState): Step {
  const { ahead, layout, review, shown, index, heading } = state;
  if (!shown || !isShown(state) || isOutdated(shown, state)) return [state];
  if (layout === 'list' || isReviewing(review)) return [state];
  const store = storeOf(state);
  // From a gap, the first step leads to the row right beside it.
  const from = heading > 0 ? Math.floor(index) : Math.ceil(index);
  const rows = Array.from({ length: PAIRS_AHEAD }, (_, i) => rowAt(store, from + heading * (i + 1)));
  const next = rows.flatMap((row): PairAhead[] => {
    if (!row) return [];
    const at = { record: row.record, pair: row.pair };
    const held = ahead.find((one) => isSame(at, one.at));
    return [held && !(held.shown && isOutdated(held.shown, state)) ? held : { at, shown: undefined }];
  });
  const requested = next.filter((one) => !ahead.includes(one));
  const left = ahead.filter((one) => !next.includes(one));
  if (requested.length === 0 && left.length === 0) return [state];
  return [
    { ...state, ahead: next },
    ...left.filter((one) => !one.shown).map(({ at }) => ({ kind: 'cancelAhead', at }) as const),
    ...requested.map(({ at }) => ({ kind: 'requestAhead', at }) as const),
  ];
}
