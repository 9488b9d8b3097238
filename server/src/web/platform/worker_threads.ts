export const isMainThread = true;

export const parentPort = null;

export const workerData = undefined;

export class Worker {
  constructor() {
    throw new Error('worker_threads: the worker of a browser works alone');
  }
}
