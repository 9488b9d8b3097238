// The compare page: its state, and how each event changes it. Effects are data; comparePage.ts carries them out.
import type { PageAction } from '#protocol/page/compare.ts';
import type { ActionResult, ShownPair, ShownView } from '#protocol/page/pair.ts';

import { followShown } from './follow.ts';
import type { PageState } from './pageState.ts';
import { editsOf, pairOf } from './pageState.ts';
import type { RecordEffect, RecordEvent, RecordState } from './viewOptions.ts';
import { DEFAULT_OPTIONS, onRecordEvent } from './viewOptions.ts';
import { doneText } from './words.ts';

export interface CompareState extends RecordState {
  /** Undefined until the first one arrives. */
  readonly shown: ShownView | undefined;
  /** Why the last action failed. */
  readonly notice: string | undefined;
  /** Edits that the client has not answered yet. */
  readonly editing: number;
  /** What a screen reader says next. */
  readonly said: string;
}

export const INITIAL: CompareState = {
  shown: undefined,
  notice: undefined,
  options: DEFAULT_OPTIONS,
  strings: undefined,
  tokens: undefined,
  editing: 0,
  said: '',
};

export type CompareEvent =
  | RecordEvent
  | { readonly kind: 'viewReceived'; readonly shown: ShownView }
  | { readonly kind: 'actionChosen'; readonly action: PageAction }
  | {
      readonly kind: 'actionDone';
      readonly at: ShownPair;
      readonly result: ActionResult;
      readonly action: PageAction;
    }
  /** Without an action, the page itself failed. */
  | { readonly kind: 'actionFailed'; readonly reason: string; readonly action?: PageAction }
  | { readonly kind: 'mappingWanted' };

export type CompareEffect =
  | RecordEffect
  | { readonly kind: 'act'; readonly action: PageAction; readonly at: ShownPair }
  /** To the top of the page. */
  | { readonly kind: 'scrollPage' }
  | { readonly kind: 'mapFields' };

type Step = readonly [CompareState, ...CompareEffect[]];

function isSame(a: ShownPair | undefined, b: ShownPair): boolean {
  return a?.uri === b.uri && a.record === b.record && a.pair === b.pair;
}

export function pageState({ shown, editing }: CompareState): PageState {
  return { view: shown?.view, undoCount: (shown?.undoCount ?? 0) + editing, isReadOnly: false };
}

function show(state: CompareState, shown: ShownView): Step {
  const isMoved = !isSame(state.shown?.view, shown.view);
  const next = { ...state, shown, notice: isMoved ? undefined : state.notice };
  return isMoved ? [next, { kind: 'scrollPage' }] : [next];
}

function handle(state: CompareState, event: CompareEvent): Step {
  switch (event.kind) {
    case 'viewReceived':
      return show(state, event.shown);
    case 'actionChosen': {
      const { shown } = state;
      if (!shown) return [state];
      return [
        { ...state, notice: undefined, editing: state.editing + editsOf(event.action) },
        { kind: 'act', action: event.action, at: pairOf(shown.view) },
      ];
    }
    case 'actionDone': {
      const { at, result, action } = event;
      const editing = state.editing - editsOf(action);
      const next = {
        ...state,
        editing,
        ...(result && { said: doneText(action, result.view, 'line') }),
      };
      // Another pair, or a newer state of this one, may have arrived before the reply.
      const isLate = !isSame(state.shown?.view, at) || (result?.revision ?? 0) < (state.shown?.revision ?? 0);
      return result && !isLate ? show(next, result) : [next];
    }
    case 'actionFailed':
      return [{ ...state, notice: event.reason, editing: state.editing - editsOf(event.action) }];
    case 'mappingWanted':
      return [state, { kind: 'mapFields' }];
    case 'optionToggled':
    case 'templateChosen':
    case 'optionsReceived':
    case 'stringsReceived':
    case 'stringsRetried':
    case 'markerChosen':
    case 'tokensReceived':
    case 'tokensRetried':
    case 'linkChosen':
    case 'placeChosen':
      return onRecordEvent(state, event);
  }
}

export function reduce(state: CompareState, event: CompareEvent): Step {
  const [handled, ...effects] = handle(state, event);
  const [next, ...requests] = followShown(state, handled, ({ shown }) => shown?.view);
  return [next, ...effects, ...requests];
}
