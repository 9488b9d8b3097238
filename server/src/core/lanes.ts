/** Does work 0 to `count` − 1, at most `width` at a time, the lowest numbers first. Rejects with the first failure. */
export async function inLanes(
  width: number,
  count: number,
  work: (item: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, lane));
}
