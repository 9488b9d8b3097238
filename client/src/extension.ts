// Composition root of the extension host: construct, register, return.
import * as vscode from 'vscode';

import { registerCommands } from './commands.ts';
import { ComparePanel } from './comparePanel.ts';
import { createClient, serverOf } from './languageClient.ts';
import { showStatus } from './statusItem.ts';
import { followVisibleLines } from './visibleLines.ts';

let stop: (() => Promise<void>) | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel('PrefLens', { log: true });
  const client = createClient(context.asAbsolutePath('dist/server.js'), output);
  stop = async () => client.stop();
  const server = serverOf(client);
  const panel = new ComparePanel(context.extensionUri, server);
  const sample = vscode.Uri.joinPath(context.extensionUri, 'media', 'sample', 'support.jsonl');
  context.subscriptions.push(
    output,
    panel,
    showStatus(server),
    followVisibleLines(server),
    registerCommands({ server, panel, output, sample }),
  );
  await client.start();
}

export async function deactivate(): Promise<void> {
  await stop?.();
}
