// The extension in a browser: the server is a worker, and reads files through VS Code.
import * as vscode from 'vscode';
import { BrowserMessageReader, BrowserMessageWriter, LanguageClient } from 'vscode-languageclient/browser';

import type { WebHome } from '#protocol/editor/web.ts';

import { activateIn, deactivate as stopClient } from '../activate.ts';
import type { PrefLensApi } from '../apiTypes.ts';
import { allTabs, uriOfTab } from '../tabs.ts';
import { readFilesOf } from '../uris.ts';
import { answerFiles } from './files.ts';

interface BrowserWorker {
  terminate(): void;
}

/** Of the browser; our types are those of Node. */
declare const Worker: new (address: string, options: { readonly name: string }) => BrowserWorker;

/** The folder of the paths by which the server knows files of other file systems. */
const ELSEWHERE = '/.preflens-elsewhere';

/** The file system of the workspace, or of the first file that is open. */
function findHome(): WebHome {
  const { workspaceFolders = [], textDocuments, fs } = vscode.workspace;
  const open = [...allTabs().map(uriOfTab), ...textDocuments.map(({ uri }) => uri)];
  // Not an output or an untitled text.
  const file = open.find((uri) => uri && fs.isWritableFileSystem(uri.scheme) !== undefined);
  const first = workspaceFolders[0]?.uri ?? file ?? vscode.Uri.file('/');
  const root = first.with({ path: '/', query: '', fragment: '' });
  readFilesOf(root, ELSEWHERE);
  const prefix = root.toString().slice(0, -1);
  return {
    prefix,
    authority: prefix.split('//')[1] ?? '',
    folders: workspaceFolders.map(({ uri }) => uri.path),
    elsewhere: ELSEWHERE,
  };
}

let running: BrowserWorker | undefined;

/**
 * A worker of the script: its text is read through VS Code, because a worker loads no uri of an extension on a server.
 * The address stays valid, since the server starts its threads from it.
 */
async function startWorker(script: vscode.Uri): Promise<BrowserWorker> {
  running?.terminate();
  const code = await vscode.workspace.fs.readFile(script);
  const address = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  running = new Worker(address, { name: 'PrefLens' });
  return running;
}

export function activate(context: vscode.ExtensionContext): PrefLensApi {
  const script = vscode.Uri.joinPath(context.extensionUri, 'dist', 'web-server.js');
  return activateIn(context, {
    home: findHome(),
    client: (options) =>
      new LanguageClient(
        'preflens',
        'PrefLens',
        async () => {
          const worker = (await startWorker(script)) as never;
          return { reader: new BrowserMessageReader(worker), writer: new BrowserMessageWriter(worker) };
        },
        options,
      ),
    extras: (server) => [answerFiles(server)],
  });
}

export async function deactivate(): Promise<void> {
  await stopClient();
  running?.terminate();
}
