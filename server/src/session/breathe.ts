import { performance } from 'node:perf_hooks';

/** Lets other requests run. */
export async function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** How long other requests wait at most while one loop works, in milliseconds. */
const SLICE_MS = 8;

/** Cuts a long loop into slices of time: where one is over, other requests run. */
export class Slices {
  #begun = performance.now();

  get isOver(): boolean {
    return performance.now() - this.#begun >= SLICE_MS;
  }

  async breathe(): Promise<void> {
    await breathe();
    this.#begun = performance.now();
  }
}
