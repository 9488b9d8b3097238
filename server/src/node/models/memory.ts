// One memory budget for all models of this process: a start waits until idle models have made room.
import { totalmem } from 'node:os';

export interface Holder {
  readonly bytes: number;
  isIdle(): boolean;
  /** Ends the process and frees its memory. */
  stop(): void;
}

const LOOK_AGAIN_MS = 100;

export class MemoryBudget {
  readonly bytes: number;
  readonly #holders = new Set<Holder>();

  constructor(bytes: number) {
    this.bytes = bytes;
  }

  /** Resolves when there is room. The caller must refuse models larger than the budget. */
  async take(holder: Holder, signal: AbortSignal): Promise<void> {
    while (!this.#makeRoom(holder.bytes)) {
      signal.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
    this.#holders.add(holder);
  }

  give(holder: Holder): void {
    this.#holders.delete(holder);
  }

  #makeRoom(wanted: number): boolean {
    const free = (): number => this.bytes - [...this.#holders].reduce((sum, { bytes }) => sum + bytes, 0);
    for (const holder of [...this.#holders]) {
      if (free() >= wanted) return true;
      if (holder.isIdle()) {
        holder.stop();
        this.#holders.delete(holder);
      }
    }
    return free() >= wanted;
  }
}

/** Memory for all models; by default half of the machine's: the rest is for the editor and other programs. */
export function modelBudget(maxMb?: number): MemoryBudget {
  return new MemoryBudget(maxMb === undefined ? totalmem() / 2 : maxMb * 2 ** 20);
}
