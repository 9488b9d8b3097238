// Work that waits for its turn: at most a few pieces at a time, the most urgent one first.

/** Runs `work` when one of the places is free. A lower number goes first. */
export type InTurn = <T>(priority: number, work: () => Promise<T>) => Promise<T>;

export function turns(places: number): InTurn {
  const waiting: { readonly priority: number; readonly go: () => void }[] = [];
  let free = places;
  return async (priority, work) => {
    if (free > 0) free--;
    else {
      await new Promise<void>((go) => {
        const at = waiting.findIndex((other) => other.priority > priority);
        waiting.splice(at < 0 ? waiting.length : at, 0, { priority, go });
      });
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next.go();
      else free++;
    }
  };
}
