// What is known of a query's conditions on texts and fields, and the search that learns more. It does not depend on
// findings, margins or other facts, and survives edits: only edited records are searched again.
import type { Fault } from '#core/query/syntax.ts';
import { RecordMasks } from '#node/recordMasks.ts';

export class Search {
  readonly masks: RecordMasks;
  /** Rises when more is known. */
  version = 0;
  /** Share of the records to search that was searched, 0 to 1. */
  done = 0;
  /** Ends the search that is under way. */
  running: AbortController | undefined;
  /** Why it ended early. */
  fault: Fault | undefined;

  constructor(recordCount: number) {
    this.masks = new RecordMasks(recordCount);
  }

  /** Follows records to their new numbers; −1 for one that has to be searched again. */
  carry(renumber: (record: number) => number, recordCount: number): void {
    this.masks.carry(renumber, recordCount);
    this.stop();
    this.fault = undefined;
    this.version++;
  }

  stop(): void {
    this.running?.abort();
    this.running = undefined;
  }
}
