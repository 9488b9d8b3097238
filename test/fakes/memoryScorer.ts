// The scoring program in this process, behind a message channel.
import { MessageChannel } from 'node:worker_threads';

import { createMessageConnection, PortMessageReader, PortMessageWriter } from 'vscode-jsonrpc/node';

import { callerOf } from '#node/rpc.ts';
import type { ScoringJob } from '#node/scoring/fit.ts';
import type { Scorer } from '#node/scoring/process.ts';
import { ScorerGone } from '#node/scoring/process.ts';
import type { ScorerRequests, WirePair } from '#protocol/scorer.ts';

import { serveScorer } from '../../server/src/scorer/loop.ts';

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

/** A job over pairs, fed in batches of 64. */
export function scoringJob(pairs: readonly WirePair[], over: Partial<ScoringJob> = {}): ScoringJob {
  return {
    pairs: async function* () {
      for (let at = 0; at < pairs.length; at += 64) yield await Promise.resolve(pairs.slice(at, at + 64));
    },
    pairCount: pairs.length,
    seed: 1,
    grouping: { by: 'best' },
    selfTest: false,
    onProgress: () => undefined,
    signal: new AbortController().signal,
    ...over,
  };
}
