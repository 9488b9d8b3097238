// How many pairs a join holds at a time, so that it stays within its memory.
import { setImmediate } from 'node:timers/promises';

import type { Shards } from '#core/checks/relations/joinRelations.ts';
import { SIGNATURE_BYTES } from '#core/checks/relations/nearDuplicates.ts';
import { messages } from '#core/messages.ts';

import { factsBytes, PROGRAM_MB } from './memoryLimits.ts';
import type { FactsTable } from './parquet/factsTable.ts';

const MB = 1024 * 1024;

/** The part before stays in memory until the collector comes. */
const PART_TIMES = 2;

/** For a pair among all: its near duplicate, and two marks while they are reported. */
const NUMBER_BYTES = 4 + 2;

/** For a pair of a part, besides its facts: where it is in its file, its keys, their tables, and the prompts that are shared. */
const SEARCH_BYTES = 13 + 16 + 32 + 8 + 40;

/** For a signed pair besides: its signature, and the chains of a band. */
const SIGNED_BYTES = SIGNATURE_BYTES + 24;

/** A map of JavaScript holds 2^24 keys, and a part has at most half as many prompts or pairs with several records. */
const MAX_PART = 2 ** 25;

/** A shard is there as the bytes of its columns and as facts. */
const SHARD_TIMES = 2.5;

export interface JoinPlan {
  readonly maxPairs: number;
  readonly maxSigned: number;
  /** Reads of all facts for one search. */
  readonly passes: number;
}

/** Throws if the memory does not hold the largest shard beside a useful part of all pairs. */
export function planJoin(folder: string, tables: readonly FactsTable[], memoryMb: number): JoinPlan {
  const pairs = tables.reduce((sum, { pairCount }) => sum + pairCount, 0);
  const largest = Math.max(
    0,
    ...tables.map((table) => SHARD_TIMES * (factsBytes(table) + SIGNATURE_BYTES * table.pairCount)),
  );
  const pairBytes = PART_TIMES * (factsBytes({ recordCount: 1, pairCount: 1 }) + SEARCH_BYTES);
  const signedBytes = pairBytes + PART_TIMES * SIGNED_BYTES;
  const fixed = PROGRAM_MB * MB + NUMBER_BYTES * pairs + largest;
  // A part of as many pairs as the largest shard, or one in a thousand.
  const least = Math.max(pairs / 1000, ...tables.map(({ pairCount }) => pairCount));
  const need = fixed + least * signedBytes;
  if (need > memoryMb * MB) throw messages.needsMemory(folder, Math.ceil(need / MB / 10) * 10, memoryMb);
  const free = memoryMb * MB - fixed;
  const maxPairs = Math.min(MAX_PART, Math.floor(free / pairBytes));
  const maxSigned = Math.floor(free / signedBytes);
  return { maxPairs, maxSigned, passes: Math.max(1, Math.ceil(pairs / maxSigned)) };
}

/** Reads tables in turn. Lets signals through between them. */
export function shardsOf(tables: readonly FactsTable[], signal: AbortSignal): Shards {
  const read =
    <Result>(of: (table: FactsTable) => Result) =>
    async (shard: number): Promise<Result> => {
      await setImmediate();
      signal.throwIfAborted();
      const table = tables[shard];
      if (!table) throw new Error(`join: no shard ${shard}`);
      return of(table);
    };
  return {
    pairCounts: tables.map(({ pairCount }) => pairCount),
    facts: read((table) => table.facts()),
    signatures: read((table) => table.signatures()),
    words: read((table) => table.words()),
  };
}
