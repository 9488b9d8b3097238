// Starts the scoring program and keeps hold of its life: every call ends, whatever happens to the child.
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';

import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';

import type { ScorerNotifications, ScorerRequests } from '#protocol/scorer.ts';
import { SCORER_PROTOCOL } from '#protocol/version.ts';

import type { Caller } from './rpc.ts';
import { callerOf } from './rpc.ts';

/** A running scorer, at the other end of some wire. */
export interface Scorer {
  readonly requests: Caller<ScorerRequests>;
  readonly pid: number;
  /** Hears a notification; a later listener takes the place of an earlier one. */
  listen<Name extends keyof ScorerNotifications>(
    name: Name,
    listener: (params: ScorerNotifications[Name]) => void,
  ): void;
  /** Rejects with the reason when the scorer is gone. */
  readonly gone: Promise<never>;
  /** Ends it at once. */
  kill(): void;
}

/** The scorer is gone without having been told to: the job may be tried again. */
export class ScorerGone extends Error {}

/** `mostMb`: what it may hold; 0 for no limit. */
export type StartScorer = (mostMb?: number) => Promise<Scorer>;

/** The last lines that a process wrote to standard error, for a message. */
function tailOf(child: ChildProcess): () => string {
  let tail = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-2000);
  });
  return () => tail.trim();
}

/** Forks the bundle at `path` and shakes hands. A process that holds more than `mostMb` ends itself. */
export async function startScorer(path: string, mostMb = 0): Promise<Scorer> {
  const child = fork(path, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
    env: { ...process.env, PREFLENS_MEMORY_MB: String(mostMb) },
  });
  const stderr = tailOf(child);
  const connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
  const gone = new Promise<never>((_, reject) => {
    child.once('exit', (code, signal) => {
      connection.dispose();
      const how = signal === null ? `exit code ${String(code)}` : `signal ${signal}`;
      const said = stderr();
      reject(new ScorerGone(`The scoring process ended (${how}).${said === '' ? '' : ` It said: ${said}`}`));
    });
    child.once('error', (error) => {
      reject(new ScorerGone(`The scoring process could not be started: ${error.message}`));
    });
  });
  gone.catch(() => undefined);
  const requests = callerOf<ScorerRequests>(connection);
  connection.listen();
  const hello = await Promise.race([requests.call('hello', { version: SCORER_PROTOCOL }), gone]);
  if (hello.version !== SCORER_PROTOCOL) {
    child.kill('SIGKILL');
    throw new Error(
      `The scoring process speaks protocol ${hello.version}, this server ${SCORER_PROTOCOL}: reinstall PrefLens.`,
    );
  }
  return {
    requests,
    pid: hello.pid,
    gone,
    listen(name, listener) {
      connection.onNotification(name, listener);
    },
    kill() {
      child.kill('SIGKILL');
    },
  };
}
