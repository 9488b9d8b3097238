// Files above 50 MB are shown by VS Code but never handed to extensions: the server reads those from disk.
import * as vscode from 'vscode';

import { DATASET_VIEW } from './datasetEditor.ts';
import type { Server } from './languageClient.ts';
import { say } from './say.ts';

/** VS Code hands a document over soon after its tab appears, if it does at all. */
const WAIT_MS = 600;

/** VS Code syncs no document above this size. */
const LARGE_BYTES = 50 * 1024 * 1024;

const DATA_FILE = /\.(?:jsonl|ndjson)$/i;

/** The file of a tab that shows text, or a dataset. */
export function uriOfTab(tab: vscode.Tab | undefined): vscode.Uri | undefined {
  const input = tab?.input;
  const isOurs = input instanceof vscode.TabInputCustom && input.viewType === DATASET_VIEW;
  return input instanceof vscode.TabInputText || isOurs ? input.uri : undefined;
}

/**
 * The file that the person looks at: of the text editor, or of the tab of a file too large for one. While the compare
 * view has the focus, the file beside it still counts.
 */
export function activeFile(): vscode.Uri | undefined {
  const { activeTabGroup, all } = vscode.window.tabGroups;
  const tabs = [activeTabGroup, ...all].map(({ activeTab }) => uriOfTab(activeTab));
  return vscode.window.activeTextEditor?.document.uri ?? tabs.find((uri) => uri !== undefined);
}

export function activeUri(): string | undefined {
  return activeFile()?.toString();
}

/** The column in which a tab shows a file. */
export function columnOf(uri: string): vscode.ViewColumn | undefined {
  return vscode.window.tabGroups.all.find(({ tabs }) => tabs.some((tab) => uriOfTab(tab)?.toString() === uri))
    ?.viewColumn;
}

async function isLarge(uri: vscode.Uri): Promise<boolean> {
  try {
    return (await vscode.workspace.fs.stat(uri)).size > LARGE_BYTES;
  } catch {
    // Gone meanwhile, or not a file that can be looked at.
    return false;
  }
}

function allTabs(): vscode.Tab[] {
  return vscode.window.tabGroups.all.flatMap(({ tabs }) => [...tabs]);
}

/** The files of closed tabs that no other tab shows. */
export function goneFiles(closed: readonly vscode.Tab[]): string[] {
  const shown = new Set(allTabs().map((tab) => uriOfTab(tab)?.toString()));
  return closed.flatMap((tab) => uriOfTab(tab)?.toString() ?? []).filter((uri) => !shown.has(uri));
}

/** Has the server open large files from disk while a tab shows them. */
export function followLargeFiles(server: Server): vscode.Disposable {
  const opened = new Set<string>();
  const look = async (tab: vscode.Tab): Promise<void> => {
    const uri = uriOfTab(tab);
    if (uri?.scheme !== 'file' || !DATA_FILE.test(uri.path) || opened.has(uri.toString())) return;
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    const isSynced = vscode.workspace.textDocuments.some(
      (document) => document.uri.toString() === uri.toString(),
    );
    if (isSynced || !(await isLarge(uri))) return;
    opened.add(uri.toString());
    const outcome = await server.request('preflens/openFile', { uri: uri.toString() });
    if (!outcome.ok) void say('warning', outcome.why);
  };
  for (const tab of allTabs()) void look(tab);
  return vscode.window.tabGroups.onDidChangeTabs(({ opened: tabs, closed }) => {
    for (const tab of tabs) void look(tab);
    for (const uri of goneFiles(closed)) if (opened.delete(uri)) server.notify('preflens/closeFile', { uri });
  });
}
