// For each record, a bit for each condition on texts and fields that is true of it, and whether it was searched.
import type { Known } from '#core/query/pick.ts';

import type { SearchResult } from './searchRange.ts';

/** The bit of a record that was searched; the others are those of the conditions. */
const IS_READ = 0x80000000;

export class RecordMasks implements Known {
  #masks: Uint32Array;
  /** Of records whose pairs differ. */
  #differing = new Map<number, readonly number[]>();

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

  /** Takes what a search of these records found. */
  take(searched: Uint32Array, { records, masks, differing }: SearchResult): void {
    for (const record of searched) this.#masks[record] = IS_READ;
    records.forEach((record, i) => {
      this.#masks[record] = (IS_READ | (masks[i] ?? 0)) >>> 0;
    });
    for (const [record, own] of differing) this.#differing.set(record, own);
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
  }
}
