export const isMainThread = true;

export const parentPort = null;

export const workerData = undefined;

/** The worker of a browser works alone: `ranges.ts` is in the place of threads. */
export const Worker = undefined;
