// From an entry of the Problems view to a row of a dataset editor. VS Code tells no custom editor which place was meant: so
// problems stand on a document of blank lines, one for each row, and the client opens the row when somebody comes to its line.
import * as vscode from 'vscode';

import type { DatasetEditors } from './datasetEditor.ts';
import { isDataset } from './datasetEditor.ts';
import type { Server } from './languageClient.ts';

const SCHEME = 'preflens-row';

/** The selection comes a moment after the editor does. */
const SETTLE_MS = 60;

/** Where problems of a file are told, so that they lead to its rows. */
export function problemsUri(uri: vscode.Uri): vscode.Uri {
  return isDataset(uri) ? uri.with({ scheme: SCHEME }) : uri;
}

export function followRowLinks(server: Server, datasets: DatasetEditors): vscode.Disposable {
  const rows = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  const leadOn = async (editor: vscode.TextEditor): Promise<void> => {
    const { uri } = editor.document;
    const { line } = editor.selection.active;
    const ref = { uri: uri.with({ scheme: 'file' }).toString(), record: line };
    await datasets.reveal(ref);
    const blank = vscode.window.tabGroups.all
      .flatMap(({ tabs }) => [...tabs])
      .filter(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri.toString());
    await vscode.window.tabGroups.close(blank, true);
  };
  const soon = (editor: vscode.TextEditor | undefined): void => {
    if (editor?.document.uri.scheme !== SCHEME) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      void leadOn(editor);
    }, SETTLE_MS);
  };
  return vscode.Disposable.from(
    server.on('preflens/status', ({ uri, recordCount }) => {
      rows.set(uri, recordCount);
    }),
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      provideTextDocumentContent: (uri) =>
        '\n'.repeat(Math.max(0, (rows.get(uri.with({ scheme: 'file' }).toString()) ?? 1) - 1)),
    }),
    vscode.window.onDidChangeActiveTextEditor(soon),
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
      soon(textEditor);
    }),
  );
}
