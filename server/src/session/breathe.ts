/** Lets other requests run. */
export async function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
