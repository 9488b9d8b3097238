// What is known of a query's conditions on texts and fields, record by record. It does not depend on findings, margins or
// other facts, and survives edits: only edited records are searched again.
import type { Fault } from '#core/query/syntax.ts';
import type { SearchPart } from '#node/searchFile.ts';
import type { SearchResult } from '#node/searchRange.ts';

/** The bit of a record that was searched; the others are those of the conditions. */
const IS_READ = 0x80000000;

export class Search {
  /** For each record, a bit for each condition that is true. */
  #masks: Uint32Array;
  /** Of records whose pairs differ. */
  #differing = new Map<number, readonly number[]>();
  /** Rises when more is known. */
  version = 0;
  /** Share of the records to search that was searched, 0 to 1. */
  done = 0;
  /** Ends the search that is under way. */
  running: AbortController | undefined;
  /** Why it ended early. */
  fault: Fault | undefined;

  constructor(recordCount: number) {
    this.#masks = new Uint32Array(recordCount);
  }

  isRead(record: number): boolean {
    return ((this.#masks[record] ?? 0) & IS_READ) !== 0;
  }

  /** The conditions that are true of a pair of a record. */
  maskOf(record: number, pair: number): number {
    const mask = (this.#masks[record] ?? 0) & ~IS_READ;
    return this.#differing.size === 0 ? mask : (this.#differing.get(record)?.[pair] ?? mask);
  }

  take({ records }: SearchPart, { records: hits, masks, differing }: SearchResult, done: number): void {
    for (const record of records) this.#masks[record] = IS_READ;
    hits.forEach((record, i) => {
      this.#masks[record] = (IS_READ | (masks[i] ?? 0)) >>> 0;
    });
    for (const [record, own] of differing) this.#differing.set(record, own);
    this.done = done;
    this.version++;
  }

  /** Follows records to their new numbers; −1 for one that has to be searched again. */
  carry(renumber: (record: number) => number, recordCount: number): void {
    const [before, differing] = [this.#masks, this.#differing];
    this.#masks = new Uint32Array(recordCount);
    this.#differing = new Map();
    before.forEach((mask, record) => {
      const now = mask === 0 ? -1 : renumber(record);
      if (now >= 0) this.#masks[now] = mask;
    });
    for (const [record, own] of differing) {
      const now = renumber(record);
      if (now >= 0) this.#differing.set(now, own);
    }
    this.stop();
    this.fault = undefined;
    this.version++;
  }

  stop(): void {
    this.running?.abort();
    this.running = undefined;
  }
}
