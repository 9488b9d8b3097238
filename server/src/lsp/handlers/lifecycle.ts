// The client itself: what it can do, its settings, its trust, what it shows.
import type { Connection, ServerCapabilities } from 'vscode-languageserver/node';
import { CodeActionKind, TextDocumentSyncKind } from 'vscode-languageserver/node';

import { CONFIG_NAME } from '#node/config.ts';
import type { Sessions } from '#session/sessions.ts';

import { FIX_ALL } from '../actions.ts';
import type { ClientState } from '../clientState.ts';
import { loadSettings, readCapabilities } from '../clientState.ts';
import { refreshLenses } from '../host.ts';
import { KEY_LEGEND } from '../keyTokens.ts';
import type { EditorListeners } from '../serveEditor.ts';
import { COMMANDS } from './commands.ts';

function capabilitiesFor(pulls: boolean): ServerCapabilities {
  return {
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
    hoverProvider: true,
    codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, FIX_ALL], resolveProvider: true },
    codeLensProvider: { resolveProvider: false },
    semanticTokensProvider: { legend: KEY_LEGEND, range: true },
    executeCommandProvider: { commands: [...COMMANDS] },
    ...(pulls && { diagnosticProvider: { interFileDependencies: false, workspaceDiagnostics: true } }),
  };
}

export function serveLifecycle(
  connection: Connection,
  sessions: Sessions,
  state: ClientState,
  onShutdown: () => void,
): void {
  connection.onInitialize((params) => {
    readCapabilities(state, params);
    return {
      serverInfo: { name: 'PrefLens', version: process.env['PREFLENS_VERSION'] ?? '' },
      capabilities: capabilitiesFor(state.pulls),
    };
  });
  connection.onInitialized(() => {
    void loadSettings(connection, state);
  });
  connection.onDidChangeConfiguration(() => {
    const before = state.settings;
    void loadSettings(connection, state).then(() => {
      for (const session of sessions.all()) session.applySettings(before, state.settings);
    });
  });
  connection.onDidChangeWatchedFiles(({ changes }) => {
    if (changes.some(({ uri }) => uri.endsWith(`/${CONFIG_NAME}`))) void sessions.readAgain();
    if (changes.some(({ uri }) => uri.endsWith('/decisions.jsonl'))) void sessions.readDecisions();
  });
  connection.onShutdown(onShutdown);
}

export function clientListeners(
  connection: Connection,
  sessions: Sessions,
  state: ClientState,
): EditorListeners<'preflens/visible' | 'preflens/trusted'> {
  return {
    'preflens/visible': ({ uri, lineStart, lineEnd }) => {
      const session = sessions.get(uri);
      if (!session) return;
      sessions.see(uri);
      session.look([lineStart, lineEnd]);
      if (session.dataset.scores) refreshLenses(connection, state);
    },
    'preflens/trusted': () => {
      state.isTrusted = true;
      void sessions.readAgain();
    },
  };
}
