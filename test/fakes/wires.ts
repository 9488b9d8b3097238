// Both ends of each wire in one process, over the library's own transports.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';

import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';

import { openDisk } from '#node/diskTools.ts';
import { modelBudget } from '#node/models/memory.ts';
import type { Owner } from '#node/owner.ts';
import type { StartScorer } from '#node/scoring/process.ts';
import type { RangeRunner } from '#node/threads.ts';

import { serveLanguage } from '../../server/src/lsp/server.ts';
import { PlainClient } from './client.ts';
import { startInMemory } from './memoryScorer.ts';
import { lastOwner } from './owners.ts';
import { HERE } from './threads.ts';

/** A language server in memory, and a plain client for it. */
export function memoryServer(
  start: StartScorer = async () => Promise.resolve(startInMemory()),
  cacheFolder = join(tmpdir(), `preflens-wire-${process.pid}`),
  ranges: RangeRunner = HERE,
  owner: Owner = lastOwner(),
): PlainClient {
  const [up, down] = [new PassThrough(), new PassThrough()];
  serveLanguage(
    createConnection(ProposedFeatures.all, new StreamMessageReader(up), new StreamMessageWriter(down)),
    {
      start,
      models: modelBudget,
      cacheFolder,
      disk: (_memory, _folder, tell) => openDisk(cacheFolder, ranges, owner, undefined, tell),
    },
  );
  return new PlainClient(createMessageConnection(new StreamMessageReader(down), new StreamMessageWriter(up)));
}
