// Files for tools and other extensions: found in the workspace, and open in the server while they are used.
import * as vscode from 'vscode';

import type { Server } from '../server.ts';
import { valueOf } from '../server.ts';
import { tabsOf } from '../tabs.ts';
import { fileAt, hasNoText } from '../uris.ts';
import { isLarge } from '../views/largeFiles.ts';
import type { Statuses } from '../views/statuses.ts';

/** The server knows a document at once; a JSON file only after a look at its start. */
const OPEN_MS = 5000;

async function isThere(uri: vscode.Uri): Promise<boolean> {
  return Promise.resolve(vscode.workspace.fs.stat(uri)).then(
    ({ type }) => (type & vscode.FileType.File) !== 0,
    () => false,
  );
}

/** The file that an assistant names: relative to a workspace folder, or absolute and below one. Rejects otherwise. */
export async function fileNamed(named: string): Promise<vscode.Uri> {
  const { workspaceFolders = [], textDocuments } = vscode.workspace;
  const open = textDocuments.find(({ uri }) => uri.toString() === named || uri.fsPath === named);
  if (open) return open.uri;
  const isAbsolute = /^(?:[\\/]|[A-Za-z]:[\\/])/.test(named);
  const candidates = isAbsolute
    ? [fileAt(named)]
    : workspaceFolders.map(({ uri }) => vscode.Uri.joinPath(uri, named));
  const inside = candidates.filter((uri) => vscode.workspace.getWorkspaceFolder(uri) !== undefined);
  for (const uri of inside) if (await isThere(uri)) return uri;
  throw new Error(
    inside.length < candidates.length || candidates.length === 0
      ? `${named}: this is in no folder of the workspace. Name a file below one, or open the file first.`
      : `${named}: there is no such file in the workspace.`,
  );
}

export interface OpenFiles {
  /** Runs `work` while the server has the file open. Rejects if it is no file that PrefLens reads. */
  whileOpen<T>(uri: vscode.Uri, work: () => Promise<T>): Promise<T>;
  /** Opens a file where a person sees its edits and can undo them. */
  openToEdit(uri: vscode.Uri): Promise<void>;
}

export function openFilesWith(server: Server, statuses: Statuses): OpenFiles {
  /** Uses of files that no tab and no document shows. */
  const uses = new Map<string, number>();

  const whenKnown = async (uri: string): Promise<void> => {
    for (const end = Date.now() + OPEN_MS; !statuses.get(uri);) {
      if (Date.now() > end)
        throw new Error(
          `${vscode.workspace.asRelativePath(uri)}: PrefLens does not read this file. It reads JSON Lines, JSON lists of pairs, Parquet, CSV, TSV and Arrow.`,
        );
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  /** True if this opened the file in the server; then `release` has to close it. */
  const open = async (uri: vscode.Uri): Promise<boolean> => {
    const name = uri.toString();
    if (statuses.get(name) && !uses.has(name)) return false;
    if (hasNoText(uri) || (await isLarge(uri))) {
      valueOf(await server.request('preflens/openFile', { uri: name }));
      return true;
    }
    await vscode.workspace.openTextDocument(uri);
    await whenKnown(name);
    return false;
  };

  const release = (name: string): void => {
    const left = (uses.get(name) ?? 1) - 1;
    if (left > 0) {
      uses.set(name, left);
      return;
    }
    uses.delete(name);
    // An editor that opened it meanwhile closes it.
    if (tabsOf(name).length > 0) return;
    server.notify('preflens/closeFile', { uri: name });
    statuses.forget(name);
  };

  return {
    async whileOpen(uri, work) {
      const name = uri.toString();
      if (!(await open(uri))) return work();
      uses.set(name, (uses.get(name) ?? 0) + 1);
      try {
        await whenKnown(name);
        return await work();
      } finally {
        release(name);
      }
    },
    async openToEdit(uri) {
      const name = uri.toString();
      if (tabsOf(name).length === 0 && (hasNoText(uri) || (await isLarge(uri))))
        await vscode.commands.executeCommand('preflens.openAsDataset', uri);
      await open(uri);
      await whenKnown(name);
    },
  };
}
