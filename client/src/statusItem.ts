import * as vscode from 'vscode';

import type { DatasetStatus } from '#protocol/editor.ts';

import { isDataset } from './datasetEditor.ts';
import type { Server } from './languageClient.ts';
import { activeFile, goneFiles } from './largeFiles.ts';

function count(value: number, one: string, many: string): string {
  return `${value.toLocaleString('en')} ${value === 1 ? one : many}`;
}

/** The words of the status item, by phase. */
function textOf(status: DatasetStatus): string {
  if (status.phase === 'reading') return '$(loading~spin) Reading pairs';
  const facts = [
    count(status.pairCount, 'pair', 'pairs'),
    status.mapping,
    count(status.findingCount, 'finding', 'findings'),
  ];
  // How far it is stands in the progress entry beside this item.
  if (status.unsavedCount > 0) facts.push(count(status.unsavedCount, 'unsaved edit', 'unsaved edits'));
  if (status.phase === 'scoring') facts.push('scoring');
  if (status.phase === 'cancelled') facts.push('scoring stopped');
  if (status.phase === 'failed') facts.push('scoring failed');
  const icon =
    status.phase === 'scoring' ? '$(loading~spin)' : status.phase === 'failed' ? '$(warning)' : '$(law)';
  return `${icon} ${facts.filter((fact) => fact !== undefined).join(' · ')}`;
}

/** How edits of this file reach the disk, and what can be done with those that wait. */
function savingWords({ uri, isOnDisk, unsavedCount }: DatasetStatus): readonly string[] {
  if (!isOnDisk) return [];
  if (isDataset(vscode.Uri.parse(uri))) return ['Read from disk. Edits wait until the file is saved.'];
  const why =
    'Read from disk: VS Code hands no file of this size to extensions. Flips in the compare view wait until they are saved.';
  const links = '[Save edits](command:preflens.saveEdits) · [Discard edits](command:preflens.discardEdits)';
  return unsavedCount > 0 ? [why, links] : [why];
}

function tooltipOf(status: DatasetStatus): vscode.MarkdownString {
  const lines = [
    `**PrefLens** · ${[
      count(status.recordCount, 'record', 'records'),
      count(status.pairCount, 'pair', 'pairs'),
      status.tieCount > 0 && count(status.tieCount, 'tie', 'ties'),
      status.judgementCount > 0 && count(status.judgementCount, 'single verdict', 'single verdicts'),
    ]
      .filter((part) => part !== false)
      .join(', ')}`,
    status.mapping === undefined ? undefined : `Read as: ${status.mapping}. ${status.polarity ?? ''}.`,
    ...savingWords(status),
    status.reason,
    status.trust,
    status.phase === 'scoring'
      ? `${status.progress ?? ''}\n\n[Stop scoring](command:preflens.stopScoring)`
      : '[Score again](command:preflens.scoreFile) · [Problems](command:workbench.actions.view.problems) · [Log](command:preflens.showOutput)',
  ];
  const tooltip = new vscode.MarkdownString(lines.filter((line) => line !== undefined).join('\n\n'));
  tooltip.isTrusted = {
    enabledCommands: [
      'preflens.stopScoring',
      'preflens.scoreFile',
      'preflens.showOutput',
      'preflens.saveEdits',
      'preflens.discardEdits',
      'workbench.actions.view.problems',
    ],
  };
  return tooltip;
}

/** Shows what is known of the dataset in the active editor; hidden for files that hold no pairs. */
export function showStatus(server: Server): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('preflens.status', vscode.StatusBarAlignment.Left, 10);
  item.name = 'PrefLens';
  const known = new Map<string, DatasetStatus>();
  const draw = (): void => {
    const uri = activeFile()?.toString();
    // The compare view has the focus: the file beside it is still the one that counts.
    if (uri === undefined && vscode.window.visibleTextEditors.length > 0) return;
    const status = uri === undefined ? undefined : known.get(uri);
    if (!status || status.phase === 'unrecognised') {
      item.hide();
      return;
    }
    item.text = textOf(status);
    item.tooltip = tooltipOf(status);
    item.command = status.phase === 'scoring' ? 'preflens.stopScoring' : 'preflens.compareRecord';
    item.show();
  };
  return vscode.Disposable.from(
    item,
    server.on('preflens/status', (status) => {
      known.set(status.uri, status);
      // A table's editor saves by itself.
      const hasUnsaved = [...known.values()].some(
        ({ uri, unsavedCount }) => unsavedCount > 0 && !isDataset(vscode.Uri.parse(uri)),
      );
      void vscode.commands.executeCommand('setContext', 'preflens.hasUnsavedEdits', hasUnsaved);
      draw();
    }),
    vscode.window.onDidChangeActiveTextEditor(draw),
    vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
      // Files too large for a document close without a word but this.
      for (const uri of goneFiles(closed)) known.delete(uri);
      draw();
    }),
    vscode.workspace.onDidCloseTextDocument((document) => {
      known.delete(document.uri.toString());
    }),
  );
}
