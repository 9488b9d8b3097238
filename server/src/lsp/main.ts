// The language server as a program: over IPC from our own extension, over stdio from any other editor.
import { join } from 'node:path';

import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';

import { UserError } from '#core/messages.ts';
import { defaultCacheFolder } from '#node/cache.ts';
import { openDisk } from '#node/diskTools.ts';
import { modelBudget } from '#node/scorers/onnx.ts';
import { startScorer } from '#node/scoringProcess.ts';
import { threads, widthFor } from '#node/threads.ts';

import { serveLanguage } from './server.ts';

const viaIpc = process.argv.includes('--node-ipc');
const connection = viaIpc
  ? createConnection(ProposedFeatures.all)
  : createConnection(ProposedFeatures.all, process.stdin, process.stdout);
const bundle = (name: string): string => join(import.meta.dirname, name);
serveLanguage(connection, {
  start: async (mostMb) => startScorer(bundle('scorer.js'), mostMb),
  models: modelBudget,
  cacheFolder: defaultCacheFolder(),
  disk: (memoryMb, folder) =>
    openDisk(
      folder ?? defaultCacheFolder(),
      threads(bundle('thread.js'), widthFor(memoryMb), (message) => new UserError(message)),
    ),
});
