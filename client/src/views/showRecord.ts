// Shows a record where the person reads it best: a row in the dataset editor, a line in the text editor.
import * as vscode from 'vscode';

import type { RecordRef } from '#protocol/editor/place.ts';

import { datasetTabOf, textTabOf } from '../tabs.ts';
import { hasNoText } from '../uris.ts';

/** @param line from 0; the number of the record where it is not known */
export type ShowRecord = (ref: RecordRef, line?: number, preserveFocus?: boolean) => Promise<void>;

/** What dataset editors can do for a record. */
export interface RowShower {
  /** Shows its row in the dataset editor of its file. */
  reveal(ref: RecordRef, preserveFocus: boolean): Promise<void>;
  /** Selects its row in open pages. */
  follow(ref: RecordRef): void;
}

/**
 * Shows a line in the text editor, also of a file that is too large for a document.
 * @param otherwise the column if no text editor of the file is open
 */
export async function showLine(
  uri: vscode.Uri,
  line: number,
  preserveFocus: boolean,
  otherwise = vscode.ViewColumn.One,
): Promise<void> {
  const at = new vscode.Position(line, 0);
  await vscode.commands.executeCommand('vscode.openWith', uri, 'default', {
    viewColumn: textTabOf(uri.toString())?.group.viewColumn ?? otherwise,
    selection: new vscode.Range(at, at),
    preserveFocus,
  } satisfies vscode.TextDocumentShowOptions);
}

export function recordShower(rows: RowShower): ShowRecord {
  return async (ref, line = ref.record, preserveFocus = false) => {
    const uri = vscode.Uri.parse(ref.uri);
    // A finding about the whole file has no row of its own.
    const row = { ...ref, record: Math.max(0, ref.record) };
    const [dataset, text] = [datasetTabOf(ref.uri), textTabOf(ref.uri)];
    const isHidden = text?.isActive !== true && dataset?.tab.isActive === true;
    if (hasNoText(uri) || (dataset && (!text || isHidden))) {
      await rows.reveal(row, preserveFocus);
      return;
    }
    rows.follow(row);
    await showLine(uri, line, preserveFocus);
  };
}
