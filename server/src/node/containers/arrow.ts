// Arrow files and streams, which we read but don't write.
import { closeSync, fstatSync } from 'node:fs';

import { messages } from '#core/messages.ts';
import { MAX_RECORD_BYTES } from '#core/model/record.ts';
import type { DecompressBuffer } from '#formats/arrow/file.ts';
import { ArrowFile } from '#formats/arrow/file.ts';
import { ArrowError } from '#formats/arrow/flatbuffer.ts';

import { byteSourceOf } from '../byteSource.ts';
import { decompressZstd } from '../parquet/codecs.ts';
import { decompressLz4Frame } from '../parquet/lz4.ts';
import { openRegularSync } from '../regularFile.ts';
import type { Container } from './container.ts';
import { refusePlan } from './container.ts';
import type { OpenTable } from './rows.ts';
import { tableContainer } from './rows.ts';

const decompress: DecompressBuffer = (codec, bytes, length) =>
  codec === 'lz4' ? decompressLz4Frame(bytes, length) : decompressZstd(bytes, length);

function noRow(): never {
  throw new Error('arrow: an empty file has no rows');
}

/** Opens a file and reads the metadata of its batches. Throws a user error if it is not Arrow. */
export function openArrow(path: string): OpenTable {
  const handle = openRegularSync(path);
  const close = (): void => {
    closeSync(handle);
  };
  try {
    const { size } = fstatSync(handle);
    // The message of an empty file says more than a missing schema.
    if (size === 0) return { rows: 0, starts: [], uncompressedBytes: 0, read: noRow, close };
    const source = byteSourceOf(
      handle,
      size,
      () => new ArrowError('shorter than before, because another program is writing to it'),
    );
    const file = new ArrowFile(source, decompress, MAX_RECORD_BYTES);
    const { rows, batchStarts: starts, bodyBytes: uncompressedBytes } = file;
    return { rows, starts, uncompressedBytes, read: (row) => file.read(row), close };
  } catch (error) {
    close();
    throw error instanceof ArrowError ? messages.badTable(path, error.message) : error;
  }
}

export const ARROW: Container = { ...tableContainer(openArrow), isReadOnly: true, plan: refusePlan };
