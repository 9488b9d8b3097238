// JSON files with records of a known schema. All others, such as settings, are left alone: the server never sees them.
import * as vscode from 'vscode';

import { mightHoldRecords, START_LENGTH } from './jsonStart.ts';

/** Asks the server about a file. */
export type IsDataset = (uri: string) => Promise<boolean>;

export interface JsonFiles {
  /** True for a file that the server was asked about, and that holds records. */
  has(uri: vscode.Uri): boolean;
  /** Whether a JSON file holds records. Asks once, until `forget`. */
  find(uri: vscode.Uri): Promise<boolean>;
  forget(uri: vscode.Uri): void;
}

export function isJsonFile({ scheme, path }: vscode.Uri): boolean {
  return scheme === 'file' && /\.json$/i.test(path);
}

/** The first characters of a document. */
function startOf(document: vscode.TextDocument): string {
  let start = '';
  for (let i = 0; i < document.lineCount && start.length < START_LENGTH; i++)
    start += `${document.lineAt(i).text.slice(0, START_LENGTH)}\n`;
  return start;
}

/** Whether the server should look at a JSON file. Of a file that is too large for a document, the name decides. */
export function mightBeDataset(uri: vscode.Uri): boolean {
  const name = uri.toString();
  const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === name);
  return isJsonFile(uri) && mightHoldRecords(uri.path, document ? startOf(document) : '[{');
}

export function followJsonFiles(isDataset: IsDataset): JsonFiles {
  const asked = new Map<string, Promise<boolean>>();
  const found = new Set<string>();
  const tell = (): void => {
    // Menus ask for it by the path of their file.
    void vscode.commands.executeCommand(
      'setContext',
      'preflens.jsonDatasets',
      [...found].map((uri) => vscode.Uri.parse(uri).fsPath),
    );
  };
  const ask = async (uri: string): Promise<boolean> => {
    const holds = await isDataset(uri);
    if (holds && asked.has(uri)) {
      found.add(uri);
      tell();
    }
    return holds;
  };
  return {
    has: (uri) => found.has(uri.toString()),
    async find(uri) {
      if (!mightBeDataset(uri)) return false;
      const name = uri.toString();
      const answer = asked.get(name) ?? ask(name);
      asked.set(name, answer);
      return answer;
    },
    forget(uri) {
      asked.delete(uri.toString());
      if (found.delete(uri.toString())) tell();
    },
  };
}
