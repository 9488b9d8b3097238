import type { PageAction } from '#protocol/page.ts';

/** What each key does, and the words on its button. The one table for keyboard, buttons and help. */
export const ACTIONS: readonly {
  readonly key: string;
  readonly action: PageAction;
  readonly label: string;
  readonly title: string;
}[] = [
  { key: 'k', action: 'previous', label: 'Previous', title: 'Previous finding' },
  { key: 'j', action: 'next', label: 'Next', title: 'Next finding' },
  { key: 'f', action: 'flip', label: 'Flip', title: 'Exchange chosen and rejected' },
  { key: 'u', action: 'undo', label: 'Undo', title: 'Take back the last flip made here' },
  { key: 'o', action: 'reveal', label: 'Show in file', title: 'Go to the record in the text editor' },
];

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

/** Keys with Ctrl, Alt or Meta belong to the editor. */
export function isPlain({ ctrlKey, altKey, metaKey }: KeyPress): boolean {
  return !ctrlKey && !altKey && !metaKey;
}

/** The action of a key press, or undefined. */
export function actionFor(press: KeyPress): PageAction | undefined {
  if (!isPlain(press)) return undefined;
  const key = press.key === 'ArrowRight' ? 'j' : press.key === 'ArrowLeft' ? 'k' : press.key.toLowerCase();
  return ACTIONS.find((row) => row.key === key)?.action;
}
