// Parquet: a record is a row, which is put together as a line of JSON.
import { MAX_RECORD_BYTES } from '#core/model/record.ts';
import { RowReader } from '#formats/parquet/rows.ts';

import { CHUNK_BYTES } from '../codec.ts';
import { cutRows, openParquet, parquetRecords, parquetRows, recordOf } from '../parquet/open.ts';
import { planTable } from '../parquet/save.ts';
import type { Container, RecordAccess } from './container.ts';
import { MIN_RANGE_BYTES } from './container.ts';

/** Rows of a table, by number. */
function openRows(path: string): RecordAccess {
  const open = (): { reader: RowReader; rowCount: number; close: () => void } => {
    const { file, close } = openParquet(path);
    return { reader: new RowReader(file, MAX_RECORD_BYTES), rowCount: file.footer.rows, close };
  };
  const first = open();
  let opened: typeof first | undefined = first;
  const close = (): void => {
    opened?.close();
    opened = undefined;
  };
  return {
    rowCount: first.rowCount,
    bytesOf(record) {
      // A copy, because the reader reuses its memory. An unreadable row is empty; a finding says why.
      return opened ? recordOf(opened.reader, record).bytes.slice() : new Uint8Array(0);
    },
    lineEndAfter: (byteEnd) => byteEnd,
    pause: close,
    resume: () => {
      opened = open();
    },
    close,
  };
}

export const PARQUET: Container = {
  isTable: true,
  records:
    ({ path }) =>
    (wants) =>
      parquetRecords(path, wants),
  cut: async ({ path }, width) => Promise.resolve(cutRows(path, width, MIN_RANGE_BYTES)),
  async readRange({ path, start, end }, take, onBytes) {
    let [count, bytes] = [0, 0];
    for (const raw of parquetRows(path, start, end)) {
      take({ ...raw, record: raw.record - start, line: raw.line - start });
      count++;
      bytes += raw.bytes.length;
      if (bytes < CHUNK_BYTES) continue;
      onBytes?.(bytes);
      bytes = 0;
    }
    onBytes?.(bytes);
    return Promise.resolve(count);
  },
  open: ({ path }) => openRows(path),
  plan: ({ path }, changes) => planTable(path, changes),
};
