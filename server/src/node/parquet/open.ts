// Parquet files on disk: opened, read by place, closed.
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

/** A file that is open. Reading is in place and waits for nothing: a page comes from the system's cache in a millisecond. */
export interface OpenParquet {
  readonly file: ParquetFile;
  readonly close: () => void;
}

/** Words for people in the place of what the reader says. */
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
        if (read === 0) throw new ParquetError('shorter than it was: another program writes to it');
        done += read;
      }
      return bytes;
    },
  };
}

/** Opens a file and reads its footer. Throws what to do where it is no Parquet. */
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

/** A row as a record: a line whose bytes are counted from its own start. Rows of damaged pages say what is wrong. */
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
    return { ...nothing, fault: `The row cannot be read: the file is ${error.message}.` };
  }
  // A row over the limit says so by its length alone, as a line does.
  const byteEnd = bytes.length > 0 ? bytes.length : MAX_RECORD_BYTES + 1;
  return { record: row, line: row, byteStart: 0, byteEnd, bytes, lineEnd: byteEnd };
}

/** The rows [start, end) of a file; with `wants`, only those. */
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

/** Starts of ranges of rows for threads, at the starts of row groups where those are near; the end comes last. */
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
    // A cut inside a row group has both threads unpack its pages.
    const cut = Math.abs(nearest - wanted) * 4 * count < rows ? nearest : wanted;
    if (cut > (cuts.at(-1) ?? 0) && cut < rows) cuts.push(cut);
  }
  return [...cuts, rows];
}

/** Bytes of the row groups of a table, unpacked; none of any other file. */
export function rowGroupsOf(path: string): readonly number[] {
  if (!codecOf(path).isTable) return [];
  const { file, close } = openParquet(path);
  close();
  return file.footer.groups.map(({ uncompressedBytes }) => uncompressedBytes);
}

/** The columns of a table; none of any other file. */
export function columnsOf(path: string): readonly Leaf[] {
  if (!codecOf(path).isTable) return [];
  const { file, close } = openParquet(path);
  close();
  return file.footer.schema.leaves;
}

/** Rows between two moments in which other work gets its turn. */
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
