import * as vscode from 'vscode';

import type { DatasetStatus } from '#protocol/editor/status.ts';

import { isDataset } from './datasetEditor.ts';
import type { Server } from './languageClient.ts';
import { goneFiles } from './largeFiles.ts';
import { say } from './say.ts';
import { isUseless, textOf, TOOLTIP_COMMANDS, tooltipOf } from './statusText.ts';

function tooltip(status: DatasetStatus): vscode.MarkdownString {
  const words = new vscode.MarkdownString(tooltipOf(status, isDataset(vscode.Uri.parse(status.uri))));
  words.isTrusted = { enabledCommands: TOOLTIP_COMMANDS };
  return words;
}

/** Says why a file gives no pairs, with what helps. */
async function explain(status: DatasetStatus, docs: vscode.Uri): Promise<void> {
  const [mappings, log] = ['Show Known Schemas', 'Show Log'];
  const words = status.reason ?? 'There are no pairs in this file.';
  const answer = await say('info', words, mappings, log);
  if (answer === mappings) {
    const page = vscode.Uri.joinPath(docs, 'mappings.md');
    await vscode.commands.executeCommand('markdown.showPreview', page);
  } else if (answer === log) await vscode.commands.executeCommand('preflens.showOutput');
}

const EXPLAIN = 'preflens.explainFile';

/**
 * Shows what is known of the dataset in the active editor.
 * @param docs the folder of the pages of the manual
 * @param fileMeant the file that the person looks at
 */
export function showStatus(
  server: Server,
  docs: vscode.Uri,
  fileMeant: () => string | undefined,
): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('preflens.status', vscode.StatusBarAlignment.Left, 10);
  item.name = 'PrefLens';
  const known = new Map<string, DatasetStatus>();
  const draw = (): void => {
    const uri = fileMeant();
    // The compare view has the focus: the file beside it is still the one that counts.
    if (uri === undefined && vscode.window.visibleTextEditors.length > 0) return;
    const status = uri === undefined ? undefined : known.get(uri);
    if (!status) {
      item.hide();
      return;
    }
    item.text = textOf(status);
    item.tooltip = tooltip(status);
    item.command = isUseless(status)
      ? EXPLAIN
      : status.phase === 'scoring'
        ? 'preflens.stopScoring'
        : 'preflens.compareRecord';
    item.show();
  };
  return vscode.Disposable.from(
    item,
    vscode.commands.registerCommand(EXPLAIN, async () => {
      const status = known.get(fileMeant() ?? '');
      if (status) await explain(status, docs);
    }),
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
