// The compare view follows the cursor of the text editor beside it.
import * as vscode from 'vscode';

import type { RecordRef } from '#protocol/editor/place.ts';

import type { Server } from '../server.ts';

/** The cursor rests for this long before its record is shown. */
const REST_MS = 150;

export interface Followed {
  /** The record that the view shows; undefined if there is no view, or if it stays where it is. */
  readonly shown: () => RecordRef | undefined;
  readonly show: (ref: RecordRef) => Promise<void>;
}

/** Shows the record at the cursor, when a person moves it in the file that the view shows. */
export function followCursor(server: Server, { shown, show }: Followed): vscode.Disposable {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const follow = async ({ document, selection }: vscode.TextEditor): Promise<void> => {
    const uri = document.uri.toString();
    if (shown()?.uri !== uri) return;
    const { line, character } = selection.active;
    const found = await server.request('preflens/recordAt', { uri, line, character });
    const before = shown();
    // Within one record the view stays at the pair that the person chose.
    if (found.ok && before?.uri === uri && before.record !== found.value.record) await show(found.value);
  };
  const editedAt = new WeakMap<vscode.TextDocument, number>();
  const edited = vscode.workspace.onDidChangeTextDocument(({ document }) => {
    editedAt.set(document, performance.now());
  });
  const moved = vscode.window.onDidChangeTextEditorSelection(({ textEditor, kind }) => {
    // A command of ours moves the cursor too.
    if (kind === vscode.TextEditorSelectionChangeKind.Command) return;
    // Go to Line, Next Problem and an edit have no kind; VS Code tells of a move by an edit right after the edit.
    const sinceEdit = performance.now() - (editedAt.get(textEditor.document) ?? -Infinity);
    if (kind === undefined && sinceEdit < REST_MS) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      void follow(textEditor);
    }, REST_MS);
  });
  return vscode.Disposable.from(edited, moved, {
    dispose: () => {
      clearTimeout(timer);
    },
  });
}
