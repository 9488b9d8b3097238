import type { PageAction } from '#protocol/page.ts';

/** What a key does, and the words on its button. One table serves keyboard, buttons and help. */
export interface ActionRow<Action> {
  readonly key: string;
  readonly action: Action;
  readonly label: string;
  readonly title: string;
}

/** What every page that shows a pair can do. */
export const WALK = [
  { key: 'k', action: 'previous', label: 'Previous', title: 'Previous finding' },
  { key: 'j', action: 'next', label: 'Next', title: 'Next finding' },
  { key: 'f', action: 'flip', label: 'Flip', title: 'Exchange chosen and rejected' },
] as const;

export const KEEP = {
  key: 'a',
  action: 'keep',
  label: 'Keep…',
  title: 'Accept the pair as it is: silence its finding, with a reason',
} as const;

/** Of the compare page. */
export const ACTIONS: readonly ActionRow<PageAction>[] = [
  ...WALK,
  { key: 'u', action: 'undo', label: 'Undo', title: 'Take back the last flip made here' },
  KEEP,
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

/** The action of a key press in a table, or undefined. */
export function actionIn<Action>(rows: readonly ActionRow<Action>[], press: KeyPress): Action | undefined {
  return isPlain(press) ? rows.find(({ key }) => key === press.key.toLowerCase())?.action : undefined;
}

/** Arrows walk where no list takes them. */
const ARROWS: Readonly<Record<string, string>> = { ArrowRight: 'j', ArrowLeft: 'k' };

/** The action of a key press in the compare page, or undefined. */
export function actionFor(press: KeyPress): PageAction | undefined {
  return actionIn(ACTIONS, { ...press, key: ARROWS[press.key] ?? press.key });
}
