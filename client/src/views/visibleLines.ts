import * as vscode from 'vscode';

import type { Glances } from '../glances.ts';
import type { Server } from '../server.ts';

/** Scrolling has ended when nothing moved for this time. */
const SETTLE_MS = 120;

/** Tells the server which lines are visible: it makes code lenses only for those. */
export function followVisibleLines(server: Server, glances: Glances): vscode.Disposable {
  let timer: NodeJS.Timeout | undefined;
  const told = new Map<string, string>();
  const tell = (editor: vscode.TextEditor): void => {
    if (editor.document.languageId !== 'jsonl' && !glances.has(editor.document.uri)) return;
    const [first] = editor.visibleRanges;
    const last = editor.visibleRanges.at(-1);
    if (!first || !last) return;
    const uri = editor.document.uri.toString();
    const range = { uri, lineStart: first.start.line, lineEnd: last.end.line + 1 };
    const mark = `${range.lineStart}-${range.lineEnd}`;
    if (told.get(uri) === mark) return;
    told.set(uri, mark);
    server.notify('preflens/visible', range);
  };
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      vscode.window.visibleTextEditors.forEach(tell);
    }, SETTLE_MS);
  };
  soon();
  return vscode.Disposable.from(
    vscode.window.onDidChangeTextEditorVisibleRanges(soon),
    vscode.window.onDidChangeVisibleTextEditors(soon),
    vscode.workspace.onDidCloseTextDocument((document) => {
      told.delete(document.uri.toString());
    }),
    new vscode.Disposable(() => {
      clearTimeout(timer);
    }),
  );
}
