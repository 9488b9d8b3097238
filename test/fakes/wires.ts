// Both ends of each wire in one process, over the library's own transports.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { MessageChannel } from 'node:worker_threads';

import {
  createMessageConnection,
  PortMessageReader,
  PortMessageWriter,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';

import { openDisk } from '#node/diskTools.ts';
import type { Owner } from '#node/owner.ts';
import { callerOf } from '#node/rpc.ts';
import { modelBudget } from '#node/scorers/onnx.ts';
import type { Scorer, StartScorer } from '#node/scoring/process.ts';
import { ScorerGone } from '#node/scoring/process.ts';
import type { RangeRunner } from '#node/threads.ts';
import type { ScorerRequests } from '#protocol/scorer.ts';

import { serveLanguage } from '../../server/src/lsp/server.ts';
import { serveScorer } from '../../server/src/scorer/loop.ts';
import { PlainClient } from './client.ts';
import { lastOwner } from './owners.ts';
import { HERE } from './threads.ts';

export interface MemoryScorer extends Scorer {
  /** Ends it as a crash would. */
  crash(): void;
}

/** The scoring loop at the other end of a message channel, which clones as process IPC does. */
export function startInMemory(): MemoryScorer {
  const { port1, port2 } = new MessageChannel();
  const far = createMessageConnection(new PortMessageReader(port2), new PortMessageWriter(port2));
  serveScorer(far, 4711);
  const near = createMessageConnection(new PortMessageReader(port1), new PortMessageWriter(port1));
  const requests = callerOf<ScorerRequests>(near);
  near.listen();
  let fail: (reason: Error) => void = () => undefined;
  const gone = new Promise<never>((_, reject) => (fail = reject));
  gone.catch(() => undefined);
  const end = (reason: string): void => {
    port1.close();
    near.dispose();
    far.dispose();
    fail(new ScorerGone(reason));
  };
  return {
    requests,
    pid: 4711,
    gone,
    listen(name, listener) {
      near.onNotification(name, listener);
    },
    kill() {
      end('killed');
    },
    crash() {
      end('The scoring process ended (signal SIGSEGV).');
    },
  };
}

/** A language server in memory, and a plain client of it. */
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
