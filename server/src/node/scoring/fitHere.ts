// The built-in scorer in this process. Starting another one takes longer than the fit of a small file, which needs
// neither its memory nor its threads.
import type { ScorerNotifications, ScorerRequests } from '#protocol/scorer.ts';

import type { Handlers } from '../rpc.ts';
import type { Scorer } from './process.ts';

/** Length of all answers, in UTF-16 units. The process would fit such a file in one thread as well. */
export const MAX_LENGTH_HERE = 1 << 19;

const NEVER = new AbortController().signal;

/** What a scoring process answers to the requests of a fit, without the process. */
export async function startHere(): Promise<Scorer> {
  const { ALONE, fitHandlers, pauser } = await import('./fitHandlers.ts');
  const listeners = new Map<keyof ScorerNotifications, (params: never) => void>();
  const tell = (visited: number): void => {
    const listener = listeners.get('progress') as ((params: { visited: number }) => void) | undefined;
    listener?.({ visited });
  };
  const handlers: Partial<Handlers<ScorerRequests>> = fitHandlers(ALONE, (signal) => pauser(tell, signal));
  return {
    pid: process.pid,
    requests: {
      async call(name, params, signal = NEVER) {
        const handle = handlers[name] as ((params: unknown, signal: AbortSignal) => unknown) | undefined;
        if (!handle) throw new Error(`scorer: "${name}" needs a process`);
        return (await handle(params, signal)) as never;
      },
    },
    listen: (name, listener) => listeners.set(name, listener),
    gone: new Promise<never>(() => undefined),
    kill: () => undefined,
  };
}
