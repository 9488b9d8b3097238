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

const isSame = (a: RecordRef | undefined, b: RecordRef | undefined): boolean =>
  a?.uri === b?.uri && a?.record === b?.record;

/** Shows the record at the cursor, when it moves in the file that the view shows. */
export function followCursor(server: Server, { shown, show }: Followed): vscode.Disposable {
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** What was shown for the cursor last. */
  let followed: RecordRef | undefined;
  const follow = async ({ selection }: vscode.TextEditor, before: RecordRef): Promise<void> => {
    const { line, character } = selection.active;
    const found = await server.request('preflens/recordAt', { uri: before.uri, line, character });
    const now = shown();
    // What the person chose in the view since the move counts more.
    const isChosen = !isSame(now, before) && !isSame(now, followed);
    // Within one record the view stays at the pair that the person chose.
    if (!found.ok || now === undefined || isChosen || isSame(now, found.value)) return;
    followed = found.value;
    await show(found.value);
  };
  const moved = vscode.window.onDidChangeTextEditorSelection(({ textEditor, kind }) => {
    const before = shown();
    // A move without a kind comes with an edit. Go to Line, Next Problem and other extensions move the cursor by commands.
    if (kind === undefined || before?.uri !== textEditor.document.uri.toString()) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      void follow(textEditor, before);
    }, REST_MS);
  });
  return vscode.Disposable.from(moved, {
    dispose: () => {
      clearTimeout(timer);
    },
  });
}
