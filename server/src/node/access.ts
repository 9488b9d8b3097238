// Single records of a file that is open: read in place, in any order.
import { closeSync, readSync } from 'node:fs';

import { MAX_RECORD_BYTES } from '#core/model/record.ts';
import { RowReader } from '#formats/parquet/rows.ts';

import type { DataFile } from './dataFile.ts';
import { openParquet, recordOf } from './parquet/open.ts';
import { openRegularSync } from './regularFile.ts';

const LINE_FEED = 0x0a;
const RETURN = 0x0d;

export interface RecordAccess {
  /** Undefined where records are found by reading alone. */
  readonly rowCount?: number;
  /** The bytes of a record, from where its survey saw it. */
  bytesOf(record: number, byteStart: number, byteEnd: number): Uint8Array;
  /** Where a record's line ends that ends at this byte: dropped records take their line end along. */
  lineEndAfter(byteEnd: number): number;
  /** Lets go of the file for a while, so that another can take its place. */
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

/** Rows of a table, by their numbers. */
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
      // A copy: the reader uses its memory again. A row that cannot be read is empty, and a finding says why.
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

/** @param plainPath where the text of a packed file is */
export function openAccess({ codec, path }: DataFile, plainPath: string): RecordAccess {
  return codec.isTable ? openRows(path) : openLines(plainPath);
}
