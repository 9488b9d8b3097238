// Runs thread work on the test's own thread.
import { workOn } from '#node/rangeWork.ts';
import type { RangeRunner } from '#node/threads.ts';

export const HERE: RangeRunner = {
  width: 1,
  run: async (work, task, onBytes, signal) =>
    workOn(work, task, (bytes) => {
      signal.throwIfAborted();
      onBytes(bytes);
    }),
};
