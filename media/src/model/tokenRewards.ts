// Rewards of single tokens of the pair on the screen. As with token strings, what is wanted follows from what is shown.
import type { Outcome } from '#protocol/editor/outcome.ts';
import type { PairTokens, TokenScorerView } from '#protocol/editor/tokens.ts';
import type { PairView, RecordView } from '#protocol/editor/views.ts';
import type { ViewOptions } from '#protocol/page/options.ts';

import { hasWordReasons } from './answerMarks.ts';
import { chatTemplate } from './chatTemplates.ts';
import { showsAllCandidates } from './pageState.ts';
import { ownTemplate } from './tokenStrings.ts';

export interface WantedTokens {
  readonly uri: string;
  readonly record: number;
  readonly pair: number;
  readonly pairKey: string;
  readonly scorer: TokenScorerView;
  /** A flip exchanges the answers of a pair, and nothing else that names it. */
  readonly texts: readonly [chosen: string, rejected: string];
}

export interface TokenRewards {
  readonly of: WantedTokens;
  /** Undefined until they arrive. */
  readonly found: Outcome<PairTokens> | undefined;
}

export type TokenEvent =
  | { readonly kind: 'tokensReceived'; readonly of: WantedTokens; readonly found: Outcome<PairTokens> }
  /** The person wants them once more. */
  | { readonly kind: 'tokensRetried' };

/** Without `wanted`, what was requested is not wanted any more. */
export interface RequestTokens {
  readonly kind: 'requestTokens';
  readonly wanted: WantedTokens | undefined;
}

/** The scorers whose numbers can mark a pair: that of the words, and those of tokens. */
export function markers(view: PairView): readonly (TokenScorerView | 'words')[] {
  const { tokenScorers = [] } = view;
  return hasWordReasons(view) ? ['words', ...tokenScorers] : tokenScorers;
}

/** How an option names a scorer: its id changes with its settings. */
export const nameOfMarker = (marker: TokenScorerView | 'words'): string =>
  marker === 'words' ? '' : marker.title;

/** The scorer whose numbers mark a pair: the chosen one, else the first. */
export function chosenMarker(
  view: PairView,
  { wordsBy }: Pick<ViewOptions, 'wordsBy'>,
): TokenScorerView | 'words' | undefined {
  const all = markers(view);
  return all.find((one) => nameOfMarker(one) === wordsBy) ?? all[0];
}

function wantedTokens(view: RecordView | undefined, options: ViewOptions): WantedTokens | undefined {
  if (view?.kind !== 'pair' || !options.showsWords || showsAllCandidates(view, options)) return undefined;
  if (chatTemplate(options.template) ?? ownTemplate(view, options)) return undefined;
  const scorer = chosenMarker(view, options);
  const { uri, record, pair, pairKey, chosen, rejected } = view;
  if (scorer === undefined || scorer === 'words' || pairKey === undefined) return undefined;
  return { uri, record, pair, pairKey, scorer, texts: [chosen.text, rejected.text] };
}

function isSame(a: WantedTokens, b: WantedTokens): boolean {
  return (
    a.uri === b.uri &&
    a.pairKey === b.pairKey &&
    a.scorer.id === b.scorer.id &&
    a.texts.every((text, side) => text === b.texts[side])
  );
}

/** What of a page's state the rewards depend on. */
interface Page {
  readonly options: ViewOptions;
  readonly tokens: TokenRewards | undefined;
}

export function requestTokens<State extends Page>(
  state: State,
  wanted: WantedTokens,
): readonly [State, RequestTokens] {
  return [
    { ...state, tokens: { of: wanted, found: undefined } },
    { kind: 'requestTokens', wanted },
  ];
}

/** Takes what arrived, if it is still wanted. */
export function withTokens<State extends Page>(
  state: State,
  { of, found }: Pick<TokenRewards, 'of'> & { readonly found: Outcome<PairTokens> },
): State {
  return state.tokens && isSame(state.tokens.of, of) ? { ...state, tokens: { of, found } } : state;
}

/** Requests the rewards of what is shown now. */
export function followTokens<State extends Page>(
  before: State,
  after: State,
  shown: (state: State) => RecordView | undefined,
): readonly [State] | readonly [State, RequestTokens] {
  const view = shown(after);
  if (before.options === after.options && shown(before) === view) return [after];
  const wanted = wantedTokens(view, after.options);
  if (!wanted)
    return after.tokens
      ? [
          { ...after, tokens: undefined },
          { kind: 'requestTokens', wanted },
        ]
      : [after];
  // The place may be another one by now: rows move.
  if (after.tokens && isSame(after.tokens.of, wanted)) return [after];
  return requestTokens(after, wanted);
}

/** The numbers that are drawn. */
export function foundTokens(tokens: TokenRewards | undefined): PairTokens | undefined {
  return tokens?.found?.ok ? tokens.found.value : undefined;
}
