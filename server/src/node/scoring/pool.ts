// One pool for all scoring processes of a server: as many as there are cores, fewer where memory is short. Who comes too
// late waits, and who is looked at goes first.
import { availableParallelism } from 'node:os';

import type { Scorer, StartOptions, StartScorer } from './process.ts';

/** What a process that fits a file of usual size holds, in MB. */
const PROCESS_MB = 128;

/** How often it is looked whether a process that holds a place has become idle. */
const LOOK_MS = 100;

/** Processes at a time inside a memory budget. */
export function poolWidth(memoryMb: number, cores = availableParallelism()): number {
  return Math.max(1, Math.min(cores, Math.floor(memoryMb / PROCESS_MB)));
}

interface Waiting {
  readonly options: StartOptions;
  readonly enter: () => void;
}

/** Starts processes inside the pool: the width may change, and counts from the next start on. */
export function pooled(start: StartScorer, width: () => number): StartScorer {
  /** Places that are taken, by what may be ended when it is idle. */
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

  /** Starts waiting scorers while there is room. An idle process is ended to make room. */
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
    // Its own object, so that two starts of one holder are two places.
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
