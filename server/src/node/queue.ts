// Work that must not run twice at a time on one thing.

const last = new Map<string, Promise<unknown>>();

/** Runs the work once all earlier work under the same key is over, however that ended. */
export async function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
  const before = last.get(key) ?? Promise.resolve();
  const own = before.then(work, work);
  last.set(key, own);
  try {
    return await own;
  } finally {
    if (last.get(key) === own) last.delete(key);
  }
}
