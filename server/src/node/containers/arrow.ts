// Arrow files and streams, which we read but don't write.
import { closeSync, fstatSync } from 'node:fs';

import { messages } from '#core/messages.ts';
import { MAX_RECORD_BYTES } from '#core/model/record.ts';
import type { DecompressBuffer } from '#formats/arrow/file.ts';
import { ArrowFile } from '#formats/arrow/file.ts';
import { ArrowError } from '#formats/arrow/flatbuffer.ts';
import type { ArrowField } from '#formats/arrow/schema.ts';

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

interface OpenFile {
  /** Undefined for an empty file: its message says more than a missing schema. */
  readonly file: ArrowFile | undefined;
  readonly close: () => void;
}

/** Opens a file and reads the metadata of its batches. Throws a user error if it is not Arrow. */
function openFile(path: string): OpenFile {
  const handle = openRegularSync(path);
  const close = (): void => {
    closeSync(handle);
  };
  try {
    const { size } = fstatSync(handle);
    const source = byteSourceOf(
      handle,
      size,
      () => new ArrowError('shorter than before, because another program is writing to it'),
    );
    return { file: size === 0 ? undefined : new ArrowFile(source, decompress, MAX_RECORD_BYTES), close };
  } catch (error) {
    close();
    throw error instanceof ArrowError ? messages.badTable(path, error.message) : error;
  }
}

/** The rows of a file. Throws a user error if it is not Arrow. */
export function openArrow(path: string): OpenTable {
  const { file, close } = openFile(path);
  if (!file) return { rows: 0, starts: [], uncompressedBytes: 0, read: noRow, close };
  const { rows, batchStarts: starts, bodyBytes: uncompressedBytes } = file;
  return { rows, starts, uncompressedBytes, read: (row) => file.read(row), close };
}

/** The fields of a file's rows. */
export function arrowFieldsOf(path: string): readonly ArrowField[] {
  const { file, close } = openFile(path);
  close();
  return file?.schema.fields ?? [];
}

export const ARROW: Container = { ...tableContainer(openArrow), isReadOnly: true, plan: refusePlan };
