// The language server as a program: over IPC from our own extension, over stdio from any other editor.
import { writeSync } from 'node:fs';
import { join } from 'node:path';

import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';

import { terminalLine } from '#core/escape/escape.ts';
import { messages, UserError } from '#core/messages.ts';
import { defaultCacheFolder } from '#node/cachePlace.ts';
import { openDisk } from '#node/diskTools.ts';
import { endForSure } from '#node/ending.ts';
import { modelBudget } from '#node/models/memory.ts';
import { startScorer } from '#node/scoring/process.ts';
import type { RangeRunner } from '#node/threads.ts';
import { threads, widthFor } from '#node/threads.ts';

import { checkFraming } from './framing.ts';
import { serveLanguage } from './server.ts';

/** Ends the server: its client starts another one, and says why this one is gone. */
function endBadly(reason: string): void {
  writeSync(2, `${terminalLine(messages.badFraming(reason).message)}\n`);
  process.exit(1);
}

const viaIpc = process.argv.includes('--node-ipc');
const connection = viaIpc
  ? createConnection(ProposedFeatures.all)
  : createConnection(ProposedFeatures.all, process.stdin.pipe(checkFraming(endBadly)), process.stdout);
const bundle = (name: string): string => join(import.meta.dirname, name);
let ranges: RangeRunner | undefined;
/** One pool of threads for all files; another one where the setting for memory changed. */
const rangesFor = (memoryMb: number): RangeRunner => {
  const width = widthFor(memoryMb);
  if (ranges?.width !== width)
    ranges = threads(bundle('thread.js'), width, (message) => new UserError(message), new Set(['relate']));
  return ranges;
};
process.on('exit', endForSure);
serveLanguage(connection, {
  start: async (options) => startScorer(bundle('scorer.js'), options),
  models: modelBudget,
  cacheFolder: defaultCacheFolder(),
  disk: (memoryMb, folder, tell) =>
    openDisk(folder ?? defaultCacheFolder(), rangesFor(memoryMb), undefined, memoryMb, tell),
});
