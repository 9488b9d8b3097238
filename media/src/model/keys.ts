import type { PageAction } from '#protocol/page/compare.ts';

import type { PageState } from './pageState.ts';
import { canFlip, canKeep, canUndo, canWalk } from './pageState.ts';

/** What a key does, and the words on its button. One table serves keyboard, buttons and help. */
export interface ActionRow<Action> {
  readonly key: string;
  readonly action: Action;
  readonly label: string;
  readonly title: string;
  /** The action can do something now: else its button is disabled, and its key does nothing. */
  readonly isEnabled: (state: PageState) => boolean;
  /** Goes on while the key is held. */
  readonly repeats?: true;
}

/** What every page that shows a pair can do. */
export const WALK = [
  {
    key: 'k',
    action: 'previous',
    label: 'Previous',
    title: 'Previous finding',
    isEnabled: canWalk,
    repeats: true,
  },
  { key: 'j', action: 'next', label: 'Next', title: 'Next finding', isEnabled: canWalk, repeats: true },
  { key: 'f', action: 'flip', label: 'Flip', title: 'Exchange chosen and rejected', isEnabled: canFlip },
] as const satisfies readonly ActionRow<string>[];

export const KEEP = {
  key: 'a',
  action: 'keep',
  label: 'Keep…',
  title: 'Accept the pair as it is: silence its finding, with a reason',
  isEnabled: canKeep,
} as const satisfies ActionRow<string>;

/** Of the compare page. */
export const ACTIONS: readonly ActionRow<PageAction>[] = [
  ...WALK,
  {
    key: 'u',
    action: 'undo',
    label: 'Undo',
    title: 'Take back the last flip made here',
    isEnabled: canUndo,
  },
  KEEP,
  {
    key: 'o',
    action: 'reveal',
    label: 'Show in file',
    title: 'Go to the record in the text editor',
    isEnabled: ({ view }) => view !== undefined,
  },
];

/**
 * What is read of a key press. The fields of a KeyboardEvent are getters of its prototype: a copy by spreading has none of
 * them, so an event is always passed on as it is.
 */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  /** An input method is at work on the key. */
  readonly isComposing: boolean;
  /** The key is held. */
  readonly repeat: boolean;
  readonly target: unknown;
}

/** Keys that an input method takes, and keys that wait for the next one. */
const UNFINISHED = new Set(['Process', 'Dead', 'Unidentified', 'Compose']);

const TYPED_INTO = new Set(['INPUT', 'TEXTAREA', 'SELECT']);

function isTyping({ isComposing, key, target }: KeyPress): boolean {
  if (isComposing || UNFINISHED.has(key)) return true;
  if (typeof target !== 'object' || target === null) return false;
  const { tagName, isContentEditable } = target as { tagName?: unknown; isContentEditable?: unknown };
  return isContentEditable === true || (typeof tagName === 'string' && TYPED_INTO.has(tagName.toUpperCase()));
}

/** Keys with Ctrl, Alt, Meta or Shift belong to the editor, and keys that are typed belong to a text. */
export function isPlain(press: KeyPress): boolean {
  return !press.ctrlKey && !press.altKey && !press.metaKey && !press.shiftKey && !isTyping(press);
}

/**
 * The action of a key press in a table, or undefined where it has none now.
 * @param key the key that counts, where it is not the one pressed
 */
export function actionIn<Action>(
  rows: readonly ActionRow<Action>[],
  press: KeyPress,
  state: PageState,
  key: string = press.key,
): Action | undefined {
  if (!isPlain(press)) return undefined;
  // With Caps Lock a plain key is a capital letter.
  const row = rows.find((one) => one.key === key.toLowerCase());
  if (!row?.isEnabled(state) || (press.repeat && !row.repeats)) return undefined;
  return row.action;
}

/** Arrows walk where no list takes them. */
const ARROWS: Readonly<Record<string, string>> = { ArrowRight: 'j', ArrowLeft: 'k' };

/** The action of a key press in the compare page, or undefined. */
export function actionFor(press: KeyPress, state: PageState): PageAction | undefined {
  return actionIn(ACTIONS, press, state, ARROWS[press.key]);
}
