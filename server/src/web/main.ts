// The language server in a web worker of the extension host in a browser: the same server, on files in memory. Its
// threads are workers of the same script.
import type { Message } from 'vscode-languageserver/browser';
import {
  BrowserMessageReader,
  BrowserMessageWriter,
  createConnection,
  ProposedFeatures,
} from 'vscode-languageserver/browser';

import { openDisk } from '#node/diskTools.ts';
import { modelBudget } from '#node/models/memory.ts';

import { serveLanguage } from '../lsp/server.ts';
import { log } from '../lsp/show.ts';
import { askWith } from './editorFiles.ts';
import { gated } from './gate.ts';
import { makeFolders } from './memoryFiles.ts';
import { CACHE, TEMPORARY } from './places.ts';
import { IS_THREAD } from './platform/sharing.ts';
import { inWorker } from './ranges.ts';
import { startInWorker } from './scorer.ts';

function serve(): void {
  const port = globalThis as never;
  const writer = new BrowserMessageWriter(port);
  const reader = gated(
    new BrowserMessageReader(port),
    (line) => {
      log(connection, 'warn', line);
    },
    (id, result) => void writer.write({ jsonrpc: '2.0', id, result } as Message),
  );
  const connection = createConnection(ProposedFeatures.all, reader, writer);
  for (const folder of [CACHE, TEMPORARY]) makeFolders(folder);
  askWith(async (name, params) => connection.sendRequest(name, params));
  serveLanguage(connection, {
    start: startInWorker,
    models: modelBudget,
    cacheFolder: CACHE,
    disk: (memoryMb, folder, tell) => openDisk(folder ?? CACHE, inWorker, undefined, memoryMb, tell),
  });
}

if (IS_THREAD) void import('#node/threadMain.ts');
else serve();
