// The search for near duplicates among many pairs: rows that meet in a band of their signatures are compared.
import {
  BAND_BYTES,
  BANDS,
  bandWord,
  MAX_IN_BUCKET,
  MIN_EQUAL_BINS,
  SIGNATURE_BYTES,
  Sketches,
} from './nearDuplicates.ts';

/** Bits of a band that one pass sorts by. */
const DIGIT_BITS = 12;
const DIGITS = 1 << DIGIT_BITS;

/**
 * Sorts rows by their bytes in a band; equal ones stay in order. A radix sort reads and writes memory in order, where a
 * hash table of millions of rows waits for memory at each of them.
 */
class BandSorter {
  #words: Int32Array;
  #rows: Int32Array;
  #nextWords: Int32Array;
  #nextRows: Int32Array;
  readonly #ends = new Int32Array(DIGITS);
  #count = 0;

  constructor(max: number) {
    [this.#words, this.#rows] = [new Int32Array(max), new Int32Array(max)];
    [this.#nextWords, this.#nextRows] = [new Int32Array(max), new Int32Array(max)];
  }

  clear(): void {
    this.#count = 0;
  }

  push(word: number, row: number): void {
    this.#words[this.#count] = word;
    this.#rows[this.#count++] = row;
  }

  sort(): void {
    for (let shift = 0; shift < 8 * BAND_BYTES; shift += DIGIT_BITS) this.#sortBy(shift);
  }

  #sortBy(shift: number): void {
    const [words, rows, nextWords, nextRows] = [this.#words, this.#rows, this.#nextWords, this.#nextRows];
    const [ends, count] = [this.#ends, this.#count];
    ends.fill(0);
    for (let i = 0; i < count; i++) {
      const digit = ((words[i] as number) >> shift) & (DIGITS - 1);
      ends[digit] = (ends[digit] as number) + 1;
    }
    for (let digit = 1; digit < DIGITS; digit++)
      ends[digit] = (ends[digit] as number) + (ends[digit - 1] as number);
    for (let i = count - 1; i >= 0; i--) {
      const word = words[i] as number;
      const digit = (word >> shift) & (DIGITS - 1);
      const to = (ends[digit] as number) - 1;
      ends[digit] = to;
      nextWords[to] = word;
      nextRows[to] = rows[i] as number;
    }
    [this.#words, this.#rows, this.#nextWords, this.#nextRows] = [nextWords, nextRows, words, rows];
  }

  /** Two and more rows with equal bytes, by row. */
  *buckets(): Generator<Int32Array> {
    const [words, count] = [this.#words, this.#count];
    for (let start = 0, end = 1; start < count; start = end++) {
      while (end < count && words[end] === words[start]) end++;
      if (end - start > 1) yield this.#rows.subarray(start, end);
    }
  }
}

/** What a search for families compares. */
export interface Compared {
  /** 64 bytes for each row. */
  readonly signatures: Uint8Array;
  readonly count: number;
  /** Numbers of the rows among all, rising, if these are not all of them. */
  readonly numbers?: Int32Array;
  /** Two rows, by their place here, that do not count as near duplicates of each other. */
  readonly isSkipped: (a: number, b: number) => boolean;
}

/** For each row the earliest of its near duplicates, or −1: found band by band, because rows meet in one. */
export class Families {
  readonly original: Int32Array;

  /** @param rows all of them */
  constructor(rows: number) {
    this.original = new Int32Array(rows).fill(-1);
  }

  /**
   * Compares the rows that are equal in these bands. Bands must come in order; rows that differ in a band may come in
   * several calls.
   */
  add(bands: readonly number[], compared: Compared): void {
    const { signatures, count, numbers } = compared;
    const sketches = new Sketches(signatures, count);
    const hasText = Uint8Array.from({ length: count }, (_, row) => Number(!sketches.isEmpty(row)));
    const sorter = new BandSorter(count);
    for (const band of bands) {
      sorter.clear();
      for (let row = 0; row < count; row++) {
        if (hasText[row] === 0 || this.original[numbers ? (numbers[row] as number) : row] !== -1) continue;
        sorter.push(sketches.band(row, band), row);
      }
      sorter.sort();
      for (const bucket of sorter.buckets()) this.#addBucket(bucket, sketches, compared);
    }
  }

  /**
   * Compares rows that are equal in a band.
   * @param bucket written over with the rows that represent their families
   */
  #addBucket(bucket: Int32Array, sketches: Sketches, { numbers, isSkipped }: Compared): void {
    const numberOf = (row: number): number => (numbers ? (numbers[row] as number) : row);
    let kept = 0;
    for (const row of bucket) {
      const isNear = (other: number): boolean =>
        sketches.equalBins(row, other) >= MIN_EQUAL_BINS && !isSkipped(row, other);
      const before = bucket.subarray(Math.max(0, kept - MAX_IN_BUCKET), kept).findLast(isNear);
      // One row represents its family; more would only lengthen the bucket.
      if (before === undefined) bucket[kept++] = row;
      else this.original[numberOf(row)] = numberOf(before);
    }
  }
}

export const ALL_BANDS: readonly number[] = Array.from({ length: BANDS }, (_, band) => band);

/** The part, of several, to which a row belongs in a band. Rows that meet in the band are in one part. */
export function bandPart(signatures: Uint8Array, row: number, band: number, parts: number): number {
  return (Math.imul(bandWord(signatures, row, band), 0x85ebca6b) >>> 0) % parts;
}

/**
 * For each row the earliest of its near duplicates, or −1.
 * @param isSkipped two rows that do not count as near duplicates of each other
 */
export function nearFamilies(
  signatures: Uint8Array,
  rows: number,
  isSkipped: (a: number, b: number) => boolean = () => false,
): Int32Array {
  const count = Math.min(rows, Math.floor(signatures.length / SIGNATURE_BYTES));
  const families = new Families(count);
  families.add(ALL_BANDS, { signatures, count, isSkipped });
  return families.original;
}
