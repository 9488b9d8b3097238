// The small form of `npm run fuzz`, with a fixed seed.
import { expect, it } from 'vitest';

import { fuzzFiles, fuzzLines } from '../bench/fuzz.ts';
import { fuzzDocuments } from '../bench/fuzzDocuments.ts';
import { fuzzTables } from '../bench/fuzzTables.ts';

it('mutated lines give findings, and two flips restore them', () => {
  const { failures, tried } = fuzzLines(4000, 3);
  expect(failures).toEqual([]);
  expect(tried).toBe(4000);
});

it('mutated files give findings or errors with a next step', async () => {
  const { failures } = await fuzzFiles(80, 3);
  expect(failures).toEqual([]);
});

it('mutated documents give their records in order, and those before the change as they were', async () => {
  const { failures } = await fuzzDocuments(600, 3);
  expect(failures).toEqual([]);
});

it('mutated tables are read to their end and saved, or refused with a message', async () => {
  const { failures, refused } = await fuzzTables(500, 3);
  expect(failures).toEqual([]);
  expect(refused).toBeGreaterThan(100);
});
