// The scoring process, started with an IPC channel by the server or the command line.
import { isMainThread, workerData } from 'node:worker_threads';

import { connectionTo } from '#node/rpc.ts';

import { serveScorer } from './loop.ts';
import { watchMemory, watchOverMemory } from './memory.ts';
import { CREW, serveCrew } from './threads.ts';

if (isMainThread) {
  const connection = connectionTo(process);
  // Without a parent, nobody needs the scores.
  process.on('disconnect', () => process.exit(0));
  serveScorer(connection, process.pid, import.meta.filename);
  watchOverMemory(import.meta.filename);
} else if (workerData === CREW) {
  serveCrew();
} else {
  watchMemory();
}
