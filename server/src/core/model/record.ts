/** One line of a file that holds something. */
export interface RawRecord {
  /** Record number from 0; blank lines do not count. */
  readonly record: number;
  /** Line number from 0. */
  readonly line: number;
  /** Half-open byte range in the file, without line end and BOM. */
  readonly byteStart: number;
  readonly byteEnd: number;
  /**
   * The record's bytes, good until the next record is asked for. Empty for a record over
   * MAX_RECORD_BYTES: then only the range tells its length.
   */
  readonly bytes: Uint8Array;
}
