// The work of threads, done by this worker itself.
import { workOn } from '#node/rangeWork.ts';
import { inWords } from '#node/systemErrors.ts';
import type { RangeRunner } from '#node/threads.ts';

export const inWorker: RangeRunner = {
  width: 1,
  async run(work, task, onBytes, signal) {
    signal.throwIfAborted();
    // Messages that came meanwhile go first: keys that a person pressed, and what cancels this.
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
    try {
      return await workOn(work, task, onBytes);
    } catch (failure) {
      throw inWords(failure, task.path);
    }
  },
};
