// From an entry of the Problems view to a row of a dataset editor. VS Code can't open a custom editor at a place, so the
// problems of a table refer to a document of blank lines, one for each row. When its cursor moves, the client opens that row.
import * as vscode from 'vscode';

import { tabsOf } from '../tabs.ts';
import { ROWS_SCHEME, tableOfRows } from '../uris.ts';
import type { ShowRecord } from './showRecord.ts';
import type { Statuses } from './statuses.ts';

/** VS Code sets the selection a moment after it opens the editor. */
const SETTLE_MS = 60;

export function followRowLinks(statuses: Statuses, showRecord: ShowRecord): vscode.Disposable {
  let timer: NodeJS.Timeout | undefined;
  const follow = async ({ document: { uri }, selection }: vscode.TextEditor): Promise<void> => {
    await showRecord({ uri: tableOfRows(uri).toString(), record: selection.active.line });
    await vscode.window.tabGroups.close(tabsOf(uri.toString()), true);
  };
  const soon = (editor: vscode.TextEditor | undefined): void => {
    if (editor?.document.uri.scheme !== ROWS_SCHEME) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      void follow(editor);
    }, SETTLE_MS);
  };
  return vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(ROWS_SCHEME, {
      provideTextDocumentContent: (uri) => {
        const { recordCount = 1 } = statuses.get(tableOfRows(uri).toString()) ?? {};
        return '\n'.repeat(Math.max(0, recordCount - 1));
      },
    }),
    vscode.window.onDidChangeActiveTextEditor(soon),
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
      soon(textEditor);
    }),
  );
}
