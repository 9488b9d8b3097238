// Starts the scoring program. Every call ends, whatever happens to the process.
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';

import { UserError } from '#core/messages.ts';
import type { ScorerNotifications, ScorerRequests } from '#protocol/scorer.ts';
import { SCORER_PROTOCOL } from '#protocol/version.ts';

import type { Caller } from '../rpc.ts';
import { SilenceWatch } from './silence.ts';

/** A running scoring process. */
export interface Scorer {
  readonly requests: Caller<ScorerRequests>;
  readonly pid: number;
  /** Listens to a notification, in place of any earlier listener. */
  listen<Name extends keyof ScorerNotifications>(
    name: Name,
    listener: (params: ScorerNotifications[Name]) => void,
  ): void;
  /** Rejects with the reason when the process ends. */
  readonly gone: Promise<never>;
  /** Ends it at once. */
  kill(): void;
}

/** A process died or was ended for its silence: another one may do the work. */
export class ScorerGone extends UserError {}

/** How long a process may send nothing while a request waits, in milliseconds. A fit sends its progress ten times a second. */
export type SilenceLimits = Partial<Record<keyof ScorerRequests, number>>;

const ANSWER_MS = 60_000;

/** For requests that send nothing until they are done. */
const WORK_MS = 180_000;

/** Without the requests of a model: `ModelHost` has a deadline for each batch. */
const SILENCE_LIMITS: SilenceLimits = {
  hello: ANSWER_MS,
  add: ANSWER_MS,
  fit: ANSWER_MS,
  restore: ANSWER_MS,
  plan: WORK_MS,
  join: WORK_MS,
  selfTest: WORK_MS,
  addDifferences: ANSWER_MS,
  fitHead: ANSWER_MS,
  nearest: WORK_MS,
};

/** The last three are for a pool, where a start may have to wait. */
export interface StartOptions {
  /** Memory that the process may use; 0 for no limit. */
  readonly maxMb?: number;
  /** Cancels the start. */
  readonly signal?: AbortSignal;
  /** Owner of the process. The pool stops an idle owner if other starts wait. */
  readonly holder?: { isIdle(): boolean; stop(): void };
  /** The highest rank starts first; of equal ranks, the one that has waited longest. */
  readonly rank?: () => number;
  /** Called if the start has to wait. */
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

/** Requests with limits on silence. */
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

/** Forks the bundle at `path` and checks its protocol version. A process that uses more than `maxMb` ends itself. */
export async function startScorer(
  path: string,
  { maxMb = 0, signal, silence = SILENCE_LIMITS }: StartOptions & { readonly silence?: SilenceLimits } = {},
): Promise<Scorer> {
  // Loaded here, because runs without a process don't need its libraries.
  const { callerOf, connectionTo } = await import('../rpc.ts');
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
  const connection = connectionTo(child);
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
