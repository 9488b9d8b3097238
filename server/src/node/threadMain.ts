// The program of a thread: one range, then the end.
import { parentPort, workerData } from 'node:worker_threads';

import { UserError } from '#core/messages.ts';

import { handOver, workOn } from './rangeWork.ts';
import type { FromThread, ThreadData } from './threads.ts';

const port = parentPort;
if (!port) throw new Error('survey: not started as a thread');
const send = (message: FromThread, transfer: ArrayBuffer[] = []): void => {
  port.postMessage(message, transfer);
};
try {
  const { work, task } = workerData as ThreadData;
  const result = await workOn(work, task, (count) => {
    send({ kind: 'bytes', count });
  });
  send({ kind: 'done', result }, handOver(result));
} catch (error) {
  send({
    kind: 'failed',
    message: error instanceof Error ? error.message : String(error),
    isUserError: error instanceof UserError,
  });
}
