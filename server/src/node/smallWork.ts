// Small files are read in the calling thread: starting another one takes as long as reading 3 MB.
import { statSync } from 'node:fs';

import type { RangeWork, Works } from './rangeWork.ts';
import { inWords } from './systemErrors.ts';
import type { RangeRunner } from './threads.ts';

const MAX_FILE_BYTES = 1 << 18;
/** In all: a folder of many small files is worth its threads. */
const MAX_BYTES = 1 << 20;
/** Handing such a file to a thread takes as long as reading it, however many there are. */
const TINY_BYTES = 1 << 15;

/** Files from this size on are worth a cache, where this many bytes are read in all. */
export function minCachedBytes(bytes: number): number {
  return bytes > MAX_BYTES ? TINY_BYTES : MAX_FILE_BYTES;
}

/** Reads a file or its facts once. A search is not among them: only a thread can be stopped in an expression. */
const HERE: ReadonlySet<RangeWork> = new Set(['survey', 'signatures', 'relate', 'version', 'explain']);

function bytesOf(path: string | undefined): number {
  if (path === undefined) return Infinity;
  return statSync(path, { throwIfNoEntry: false })?.size ?? Infinity;
}

/** For programs that have nothing else to do meanwhile. */
export function smallWorkHere(pool: RangeRunner): RangeRunner {
  let left = MAX_BYTES;
  return {
    width: pool.width,
    run: async <W extends RangeWork>(
      work: W,
      task: Works[W]['task'],
      onBytes: (bytes: number) => void,
      signal: AbortSignal,
    ): Promise<Works[W]['result']> => {
      const bytes = HERE.has(work) ? bytesOf(task.path) : Infinity;
      if (bytes > TINY_BYTES) {
        if (bytes > Math.min(MAX_FILE_BYTES, left)) return pool.run(work, task, onBytes, signal);
        left -= bytes;
      }
      signal.throwIfAborted();
      const { workOn } = await import('./rangeWork.ts');
      try {
        return await workOn(work, task, onBytes);
      } catch (failure) {
        throw inWords(failure, task.path);
      }
    },
  };
}
