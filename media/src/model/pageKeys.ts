// Keys that a page shares with VS Code: which letters are still meant for the page.
import type { KeyPress } from './keys.ts';
import { isPlain } from './keys.ts';

/** Milliseconds that VS Code may need on a busy machine to move the focus, or to wait for the second key of a chord. */
const EDITOR_KEY_MS = 1000;

/** Keys that leave the focus where it is, with Ctrl: copy, cut, paste, save, undo, redo, all, the ends of a list. */
const STAYING = new Set(['c', 'x', 'v', 's', 'z', 'y', 'a', 'home', 'end']);

const MODIFIERS = new Set(['Control', 'Shift', 'Alt', 'AltGraph', 'Meta']);

function isEditorKey({ key, ctrlKey, altKey, metaKey }: KeyPress): boolean {
  if (/^F\d+$/.test(key)) return true;
  return (ctrlKey || altKey || metaKey) && !MODIFIERS.has(key) && !STAYING.has(key.toLowerCase());
}

export interface PageKeys {
  /** True if the key did something. */
  readonly press: (press: KeyPress) => boolean;
  /** The person pointed at the page or came back to it: letters are for the page. */
  readonly settle: () => void;
  /** The last key was a letter that is not for the page, whatever VS Code makes of it. */
  readonly isAway: () => boolean;
}

/**
 * Keys of a page, without the letters that a person types right after a key for VS Code. VS Code moves the focus to its
 * own input a moment after Ctrl+P, and letters that come before would edit records.
 * @param act carries out a key; false if the page has no use for it
 */
export function pageKeys(act: (press: KeyPress) => boolean): PageKeys {
  let waitsUntil = 0;
  let isAway = false;
  return {
    press(press) {
      if (press.key === 'Escape') waitsUntil = 0;
      const isLetter = press.key.length === 1 && isPlain(press);
      isAway = isLetter && press.timeStamp < waitsUntil;
      if (!isAway && act(press)) return true;
      if (isAway || isEditorKey(press)) waitsUntil = press.timeStamp + EDITOR_KEY_MS;
      return false;
    },
    settle() {
      waitsUntil = 0;
      isAway = false;
    },
    isAway: () => isAway,
  };
}
