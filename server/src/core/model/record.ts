/** Longer records are reported and skipped: one of them would fill the memory of a laptop. */
export const MAX_RECORD_BYTES = 256 * 1024 * 1024;

/**
 * One non-blank line of a file, one record of a JSON document as it stands there, or one table row as a line of JSON.
 * A fault between the records of a document is a record without any bytes.
 */
export interface RawRecord {
  /** Record number from 0, not counting blank lines. */
  readonly record: number;
  /** Number of its first line from 0. */
  readonly line: number;
  /** Half-open byte range in the file, without line end and BOM. For a table row, counted from the row's start. */
  readonly byteStart: number;
  readonly byteEnd: number;
  /**
   * Valid only until the next record is read. Empty for a record over MAX_RECORD_BYTES; the range then gives its
   * length.
   */
  readonly bytes: Uint8Array;
  /** Why the record can't be read, as a sentence; it then has no bytes. */
  readonly fault?: string;
  /** UTF-16 units before it in its first line, if known and not 0. */
  readonly column?: number;
  /** It may span lines, or share one. */
  readonly isInDocument?: true;
  /** Of the first record of a list in a JSON document: the key of the list. */
  readonly split?: string;
}

/** A fault between the records of a JSON document: it has a place, and no bytes. */
export function isFaultBetween({ byteStart, byteEnd, fault }: RawRecord): boolean {
  return fault !== undefined && byteStart === byteEnd && byteStart > 0;
}

/** A place in a file, and the bytes there. Counted from 0; the column in UTF-16 units. */
export interface RecordPlace {
  readonly line: number;
  readonly column: number;
  readonly byteStart: number;
  readonly byteEnd: number;
}

/** A record as cut from its file. */
export interface CutRecord extends RawRecord {
  /** Where an offset of `bytes` is in the file. Undefined if the bytes stand there as they are. */
  readonly placeOf?: (offset: number) => RecordPlace;
  /** Offset just after its line end, or the end of the file. */
  readonly lineEnd: number;
}

/** Half-open range of bytes in a file. */
export interface ByteSpan {
  readonly start: number;
  readonly end: number;
}

/** A record and its new bytes; null drops it. */
export interface RecordChange {
  readonly raw: Omit<CutRecord, 'line' | 'bytes'>;
  readonly bytes: Uint8Array | null;
  /** Its bytes as they are in the file, if they were read for the change and are not quick to read again. */
  readonly before?: Uint8Array;
  /** The bytes that go with a dropped record, unless it is the rest of its line. */
  readonly removed?: ByteSpan;
  /** Line ends that the new bytes have more than the old ones, if known. Less than 0: fewer. */
  readonly moreLines?: number;
}
