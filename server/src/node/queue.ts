// Serialises work by key.

const last = new Map<string, Promise<unknown>>();

/** Runs `work` after all earlier work with the same key has ended, even with an error. */
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
