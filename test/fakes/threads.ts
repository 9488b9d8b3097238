// Runs thread work on the test's own thread.
import { workOn } from '#node/rangeWork.ts';
import type { RangeRunner } from '#node/threads.ts';

import { never } from './files.ts';

export const HERE: RangeRunner = {
  width: 1,
  run: async (work, task, onBytes, signal) =>
    workOn(work, task, (bytes) => {
      signal.throwIfAborted();
      onBytes(bytes);
    }),
};

/** Relation searches that end when the test calls their `held` function, with the input they started with. */
export function heldSearches() {
  const held: (() => void)[] = [];
  const ranges: RangeRunner = {
    width: 1,
    async run(work, task, onBytes, signal) {
      if (work !== 'relate') return HERE.run(work, task, onBytes, signal);
      // A thread gets a copy.
      const copy = structuredClone(task);
      await new Promise<void>((resolve) => held.push(resolve));
      return HERE.run(work, copy, onBytes, never);
    },
  };
  return { held, ranges };
}
