// Tabs, and the file that the person looks at.
import * as vscode from 'vscode';

import { DATASET_EDITORS, isDatasetEditor } from './uris.ts';

/** What a dataset editor shows; undefined for every other tab. */
function datasetInput(tab: vscode.Tab | undefined): vscode.TabInputCustom | undefined {
  const input = tab?.input;
  return input instanceof vscode.TabInputCustom && isDatasetEditor(input.viewType) ? input : undefined;
}

/** The file of a tab that shows a text or a dataset. */
export function uriOfTab(tab: vscode.Tab | undefined): vscode.Uri | undefined {
  const input = tab?.input;
  return input instanceof vscode.TabInputText ? input.uri : datasetInput(tab)?.uri;
}

export function allTabs(): vscode.Tab[] {
  return vscode.window.tabGroups.all.flatMap(({ tabs }) => [...tabs]);
}

/** The tabs that show a file. */
export function tabsOf(uri: string): vscode.Tab[] {
  return allTabs().filter((tab) => uriOfTab(tab)?.toString() === uri);
}

/** An open dataset editor. */
export interface DatasetTab {
  readonly tab: vscode.Tab;
  readonly viewType: string;
}

/** The dataset editor of a file: of several, the one that is visible. */
export function datasetTabOf(uri: string): DatasetTab | undefined {
  const found = tabsOf(uri).flatMap((tab) => {
    const input = datasetInput(tab);
    return input ? [{ tab, viewType: input.viewType }] : [];
  });
  return found.find(({ tab }) => tab.isActive) ?? found[0];
}

/** The text editor of a file: of several, the one that is visible. */
export function textTabOf(uri: string): vscode.Tab | undefined {
  const found = tabsOf(uri).filter(({ input }) => input instanceof vscode.TabInputText);
  return found.find(({ isActive }) => isActive) ?? found[0];
}

/** A dataset editor is the active editor, and shows this file. */
export function isDatasetActive(uri: string): boolean {
  return datasetInput(vscode.window.tabGroups.activeTabGroup.activeTab)?.uri.toString() === uri;
}

/** A dataset editor saves the edits of this file. */
export function savesEdits(uri: string): boolean {
  const viewType = datasetTabOf(uri)?.viewType;
  return viewType !== undefined && viewType !== DATASET_EDITORS.text;
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
