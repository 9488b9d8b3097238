// Random samples of rows.
import { seededRandom } from '../score/random.ts';

/** Draws some of these items, in their order. */
function draw(items: readonly number[] | Uint32Array, count: number, random: () => number): number[] {
  const pool = Uint32Array.from(items);
  const drawn = Math.min(count, pool.length);
  for (let i = 0; i < drawn; i++) {
    const j = i + Math.floor(random() * (pool.length - i));
    [pool[i], pool[j]] = [pool[j] ?? 0, pool[i] ?? 0];
  }
  return [...pool.subarray(0, drawn)].sort((a, b) => a - b);
}

/**
 * A random sample of the numbers below `total`, in ascending order.
 * @param groupOf draws as many from each group as from any other, as long as they have enough
 */
export function sampleOf(
  total: number,
  count: number,
  seed: number,
  groupOf?: (item: number) => number,
): readonly number[] {
  const random = seededRandom(seed);
  const all = Array.from({ length: total }, (_, i) => i);
  if (!groupOf) return draw(all, count, random);
  const groups = new Map<number, number[]>();
  for (const item of all) {
    const key = groupOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  // The smallest groups first: what they lack goes to the others.
  const inOrder = [...groups.values()].sort((a, b) => a.length - b.length);
  let left = Math.min(count, total);
  return inOrder
    .flatMap((group, i) => {
      const share = Math.min(group.length, Math.ceil(left / (inOrder.length - i)));
      left -= share;
      return draw(group, share, random);
    })
    .sort((a, b) => a - b);
}
