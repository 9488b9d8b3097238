// Worker threads that read ranges of files. A range is plain work without I/O but reading, so a thread is safe for it.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

import type { Work, Works } from './rangeWork.ts';

/** What a thread is given. */
export interface ThreadData {
  readonly work: Work;
  readonly task: Works[Work]['task'];
}

export type FromThread =
  | { readonly kind: 'bytes'; readonly count: number }
  | { readonly kind: 'done'; readonly result: Works[Work]['result'] }
  | { readonly kind: 'failed'; readonly message: string; readonly isUserError: boolean };

/** What works on ranges. */
export interface RangeRunner {
  /** How many ranges it works on at a time. */
  readonly width: number;
  run<W extends Work>(
    work: W,
    task: Works[W]['task'],
    onBytes: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<Works[W]['result']>;
}

/** A thread for each core but not more than memory allows: each takes about 200 MB while it reads. */
export function widthFor(memoryMb: number): number {
  return Math.max(1, Math.min(availableParallelism(), 8, Math.floor(memoryMb / 200)));
}

/** A thread for each range; callers start `width` of them at a time at most. */
export function threads(workerPath: string, width: number, toError: (message: string) => Error): RangeRunner {
  return {
    width,
    run: async <W extends Work>(
      work: W,
      task: Works[W]['task'],
      onBytes: (bytes: number) => void,
      signal: AbortSignal,
    ) =>
      new Promise<Works[W]['result']>((resolve, reject) => {
        signal.throwIfAborted();
        const worker = new Worker(workerPath, { workerData: { work, task } satisfies ThreadData });
        const stop = (): void => {
          void worker.terminate();
          reject(signal.reason as Error);
        };
        signal.addEventListener('abort', stop, { once: true });
        worker.on('message', (message: FromThread) => {
          if (message.kind === 'bytes') onBytes(message.count);
          else if (message.kind === 'done') resolve(message.result);
          else reject(message.isUserError ? toError(message.message) : new Error(message.message));
        });
        worker.on('error', reject);
        worker.on('exit', (code) => {
          signal.removeEventListener('abort', stop);
          reject(new Error(`The thread that worked on ${task.path} ended early (code ${code}).`));
        });
      }),
  };
}
