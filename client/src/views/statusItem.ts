import * as vscode from 'vscode';

import type { Glances } from '../glances.ts';
import { isJsonFile } from '../glances.ts';
import { savesEdits } from '../tabs.ts';
import type { Statuses } from './statuses.ts';
import { glanceTexts, isUseless, textOf, TOOLTIP_COMMANDS, tooltipOf } from './statusText.ts';

function tooltip(text: string): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString(text);
  markdown.isTrusted = { enabledCommands: TOOLTIP_COMMANDS };
  return markdown;
}

/** Shows the status of the file that the person looks at; of a file that may be a dataset and is not open, what it is. */
export function showStatus(
  statuses: Statuses,
  glances: Glances,
  fileMeant: () => string | undefined,
): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('preflens.status', vscode.StatusBarAlignment.Left, 10);
  item.name = 'PrefLens';
  const drawGlance = async (uri: string): Promise<void> => {
    const file = vscode.Uri.parse(uri);
    const glance = await glances.at(file);
    // The server opens a JSON file of a known schema by itself.
    const shown = glance.schema !== undefined && isJsonFile(file) ? undefined : glanceTexts(glance);
    // The person looks at another file by now, or the server opened this one.
    if (!shown || fileMeant() !== uri || statuses.get(uri)) return;
    item.text = shown.text;
    item.tooltip = tooltip(shown.tooltip);
    item.command = 'preflens.openAsDataset';
    item.show();
  };
  const draw = (): void => {
    const uri = fileMeant();
    // A view without a file has the focus, as the output: the last file stays.
    if (uri === undefined && vscode.window.visibleTextEditors.length > 0) return;
    const status = uri === undefined ? undefined : statuses.get(uri);
    if (!status) {
      item.hide();
      if (uri !== undefined) void drawGlance(uri);
      return;
    }
    item.text = textOf(status);
    item.tooltip = tooltip(tooltipOf(status, savesEdits(status.uri)));
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
