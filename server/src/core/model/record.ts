/** Longer records are reported and skipped: one of them would fill the memory of a laptop. */
export const MAX_RECORD_BYTES = 256 * 1024 * 1024;

/** One line of a file that holds something, or one row of a table as a line of JSON. */
export interface RawRecord {
  /** Record number from 0; blank lines do not count. */
  readonly record: number;
  /** Line number from 0. */
  readonly line: number;
  /** Half-open byte range in the file, without line end and BOM. A row's bytes are counted from its own start. */
  readonly byteStart: number;
  readonly byteEnd: number;
  /**
   * The record's bytes, good until the next record is asked for. Empty for a record over
   * MAX_RECORD_BYTES: then only the range tells its length.
   */
  readonly bytes: Uint8Array;
  /** Why the record cannot be read, in a sentence; then it has no bytes. */
  readonly fault?: string;
}

/** A record as it comes from its file. */
export interface CutRecord extends RawRecord {
  /** Where its line ends in the file: just after its line end, or the end of the file. */
  readonly lineEnd: number;
}

/** A record of a file, and the bytes that it is to have; null drops it. */
export interface RecordChange {
  readonly raw: Omit<CutRecord, 'line' | 'bytes'>;
  readonly bytes: Uint8Array | null;
}
