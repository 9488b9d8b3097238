// The language server, and a typed way to reach it.
import type { CancellationToken } from 'vscode';
import * as vscode from 'vscode';
import { CancellationTokenSource } from 'vscode';
import type {
  BaseLanguageClient,
  DocumentSelector,
  LanguageClientOptions,
  Middleware,
} from 'vscode-languageclient';

import { spokenLanguage } from '#core/words/translate.ts';
import type { ClientOptions } from '#protocol/editor/options.ts';
import type { Outcome } from '#protocol/editor/outcome.ts';
import type { WebHome } from '#protocol/editor/web.ts';
import type {
  ClientNotifications,
  ClientRequests,
  EditorNotifications,
  EditorRequests,
} from '#protocol/editor/wire.ts';

import type { Glances } from './glances.ts';
import { fileScheme, problemsUri, TEXT_SCHEME } from './uris.ts';

/** The requests and notifications of #protocol/editor, and nothing else. */
export interface Server {
  request<Name extends keyof EditorRequests>(
    name: Name,
    params: EditorRequests[Name]['params'],
    signal?: AbortSignal,
  ): Promise<EditorRequests[Name]['result']>;
  notify<Name extends keyof EditorNotifications>(name: Name, params: EditorNotifications[Name]): void;
  /** Only one handler for each name: the last one. */
  on<Name extends keyof ClientNotifications>(
    name: Name,
    handle: (params: ClientNotifications[Name]) => void,
  ): vscode.Disposable;
  /** Answers a request of the server. */
  answer<Name extends keyof ClientRequests>(
    name: Name,
    handle: (params: ClientRequests[Name]['params']) => Promise<ClientRequests[Name]['result']>,
  ): vscode.Disposable;
  execute(command: string, argument: unknown): Promise<unknown>;
}

const selector = (): DocumentSelector => [
  ...[...new Set([fileScheme(), 'file', 'untitled', 'vscode-remote', TEXT_SCHEME])].map((scheme) => ({
    scheme,
    language: 'jsonl',
  })),
  // Of these, the middleware lets through those that hold records.
  { scheme: fileScheme(), language: 'json', pattern: '**/*.json' },
];

/** What this client can do. */
function optionsFor({ host: { cacheFolder, home } }: ClientParts): ClientOptions {
  const language = spokenLanguage();
  return {
    compare: true,
    visibleLines: true,
    status: true,
    secrets: true,
    holds: true,
    decisions: true,
    ruleLinks: true,
    trusted: vscode.workspace.isTrusted,
    ...(cacheFolder !== undefined && { cacheFolder }),
    ...(home && { home }),
    ...(language && { language }),
  };
}

/** Keeps JSON files that hold no records from the server. */
function onlyDatasets(glances: Glances): Middleware {
  const isOurs = ({ languageId, uri }: vscode.TextDocument): boolean =>
    languageId !== 'json' || glances.has(uri);
  return {
    async didOpen(document, next) {
      if (document.languageId !== 'json' || ((await glances.find(document.uri)) && !document.isClosed))
        await next(document);
    },
    async didChange(event, next) {
      if (isOurs(event.document)) await next(event);
    },
    async didSave(document, next) {
      if (isOurs(document)) await next(document);
    },
    async didClose(document, next) {
      const isSent = isOurs(document);
      if (document.languageId === 'json') glances.forget(document.uri);
      if (isSent) await next(document);
    },
    provideHover: async (document, position, token, next) =>
      isOurs(document) ? next(document, position, token) : undefined,
    provideCodeLenses: async (document, token, next) =>
      isOurs(document) ? next(document, token) : undefined,
    provideDocumentRangeSemanticTokens: async (document, range, token, next) =>
      isOurs(document) ? next(document, range, token) : undefined,
    provideCodeActions: async (document, range, context, token, next) =>
      isOurs(document) ? next(document, range, context, token) : undefined,
  };
}

/** Where the server runs. */
export interface ServerHost {
  /** Holds indexes and unsaved edits. Undefined: the server's own place. */
  readonly cacheFolder?: string;
  /** The editor's file system, for a server without another one. */
  readonly home?: WebHome;
  /** Makes the client of a server, which starts with it. */
  client(options: LanguageClientOptions): BaseLanguageClient;
}

/** What the client is made from. */
export interface ClientParts {
  readonly host: ServerHost;
  readonly output: vscode.LogOutputChannel;
  /** Of each preflens.json, and the decisions beside it. */
  readonly configWatcher: vscode.FileSystemWatcher;
  readonly glances: Glances;
}

export function createClient(parts: ClientParts): BaseLanguageClient {
  const { host, output, configWatcher, glances } = parts;
  return host.client({
    documentSelector: selector(),
    middleware: {
      ...onlyDatasets(glances),
      handleDiagnostics: (uri, diagnostics, next) => {
        next(problemsUri(uri), diagnostics);
      },
    },
    outputChannel: output,
    // When the server starts: the person may trust the workspace before.
    initializationOptions: () => optionsFor(parts),
    synchronize: { configurationSection: 'preflens', fileEvents: configWatcher },
  });
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

/** The value of an outcome; throws the reason if it has none. */
export function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.why);
  return outcome.value;
}

export function serverOf(client: BaseLanguageClient): Server {
  return {
    request: async (name, params, signal) =>
      cancellable(signal, async (token) => client.sendRequest(name, params, token)),
    notify(name, params) {
      // A server that is not there has nothing to forget, and should not start for it.
      if (!client.needsStart()) void client.sendNotification(name, params);
    },
    on: (name, handle) => client.onNotification(name as string, handle),
    answer: (name, handle) => client.onRequest(name, handle),
    execute: async (command, argument) =>
      client.sendRequest('workspace/executeCommand', { command, arguments: [argument] }),
  };
}
