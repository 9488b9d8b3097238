import * as vscode from 'vscode';

import type { DatasetStatus } from '#protocol/editor/status.ts';

import { savesEdits } from '../tabs.ts';
import type { Statuses } from './statuses.ts';
import { isUseless, textOf, TOOLTIP_COMMANDS, tooltipOf } from './statusText.ts';

function tooltip(status: DatasetStatus): vscode.MarkdownString {
  const text = new vscode.MarkdownString(tooltipOf(status, savesEdits(status.uri)));
  text.isTrusted = { enabledCommands: TOOLTIP_COMMANDS };
  return text;
}

/** Shows the status of the file that the person looks at. */
export function showStatus(statuses: Statuses, fileMeant: () => string | undefined): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('preflens.status', vscode.StatusBarAlignment.Left, 10);
  item.name = 'PrefLens';
  const draw = (): void => {
    const uri = fileMeant();
    // A view without a file has the focus, as the output: the last file stays.
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
      // "File: Save" saves the dataset editor.
      const hasUnsaved = [...statuses.all()].some(
        ({ uri, unsavedCount }) => unsavedCount > 0 && !savesEdits(uri),
      );
      void vscode.commands.executeCommand('setContext', 'preflens.hasUnsavedEdits', hasUnsaved);
      draw();
    }),
    statuses.onChange(draw),
    vscode.window.onDidChangeActiveTextEditor(draw),
    vscode.window.tabGroups.onDidChangeTabs(draw),
  );
}
