// Which file a uri means: tables, the text of a table, and the documents on which problems of a table stand.
import type * as vscode from 'vscode';

/** The dataset editor, for files that no other editor shows. */
const DATASET_EDITOR = 'preflens.dataset';

/** The dataset editor, for files that people usually open in another one. It doesn't change them. */
const TABLE_EDITOR = 'preflens.table';

export const DATASET_EDITORS = { dataset: DATASET_EDITOR, table: TABLE_EDITOR } as const;

export function isDatasetEditor(viewType: string): boolean {
  return viewType === DATASET_EDITOR || viewType === TABLE_EDITOR;
}

/** A table as JSON Lines in a text editor. */
export const TEXT_SCHEME = 'preflens-text';

/** A document of blank lines, one for each row of a table. */
export const ROWS_SCHEME = 'preflens-row';

const TEXT_SUFFIX = '.jsonl';

export function isParquet({ scheme, path }: vscode.Uri): boolean {
  return scheme === 'file' && /\.(?:parquet|pq)$/i.test(path);
}

function isCsv({ path }: vscode.Uri): boolean {
  return /\.(?:csv|tsv)(?:\.gz|\.zst)?$/i.test(path);
}

/** True for files that the dataset editor opens. */
export function isTable(uri: vscode.Uri): boolean {
  return (
    isParquet(uri) ||
    (uri.scheme === 'file' && (isCsv(uri) || /\.(?:arrow|arrows|feather|ipc)$/i.test(uri.path)))
  );
}

/** The dataset editor of a table. */
export function editorOf(table: vscode.Uri): string {
  return isCsv(table) ? TABLE_EDITOR : DATASET_EDITOR;
}

/** True for files of JSON Lines on disk. */
export function isLinesFile({ scheme, path }: vscode.Uri): boolean {
  return scheme === 'file' && /\.(?:jsonl|ndjson)$/i.test(path);
}

/** The text of a table, as a document of its own. */
export function textUriOf(table: vscode.Uri): vscode.Uri {
  return table.with({ scheme: TEXT_SCHEME, path: table.path + TEXT_SUFFIX });
}

/** The table of a text. */
export function tableOfText(text: vscode.Uri): vscode.Uri {
  return text.with({ scheme: 'file', path: text.path.slice(0, -TEXT_SUFFIX.length) });
}

/** Where the problems of a file are shown: those of a table lead to its rows. */
export function problemsUri(file: vscode.Uri): vscode.Uri {
  return isTable(file) ? file.with({ scheme: ROWS_SCHEME }) : file;
}

/** The table of a document of rows. */
export function tableOfRows(rows: vscode.Uri): vscode.Uri {
  return rows.with({ scheme: 'file' });
}
