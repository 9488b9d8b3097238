// The token strings of the pair on the screen, where a model's own template writes them. What is wanted follows from what is
// shown, so no event has to ask for it.
import type { Conversation, TemplateView, Written } from '#protocol/editor/templates.ts';
import type { PairView, RecordView } from '#protocol/editor/views.ts';
import type { ViewOptions } from '#protocol/page/options.ts';

import { chatTemplate, conversationOf } from './chatTemplates.ts';
import { showsAllCandidates } from './pageState.ts';

export interface WantedStrings {
  readonly uri: string;
  readonly template: TemplateView;
  /** Of the chosen and of the rejected answer. */
  readonly conversations: readonly [Conversation, Conversation];
}

export interface TokenStrings {
  readonly of: WantedStrings;
  /** Of both conversations; undefined until they arrive. */
  readonly written: readonly Written[] | undefined;
}

export interface StringsReceived {
  readonly kind: 'stringsReceived';
  readonly of: WantedStrings;
  readonly written: readonly Written[];
}

export interface RequestStrings {
  readonly kind: 'requestStrings';
  readonly wanted: WantedStrings;
}

/** The chosen template, if it is one of the models of a pair's file. */
export function ownTemplate(
  { templates }: PairView,
  { template }: Pick<ViewOptions, 'template'>,
): TemplateView | undefined {
  return chatTemplate(template) ? undefined : templates?.find(({ id }) => id === template);
}

function wantedStrings(view: RecordView | undefined, options: ViewOptions): WantedStrings | undefined {
  if (view?.kind !== 'pair' || showsAllCandidates(view, options)) return undefined;
  const template = ownTemplate(view, options);
  return (
    template && {
      uri: view.uri,
      template,
      conversations: [conversationOf(view.prompt, view.chosen), conversationOf(view.prompt, view.rejected)],
    }
  );
}

function isSameTalk(a: Conversation, b: Conversation): boolean {
  return a.length === b.length && a.every(({ role, text }, i) => role === b[i]?.role && text === b[i].text);
}

function isSame(a: WantedStrings, b: WantedStrings): boolean {
  const [[chosen, rejected], [otherChosen, otherRejected]] = [a.conversations, b.conversations];
  return (
    a.uri === b.uri &&
    a.template.id === b.template.id &&
    isSameTalk(chosen, otherChosen) &&
    isSameTalk(rejected, otherRejected)
  );
}

/** What of a page's state the strings depend on. */
interface Page {
  readonly options: ViewOptions;
  readonly strings: TokenStrings | undefined;
}

/** Takes what arrived, if it is still wanted. */
export function withStrings<State extends Page>(state: State, { of, written }: StringsReceived): State {
  return state.strings && isSame(state.strings.of, of) ? { ...state, strings: { of, written } } : state;
}

export function requestStrings<State extends Page>(
  state: State,
  wanted: WantedStrings,
): readonly [State, RequestStrings] {
  return [
    { ...state, strings: { of: wanted, written: undefined } },
    { kind: 'requestStrings', wanted },
  ];
}

/**
 * Requests the strings of what is shown now.
 * @param shown the record that a state shows
 */
export function followStrings<State extends Page>(
  before: State,
  after: State,
  shown: (state: State) => RecordView | undefined,
): readonly [State] | readonly [State, RequestStrings] {
  const view = shown(after);
  // A file that is scored sends the same pair several times a second.
  if (before.options === after.options && shown(before) === view) return [after];
  const wanted = wantedStrings(view, after.options);
  if (!wanted) return [after.strings ? { ...after, strings: undefined } : after];
  if (after.strings && isSame(after.strings.of, wanted)) return [after];
  return requestStrings(after, wanted);
}
