// Work that can wait, done in slices between frames so that keys and scrolling never wait for it.

/** Milliseconds of a slice. A job that began is finished, so jobs are small. */
const SLICE = 8;

const waiting = new Set<() => void>();
let isPlanned = false;

function runSlice(): void {
  isPlanned = false;
  const end = performance.now() + SLICE;
  for (const job of waiting) {
    waiting.delete(job);
    job();
    if (performance.now() >= end) break;
  }
  plan();
}

function plan(): void {
  if (isPlanned || waiting.size === 0) return;
  isPlanned = true;
  setTimeout(runSlice);
}

/** Runs a job soon, in the order of the calls. Returns what takes it back. */
export function soon(job: () => void): () => void {
  const own = (): void => {
    job();
  };
  waiting.add(own);
  plan();
  return () => {
    waiting.delete(own);
  };
}
