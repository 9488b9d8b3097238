// Main program of a worker thread: runs one task after the other.
import { parentPort } from 'node:worker_threads';

import { UserError } from '#core/messages.ts';
import { errorMessage } from '#core/words/errorMessage.ts';

import { giveWay } from './giveWay.ts';
import { handOver, workOn } from './rangeWork.ts';
import { inWords } from './systemErrors.ts';
import type { FromThread, ToThread } from './threads.ts';

const port = parentPort;
if (!port) throw new Error('survey: not started as a thread');
const send = (message: FromThread, transfer: ArrayBuffer[] = []): void => {
  port.postMessage(message, transfer);
};

async function answer({ isBackground, work, task }: ToThread): Promise<void> {
  if (isBackground) giveWay();
  try {
    const result = await workOn(work, task, (count) => {
      send({ kind: 'bytes', count });
    });
    send({ kind: 'done', result }, handOver(result));
  } catch (failure) {
    const error = inWords(failure, task.path);
    send({
      kind: 'failed',
      message: errorMessage(error),
      isUserError: error instanceof UserError,
    });
  }
}

port.on('message', (message: ToThread) => void answer(message));
