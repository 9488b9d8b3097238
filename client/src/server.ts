// Starts the language server and gives the rest of the client a typed way to ask it.
import type * as vscode from 'vscode';
import type { CancellationToken } from 'vscode';
import { CancellationTokenSource, Disposable } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient/node';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';

import type { ClientOptions } from '#protocol/editor/options.ts';
import type {
  ClientNotifications,
  ClientRequests,
  EditorNotifications,
  EditorRequests,
} from '#protocol/editor/wire.ts';

import { problemsUri, TEXT_SCHEME } from './uris.ts';

/** The server as the client sees it: requests and notifications of #protocol/editor, and nothing else. */
export interface Server {
  request<Name extends keyof EditorRequests>(
    name: Name,
    params: EditorRequests[Name]['params'],
    signal?: AbortSignal,
  ): Promise<EditorRequests[Name]['result']>;
  notify<Name extends keyof EditorNotifications>(name: Name, params: EditorNotifications[Name]): void;
  on<Name extends keyof ClientNotifications>(
    name: Name,
    handle: (params: ClientNotifications[Name]) => void,
  ): vscode.Disposable;
  /** Answers what the server asks. */
  answer<Name extends keyof ClientRequests>(
    name: Name,
    handle: (params: ClientRequests[Name]['params']) => Promise<ClientRequests[Name]['result']>,
  ): vscode.Disposable;
  execute(command: string, argument: unknown): Promise<unknown>;
}

const SELECTOR = [
  { scheme: 'file', language: 'jsonl' },
  { scheme: 'untitled', language: 'jsonl' },
  { scheme: 'vscode-remote', language: 'jsonl' },
  { scheme: TEXT_SCHEME, language: 'jsonl' },
];

/** What the server may expect of this client. */
function optionsFor({ cacheFolder, trusted }: ClientParts): ClientOptions {
  return {
    compare: true,
    visibleLines: true,
    status: true,
    secrets: true,
    holds: true,
    decisions: true,
    ruleLinks: true,
    trusted,
    cacheFolder,
  };
}

/** What the client is made from. */
export interface ClientParts {
  readonly serverPath: string;
  readonly output: vscode.LogOutputChannel;
  /** Where indexes and unsaved edits are kept. */
  readonly cacheFolder: string;
  /** The person trusts this workspace. */
  readonly trusted: boolean;
  /** Tells when a preflens.json, or decisions beside it, come, change or go. */
  readonly configWatcher: vscode.FileSystemWatcher;
}

export function createClient(parts: ClientParts): BaseLanguageClient {
  const { serverPath, output, configWatcher } = parts;
  const module = { module: serverPath, transport: TransportKind.ipc };
  return new LanguageClient(
    'preflens',
    'PrefLens',
    { run: module, debug: module },
    {
      documentSelector: SELECTOR,
      middleware: {
        handleDiagnostics: (uri, diagnostics, next) => {
          next(problemsUri(uri), diagnostics);
        },
      },
      outputChannel: output,
      initializationOptions: optionsFor(parts),
      synchronize: { configurationSection: 'preflens', fileEvents: configWatcher },
    },
  );
}

/** Sends a request that `signal` cancels. */
async function cancellable<Result>(
  signal: AbortSignal | undefined,
  send: (token: CancellationToken) => Promise<Result>,
): Promise<Result> {
  signal?.throwIfAborted();
  const source = new CancellationTokenSource();
  const onAbort = (): void => {
    source.cancel();
  };
  signal?.addEventListener('abort', onAbort);
  try {
    return await send(source.token);
  } finally {
    signal?.removeEventListener('abort', onAbort);
    source.dispose();
  }
}

export function serverOf(client: BaseLanguageClient): Server {
  // The client knows one handler for each name: the last one would be the only one that hears.
  const handlers = new Map<string, Set<(params: never) => void>>();
  return {
    request: async (name, params, signal) =>
      cancellable(signal, async (token) => client.sendRequest(name, params, token)),
    notify(name, params) {
      void client.sendNotification(name, params);
    },
    on(name, handle) {
      let all = handlers.get(name);
      if (!all) {
        const added = new Set<(params: never) => void>();
        all = added;
        handlers.set(name, added);
        client.onNotification(name as string, (params: unknown) => {
          for (const one of added) one(params as never);
        });
      }
      all.add(handle);
      return new Disposable(() => all.delete(handle));
    },
    answer: (name, handle) => client.onRequest(name, handle),
    execute: async (command, argument) =>
      client.sendRequest('workspace/executeCommand', { command, arguments: [argument] }),
  };
}
