// Shows a record where the person reads it best: a row in the dataset editor, a line in the text editor.
import * as vscode from 'vscode';

import type { RecordRef } from '#protocol/editor/place.ts';

import { columnOf } from '../tabs.ts';
import { isTable } from '../uris.ts';

/** @param line from 0; the number of the record where it is not known */
export type ShowRecord = (ref: RecordRef, line?: number, preserveFocus?: boolean) => Promise<void>;

/** @param revealRow shows a row in the dataset editor */
export function recordShower(revealRow: (ref: RecordRef) => Promise<void>): ShowRecord {
  return async (ref, line = ref.record, preserveFocus = false) => {
    const uri = vscode.Uri.parse(ref.uri);
    if (isTable(uri)) {
      // A finding about the whole file has no row of its own.
      await revealRow({ ...ref, record: Math.max(0, ref.record) });
      return;
    }
    const at = new vscode.Position(line, 0);
    // Unlike `showTextDocument`, this shows files that are too large for a document.
    await vscode.commands.executeCommand('vscode.open', uri, {
      viewColumn: columnOf(ref.uri) ?? vscode.ViewColumn.One,
      selection: new vscode.Range(at, at),
      preserveFocus,
    } satisfies vscode.TextDocumentShowOptions);
  };
}
