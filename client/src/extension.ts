// Composition root of the extension host: construct, register, return.
import * as vscode from 'vscode';

import { registerCommands } from './commands.ts';
import { ComparePanel } from './comparePanel.ts';
import { DatasetEditors } from './datasetEditor.ts';
import { createClient, serverOf } from './languageClient.ts';
import { followLargeFiles } from './largeFiles.ts';
import { answerSecrets, registerModelCommands } from './models.ts';
import { followRowLinks } from './rowLinks.ts';
import { showStatus } from './statusItem.ts';
import { serveText } from './textView.ts';
import { followVisibleLines } from './visibleLines.ts';

let stop: (() => Promise<void>) | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel('PrefLens', { log: true });
  const configWatcher = vscode.workspace.createFileSystemWatcher('**/preflens.json');
  const client = createClient({
    serverPath: context.asAbsolutePath('dist/server.js'),
    output,
    cacheFolder: context.globalStorageUri.fsPath,
    configWatcher,
    trusted: vscode.workspace.isTrusted,
  });
  stop = async () => client.stop();
  const server = serverOf(client);
  const datasets = new DatasetEditors(context.extensionUri, server);
  const panel = new ComparePanel(context.extensionUri, server, async (ref) => datasets.reveal(ref));
  const sample = vscode.Uri.joinPath(context.extensionUri, 'media', 'sample', 'support.jsonl');
  context.subscriptions.push(
    output,
    configWatcher,
    panel,
    showStatus(server),
    followVisibleLines(server),
    registerCommands({ server, panel, output, sample }),
    registerModelCommands(server, context.secrets),
    answerSecrets(server, context.secrets),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      server.notify('preflens/trusted', null);
    }),
  );
  await client.start();
  context.subscriptions.push(
    followLargeFiles(server),
    datasets.register(),
    followRowLinks(server, datasets),
    serveText(server),
  );
}

export async function deactivate(): Promise<void> {
  await stop?.();
}
