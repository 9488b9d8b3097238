// Messages to the person. VS Code turns Markdown links in a message into links and command buttons, so text from files is
// escaped here.
import * as vscode from 'vscode';

import { notification, visible } from '#core/escape/escape.ts';
import { t } from '#core/words/translate.ts';

const SHOW = {
  info: vscode.window.showInformationMessage,
  warning: vscode.window.showWarningMessage,
  error: vscode.window.showErrorMessage,
} as const;

/** Shows a message; resolves to the button that the person pressed. */
export async function say(
  kind: keyof typeof SHOW,
  message: string,
  ...buttons: readonly string[]
): Promise<string | undefined> {
  // A sentence about PrefLens itself names it already.
  const named = message.startsWith('PrefLens ') ? message : t('PrefLens: {0}', message);
  return SHOW[kind](notification(named), ...buttons);
}

/** Asks before something large; true if the person pressed the button. */
export async function confirm(question: string, detail: string, button: string): Promise<boolean> {
  const options = { modal: true, detail: notification(detail) };
  return (await SHOW.warning(notification(question), options, button)) === button;
}

/** Text of a file in a list: nothing in it becomes an icon. */
export function plain(text: string): string {
  return visible(text).replaceAll('$(', '$ (');
}

export const noFile = (): string =>
  t('No dataset is open. Open a .jsonl or .parquet file, or run "PrefLens: Open the Sample Dataset".');
