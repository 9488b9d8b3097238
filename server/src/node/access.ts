// Random access to single records of an open file.
import { closeSync, readSync } from 'node:fs';

import { MAX_RECORD_BYTES } from '#core/model/record.ts';
import { RowReader } from '#formats/parquet/rows.ts';

import type { DataFile } from './dataFile.ts';
import { openParquet, recordOf } from './parquet/open.ts';
import { openRegularSync } from './regularFile.ts';

const LINE_FEED = 0x0a;
const RETURN = 0x0d;

export interface RecordAccess {
  /** Undefined if records can only be counted by reading. */
  readonly rowCount?: number;
  /** A record's bytes, at its position in the survey. */
  bytesOf(record: number, byteStart: number, byteEnd: number): Uint8Array;
  /** End of the line of a record that ends at `byteEnd`: a dropped record loses its line end too. */
  lineEndAfter(byteEnd: number): number;
  /** Closes the file for a while, so that another can replace it. */
  pause(): void;
  resume(): void;
  close(): void;
}

/** Records of a text, by their bytes. */
function openLines(path: string): RecordAccess {
  let handle = openRegularSync(path);
  const close = (): void => {
    if (handle >= 0) closeSync(handle);
    handle = -1;
  };
  return {
    bytesOf(_record, byteStart, byteEnd) {
      if (handle < 0) return new Uint8Array(0);
      const bytes = new Uint8Array(byteEnd - byteStart);
      return bytes.subarray(0, readSync(handle, bytes, 0, bytes.length, byteStart));
    },
    lineEndAfter(byteEnd) {
      const next = new Uint8Array(2);
      const read = handle < 0 ? 0 : readSync(handle, next, 0, 2, byteEnd);
      if (read > 0 && next[0] === LINE_FEED) return byteEnd + 1;
      return read > 1 && next[0] === RETURN && next[1] === LINE_FEED ? byteEnd + 2 : byteEnd;
    },
    pause: close,
    resume: () => {
      handle = openRegularSync(path);
    },
    close,
  };
}

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

/** @param plainPath path of the decompressed text */
export function openAccess({ codec, path }: DataFile, plainPath: string): RecordAccess {
  return codec.isTable ? openRows(path) : openLines(plainPath);
}
