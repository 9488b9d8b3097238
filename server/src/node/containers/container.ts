// A container is the way in which a file holds its records. `containers.ts` is the table of all of them.
import { messages } from '#core/messages.ts';
import type { RawRecord, RecordChange } from '#core/model/record.ts';
import type { RecordStream } from '#core/ports.ts';

import type { ContainerRef, DataFile } from '../dataFile.ts';
import type { SavePlan } from '../save.ts';

/** Smaller ranges are not worth a second thread. */
export const MIN_RANGE_BYTES = 8 * 1024 * 1024;

/** Random access to the records of an open file. */
export interface RecordAccess {
  /** Undefined if records can only be counted by reading. */
  readonly rowCount?: number;
  /** Where the text is that the places of records count in, if other readers can open it. */
  readonly textPath?: string | undefined;
  /** A record's bytes, at its position in the survey. */
  bytesOf(record: number, byteStart: number, byteEnd: number): Uint8Array;
  /** End of the line of a record that ends at `byteEnd`: a dropped record loses its line end too. */
  lineEndAfter(byteEnd: number): number;
  /** Closes the file for a while, so that another can replace it. */
  pause(): void;
  resume(): void;
  close(): void;
}

/** Half-open range of a file between two boundaries that `Container.cut` returned. Plain data, for threads. */
export interface FileRange {
  readonly path: string;
  readonly container: ContainerRef;
  readonly start: number;
  readonly end: number;
  /** The file goes on after the end. */
  readonly isInner?: boolean;
  /** Longer records come without their bytes. */
  readonly maxRecordBytes?: number | undefined;
  /** Names of the fields to read; of tables alone, which read whole columns. Default: all. */
  readonly fields?: readonly string[] | undefined;
}

/** Reports the number of text bytes done. */
export type OnBytes = (bytes: number) => void;

/** What a range turned out to be. */
export interface RangeEnd {
  /** Line ends in it, and one more for a last line without an end. */
  readonly lineCount: number;
  /** False if its end is inside a record after all: then the range and all that follow have to be read again as one. */
  readonly isCut: boolean;
}

/** Takes a record, which is valid until the next one. */
export type Take = (raw: RawRecord) => void;

export interface Container {
  /**
   * Records are rows: the byte offsets of each count from its own start, and its line is its number. In all other
   * containers a record is a range of bytes of the text.
   */
  readonly isTable: boolean;
  /** We read such files, but don't write them. */
  readonly isReadOnly?: true;
  /** All records of a file in order; with `wants`, only those. */
  records(file: DataFile): RecordStream;
  /** Boundaries of at most `width` ranges that threads can read on their own. The last one is the end. */
  cut(file: DataFile, width: number): Promise<readonly number[]>;
  /**
   * Passes the records of a range to `take`, numbered from 0, with lines from 0.
   * @param wants false for a record that need not be read: it may be passed all the same
   */
  readRange(
    range: FileRange,
    take: Take,
    onBytes?: OnBytes,
    wants?: (record: number) => boolean,
  ): Promise<RangeEnd>;
  /** @param plainPath path of the decompressed text */
  open(file: DataFile, plainPath: string): RecordAccess;
  /** Plans a save of changed records, which are in order. */
  plan(file: DataFile, changes: () => Promise<readonly RecordChange[]>, isLikelyInPlace: boolean): SavePlan;
}

/** The plan of a container that we don't write. */
export function refusePlan({ path, container }: DataFile): never {
  throw messages.readOnly(path, container.kind);
}
