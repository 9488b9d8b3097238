// Files that may be datasets, JSON and CSV: the server looks at their start once. JSON files without records of a known
// schema, such as settings, are left alone: the server never opens them.
import * as vscode from 'vscode';

import type { Glance } from '#protocol/editor/glance.ts';

import { mightHoldRecords, START_LENGTH } from './jsonStart.ts';
import { isCsv, isOnDisk } from './uris.ts';

export interface Glances {
  /** What the start of a file shows, and nothing of a file that can't be a dataset. Asks once, until `forget`. */
  at(uri: vscode.Uri): Promise<Glance>;
  /** Whether a JSON file holds records of a known schema. */
  find(uri: vscode.Uri): Promise<boolean>;
  /** True for a JSON file that `find` found to hold records. */
  has(uri: vscode.Uri): boolean;
  forget(uri: vscode.Uri): void;
}

export function isJsonFile(uri: vscode.Uri): boolean {
  return isOnDisk(uri) && /\.json$/i.test(uri.path);
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

/** @param ask asks the server, which starts for it */
export function followGlances(ask: (uri: string) => Promise<Glance>): Glances {
  const asked = new Map<string, Promise<Glance>>();
  const found = new Set<string>();
  const tell = (): void => {
    // Menus ask for it by the path of their file.
    void vscode.commands.executeCommand(
      'setContext',
      'preflens.jsonDatasets',
      [...found].map((uri) => vscode.Uri.parse(uri).fsPath),
    );
  };
  const at = async (uri: vscode.Uri): Promise<Glance> => {
    if (!mightBeDataset(uri) && !(isOnDisk(uri) && isCsv(uri))) return {};
    const name = uri.toString();
    const answer = asked.get(name) ?? ask(name);
    asked.set(name, answer);
    return answer;
  };
  return {
    at,
    async find(uri) {
      if (!isJsonFile(uri)) return false;
      const { schema } = await at(uri);
      const name = uri.toString();
      const isNew = schema !== undefined && asked.has(name) && !found.has(name);
      if (isNew) {
        found.add(name);
        tell();
      }
      return schema !== undefined;
    },
    has: (uri) => found.has(uri.toString()),
    forget(uri) {
      asked.delete(uri.toString());
      if (found.delete(uri.toString())) tell();
    },
  };
}
