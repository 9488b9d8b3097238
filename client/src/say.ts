// Messages to the person. VS Code makes links, and buttons that run commands, of what looks like one in a message: nothing
// from a file may look like one.
import * as vscode from 'vscode';

import { notification } from '#core/escape/escape.ts';

const SHOW = {
  info: vscode.window.showInformationMessage,
  warning: vscode.window.showWarningMessage,
  error: vscode.window.showErrorMessage,
} as const;

/** Shows a message; resolves to the button that was pressed. */
export async function say(
  kind: keyof typeof SHOW,
  message: string,
  ...buttons: readonly string[]
): Promise<string | undefined> {
  return SHOW[kind](`PrefLens: ${notification(message)}`, ...buttons);
}

export const NO_FILE =
  'No dataset is open. Open a .jsonl or .parquet file first; "PrefLens: Open the Sample Dataset" opens one.';
