// Starts the language server and gives the rest of the client a typed way to ask it.
import type * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient/node';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';

import type { ClientOptions, EditorNotifications, EditorRequests } from '#protocol/editor.ts';

/** The server as the client sees it: requests and notifications of #protocol/editor, and nothing else. */
export interface Server {
  request<Name extends keyof EditorRequests>(
    name: Name,
    params: EditorRequests[Name]['params'],
  ): Promise<EditorRequests[Name]['result']>;
  notify<Name extends keyof EditorNotifications>(name: Name, params: EditorNotifications[Name]): void;
  on<Name extends keyof EditorNotifications>(
    name: Name,
    handle: (params: EditorNotifications[Name]) => void,
  ): vscode.Disposable;
  execute(command: string, argument: unknown): Promise<unknown>;
}

/** What the server may expect of this client. */
const OPTIONS: ClientOptions = { compare: true, visibleLines: true, status: true };

export const SELECTOR = [
  { scheme: 'file', language: 'jsonl' },
  { scheme: 'untitled', language: 'jsonl' },
  { scheme: 'vscode-remote', language: 'jsonl' },
];

export function createClient(serverPath: string, output: vscode.LogOutputChannel): BaseLanguageClient {
  const module = { module: serverPath, transport: TransportKind.ipc };
  return new LanguageClient(
    'preflens',
    'PrefLens',
    { run: module, debug: module },
    {
      documentSelector: SELECTOR,
      outputChannel: output,
      initializationOptions: OPTIONS,
      synchronize: { configurationSection: 'preflens' },
    },
  );
}

export function serverOf(client: BaseLanguageClient): Server {
  return {
    request: async (name, params) => client.sendRequest(name, params),
    notify(name, params) {
      void client.sendNotification(name, params);
    },
    on: (name, handle) => client.onNotification(name, handle),
    execute: async (command, argument) =>
      client.sendRequest('workspace/executeCommand', { command, arguments: [argument] }),
  };
}
