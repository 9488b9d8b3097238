import type { English } from '#core/words/translate.ts';
import { english } from '#core/words/translate.ts';
import type { PageAction } from '#protocol/page/compare.ts';

import type { PageState } from './pageState.ts';
import { canFlip, canIgnore, canStep, canStepInside, canUndo, canWalk } from './pageState.ts';

/** What a key does, and its button. One table serves both. */
export interface ActionRow<Action> {
  readonly key: string;
  readonly action: Action;
  readonly label: English;
  readonly title: English;
  /** If false, the button is disabled and the key does nothing. */
  readonly isEnabled: (state: PageState) => boolean;
  /** Repeats while the key is held. */
  readonly repeats?: true;
  /** It has its place in the menu of the bar. */
  readonly isRare?: true;
}

/** Actions of every page that shows pairs. */
export const WALK = [
  {
    key: 'k',
    action: 'previous',
    label: english('Previous'),
    title: english('Previous finding'),
    isEnabled: canWalk,
    repeats: true,
  },
  {
    key: 'j',
    action: 'next',
    label: english('Next'),
    title: english('Next finding'),
    isEnabled: canWalk,
    repeats: true,
  },
  {
    key: '[',
    action: 'previousInRecord',
    label: english('Previous pair of record'),
    title: english('Previous pair of this record'),
    isEnabled: canStepInside,
    repeats: true,
    isRare: true,
  },
  {
    key: ']',
    action: 'nextInRecord',
    label: english('Next pair of record'),
    title: english('Next pair of this record'),
    isEnabled: canStepInside,
    repeats: true,
    isRare: true,
  },
  {
    key: 'f',
    action: 'flip',
    label: english('Flip'),
    title: english('Swap chosen and rejected'),
    isEnabled: canFlip,
  },
] as const satisfies readonly ActionRow<string>[];

export const IGNORE = {
  key: 'a',
  action: 'keep',
  label: english('Ignore…'),
  title: english('Ignore a finding of this pair, and give the reason'),
  isEnabled: canIgnore,
} as const satisfies ActionRow<string>;

const hasView = ({ view }: PageState): boolean => view !== undefined;
const hasPair = ({ view }: PageState): boolean => view?.kind === 'pair';

/** Actions of the compare page. */
export const ACTIONS: readonly ActionRow<PageAction>[] = [
  ...WALK,
  {
    key: 'u',
    action: 'undo',
    label: english('Undo'),
    title: english('Undo the last flip made here'),
    isEnabled: canUndo,
  },
  IGNORE,
  {
    key: 'o',
    action: 'reveal',
    label: english('Show in file'),
    title: english('Show the record in the text editor'),
    isEnabled: hasView,
  },
  {
    key: 'p',
    action: 'previousPair',
    label: english('Previous pair'),
    title: english('Previous pair of the file'),
    isEnabled: canStep,
    repeats: true,
    isRare: true,
  },
  {
    key: 'n',
    action: 'nextPair',
    label: english('Next pair'),
    title: english('Next pair of the file'),
    isEnabled: canStep,
    repeats: true,
    isRare: true,
  },
  {
    key: 'g',
    action: 'diff',
    label: english('Open in diff editor'),
    title: english("Open both texts in VS Code's diff editor"),
    isEnabled: hasPair,
    isRare: true,
  },
  {
    key: 'z',
    action: 'widen',
    label: english('Open in a wide tab'),
    title: english('Move this view to a tab of full width'),
    isEnabled: hasView,
    isRare: true,
  },
];

/**
 * The fields of a KeyboardEvent that we read. They are getters of its prototype, so a copy made with `...` has none of them:
 * pass the event itself.
 */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  /** An input method is handling the key. */
  readonly isComposing: boolean;
  /** The key is held. */
  readonly repeat: boolean;
  /** Milliseconds since the page opened. */
  readonly timeStamp: number;
  readonly target: unknown;
}

/** Keys that an input method handles, and keys that wait for the next key. */
const UNFINISHED = new Set(['Process', 'Dead', 'Unidentified', 'Compose']);

const TYPED_INTO = new Set(['INPUT', 'TEXTAREA', 'SELECT']);

/** The press belongs to a text that the person types. */
export function isTyping({ isComposing, key, target }: KeyPress): boolean {
  if (isComposing || UNFINISHED.has(key)) return true;
  if (typeof target !== 'object' || target === null) return false;
  const { tagName, isContentEditable } = target as { tagName?: unknown; isContentEditable?: unknown };
  return isContentEditable === true || (typeof tagName === 'string' && TYPED_INTO.has(tagName.toUpperCase()));
}

/** A key that a person types into a field, or moves in it with: VS Code would take it for a key of a review. */
export function isOfField(press: KeyPress): boolean {
  const { key, ctrlKey, altKey, metaKey } = press;
  return isTyping(press) && !ctrlKey && !altKey && !metaKey && !/^F\d+$/.test(key);
}

/** False for keys with Ctrl, Alt, Meta or Shift, which belong to the editor, and for typed text. */
export function isPlain(press: KeyPress): boolean {
  return !press.ctrlKey && !press.altKey && !press.metaKey && !press.shiftKey && !isTyping(press);
}

/** The row of a table for a key press, enabled or not. */
export function rowFor<Action>(
  rows: readonly ActionRow<Action>[],
  press: KeyPress,
  key: string = press.key,
): ActionRow<Action> | undefined {
  // Caps Lock makes a plain key a capital letter.
  const row = isPlain(press) ? rows.find((one) => one.key === key.toLowerCase()) : undefined;
  return press.repeat && !row?.repeats ? undefined : row;
}

/**
 * The enabled action of a key press in a table; undefined if there is none.
 * @param key replaces the key pressed
 */
export function actionIn<Action>(
  rows: readonly ActionRow<Action>[],
  press: KeyPress,
  state: PageState,
  key: string = press.key,
): Action | undefined {
  const row = rowFor(rows, press, key);
  return row?.isEnabled(state) ? row.action : undefined;
}

/** Left and right arrows step through findings. */
const ARROWS: Readonly<Record<string, string>> = { ArrowRight: 'j', ArrowLeft: 'k' };

/** The action of a key press in the compare page; undefined if there is none. */
export function actionFor(press: KeyPress, state: PageState): PageAction | undefined {
  return actionIn(ACTIONS, press, state, ARROWS[press.key]);
}
