// What a person chose about how records are drawn, and the events of a drawn record. Both pages use them.
import type { ViewOption, ViewOptions } from '#protocol/page/options.ts';

import type { RequestTokens, TokenEvent, TokenRewards } from './tokenRewards.ts';
import { requestTokens, withTokens } from './tokenRewards.ts';
import type { RequestStrings, StringsReceived, TokenStrings } from './tokenStrings.ts';
import { requestStrings, withStrings } from './tokenStrings.ts';

export const DEFAULT_OPTIONS: ViewOptions = {
  isRaw: false,
  showsDifferences: true,
  showsWords: false,
  onlyDifferences: false,
  scrollsTogether: true,
  showsFields: false,
  showsCandidates: false,
  isPinned: false,
};

export interface ShownPlace {
  readonly record: number;
  readonly pair: number;
}

/** What a drawn record asks of its page. */
export type RecordEvent =
  | { readonly kind: 'optionToggled'; readonly option: ViewOption }
  /** Undefined: the answers themselves. */
  | { readonly kind: 'templateChosen'; readonly template: string | undefined }
  /** Whose numbers mark the answers; see `nameOfMarker`. */
  | { readonly kind: 'markerChosen'; readonly name: string }
  | { readonly kind: 'optionsReceived'; readonly options: ViewOptions }
  | StringsReceived
  /** The person wants them once more: the template may be another one now. */
  | { readonly kind: 'stringsRetried' }
  | TokenEvent
  /** A link in a text; only addresses that `isSafeAddress` accepts. */
  | { readonly kind: 'linkChosen'; readonly address: string }
  /** Another pair of the file, which stands as evidence. */
  | { readonly kind: 'placeChosen'; readonly place: ShownPlace };

export type RecordEffect =
  | { readonly kind: 'rememberOptions'; readonly options: ViewOptions }
  | { readonly kind: 'openLink'; readonly address: string }
  | { readonly kind: 'openPlace'; readonly place: ShownPlace }
  | RequestStrings
  | RequestTokens;

export function toggled(options: ViewOptions, option: ViewOption): ViewOptions {
  return { ...options, [option]: !options[option] };
}

/** What a page knows of how its record is drawn. */
export interface RecordState {
  readonly options: ViewOptions;
  /** Undefined unless a model's own template is chosen. */
  readonly strings: TokenStrings | undefined;
  /** Undefined unless a scorer of tokens marks the answers. */
  readonly tokens: TokenRewards | undefined;
}

function choose<State extends RecordState>(
  state: State,
  changed: Partial<ViewOptions>,
): readonly [State, RecordEffect] {
  const options = { ...state.options, ...changed };
  return [
    { ...state, options },
    { kind: 'rememberOptions', options },
  ];
}

/** The state of a page after the event of a drawn record. */
export function onRecordEvent<State extends RecordState>(
  state: State,
  event: RecordEvent,
): readonly [State, ...RecordEffect[]] {
  switch (event.kind) {
    case 'optionToggled':
      return choose(state, toggled(state.options, event.option));
    case 'templateChosen':
      return choose(state, { template: event.template });
    case 'markerChosen':
      return choose(state, { wordsBy: event.name, showsWords: true });
    case 'optionsReceived':
      // Options that an older version did not know keep their default.
      return [{ ...state, options: { ...state.options, ...event.options } }];
    case 'stringsReceived':
      return [withStrings(state, event)];
    case 'stringsRetried':
      return state.strings ? requestStrings(state, state.strings.of) : [state];
    case 'tokensReceived':
      return [withTokens(state, event)];
    case 'tokensRetried':
      return state.tokens ? requestTokens(state, state.tokens.of) : [state];
    case 'linkChosen':
      return [state, { kind: 'openLink', address: event.address }];
    case 'placeChosen':
      return [state, { kind: 'openPlace', place: event.place }];
  }
}
