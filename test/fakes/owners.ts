// Processes that own unsaved edits, without processes.
import type { Owner } from '#node/owner.ts';

export class Owners {
  readonly #alive = new Set<string>();
  #next = 1;

  /** One more, which runs until it is ended. */
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

/** One that takes all others for gone, as after a crash. */
export function lastOwner(): Owner {
  return { id: `${++count}-last`, isGone: () => true, inUse: new Set() };
}
