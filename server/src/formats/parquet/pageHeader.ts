// The header of a page.
import type { ByteSource } from '../bytes.ts';
import type { Leaf } from './schema.ts';
import { ParquetError } from './schema.ts';
import type { ThriftStruct } from './thrift.ts';
import { numberIn, ThriftError, ThriftReader } from './thrift.ts';

/** Field numbers of page headers. */
export const HEADER = {
  type: 1,
  uncompressed: 2,
  compressed: 3,
  crc: 4,
  data: 5,
  dictionary: 7,
  dataV2: 8,
} as const;
export const DATA = { count: 1, encoding: 2, definitions: 3, repetitions: 4, statistics: 5 } as const;
export const DATA_V2 = {
  count: 1,
  nulls: 2,
  rows: 3,
  encoding: 4,
  definitionBytes: 5,
  repetitionBytes: 6,
  isCompressed: 7,
  statistics: 8,
} as const;

/** Enough for most headers; those with long statistics are read again with more. */
const HEADER_BYTES = 512;

export function damaged(leaf: Leaf, what: string): ParquetError {
  return new ParquetError(`damaged: column ${leaf.path.join('.')} ${what}`);
}

/** Reads a page header, which begins at `offset` and ends before `end`. */
export function readHeader(
  source: ByteSource,
  leaf: Leaf,
  offset: number,
  end: number,
): { header: ThriftStruct; length: number } {
  for (let size = HEADER_BYTES; ; size *= 16) {
    const bytes = source.read(offset, Math.min(offset + size, end));
    try {
      const reader = new ThriftReader(bytes);
      return { header: reader.struct(), length: reader.at };
    } catch (error) {
      if (!(error instanceof ThriftError)) throw error;
      if (offset + size >= end) throw damaged(leaf, `has an invalid page header, ${error.message}`);
    }
  }
}

/** A number of the header that is there, and not too large. */
export function sizeIn(struct: ThriftStruct, id: number, leaf: Leaf, what: string, max: number): number {
  const value = numberIn(struct, id);
  if (value === undefined || value < 0) throw damaged(leaf, `has a page without ${what}`);
  if (value > max)
    throw new ParquetError(`not supported: a page of column ${leaf.path.join('.')} is too large`);
  return value;
}
