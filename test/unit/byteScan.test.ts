// The scan for two bytes, beside a loop over all places.
import { expect, it } from 'vitest';

import type { Anchor, ByteClass } from '#core/query/anchors.ts';
import { seededRandom } from '#core/score/random.ts';
import { byteScan } from '#node/byteScan.ts';

const fits = ({ mask, value }: ByteClass, byte = -1): boolean => byte >= 0 && (byte & mask) === value;

function plainly(bytes: Uint8Array, { first, second, distance }: Anchor, from: number, end: number): number {
  for (let at = from; at + distance < end; at++)
    if (fits(first, bytes[at]) && fits(second, bytes[at + distance])) return at;
  return -1;
}

it('finds what a loop over all places finds', () => {
  const scan = byteScan();
  expect(scan).toBeDefined();
  const random = seededRandom(5);
  const below = (count: number): number => Math.floor(random() * count);
  let found = 0;
  for (let round = 0; round < 3000; round++) {
    // Also longer than a page of memory, and than the blocks before.
    const length = round % 500 === 499 ? 70_000 + below(300_000) : below(200);
    const letters = 2 + below(30);
    const bytes = Uint8Array.from({ length }, () => 0x40 + below(letters));
    scan!.room(length).set(bytes);
    const some = (): ByteClass =>
      random() < 0.5
        ? { mask: 0xff, value: 0x40 + below(letters) }
        : { mask: 0xdf, value: 0x40 + below(Math.min(32, letters)) };
    const anchor = { first: some(), second: some(), distance: below(40) };
    const from = below(length + 2);
    const end = below(4) === 0 ? below(length + 1) : length;
    const wanted = plainly(bytes, anchor, from, end);
    expect([round, scan!.find(anchor, from, end)]).toEqual([round, wanted]);
    if (wanted >= 0) found++;
  }
  expect(found).toBeGreaterThan(300);
});
