// Priorities of threads, as the system has them.
import { constants, getPriority } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

import { describe, expect, it } from 'vitest';

const GIVE_WAY = join(import.meta.dirname, '..', '..', 'server', 'src', 'node', 'giveWay.ts');

/** A thread that gives way, and says which priority it has then. */
const THREAD = `
import { readlinkSync } from 'node:fs';
import { constants, getPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { giveWay } from ${JSON.stringify(GIVE_WAY)};
giveWay();
parentPort.postMessage(getPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1))));
`;

describe.runIf(process.platform === 'linux')('a thread that gives way', () => {
  it('has a low priority, and its process has the same as before', async () => {
    const before = getPriority();
    const thread = new Worker(THREAD, { eval: true });
    const priority = await new Promise<number>((resolve, reject) => {
      thread.once('message', resolve);
      thread.once('error', reject);
    });
    expect(priority).toBe(Math.max(before, constants.priority.PRIORITY_BELOW_NORMAL));
    expect(getPriority()).toBe(before);
  });
});
