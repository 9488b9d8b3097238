// The scoring process: a child of the server or of the command line, started with an IPC channel.
import { isMainThread } from 'node:worker_threads';

import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';

import { serveScorer } from './loop.ts';
import { watchMemory, watchOverMemory } from './memory.ts';

if (isMainThread) {
  const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
  // Without a parent there is nobody to score for.
  process.on('disconnect', () => process.exit(0));
  serveScorer(connection, process.pid);
  watchOverMemory(import.meta.filename);
} else {
  watchMemory();
}
