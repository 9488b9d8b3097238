// Which file a uri means: tables, the text of a table, and the documents on which problems of a table stand.
import * as vscode from 'vscode';

/** The dataset editors, as the manifest names them. */
export const DATASET_EDITORS = {
  /** Of a file that the server reads from disk. */
  disk: 'preflens.dataset',
  /** Of a table that people usually open in another editor. It doesn't change the file. */
  table: 'preflens.table',
  /** Of a text that VS Code holds. */
  text: 'preflens.datasetText',
} as const;

const EDITORS: ReadonlySet<string> = new Set(Object.values(DATASET_EDITORS));

export function isDatasetEditor(viewType: string): boolean {
  return EDITORS.has(viewType);
}

/** A table as JSON Lines in a text editor. */
export const TEXT_SCHEME = 'preflens-text';

/** A document of blank lines, one for each row of a table. */
export const ROWS_SCHEME = 'preflens-row';

const TEXT_SUFFIX = '.jsonl';

/** How uris of files begin that the server reads itself, and the folder of paths for all other uris. */
let files: { readonly root: vscode.Uri; readonly elsewhere: string } | undefined;

/**
 * In a browser: the server reads the file system of `root` through the editor, and every other file by a path in
 * `elsewhere`.
 */
export function readFilesOf(root: vscode.Uri, elsewhere: string): void {
  files = { root, elsewhere };
}

export const fileScheme = (): string => files?.root.scheme ?? 'file';

/** True for a file that the server reads itself. */
export function isOnDisk({ scheme, authority }: vscode.Uri): boolean {
  return scheme === fileScheme() && (!files || authority === files.root.authority);
}

/** The path by which the server knows a file. */
export function serverPath(uri: vscode.Uri): string {
  if (!files) return uri.fsPath;
  return isOnDisk(uri) ? uri.path : `${files.elsewhere}/${encodeURIComponent(uri.toString())}`;
}

/** The file that the server knows by a path. */
export function fileAt(path: string): vscode.Uri {
  if (!files) return vscode.Uri.file(path);
  const { root, elsewhere } = files;
  return path.startsWith(`${elsewhere}/`)
    ? vscode.Uri.parse(decodeURIComponent(path.slice(elsewhere.length + 1)), true)
    : root.with({ path });
}

export function isParquet(uri: vscode.Uri): boolean {
  return isOnDisk(uri) && /\.(?:parquet|pq)$/i.test(uri.path);
}

export function isCsv({ path }: vscode.Uri): boolean {
  return /\.(?:csv|tsv)(?:\.gz|\.zst)?$/i.test(path);
}

export function isCompressed({ path }: vscode.Uri): boolean {
  return /\.(?:gz|zst)$/i.test(path);
}

/** True for tables and compressed files: the records have no place in a text. */
export function hasNoText(uri: vscode.Uri): boolean {
  const isTable = isCsv(uri) || isCompressed(uri) || /\.(?:arrow|arrows|feather|ipc)$/i.test(uri.path);
  return isParquet(uri) || (isOnDisk(uri) && isTable);
}

/** The dataset editor of a file that the server reads from disk. */
export function diskEditorOf(file: vscode.Uri): string {
  return isCsv(file) ? DATASET_EDITORS.table : DATASET_EDITORS.disk;
}

/** True for files of JSON Lines on disk. */
export function isLinesFile(uri: vscode.Uri): boolean {
  return isOnDisk(uri) && /\.(?:jsonl|ndjson)$/i.test(uri.path);
}

/** The text of a table, as a document of its own. */
export function textUriOf(table: vscode.Uri): vscode.Uri {
  return table.with({ scheme: TEXT_SCHEME, path: table.path + TEXT_SUFFIX });
}

/** The table of a text. */
export function tableOfText(text: vscode.Uri): vscode.Uri {
  return text.with({ scheme: fileScheme(), path: text.path.slice(0, -TEXT_SUFFIX.length) });
}

/** Where the problems of a file are shown: without a text, they lead to its rows. */
export function problemsUri(file: vscode.Uri): vscode.Uri {
  return hasNoText(file) ? file.with({ scheme: ROWS_SCHEME }) : file;
}

/** The table of a document of rows. */
export function tableOfRows(rows: vscode.Uri): vscode.Uri {
  return rows.with({ scheme: fileScheme() });
}
