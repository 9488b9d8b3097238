// Composition root of the extension host: construct, register, return.
import * as vscode from 'vscode';

import type { RecordRef } from '#protocol/editor/place.ts';

import { registerCommands } from './commands.ts';
import { ComparePanel } from './comparePanel.ts';
import { DatasetEditors, isDataset } from './datasetEditor.ts';
import { registerDecisions } from './decisions.ts';
import { showFindings } from './findingsView.ts';
import { answerHolds } from './holds.ts';
import { createClient, serverOf } from './languageClient.ts';
import { followLargeFiles } from './largeFiles.ts';
import { answerSecrets, registerModelCommands } from './models.ts';
import { followRowLinks } from './rowLinks.ts';
import { showStatus } from './statusItem.ts';
import { checkTasks } from './tasks.ts';
import { serveText } from './textView.ts';
import { followVisibleLines } from './visibleLines.ts';

/** Shows a record in the editor of its file. */
async function showRecord(datasets: DatasetEditors, ref: RecordRef, line: number): Promise<void> {
  const uri = vscode.Uri.parse(ref.uri);
  if (isDataset(uri)) {
    await datasets.reveal({ ...ref, record: Math.max(0, ref.record) });
    return;
  }
  const at = new vscode.Position(line, 0);
  await vscode.window.showTextDocument(uri, { selection: new vscode.Range(at, at), preserveFocus: true });
}

let stop: (() => Promise<void>) | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel('PrefLens', { log: true });
  const configWatcher = vscode.workspace.createFileSystemWatcher(
    '**/{preflens.json,.preflens/decisions.jsonl}',
  );
  const client = createClient({
    serverPath: context.asAbsolutePath('dist/server.js'),
    output,
    // A folder of our own in it: what the editor creates may be open to a group of users.
    cacheFolder: vscode.Uri.joinPath(context.globalStorageUri, 'cache').fsPath,
    configWatcher,
    trusted: vscode.workspace.isTrusted,
  });
  stop = async () => client.stop();
  const server = serverOf(client);
  const datasets = new DatasetEditors(context.extensionUri, server);
  const panel = new ComparePanel(context, server, async (ref) => datasets.reveal(ref));
  const sample = vscode.Uri.joinPath(context.extensionUri, 'media', 'sample', 'support.jsonl');
  context.subscriptions.push(
    output,
    configWatcher,
    panel,
    showStatus(server, vscode.Uri.joinPath(context.extensionUri, 'media', 'docs'), () => panel.fileMeant),
    followVisibleLines(server),
    registerCommands({ server, panel, datasets, output, sample }),
    registerDecisions(server, context.extensionUri),
    registerModelCommands(server, context.secrets),
    answerSecrets(server, context.secrets),
    answerHolds(server),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      server.notify('preflens/trusted', null);
    }),
  );
  await client.start();
  // The view of findings is there where there are datasets.
  void vscode.commands.executeCommand('setContext', 'preflens.isActive', true);
  context.subscriptions.push(
    followLargeFiles(server),
    datasets.register(),
    followRowLinks(server, datasets),
    serveText(server),
    showFindings(server, async (ref, line) => showRecord(datasets, ref, line)),
    checkTasks(context.asAbsolutePath('dist/cli.js')),
  );
}

export async function deactivate(): Promise<void> {
  await stop?.();
}
