// The built-in scorer in this worker. What needs a program of its own says so.
import { UserError } from '#core/messages.ts';
import { startHere } from '#node/scoring/fitHere.ts';
import type { Scorer } from '#node/scoring/process.ts';
import { ScorerGone } from '#node/scoring/process.ts';

/** Requests of a fit; the others are about models. */
const OF_A_FIT = new Set(['add', 'plan', 'fit', 'join', 'restore', 'selfTest']);

export async function startInWorker(): Promise<Scorer> {
  const here = await startHere();
  const ended = new AbortController();
  const gone = new Promise<never>((_, reject) => {
    ended.signal.addEventListener('abort', () => {
      reject(new ScorerGone('The scorer was ended.'));
    });
  });
  gone.catch(() => undefined);
  return {
    ...here,
    gone,
    kill() {
      ended.abort();
    },
    requests: {
      async call(name, params, signal = ended.signal) {
        if (!OF_A_FIT.has(name))
          throw new UserError(
            'models do not run in a browser. Open the folder in VS Code on a computer, or remove the model from preflens.json to use the built-in scorer',
          );
        const call = here.requests.call(name, params, AbortSignal.any([signal, ended.signal]));
        return Promise.race([call, gone]);
      },
    },
  };
}
