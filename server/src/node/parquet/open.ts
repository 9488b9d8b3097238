// Opens and reads Parquet files on disk.
import { closeSync, fstatSync } from 'node:fs';

import { messages } from '#core/messages.ts';
import { ParquetFile } from '#formats/parquet/rows.ts';
import type { Node } from '#formats/parquet/schema.ts';
import { ParquetError } from '#formats/parquet/schema.ts';

import { byteSourceOf } from '../byteSource.ts';
import { codecOf } from '../codec.ts';
import { openRegularSync } from '../regularFile.ts';
import { pageCodecs } from './codecs.ts';

/** An open file. */
export interface OpenParquet {
  readonly file: ParquetFile;
  readonly close: () => void;
}

/** Turns an error of the reader into one for the user. */
export function explainParquet(path: string, error: unknown): unknown {
  return error instanceof ParquetError ? messages.badTable(path, error.message) : error;
}

/** Opens a file and reads its footer. Throws a user error if it is not Parquet. */
export function openParquet(path: string): OpenParquet {
  const handle = openRegularSync(path);
  try {
    const source = byteSourceOf(
      handle,
      fstatSync(handle).size,
      () => new ParquetError('shorter than before, because another program is writing to it'),
    );
    return {
      file: new ParquetFile(source, pageCodecs),
      close: () => {
        closeSync(handle);
      },
    };
  } catch (error) {
    closeSync(handle);
    throw explainParquet(path, error);
  }
}

/** Uncompressed bytes of a table's row groups; empty for any other file. */
export function rowGroupsOf(path: string): readonly number[] {
  if (codecOf(path).name !== 'parquet') return [];
  const { file, close } = openParquet(path);
  close();
  return file.footer.groups.map(({ uncompressedBytes }) => uncompressedBytes);
}

/** The fields of a table's rows. */
export function fieldsOf(path: string): readonly Node[] {
  const { file, close } = openParquet(path);
  close();
  return file.footer.schema.fields;
}
