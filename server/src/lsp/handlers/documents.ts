// Texts that the editor holds: opened, changed, saved, closed.
import type { Connection } from 'vscode-languageserver/node';

import type { Sessions } from '#session/sessions.ts';

export function serveDocuments(connection: Connection, sessions: Sessions): void {
  connection.onDidOpenTextDocument(({ textDocument: { uri, version, text } }) => {
    sessions.openDocument(uri, version, text);
  });
  connection.onDidChangeTextDocument(({ textDocument: { uri, version }, contentChanges }) => {
    sessions.changeDocument(uri, contentChanges, version);
  });
  connection.onDidSaveTextDocument(({ textDocument: { uri } }) => {
    sessions.get(uri)?.saved();
  });
  connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
    sessions.close(uri);
  });
}
