// Owners of unsaved edits, without processes.
import type { Owner } from '#node/owner.ts';

export class Owners {
  readonly #alive = new Set<string>();
  #next = 1;

  /** Adds one that runs until it is ended. */
  start(): Owner {
    const id = `${this.#next++}-0`;
    this.#alive.add(id);
    return { id, isGone: (other) => !this.#alive.has(other), inUse: new Set() };
  }

  end({ id }: Owner): void {
    this.#alive.delete(id);
  }
}

let count = 0;

/** One that treats all others as ended, as after a crash. */
export function lastOwner(): Owner {
  return { id: `${++count}-last`, isGone: () => true, inUse: new Set() };
}
