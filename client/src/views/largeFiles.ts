// VS Code shows files above 50 MB but gives them to no extension: the server reads those from disk.
import * as vscode from 'vscode';

import { t } from '#core/words/translate.ts';

import type { Glances } from '../glances.ts';
import { isJsonFile } from '../glances.ts';
import { say } from '../say.ts';
import type { Server } from '../server.ts';
import { allTabs, goneFiles, tabsOf, uriOfTab } from '../tabs.ts';
import { isLinesFile } from '../uris.ts';

/** VS Code sends a document to extensions soon after its tab appears, if at all. */
const WAIT_MS = 600;

/** VS Code sends extensions no larger documents. */
const LARGE_BYTES = 50 * 1024 * 1024;

/** True for files that VS Code gives to no extension. */
export async function isLarge(uri: vscode.Uri): Promise<boolean> {
  try {
    return (await vscode.workspace.fs.stat(uri)).size > LARGE_BYTES;
  } catch {
    // The file was deleted, or can't be read.
    return false;
  }
}

/** Offers the dataset editor, which shows and edits what extensions can't reach in the text. */
async function offer(uri: vscode.Uri): Promise<void> {
  const name = uri.path.split('/').at(-1) ?? '';
  const open = t('Open as Dataset');
  const message = t(
    '{0} is above 50 MB, so hovers and quick fixes do not work in its text. The dataset editor shows, filters and edits it.',
    name,
  );
  if ((await say('info', message, open)) === open)
    await vscode.commands.executeCommand('preflens.openAsDataset', uri);
}

/** Keeps large files open in the server while a tab shows them. */
export function followLargeFiles(server: Server, glances: Glances): vscode.Disposable {
  const opened = new Set<string>();
  const offered = new Set<string>();
  const look = async (tab: vscode.Tab): Promise<void> => {
    const uri = uriOfTab(tab);
    if (
      !uri ||
      !(tab.input instanceof vscode.TabInputText) ||
      !(isLinesFile(uri) || isJsonFile(uri)) ||
      opened.has(uri.toString())
    )
      return;
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    const isSynced = vscode.workspace.textDocuments.some(
      (document) => document.uri.toString() === uri.toString(),
    );
    if (isSynced || !(await isLarge(uri)) || !(isLinesFile(uri) || (await glances.find(uri)))) return;
    // The tab was closed meanwhile, and nothing else would close the file.
    if (tabsOf(uri.toString()).length === 0) return;
    opened.add(uri.toString());
    const outcome = await server.request('preflens/openFile', { uri: uri.toString() });
    if (!outcome.ok) void say('warning', outcome.why);
    else if (!offered.has(uri.toString())) {
      offered.add(uri.toString());
      await offer(uri);
    }
  };
  for (const tab of allTabs()) void look(tab);
  return vscode.window.tabGroups.onDidChangeTabs(({ opened: tabs, closed }) => {
    for (const tab of tabs) void look(tab);
    for (const uri of goneFiles(closed)) {
      glances.forget(vscode.Uri.parse(uri));
      if (opened.delete(uri)) server.notify('preflens/closeFile', { uri });
    }
  });
}
