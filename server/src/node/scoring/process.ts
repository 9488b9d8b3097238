// Starts the scoring program and keeps hold of its life: every call ends, whatever happens to the child.
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';

import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';

import { UserError } from '#core/messages.ts';
import type { ScorerNotifications, ScorerRequests } from '#protocol/scorer.ts';
import { SCORER_PROTOCOL } from '#protocol/version.ts';

import type { Caller } from '../rpc.ts';
import { callerOf } from '../rpc.ts';
import { SilenceWatch } from './silence.ts';

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
export class ScorerGone extends UserError {}

/** For how long a process may say nothing while a request waits, in milliseconds. A fit tells its progress ten times a second. */
export type SilenceLimits = Partial<Record<keyof ScorerRequests, number>>;

const ANSWER_MS = 60_000;

/** Requests that are one long piece of work. */
const WORK_MS = 180_000;

/** The requests of a model are not here: its host has a deadline for each batch. */
export const SILENCE_LIMITS: SilenceLimits = {
  hello: ANSWER_MS,
  add: ANSWER_MS,
  fit: ANSWER_MS,
  restore: ANSWER_MS,
  plan: WORK_MS,
  join: WORK_MS,
  selfTest: WORK_MS,
};

/** What a start may depend on. The last three are for a pool, where a start may have to wait. */
export interface StartOptions {
  /** What the process may hold; 0 for no limit. */
  readonly maxMb?: number;
  /** Cancels the start. */
  readonly signal?: AbortSignal;
  /** Who keeps the process: ended while it is idle where others wait. */
  readonly holder?: { isIdle(): boolean; stop(): void };
  /** Of those who wait the highest goes first, of equal ones the first that came. */
  readonly rank?: () => number;
  /** Told when there is no room yet. */
  readonly onWait?: () => void;
}

export type StartScorer = (options?: StartOptions) => Promise<Scorer>;

/** The last lines that a process wrote to standard error, for a message. */
function tailOf(child: ChildProcess): () => string {
  let tail = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-2000);
  });
  return () => tail.trim();
}

function goneMessage(ended: string | undefined, code: number | null, signal: string | null): string {
  if (ended !== undefined) return `The scoring process was ended: ${ended}.`;
  return `The scoring process ended (${signal === null ? `exit code ${String(code)}` : `signal ${signal}`}).`;
}

/** Requests of which none waits for a process that says nothing. */
function patient(
  requests: Caller<ScorerRequests>,
  watch: SilenceWatch,
  limits: SilenceLimits,
): Caller<ScorerRequests> {
  return {
    call: async (name, params, signal) => {
      const call = requests.call(name, params, signal);
      const ms = limits[name];
      return ms === undefined ? call : watch.during(ms, call);
    },
  };
}

/** Forks the bundle at `path` and shakes hands. A process that holds more than `maxMb` ends itself. */
export async function startScorer(
  path: string,
  { maxMb = 0, signal, silence = SILENCE_LIMITS }: StartOptions & { readonly silence?: SilenceLimits } = {},
): Promise<Scorer> {
  signal?.throwIfAborted();
  const child = fork(path, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
    env: { ...process.env, PREFLENS_MEMORY_MB: String(maxMb) },
  });
  const stderr = tailOf(child);
  let ended: string | undefined;
  const watch = new SilenceWatch((ms) => {
    ended = `it said nothing for ${ms / 1000} s`;
    child.kill('SIGKILL');
  });
  child.on('message', () => {
    watch.heard();
  });
  const connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
  const gone = new Promise<never>((_, reject) => {
    child.once('exit', (code, signal) => {
      connection.dispose();
      const said = stderr();
      reject(new ScorerGone(`${goneMessage(ended, code, signal)}${said === '' ? '' : ` It said: ${said}`}`));
    });
    child.once('error', (error) => {
      reject(new ScorerGone(`The scoring process could not be started: ${error.message}`));
    });
  });
  gone.catch(() => undefined);
  const requests = patient(callerOf<ScorerRequests>(connection), watch, silence);
  connection.listen();
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  signal?.addEventListener('abort', kill, { once: true });
  const hello = await Promise.race([requests.call('hello', { version: SCORER_PROTOCOL }), gone]).finally(
    () => {
      signal?.removeEventListener('abort', kill);
    },
  );
  if (hello.version !== SCORER_PROTOCOL) {
    kill();
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
    kill,
  };
}
