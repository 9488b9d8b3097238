// One pool for all scoring processes of a server: one process per core, fewer if memory is short. Other starts wait, and the
// file that the person looked at last goes first.
import { availableParallelism } from 'node:os';

import type { Scorer, StartOptions, StartScorer } from './process.ts';

/** Memory of a process that fits a file of usual size, in MB. */
const PROCESS_MB = 128;

/** How often waiting starts check for idle processes. */
const LOOK_MS = 100;

/** Processes at a time within a memory budget. */
export function poolWidth(memoryMb: number, cores = availableParallelism()): number {
  return Math.max(1, Math.min(cores, Math.floor(memoryMb / PROCESS_MB)));
}

interface Waiting {
  readonly options: StartOptions;
  readonly enter: () => void;
}

/** Starts processes inside the pool. A new width applies from the next start on. */
export function pooled(start: StartScorer, width: () => number): StartScorer {
  /** Places in use. */
  const held = new Set<StartOptions>();
  const waiting = new Set<Waiting>();
  let timer: NodeJS.Timeout | undefined;

  const next = (): Waiting | undefined => {
    const order = [...waiting].map((one) => ({ one, rank: one.options.rank?.() ?? 0 }));
    return order.reduce<(typeof order)[number] | undefined>(
      (best, now) => (best === undefined || now.rank > best.rank ? now : best),
      undefined,
    )?.one;
  };

  /** Starts waiting processes while there is room. Stops an idle one to make room. */
  const look = (): void => {
    for (let one = next(); one && held.size < width(); one = next()) {
      waiting.delete(one);
      held.add(one.options);
      one.enter();
    }
    if (waiting.size === 0) {
      clearInterval(timer);
      timer = undefined;
      return;
    }
    timer ??= setInterval(look, LOOK_MS).unref();
    [...held].find(({ holder }) => holder?.isIdle())?.holder?.stop();
  };

  const enter = async (options: StartOptions): Promise<void> => {
    const { signal, onWait } = options;
    signal?.throwIfAborted();
    let leave: (() => void) | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        const one: Waiting = { options, enter: resolve };
        leave = () => {
          if (waiting.delete(one)) reject(signal?.reason as Error);
        };
        signal?.addEventListener('abort', leave, { once: true });
        waiting.add(one);
        look();
        if (waiting.has(one)) onWait?.();
      });
    } finally {
      if (leave) signal?.removeEventListener('abort', leave);
    }
  };

  return async (given = {}): Promise<Scorer> => {
    // A copy, so that two starts of one holder are two places.
    const options: StartOptions = { ...given };
    await enter(options);
    const give = (): void => {
      held.delete(options);
      look();
    };
    try {
      const scorer = await start(options);
      scorer.gone.catch(give);
      return scorer;
    } catch (error) {
      give();
      throw error;
    }
  };
}
