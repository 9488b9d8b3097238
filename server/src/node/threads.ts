// Pool of worker threads for ranges of files. Their work does no I/O except reading, so threads are safe.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

import type { RangeWork, Works } from './rangeWork.ts';

/** Message to a thread: one task at a time. */
export interface ToThread {
  /** Its thread gives way to all others of the system. */
  readonly isBackground: boolean;
  readonly work: RangeWork;
  readonly task: Works[RangeWork]['task'];
}

export type FromThread =
  | { readonly kind: 'bytes'; readonly count: number }
  | { readonly kind: 'done'; readonly result: Works[RangeWork]['result'] }
  | { readonly kind: 'failed'; readonly message: string; readonly isUserError: boolean };

export interface RangeRunner {
  /** Number of ranges processed in parallel. */
  readonly width: number;
  run<W extends RangeWork>(
    work: W,
    task: Works[W]['task'],
    onBytes: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<Works[W]['result']>;
}

/** An idle thread ends after this time and frees its memory. */
const IDLE_MS = 5000;

/** One thread per core, limited by memory: each takes about 200 MB while it reads. */
export function widthFor(memoryMb: number): number {
  return Math.max(1, Math.min(availableParallelism(), 8, Math.floor(memoryMb / 200)));
}

/** A waiting or running task. */
interface Job extends ToThread {
  readonly onBytes: (bytes: number) => void;
  readonly resolve: (result: Works[RangeWork]['result']) => void;
  readonly reject: (reason: Error) => void;
}

/**
 * At most `width` threads, started on demand and shared by all files: starting one costs as much as reading 3 MB.
 * @param background work that nobody waits for
 */
export function threads(
  workerPath: string,
  width: number,
  toError: (message: string) => Error,
  background: ReadonlySet<RangeWork> = new Set(),
): RangeRunner {
  const waiting: Job[] = [];
  const idle = new Map<Worker, NodeJS.Timeout>();
  const busy = new Map<Worker, Job>();

  const rest = (worker: Worker): void => {
    const isSlow = busy.get(worker)?.isBackground === true;
    busy.delete(worker);
    if (isSlow) {
      // A priority can't be raised again.
      void worker.terminate();
      startNext();
      return;
    }
    // An idle thread must not keep the program running.
    worker.unref();
    const end = (): void => {
      // It takes a moment to end, and must get no task meanwhile.
      idle.delete(worker);
      void worker.terminate();
    };
    idle.set(worker, setTimeout(end, IDLE_MS).unref());
    startNext();
  };
  const lose = (worker: Worker, reason: (job: Job) => Error): void => {
    const job = busy.get(worker);
    busy.delete(worker);
    clearTimeout(idle.get(worker));
    idle.delete(worker);
    job?.reject(reason(job));
    startNext();
  };
  const start = (): Worker => {
    const worker = new Worker(workerPath);
    worker.on('message', (message: FromThread) => {
      const job = busy.get(worker);
      if (message.kind === 'bytes') {
        job?.onBytes(message.count);
        return;
      }
      if (message.kind === 'done') job?.resolve(message.result);
      else job?.reject(message.isUserError ? toError(message.message) : new Error(message.message));
      rest(worker);
    });
    worker.on('error', (error) => {
      lose(worker, () => error);
    });
    worker.on('exit', (code) => {
      lose(worker, ({ task }) => {
        const name = 'name' in task ? task.name : task.path;
        return new Error(`The thread for ${name} ended unexpectedly (code ${code}).`);
      });
    });
    return worker;
  };
  const startNext = (): void => {
    while (waiting.length > 0 && busy.size < width) {
      const job = waiting.shift();
      if (!job) return;
      const worker = (job.isBackground ? undefined : [...idle.keys()].at(-1)) ?? start();
      clearTimeout(idle.get(worker));
      idle.delete(worker);
      busy.set(worker, job);
      worker.ref();
      const { isBackground, work, task } = job;
      worker.postMessage({ isBackground, work, task } satisfies ToThread);
    }
  };
  const stop = (job: Job, reason: Error): void => {
    const at = waiting.indexOf(job);
    if (at >= 0) waiting.splice(at, 1);
    job.reject(reason);
    for (const [worker, own] of busy) if (own === job) void worker.terminate();
  };

  return {
    width,
    run: async <W extends RangeWork>(
      work: W,
      task: Works[W]['task'],
      onBytes: (bytes: number) => void,
      signal: AbortSignal,
    ) => {
      signal.throwIfAborted();
      let onAbort: (() => void) | undefined;
      try {
        return await new Promise<Works[W]['result']>((resolve, reject) => {
          const isBackground = background.has(work);
          const job: Job = { isBackground, work, task, onBytes, resolve: resolve, reject };
          onAbort = (): void => {
            stop(job, signal.reason as Error);
          };
          signal.addEventListener('abort', onAbort, { once: true });
          waiting.push(job);
          startNext();
        });
      } finally {
        if (onAbort) signal.removeEventListener('abort', onAbort);
      }
    },
  };
}
