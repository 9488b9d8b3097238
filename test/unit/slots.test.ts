// Which element of the grid shows which row.
import { describe, expect, it } from 'vitest';

import { seededRandom } from '#core/score/random.ts';

import { Slots } from '../../media/src/view/slots.ts';

const rows = (from: number, count = 5): string[] => Array.from({ length: count }, (_, i) => `#${from + i}`);

describe('slots', () => {
  it('keep a row in its element while it is on the screen', () => {
    const slots = new Slots();
    expect(slots.take(rows(0))).toEqual([0, 1, 2, 3, 4]);
    expect(slots.take(rows(2))).toEqual([2, 3, 4, 0, 1]);
    expect(slots.take(rows(1))).toEqual([1, 2, 3, 4, 0]);
  });

  it('move no element after a jump', () => {
    const slots = new Slots();
    slots.take(rows(0));
    const before = slots.take(rows(2));
    expect(slots.take(rows(900))).toEqual(before);
  });

  it('are as many as there are rows, and all different', () => {
    const [slots, random] = [new Slots(), seededRandom(3)];
    let before = new Map<string, number>();
    for (let round = 0; round < 300; round++) {
      const keys = rows(Math.floor(random() * 12), Math.floor(random() * 9));
      const taken = slots.take(keys);
      expect(new Set(taken).size).toBe(keys.length);
      keys.forEach((key, i) => {
        if (before.has(key)) expect(taken[i]).toBe(before.get(key));
      });
      before = new Map(keys.map((key, i) => [key, taken[i]!]));
    }
  });
});
