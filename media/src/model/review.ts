// The review on the dataset page: its start, the pair that is shown, and what keys and buttons do.
import type { English } from '#core/words/translate.ts';
import { english, t } from '#core/words/translate.ts';
import type {
  ReviewAction,
  ReviewResult,
  ReviewSource,
  ReviewVerdict,
  ReviewView,
} from '#protocol/editor/review.ts';
import type { ReviewCommand, ReviewPageRequests } from '#protocol/page/review.ts';

import type { ActionRow } from './keys.ts';

type Choices = ReviewPageRequests['reviewChoices']['result'];

export interface ReviewState {
  /** Shown in the place of the rows. */
  readonly isOpen: boolean;
  /** What can be reviewed is shown, not a pair. */
  readonly isPaused: boolean;
  readonly choices: Choices | undefined;
  /** Undefined until a review begins or goes on. */
  readonly view: ReviewView | undefined;
  /** Why nothing can be shown. */
  readonly failure: string | undefined;
  /** A decision is on its way: another key would act on a pair that nobody saw. */
  readonly isBusy: boolean;
  readonly size: number;
  readonly isBlind: boolean;
  /** The keyboard belongs to this page. */
  readonly hasFocus: boolean;
}

export const NO_REVIEW: ReviewState = {
  isOpen: false,
  isPaused: true,
  choices: undefined,
  view: undefined,
  failure: undefined,
  isBusy: false,
  size: 50,
  isBlind: false,
  hasFocus: false,
};

/** Pairs of a queue to choose from. */
export const SIZES = [10, 20, 50, 100, 500];

export type ReviewEvent =
  | { readonly kind: 'opened' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'choicesLoaded'; readonly choices: Choices }
  /** Nothing can be shown, or an action was refused. */
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'sizeChosen'; readonly size: number }
  | { readonly kind: 'blindToggled' }
  | { readonly kind: 'sourceChosen'; readonly source: ReviewSource }
  /** Go on with the review that was kept. */
  | { readonly kind: 'resumed' }
  | { readonly kind: 'begun'; readonly result: ReviewResult }
  /** A review that was paused meanwhile stays paused. Null: the person changed their mind. */
  | { readonly kind: 'stepped'; readonly result: ReviewResult | null }
  | { readonly kind: 'commanded'; readonly command: ReviewCommand }
  | { readonly kind: 'goneTo'; readonly index: number }
  | { readonly kind: 'focusChanged'; readonly hasFocus: boolean }
  /** The file, or what is known of it, changed. */
  | { readonly kind: 'outdated' };

export type ReviewEffect =
  | { readonly kind: 'requestReviewChoices' }
  | ({ readonly kind: 'startReview' } & ReviewPageRequests['startReview']['params'])
  | { readonly kind: 'review'; readonly action: ReviewAction; readonly key?: string }
  | ({ readonly kind: 'noteReview' } & ReviewPageRequests['noteReview']['params']);

type Step = readonly [ReviewState, ...ReviewEffect[]];

/** A pair is shown, and keys act on it. */
export function isReviewing({ isOpen, isPaused, view }: ReviewState): boolean {
  return isOpen && !isPaused && view !== undefined;
}

/** The keys of a review mean this page: a pair is shown, or about to come, so that the first key is not lost. */
export function hasKeys(review: ReviewState): boolean {
  return review.hasFocus && (isReviewing(review) || (review.isOpen && review.isBusy));
}

const REASON = /^reason(\d)$/;

/** The reason that a command gives; undefined for other commands. */
function reasonOf(command: ReviewCommand, { reasons }: ReviewView): string | undefined {
  const [, number] = REASON.exec(command) ?? [];
  return number === undefined ? undefined : reasons[Number(number) - 1];
}

const always = (): boolean => true;
const hasPair = ({ item }: ReviewView): boolean => item.kind === 'pair';
const isOrdered = ({ item, isHidden }: ReviewView): boolean =>
  item.kind === 'pair' && !isHidden && !item.isTie;
const canTie = ({ item, isHidden }: ReviewView): boolean => item.kind === 'pair' && (isHidden || !item.isTie);
const isHiddenPair = ({ item, isHidden }: ReviewView): boolean => item.kind === 'pair' && isHidden;
const isOpenPair = ({ item, isHidden }: ReviewView): boolean => item.kind === 'pair' && !isHidden;

interface ReviewRow {
  readonly key: string;
  readonly action: ReviewCommand;
  readonly label: English;
  readonly title: English;
  readonly isPossible: (view: ReviewView) => boolean;
  /** Shown in blind review alone, or in other reviews alone. */
  readonly isBlind?: boolean;
  readonly isRare?: true;
}

/**
 * The keys are defaults of VS Code's keyboard shortcuts, where people can change them. Verdicts come first: in a narrow
 * view, the last buttons move to the menu.
 */
