// Opens and reads Parquet files on disk.
import { closeSync, fstatSync, readSync } from 'node:fs';

import { messages } from '#core/messages.ts';
import type { CutRecord } from '#core/model/record.ts';
import { MAX_RECORD_BYTES } from '#core/model/record.ts';
import type { ByteSource } from '#formats/parquet/footer.ts';
import { ParquetFile, RowReader } from '#formats/parquet/rows.ts';
import type { Leaf } from '#formats/parquet/schema.ts';
import { ParquetError } from '#formats/parquet/schema.ts';

import { codecOf } from '../codec.ts';
import { openRegularSync } from '../regularFile.ts';
import { pageCodecs } from './codecs.ts';

/** An open file. Reads are synchronous: a page comes from the system's cache within a millisecond. */
export interface OpenParquet {
  readonly file: ParquetFile;
  readonly close: () => void;
}

/** Turns an error of the reader into one for the user. */
export function explainParquet(path: string, error: unknown): unknown {
  return error instanceof ParquetError ? messages.badParquet(path, error.message) : error;
}

function sourceOf(handle: number, size: number): ByteSource {
  return {
    size,
    read(start, end) {
      const bytes = new Uint8Array(end - start);
      for (let done = 0; done < bytes.length;) {
        const read = readSync(handle, bytes, done, bytes.length - done, start + done);
        if (read === 0)
          throw new ParquetError('shorter than before, because another program is writing to it');
        done += read;
      }
      return bytes;
    },
  };
}

/** Opens a file and reads its footer. Throws a user error if it is not Parquet. */
export function openParquet(path: string): OpenParquet {
  const handle = openRegularSync(path);
  try {
    return {
      file: new ParquetFile(sourceOf(handle, fstatSync(handle).size), pageCodecs),
      close: () => {
        closeSync(handle);
      },
    };
  } catch (error) {
    closeSync(handle);
    throw explainParquet(path, error);
  }
}

/**
 * A row as a record: a line of JSON, with byte offsets from its own start. A row of a damaged page has a fault.
 */
export function recordOf(reader: RowReader, row: number): CutRecord {
  let bytes: Uint8Array;
  try {
    bytes = reader.read(row);
  } catch (error) {
    if (!(error instanceof ParquetError)) throw error;
    const nothing = {
      record: row,
      line: row,
      byteStart: 0,
      byteEnd: 0,
      lineEnd: 0,
      bytes: new Uint8Array(0),
    };
    return { ...nothing, fault: `The row can’t be read: the file is ${error.message}.` };
  }
  // For a row over the limit, the length alone says so, as for a line.
  const byteEnd = bytes.length > 0 ? bytes.length : MAX_RECORD_BYTES + 1;
  return { record: row, line: row, byteStart: 0, byteEnd, bytes, lineEnd: byteEnd };
}

/** Rows [start, end) of a file; with `wants`, only those. */
export function* parquetRows(
  path: string,
  start: number,
  end: number,
  wants?: (record: number) => boolean,
): Generator<CutRecord> {
  const { file, close } = openParquet(path);
  try {
    const reader = new RowReader(file, MAX_RECORD_BYTES);
    const last = Math.min(end, file.footer.rows);
    for (let row = start; row < last; row++) if (wants?.(row) ?? true) yield recordOf(reader, row);
  } catch (error) {
    throw explainParquet(path, error);
  } finally {
    close();
  }
}

/** Boundaries of row ranges for threads, at row groups if possible; the last one is the end. */
export function cutRows(path: string, width: number, minBytes: number): readonly number[] {
  const { file, close } = openParquet(path);
  close();
  const { rows, groups, uncompressedBytes } = file.footer;
  const count = Math.max(1, Math.min(width, Math.floor(uncompressedBytes / minBytes)));
  const cuts = [0];
  for (let i = 1; i < count; i++) {
    const wanted = Math.floor((rows * i) / count);
    const distances = groups.map(({ firstRow }) => Math.abs(firstRow - wanted));
    const nearest = groups[distances.indexOf(Math.min(...distances))]?.firstRow ?? wanted;
    // A boundary inside a row group makes both threads decompress its pages.
    const cut = Math.abs(nearest - wanted) * 4 * count < rows ? nearest : wanted;
    if (cut > (cuts.at(-1) ?? 0) && cut < rows) cuts.push(cut);
  }
  return [...cuts, rows];
}

/** Uncompressed bytes of a table's row groups; empty for any other file. */
export function rowGroupsOf(path: string): readonly number[] {
  if (!codecOf(path).isTable) return [];
  const { file, close } = openParquet(path);
  close();
  return file.footer.groups.map(({ uncompressedBytes }) => uncompressedBytes);
}

/** Columns of a table; empty for any other file. */
export function columnsOf(path: string): readonly Leaf[] {
  if (!codecOf(path).isTable) return [];
  const { file, close } = openParquet(path);
  close();
  return file.footer.schema.leaves;
}

/** Rows to read before yielding to other work. */
const ROWS_AT_ONCE = 64;

/** All rows of a file as records; with `wants`, only those. */
export async function* parquetRecords(
  path: string,
  wants?: (record: number) => boolean,
): AsyncGenerator<CutRecord> {
  for (const raw of parquetRows(path, 0, Infinity, wants)) {
    yield raw;
    if (raw.record % ROWS_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}
