import { describe, expect, it } from 'vitest';

import { ALL_BANDS, nearFamilies } from '#core/checks/relations/families.ts';
import {
  bandWord,
  MAX_IN_BUCKET,
  MIN_EQUAL_BINS,
  SIGNATURE_BYTES,
  Sketches,
} from '#core/checks/relations/nearDuplicates.ts';
import { seededRandom } from '#core/score/random.ts';

/** Signatures of which many are copies of earlier ones with some bytes changed, and some are empty. */
function signaturesOf(rows: number, random: () => number): Uint8Array {
  const bytes = new Uint8Array(SIGNATURE_BYTES * rows);
  const byte = (): number => Math.floor(256 * random());
  for (let row = 0; row < rows; row++) {
    const own = bytes.subarray(SIGNATURE_BYTES * row, SIGNATURE_BYTES * (row + 1));
    if (row > 0 && random() < 0.6) {
      const from = SIGNATURE_BYTES * Math.floor(row * random());
      own.set(bytes.subarray(from, from + SIGNATURE_BYTES));
      for (let left = Math.floor(20 * random()); left > 0; left--)
        own[Math.floor(SIGNATURE_BYTES * random())] = byte();
    } else if (random() < 0.9) own.forEach((_, i) => (own[i] = byte()));
  }
  return bytes;
}

/** What the search means, row by row: a bucket for each value of a band holds the rows without a near duplicate. */
function plainFamilies(
  signatures: Uint8Array,
  rows: number,
  isSkipped: (a: number, b: number) => boolean,
): number[] {
  const original = Array.from({ length: rows }, () => -1);
  const sketches = new Sketches(signatures, rows);
  for (const band of ALL_BANDS) {
    const buckets = new Map<number, number[]>();
    for (let row = 0; row < rows; row++) {
      if (sketches.isEmpty(row) || original[row] !== -1) continue;
      const word = bandWord(signatures, row, band);
      const bucket = buckets.get(word) ?? [];
      buckets.set(word, bucket);
      const near = bucket
        .slice(-MAX_IN_BUCKET)
        .findLast((other) => sketches.equalBins(row, other) >= MIN_EQUAL_BINS && !isSkipped(row, other));
      if (near === undefined) bucket.push(row);
      else original[row] = near;
    }
  }
  return original;
}

describe('families of near duplicates', () => {
  it('are those of a plain loop over buckets', () => {
    const random = seededRandom(5);
    let found = 0;
    for (let round = 0; round < 60; round++) {
      const rows = Math.floor(random() * (round % 10 === 0 ? 4000 : 300));
      const signatures = signaturesOf(rows, random);
      const isSkipped = (a: number, b: number): boolean => (31 * a + b) % 7 === 0;
      const original = [...nearFamilies(signatures, rows, isSkipped)];
      expect(original).toEqual(plainFamilies(signatures, rows, isSkipped));
      found += original.filter((row) => row >= 0).length;
    }
    expect(found).toBeGreaterThan(1000);
  });
});
