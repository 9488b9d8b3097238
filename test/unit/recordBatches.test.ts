import { describe, expect, it } from 'vitest';

import type { RawRecord } from '#core/model/record.ts';
import { inBatches } from '#node/recordBatches.ts';
import type { Wanted } from '#node/wanted.ts';
import { takeWanted } from '#node/wanted.ts';

const WIDTH = 2;

/** Records of 300 kB, each in the same memory as the one before, as streams give them. */
async function* records(count: number): AsyncGenerator<RawRecord> {
  const bytes = new Uint8Array(300_000);
  for (let i = 0; i < count; i++) {
    bytes.fill(i);
    yield await Promise.resolve({ record: 3 * i, line: i, byteStart: 0, byteEnd: bytes.length, bytes });
  }
}

/** The first byte of each record of a batch. */
async function firstBytes(wanted: Wanted): Promise<readonly number[]> {
  const found: number[] = [];
  await takeWanted(wanted, undefined, ({ bytes }) => found.push(bytes[0] ?? -1));
  return found;
}

async function all<T>(results: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const one of results) found.push(one);
  return found;
}

describe('records in batches', () => {
  it('come back in file order with their own bytes, whichever batch is done first', async () => {
    /** Batches that wait, each with what ends it. */
    const waiting: (() => void)[] = [];
    let most = 0;
    const results = inBatches('a.jsonl', records(40), WIDTH, async (wanted) => {
      const found = await firstBytes(wanted);
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        most = Math.max(most, waiting.length);
        // The last one ends first, then those before it.
        if (waiting.length === 2 * WIDTH || found.includes(39)) while (waiting.length > 0) waiting.pop()?.();
      });
      return found;
    });
    const seen: [number, number][] = [];
    for await (const { records: own, result } of results)
      own.forEach((record, i) => seen.push([record, result[i] ?? -1]));
    expect(seen).toEqual(Array.from({ length: 40 }, (_, i) => [3 * i, i]));
    expect(most).toBe(2 * WIDTH);
  });

  it('reject with the failure of a batch', async () => {
    const results = inBatches('a.jsonl', records(12), WIDTH, async (wanted) => {
      const found = await firstBytes(wanted);
      if (found.includes(8)) throw new Error('no such luck');
      return found;
    });
    await expect(all(results)).rejects.toThrow('no such luck');
  });

  it('are none of an empty file', async () => {
    expect(await all(inBatches('a.jsonl', records(0), WIDTH, firstBytes))).toEqual([]);
  });
});
