import type { Connection } from 'vscode-languageserver/node';
import { MessageType } from 'vscode-languageserver/node';

const TYPES = {
  info: MessageType.Info,
  warning: MessageType.Warning,
  error: MessageType.Error,
} as const;

/** A message to the person, in whatever way the editor shows one. No answer is waited for. */
export function show(connection: Connection, type: keyof typeof TYPES, message: string): void {
  void connection.sendNotification('window/showMessage', {
    type: TYPES[type],
    message: `PrefLens: ${message}`,
  });
}
