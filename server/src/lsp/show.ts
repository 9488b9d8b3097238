// What people read of the server outside of its answers: messages, questions and lines of the log. One way for each,
// which makes harmless what comes from files.
import type { Connection, MessageActionItem } from 'vscode-languageserver/node';
import { MessageType } from 'vscode-languageserver/node';

import { notification, visible } from '#core/escape/escape.ts';

const TYPES = {
  info: MessageType.Info,
  warning: MessageType.Warning,
  error: MessageType.Error,
} as const;

/** A message to the person, in whatever way the editor shows one. No answer is waited for. */
export function show(connection: Connection, type: keyof typeof TYPES, message: string): void {
  void connection.sendNotification('window/showMessage', {
    type: TYPES[type],
    message: `PrefLens: ${notification(message)}`,
  });
}

/** A question with buttons; undefined where the person closed it. */
export async function ask(
  connection: Connection,
  question: string,
  ...buttons: readonly MessageActionItem[]
): Promise<MessageActionItem | undefined> {
  return connection.window.showWarningMessage(`PrefLens: ${notification(question)}`, ...buttons);
}

/** A line of the log; a stack keeps its lines. */
export function log(connection: Connection, type: 'info' | 'warn' | 'error', words: string): void {
  connection.console[type](words.split('\n').map(visible).join('\n'));
}
