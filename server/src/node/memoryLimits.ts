// Limits that follow from the memory budget: the length of a record, and the number of records and pairs.
import type { Facts } from '#core/facts/facts.ts';
import { messages } from '#core/messages.ts';
import { MAX_RECORD_BYTES } from '#core/model/record.ts';

const MB = 1024 * 1024;

/** Measured use of the program and its threads. */
export const PROGRAM_MB = 280;

/** Facts are in memory once; while parts are joined, at most half of them are there twice. */
const FACTS_TIMES = 1.5;

/** Memory share of one record: it exists as bytes, text and values, eight times its size, in several threads. */
const RECORD_SHARE = 1 / 24;

/** Bytes of facts per record and per pair, see core/facts/facts.ts. */
const [RECORD_BYTES, PAIR_BYTES] = [36, 61];

/** Longer records are skipped. */
export function recordBytesFor(memoryMb: number): number {
  return Math.min(MAX_RECORD_BYTES, Math.ceil(memoryMb * RECORD_SHARE) * MB);
}

export function factsBytes({ recordCount, pairCount }: Pick<Facts, 'recordCount' | 'pairCount'>): number {
  return RECORD_BYTES * recordCount + PAIR_BYTES * pairCount;
}

/** Bytes of facts that a budget allows; a small budget gives them half of itself. */
export function factsBytesFor(memoryMb: number): number {
  return (Math.max(memoryMb / 2, memoryMb - PROGRAM_MB) * MB) / FACTS_TIMES;
}

/** Throws if a dataset's facts don't fit, with the memory that they need. */
export function assertFits(name: string, bytes: number, memoryMb: number): void {
  if (bytes <= factsBytesFor(memoryMb)) return;
  // The smallest sufficient budget, in hundreds of MB.
  const wanted = (bytes * FACTS_TIMES) / MB;
  const min = Math.min(2 * wanted, wanted + PROGRAM_MB);
  throw messages.needsMemory(name, Math.ceil(min / (min < 100 ? 1 : 100)) * (min < 100 ? 1 : 100), memoryMb);
}
