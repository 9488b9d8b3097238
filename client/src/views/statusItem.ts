import * as vscode from 'vscode';

import type { DatasetStatus } from '#protocol/editor/status.ts';

import { isTable } from '../uris.ts';
import type { Statuses } from './statuses.ts';
import { isUseless, textOf, TOOLTIP_COMMANDS, tooltipOf } from './statusText.ts';

function tooltip(status: DatasetStatus): vscode.MarkdownString {
  const words = new vscode.MarkdownString(tooltipOf(status, isTable(vscode.Uri.parse(status.uri))));
  words.isTrusted = { enabledCommands: TOOLTIP_COMMANDS };
  return words;
}

/** Shows what is known of the dataset that the person looks at. */
export function showStatus(statuses: Statuses, fileMeant: () => string | undefined): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('preflens.status', vscode.StatusBarAlignment.Left, 10);
  item.name = 'PrefLens';
  const draw = (): void => {
    const uri = fileMeant();
    // The compare view has the focus: the file beside it is still the one that counts.
    if (uri === undefined && vscode.window.visibleTextEditors.length > 0) return;
    const status = uri === undefined ? undefined : statuses.get(uri);
    if (!status) {
      item.hide();
      return;
    }
    item.text = textOf(status);
    item.tooltip = tooltip(status);
    item.command = isUseless(status)
      ? 'preflens.explainFile'
      : status.phase === 'scoring'
        ? 'preflens.stopScoring'
        : 'preflens.compareRecord';
    item.show();
  };
  return vscode.Disposable.from(
    item,
    statuses.onStatus(() => {
      // The dataset editor saves with VS Code's own command.
      const hasUnsaved = [...statuses.all()].some(
        ({ uri, unsavedCount }) => unsavedCount > 0 && !isTable(vscode.Uri.parse(uri)),
      );
      void vscode.commands.executeCommand('setContext', 'preflens.hasUnsavedEdits', hasUnsaved);
      draw();
    }),
    statuses.onChange(draw),
    vscode.window.onDidChangeActiveTextEditor(draw),
    vscode.window.tabGroups.onDidChangeTabs(draw),
  );
}