export const REVIEW_ROWS: readonly ReviewRow[] = [
  {
    key: '←',
    action: 'first',
    label: english('First is better'),
    title: english('The first answer is better'),
    isPossible: isHiddenPair,
    isBlind: true,
  },
  {
    key: '→',
    action: 'second',
    label: english('Second is better'),
    title: english('The second answer is better'),
    isPossible: isHiddenPair,
    isBlind: true,
  },
  {
    key: 'a',
    action: 'keep',
    label: english('Keep'),
    title: english('The label is right'),
    isPossible: isOpenPair,
    isBlind: false,
  },
  {
    key: 'f',
    action: 'flip',
    label: english('Flip'),
    title: english('The label is wrong: swap chosen and rejected'),
    isPossible: isOrdered,
    isBlind: false,
  },
  {
    key: 't',
    action: 'tie',
    label: english('Tie'),
    title: english('Both answers are equal'),
    isPossible: canTie,
  },
  {
    key: 'x',
    action: 'drop',
    label: english('Drop'),
    title: english('The record should go'),
    isPossible: hasPair,
  },
  { key: 's', action: 'skip', label: english('Skip'), title: english('Decide later'), isPossible: hasPair },
  {
    key: 'k',
    action: 'previous',
    label: english('Previous'),
    title: english('Previous pair'),
    isPossible: always,
  },
  { key: 'j', action: 'next', label: english('Next'), title: english('Next pair'), isPossible: always },
  {
    key: 'u',
    action: 'undo',
    label: english('Undo'),
    title: english('Undo the last decision'),
    isPossible: ({ canUndo }) => canUndo,
  },
  {
    key: 'r',
    action: 'reason',
    label: english('Reason…'),
    title: english('Give a reason of your own'),
    isPossible: hasPair,
    isRare: true,
  },
  {
    key: 'g',
    action: 'tags',
    label: english('Tags…'),
    title: english('Tag this pair'),
    isPossible: hasPair,
    isRare: true,
  },
  {
    key: 'Esc',
    action: 'pause',
    label: english('Pause'),
    title: english('Pause; the review goes on later'),
    isPossible: always,
  },
];

/** The buttons of a review, as the bar draws them. */
export function reviewActions(view: ReviewView): readonly ActionRow<ReviewCommand>[] {
  const rows = REVIEW_ROWS.filter(({ isBlind }) => isBlind === undefined || isBlind === view.isHidden);
  return rows.map(({ isPossible, ...row }) => ({ ...row, isEnabled: () => isPossible(view) }));
}

function canDo(command: ReviewCommand, view: ReviewView): boolean {
  if (REASON.test(command)) return hasPair(view) && reasonOf(command, view) !== undefined;
  return REVIEW_ROWS.some(({ action, isPossible }) => action === command && isPossible(view));
}

const VERDICTS: ReadonlySet<string> = new Set<ReviewVerdict>(['keep', 'flip', 'drop', 'tie', 'skip']);

/** What a command asks the server for; undefined for those that the page carries out. */
function actionOf(command: ReviewCommand, view: ReviewView): ReviewAction | undefined {
  if (VERDICTS.has(command)) return { kind: 'decide', verdict: command as ReviewVerdict };
  if (command === 'next' || command === 'previous') return { kind: 'go', to: command };
  if (command === 'first' || command === 'second') return { kind: 'choose', side: command };
  if (command === 'undo') return { kind: 'undo' };
  const reason = reasonOf(command, view);
  return reason === undefined ? undefined : { kind: 'note', reason };
}

function command(state: ReviewState, name: ReviewCommand): Step {
  const { view, isBusy } = state;
  if (!isReviewing(state) || !view || !canDo(name, view)) return [state];
  if (name === 'pause') return [{ ...state, isPaused: true }, { kind: 'requestReviewChoices' }];
  if (name === 'reason' || name === 'tags') {
    const { reason, tags } = view;
    return [state, { kind: 'noteReview', what: name, reason, tags }];
  }
  const action = actionOf(name, view);
  const isMove = action?.kind === 'go';
  if (!action || (isBusy && !isMove)) return [state];
  // A reason stays with its pair, so the verdict may follow at once.
  const leadsOn = !isMove && action.kind !== 'note';
  return [
    { ...state, isBusy: isBusy || leadsOn },
    { kind: 'review', action, key: view.key },
  ];
}

const HERE: ReviewEffect = { kind: 'review', action: { kind: 'go', to: 'here' } };

function withView(state: ReviewState, { view }: ReviewResult): ReviewState {
  return { ...state, view, isBusy: false, failure: undefined };
}

export function reduceReview(state: ReviewState, event: ReviewEvent): Step {
  switch (event.kind) {
    case 'opened':
      return [{ ...state, isOpen: true }, state.isPaused ? { kind: 'requestReviewChoices' } : HERE];
    case 'closed':
      return [{ ...state, isOpen: false }];
    case 'choicesLoaded':
      return [{ ...state, choices: event.choices, failure: undefined }];
    case 'failed':
      return [{ ...state, failure: event.reason, isBusy: false }];
    case 'sizeChosen':
      return [{ ...state, size: event.size }];
    case 'blindToggled':
      return [{ ...state, isBlind: !state.isBlind }];
    case 'sourceChosen': {
      const { size, isBlind } = state;
      return [
        { ...state, isBusy: true, failure: undefined },
        { kind: 'startReview', source: event.source, size, isBlind },
      ];
    }
    case 'resumed':
      return [{ ...state, isOpen: true, isPaused: false, isBusy: true }, HERE];
    case 'begun':
      return [{ ...withView(state, event.result), isPaused: false }];
    case 'stepped':
      return [event.result ? withView(state, event.result) : { ...state, isBusy: false }];
    case 'commanded':
      return command(state, event.command);
    case 'goneTo':
      return [state, { kind: 'review', action: { kind: 'goTo', index: event.index } }];
    case 'focusChanged':
      return [{ ...state, hasFocus: event.hasFocus }];
    case 'outdated':
      if (!state.isOpen || state.isBusy) return [state];
      return [state, state.isPaused ? { kind: 'requestReviewChoices' } : HERE];
  }
}

/** What a screen reader says of a pair that a person came to. */
export function placeText({ queue, verdict, isHidden }: ReviewView): string {
  const place = t('Pair {0} of {1}', queue.index + 1, queue.keys.length);
  if (isHidden) return t('{0}, label hidden', place);
  return verdict ? [place, t(VERDICT_WORDS[verdict])].join(t(', ')) : place;
}

export const VERDICT_WORDS = {
  keep: english('kept'),
  flip: english('label wrong'),
  tie: english('a tie'),
  drop: english('dropped'),
  skip: english('skipped'),
};
