// Tabs, and the file that the person looks at.
import * as vscode from 'vscode';

import { isDatasetEditor } from './uris.ts';

/** The file of a tab that shows text or a table. */
export function uriOfTab(tab: vscode.Tab | undefined): vscode.Uri | undefined {
  const input = tab?.input;
  const isTableTab = input instanceof vscode.TabInputCustom && isDatasetEditor(input.viewType);
  return input instanceof vscode.TabInputText || isTableTab ? input.uri : undefined;
}

export function allTabs(): vscode.Tab[] {
  return vscode.window.tabGroups.all.flatMap(({ tabs }) => [...tabs]);
}

/** The tabs that show a file. */
export function tabsOf(uri: string): vscode.Tab[] {
  return allTabs().filter((tab) => uriOfTab(tab)?.toString() === uri);
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
  return tabsOf(uri)[0]?.group.viewColumn;
}

/** The files of closed tabs that no other tab shows. */
export function goneFiles(closed: readonly vscode.Tab[]): string[] {
  return closed.flatMap((tab) => uriOfTab(tab)?.toString() ?? []).filter((uri) => tabsOf(uri).length === 0);
}
