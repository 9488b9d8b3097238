// Tables: a record is a row, which is put together as a line of JSON.
import { messages } from '#core/messages.ts';
import type { CutRecord } from '#core/model/record.ts';
import { MAX_RECORD_BYTES } from '#core/model/record.ts';
import { BrokenTable, TableError } from '#formats/tableError.ts';

import { CHUNK_BYTES } from '../codec.ts';
import type { Container, RecordAccess } from './container.ts';
import { MIN_RANGE_BYTES } from './container.ts';

/** An open table. */
export interface OpenTable {
  readonly rows: number;
  /** First rows of its row groups or batches: the cheapest places to begin. */
  readonly starts: readonly number[];
  /** Approximate bytes of all columns when decompressed. */
  readonly uncompressedBytes: number;
  /**
   * A row's line, valid until the next call; empty if it is over the limit. Throws TableError if the row can't be
   * read, BrokenTable if no other can either.
   */
  read(row: number): Uint8Array;
  readonly close: () => void;
}

/** Opens a table by its path, with some of its fields or all. Throws a user error if it is not one. */
export type OpenTableAt = (path: string, fields?: readonly string[]) => OpenTable;

/** A row as a record, with byte offsets from its own start. A row that can't be read has a fault. */
function recordOf(table: OpenTable, row: number): CutRecord {
  let bytes: Uint8Array;
  try {
    bytes = table.read(row);
  } catch (error) {
    if (!(error instanceof TableError) || error instanceof BrokenTable) throw error;
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
export function* tableRows(
  tableAt: OpenTableAt,
  path: string,
  start: number,
  end: number,
  wants?: (record: number) => boolean,
  fields?: readonly string[],
): Generator<CutRecord> {
  const table = tableAt(path, fields);
  try {
    const last = Math.min(end, table.rows);
    for (let row = start; row < last; row++) if (wants?.(row) ?? true) yield recordOf(table, row);
  } catch (error) {
    throw error instanceof TableError ? messages.badTable(path, error.message) : error;
  } finally {
    table.close();
  }
}

/** Boundaries of row ranges for threads, at row groups or batches if possible; the last one is the end. */
function cutRows({ rows, starts, uncompressedBytes, close }: OpenTable, width: number): readonly number[] {
  close();
  const count = Math.max(1, Math.min(width, Math.floor(uncompressedBytes / MIN_RANGE_BYTES)));
  const cuts = [0];
  for (let i = 1; i < count; i++) {
    const wanted = Math.floor((rows * i) / count);
    const nearest = starts.reduce((a, b) => (Math.abs(b - wanted) < Math.abs(a - wanted) ? b : a), 0);
    // A boundary inside a row group makes both threads decompress its pages.
    const cut = Math.abs(nearest - wanted) * 4 * count < rows ? nearest : wanted;
    if (cut > (cuts.at(-1) ?? 0) && cut < rows) cuts.push(cut);
  }
  return [...cuts, rows];
}

/** Rows to read before yielding to other work. */
const ROWS_AT_ONCE = 64;

async function* tableRecords(
  tableAt: OpenTableAt,
  path: string,
  wants?: (record: number) => boolean,
): AsyncGenerator<CutRecord> {
  for (const raw of tableRows(tableAt, path, 0, Infinity, wants)) {
    yield raw;
    if (raw.record % ROWS_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Rows of a table, by number. */
function openRows(tableAt: OpenTableAt, path: string): RecordAccess {
  const first = tableAt(path);
  let opened: OpenTable | undefined = first;
  const close = (): void => {
    opened?.close();
    opened = undefined;
  };
  return {
    rowCount: first.rows,
    bytesOf(record) {
      // A copy, because the reader reuses its memory. An unreadable row is empty; a finding says why.
      return opened ? recordOf(opened, record).bytes.slice() : new Uint8Array(0);
    },
    lineEndAfter: (byteEnd) => byteEnd,
    pause: close,
    resume: () => {
      opened = tableAt(path);
    },
    close,
  };
}

/** How tables of one kind hold their records; only saves differ. */
export function tableContainer(tableAt: OpenTableAt): Omit<Container, 'plan'> {
  return {
    isTable: true,
    records:
      ({ path }) =>
      (wants) =>
        tableRecords(tableAt, path, wants),
    cut: async ({ path }, width) => Promise.resolve(cutRows(tableAt(path), width)),
    async readRange({ path, start, end, fields }, take, onBytes, wants) {
      let [count, bytes] = [0, 0];
      const isWanted = wants && ((row: number): boolean => wants(row - start));
      for (const raw of tableRows(tableAt, path, start, end, isWanted, fields)) {
        take({ ...raw, record: raw.record - start, line: raw.line - start });
        count++;
        bytes += raw.bytes.length;
        if (bytes < CHUNK_BYTES) continue;
        onBytes?.(bytes);
        bytes = 0;
      }
      onBytes?.(bytes);
      return Promise.resolve({ lineCount: count, isCut: true });
    },
    open: ({ path }) => openRows(tableAt, path),
  };
}
