// Watches the processes that do the scoring: a call ends with its process or its signal, and a process that dies is replaced
// as long as that brings the work further.
import { setTimeout as wait } from 'node:timers/promises';

import { messages } from '#core/messages.ts';

import type { Scorer } from './process.ts';
import { ScorerGone } from './process.ts';

/** How long a process may take to react to a cancellation, in milliseconds. */
const CANCEL_GRACE_MS = 100;

/** A call can fail this many milliseconds before the exit of its process is known. */
const EXIT_MS = 50;

/** Failures in a row without progress before the supervisor gives up. */
const MAX_FRUITLESS = 3;

/** The wait before the next attempt, in milliseconds. It doubles with each failure without progress. */
const BACKOFF_MS = 100;

/**
 * Waits for work on a process. Rejects with the signal's reason at most `CANCEL_GRACE_MS` after a cancellation, and with
 * `ScorerGone` when the process ends.
 * @param onLate called when the work ignores a cancellation
 */
export async function whileAlive<T>(
  { gone }: Pick<Scorer, 'gone'>,
  work: Promise<T>,
  signal?: AbortSignal,
  onLate: () => void = () => undefined,
): Promise<T> {
  const settled = work.then(
    () => 'settled',
    () => 'settled',
  );
  let cancel: () => void = () => undefined;
  const cancelled = new Promise<never>((_, reject) => {
    cancel = () => {
      void Promise.race([settled, wait(CANCEL_GRACE_MS, 'late')]).then((how) => {
        if (how === 'late') onLate();
        reject(signal?.reason as Error);
      });
    };
  });
  cancelled.catch(() => undefined);
  if (signal?.aborted) cancel();
  else signal?.addEventListener('abort', cancel, { once: true });
  try {
    return await Promise.race([work, gone, cancelled]);
  } catch (error) {
    signal?.throwIfAborted();
    // If the process is gone, the error of its exit explains more.
    if (!(error instanceof ScorerGone)) await Promise.race([gone, wait(EXIT_MS)]);
    throw error;
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}

export interface Persistence {
  /** Rises with every step that a later attempt need not repeat. */
  readonly progress: () => number;
  readonly signal: AbortSignal;
  /** A process died; the next attempt follows. */
  readonly onRestart?: ((reason: string) => void) | undefined;
  /** The error after the last attempt. */
  readonly giveUp?: (attempts: number, reason: string) => Error;
  /** See `BACKOFF_MS`. */
  readonly backoffMs?: number;
}

/**
 * Repeats an attempt that fails with `ScorerGone`, after a wait. Other errors end it at once, and so do `MAX_FRUITLESS`
 * failures in a row without progress.
 */
export async function persist<T>(
  attempt: () => Promise<T>,
  { progress, signal, onRestart, giveUp = messages.scorerGivenUp, backoffMs = BACKOFF_MS }: Persistence,
): Promise<T> {
  for (let fruitless = 0; ;) {
    signal.throwIfAborted();
    const before = progress();
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ScorerGone)) throw error;
      fruitless = progress() > before ? 0 : fruitless + 1;
      if (fruitless >= MAX_FRUITLESS) throw giveUp(fruitless, error.message);
      onRestart?.(error.message);
      // A cancellation ends the wait; the loop throws its reason.
      await wait(backoffMs * 2 ** fruitless, undefined, { signal }).catch(() => undefined);
    }
  }
}
