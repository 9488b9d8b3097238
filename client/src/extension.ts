// The extension on a computer: the server is a process.
import * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';

import { activateIn } from './activate.ts';
import type { PrefLensApi } from './apiTypes.ts';
import { checkTasks } from './views/tasks.ts';

export { deactivate } from './activate.ts';

export function activate(context: vscode.ExtensionContext): PrefLensApi {
  const module = { module: context.asAbsolutePath('dist/server.js'), transport: TransportKind.ipc };
  return activateIn(context, {
    // A subfolder: VS Code's own folder may be open to a group of users.
    cacheFolder: vscode.Uri.joinPath(context.globalStorageUri, 'cache').fsPath,
    client: (options) => new LanguageClient('preflens', 'PrefLens', { run: module, debug: module }, options),
    extras: () => [checkTasks(context.asAbsolutePath('dist/cli.js'))],
  });
}
