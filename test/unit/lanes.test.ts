import { expect, it } from 'vitest';

import { inLanes } from '#core/lanes.ts';

it.each([1, 3, 9])('does all work, at most %i at a time, the lowest numbers first', async (width) => {
  const begun: number[] = [];
  let [now, most] = [0, 0];
  await inLanes(width, 7, async (item) => {
    begun.push(item);
    most = Math.max(most, ++now);
    for (let turn = 0; turn < 1 + (item % 3); turn++) await Promise.resolve();
    now--;
  });
  expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(most).toBe(Math.min(width, 7));
});

it('rejects with the first failure', async () => {
  const work = async (item: number): Promise<void> =>
    item < 2 ? Promise.resolve() : Promise.reject(new Error(`no ${item}`));
  await expect(inLanes(2, 5, work)).rejects.toThrow('no 2');
});
