// The work of threads, done by this worker itself; but a regular expression of a person may never end, so it has a thread that can.
import { UserError } from '#core/messages.ts';
import { readQuery } from '#core/query/query.ts';
import type { RangeWork, Works } from '#node/rangeWork.ts';
import { workOn } from '#node/rangeWork.ts';
import { inWords } from '#node/systemErrors.ts';
import type { RangeRunner } from '#node/threads.ts';
import { threads } from '#node/threads.ts';

import { entries, entryBytes } from './memoryFiles.ts';

const apart = threads('', 1, (message) => new UserError(message));

function mayNeverEnd(work: RangeWork, task: Works[RangeWork]['task']): boolean {
  if (work !== 'search' || !('query' in task)) return false;
  const query = readQuery(task.query);
  return !('fault' in query) && query.hasExpression;
}

export const inWorker: RangeRunner = {
  width: 1,
  async run(work, task, onBytes, signal) {
    if (mayNeverEnd(work, task)) {
      // Not in memory any more: the reason is for the person.
      const { path = '' } = task;
      const entry = entries.get(path);
      if (entry?.isFolder === false) entryBytes(entry, path);
      return apart.run(work, task, onBytes, signal);
    }
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
