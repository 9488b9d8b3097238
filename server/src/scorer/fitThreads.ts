// Fits of a job: in this thread, or side by side on threads that share the words of all pairs.
import { availableParallelism } from 'node:os';
import { parentPort, Worker } from 'node:worker_threads';

import type { JobRows, PartFit } from '#core/score/consistency.ts';
import { fitPart } from '#core/score/consistency.ts';
import type { Pause } from '#core/score/fit.ts';

/** Fits the parts of a job. */
export interface Fitter {
  /** Parts to fit side by side. */
  readonly width: number;
  fit(part: number, sign: Int8Array, pause: Pause): Promise<PartFit>;
}

/** Fewer words are fitted before a thread has started. */
const MIN_WORDS = 1 << 18;

/** Rows that a thread visits between two messages: a tenth of a second. */
const TELL_EVERY = 1 << 13;

/** What a thread is started with. */
interface FitThreadData {
  readonly rows: JobRows;
}

interface ToThread {
  readonly part: number;
  readonly sign: Int8Array;
}

type FromThread = { readonly visited: number } | { readonly fitted: PartFit };

const inThisThread = (rows: JobRows): Fitter => ({
  width: 1,
  fit: async (part, sign, pause) => fitPart(rows, part, sign, pause),
});

/**
 * A thread whose fit fails ends the process: the supervisor starts another one, which continues with the next part. The end
 * of a job, also by its cancellation, ends the process and so its threads.
 */
function onThreads(program: string, rows: JobRows, width: number): Fitter {
  const idle: Worker[] = [];
  return {
    width,
    async fit(part, sign, pause) {
      const thread = idle.pop() ?? new Worker(program, { workerData: { rows } satisfies FitThreadData });
      const fitted = await new Promise<PartFit>((resolve, reject) => {
        const hear = (message: FromThread): void => {
          if ('visited' in message) {
            pause(message.visited)?.catch(reject);
            return;
          }
          thread.off('message', hear);
          resolve(message.fitted);
        };
        thread.on('message', hear);
        thread.postMessage({ part, sign } satisfies ToThread);
      });
      idle.push(thread);
      return fitted;
    },
  };
}

/** @param program the file of this bundle, which is also that of its threads; without it there are none */
export function fitterFor(rows: JobRows, program: string | undefined): Fitter {
  const width = Math.min(availableParallelism(), rows.foldCount);
  return program === undefined || width === 1 || rows.features.words.length < MIN_WORDS
    ? inThisThread(rows)
    : onThreads(program, rows, width);
}

export const isFitThread = (data: unknown): data is FitThreadData =>
  typeof data === 'object' && data !== null && 'rows' in data;

/** Runs in a thread: fits what it is sent, one part at a time. */
export function serveFits({ rows }: FitThreadData): void {
  parentPort?.on('message', ({ part, sign }: ToThread) => {
    let visited = 0;
    const pause: Pause = (count) => {
      visited += count;
      if (visited < TELL_EVERY) return undefined;
      parentPort?.postMessage({ visited } satisfies FromThread);
      visited = 0;
      return undefined;
    };
    void fitPart(rows, part, sign, pause).then((fitted) => {
      parentPort?.postMessage({ fitted } satisfies FromThread);
    });
  });
}
