// What a memory limit allows: how long a record may be, and how many records and pairs a dataset may have.
import type { Facts } from '#core/facts/facts.ts';
import { messages } from '#core/messages.ts';
import { MAX_RECORD_BYTES } from '#core/model/record.ts';

const MB = 1024 * 1024;

/** The program and its threads at work, measured. */
const PROGRAM_MB = 280;

/** Facts lie in memory once, and while parts are joined a half of them twice. */
const FACTS_TIMES = 1.5;

/** Of the memory, for one record: it is there as bytes, text and values, eight times its size, in several threads at once. */
const RECORD_SHARE = 1 / 24;

/** Bytes of facts for each record and each pair, as core/facts/facts.ts has them. */
const [RECORD_BYTES, PAIR_BYTES] = [36, 53];

/** Longer records are skipped. */
export function recordBytesFor(memoryMb: number): number {
  return Math.min(MAX_RECORD_BYTES, Math.ceil(memoryMb * RECORD_SHARE) * MB);
}

export function factsBytes({ recordCount, pairCount }: Pick<Facts, 'recordCount' | 'pairCount'>): number {
  return RECORD_BYTES * recordCount + PAIR_BYTES * pairCount;
}

/** Facts that fit into a memory limit; a small limit gives half of itself to them. */
export function factsBytesFor(memoryMb: number): number {
  return (Math.max(memoryMb / 2, memoryMb - PROGRAM_MB) * MB) / FACTS_TIMES;
}

/** Refuses a dataset whose facts do not fit, and says what it needs. */
export function assertFits(name: string, bytes: number, memoryMb: number): void {
  if (bytes <= factsBytesFor(memoryMb)) return;
  // The least limit, in hundreds of MB, that lets them in.
  const wanted = (bytes * FACTS_TIMES) / MB;
  const min = Math.min(2 * wanted, wanted + PROGRAM_MB);
  throw messages.needsMemory(name, Math.ceil(min / (min < 100 ? 1 : 100)) * (min < 100 ? 1 : 100), memoryMb);
}
