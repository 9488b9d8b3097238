// Reads a file's footer: all row groups and columns, and where they are. Keeps the original tree, so that a save
// can write it back completely.
import type { ByteSource } from '../bytes.ts';
import type { PieceDecoder } from './pieces.ts';
import type { Schema } from './schema.ts';
import { ParquetError, readSchema } from './schema.ts';
import type { ThriftStruct } from './thrift.ts';
import { numberIn, structIn, structsIn, textIn, ThriftError, ThriftReader } from './thrift.ts';

/** Page codecs, by their number in the footer. */
export interface PageCodecs {
  /** Throws if the bytes are invalid. */
  decompress(codec: number, bytes: Uint8Array, length: number): Uint8Array;
  /** Undefined if the codec can't begin inside a page. */
  piecesOf(codec: number): PieceDecoder | undefined;
  compress(codec: number, bytes: Uint8Array): Uint8Array;
  /** The name of a codec; undefined if unsupported. */
  nameOf(codec: number): string | undefined;
}

/** One column of a row group. */
export interface Chunk {
  /** ColumnChunk and ColumnMetaData in the footer's tree. */
  readonly chunk: ThriftStruct;
  readonly meta: ThriftStruct;
  readonly codec: number;
  /** Entries: values, nulls and empty lists. */
  readonly count: number;
  /** Half-open range of the pages in the file, including the dictionary page. */
  readonly start: number;
  readonly end: number;
}

export interface RowGroup {
  readonly group: ThriftStruct;
  readonly rows: number;
  /** Number of the first row in the file. */
  readonly firstRow: number;
  /** By column. */
  readonly chunks: readonly Chunk[];
  /** Total uncompressed size of the pages, from the footer. */
  readonly uncompressedBytes: number;
}

export interface Footer {
  readonly file: ThriftStruct;
  readonly schema: Schema;
  readonly rows: number;
  readonly groups: readonly RowGroup[];
  /** Start of the footer; all pages come before it. */
  readonly start: number;
  /** Approximate uncompressed size of all columns. */
  readonly uncompressedBytes: number;
}

export const MAGIC = 0x31524150;
const ENCRYPTED = 0x45524150;

/** PAR1, and the footer's length before it. */
const TAIL_BYTES = 8;

/** A footer with ten thousand columns takes a hundredth of this. */
const MAX_FOOTER_BYTES = 256 * 1024 * 1024;

/** Field numbers of footer structures that several modules use. */
export const META = {
  encodings: 2,
  path: 3,
  codec: 4,
  count: 5,
  uncompressed: 6,
  compressed: 7,
  dataPage: 9,
  indexPage: 10,
  dictionaryPage: 11,
  statistics: 12,
  encodingStats: 13,
  bloomOffset: 14,
  bloomLength: 15,
  sizes: 16,
} as const;
export const CHUNK = {
  filePath: 1,
  fileOffset: 2,
  meta: 3,
  offsetIndex: 4,
  offsetIndexLength: 5,
  columnIndex: 6,
  columnIndexLength: 7,
} as const;
export const GROUP = {
  columns: 1,
  uncompressed: 2,
  rows: 3,
  sorting: 4,
  fileOffset: 5,
  compressed: 6,
  ordinal: 7,
} as const;
export const FILE = {
  version: 1,
  schema: 2,
  rows: 3,
  groups: 4,
  keyValues: 5,
  createdBy: 6,
  orders: 7,
} as const;

function uint32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
}

function whole(struct: ThriftStruct, id: number, what: string): number {
  const value = numberIn(struct, id);
  if (value === undefined || value < 0 || !Number.isSafeInteger(value))
    throw new ParquetError(`damaged: ${what} is missing or invalid`);
  return value;
}

function chunkOf(chunk: ThriftStruct, rows: number, dataEnd: number, name: string): Chunk {
  const meta = structIn(chunk, CHUNK.meta);
  if (!meta || structIn(chunk, 8)) throw new ParquetError('encrypted, which is not supported');
  if ((textIn(chunk, CHUNK.filePath) ?? '') !== '')
    throw new ParquetError('a summary of other files, which is not supported; open those files');
  // Arrow writes row groups for empty batches: no page, and offsets of 0 or none.
  if (rows === 0) return { chunk, meta, codec: numberIn(meta, META.codec) ?? 0, count: 0, start: 0, end: 0 };
  const dataPage = whole(meta, META.dataPage, `the offset of column ${name}`);
  const dictionary = numberIn(meta, META.dictionaryPage) ?? 0;
  const start = dictionary > 0 && dictionary < dataPage ? dictionary : dataPage;
  const end = start + whole(meta, META.compressed, `the size of column ${name}`);
  if (start < 4 || end > dataEnd) throw new ParquetError(`damaged: column ${name} is outside the file`);
  return {
    chunk,
    meta,
    codec: whole(meta, META.codec, `the codec of column ${name}`),
    count: whole(meta, META.count, `the count of column ${name}`),
    start,
    end,
  };
}

function readGroups(file: ThriftStruct, schema: Schema, dataEnd: number): RowGroup[] {
  let firstRow = 0;
  return structsIn(file, FILE.groups).map((group) => {
    const rows = whole(group, GROUP.rows, 'the count of a row group');
    const columns = structsIn(group, GROUP.columns);
    if (columns.length !== schema.leaves.length && (rows > 0 || columns.length > 0))
      throw new ParquetError('damaged: a row group’s columns differ from the schema');
    const chunks = schema.leaves.slice(0, columns.length).map((leaf, i) => {
      const name = leaf.path.join('.');
      const chunk = chunkOf(columns[i] as ThriftStruct, rows, dataEnd, name);
      // A list has one entry per element, and one if it is empty.
      if (leaf.maxRepetition === 0 ? chunk.count !== rows : chunk.count < rows)
        throw new ParquetError(`damaged: column ${name} has ${chunk.count} entries for ${rows} rows`);
      return chunk;
    });
    firstRow += rows;
    const uncompressedBytes = chunks.reduce(
      (all, { meta }) => all + (numberIn(meta, META.uncompressed) ?? 0),
      0,
    );
    return { group, rows, firstRow: firstRow - rows, chunks, uncompressedBytes };
  });
}

/** Throws ParquetError. */
export function readFooter(source: ByteSource): Footer {
  const { size } = source;
  if (size === 0) throw new ParquetError('empty. If it should contain records, write or download it again');
  if (size < 12) throw new ParquetError('too short to be a Parquet file');
  if (uint32(source.read(0, 4), 0) === ENCRYPTED) throw new ParquetError('encrypted, which is not supported');
  const tail = source.read(size - TAIL_BYTES, size);
  if (uint32(tail, 4) === ENCRYPTED) throw new ParquetError('encrypted, which is not supported');
  if (uint32(tail, 4) !== MAGIC || uint32(source.read(0, 4), 0) !== MAGIC)
    throw new ParquetError(
      'not a Parquet file, or incompletely written: it does not begin and end with PAR1',
    );
  const length = uint32(tail, 0);
  const start = size - TAIL_BYTES - length;
  if (start < 4 || length > MAX_FOOTER_BYTES)
    throw new ParquetError('damaged: its footer is larger than the file');
  try {
    const file = new ThriftReader(source.read(start, size - TAIL_BYTES)).struct();
    const schema = readSchema(structsIn(file, FILE.schema));
    const groups = readGroups(file, schema, start);
    const rows = whole(file, FILE.rows, 'its count of rows');
    const sum = groups.reduce((all, group) => all + group.rows, 0);
    if (sum !== rows)
      throw new ParquetError(`damaged: its footer says ${rows} rows, but its row groups have ${sum}`);
    const uncompressedBytes = groups.reduce((all, group) => all + group.uncompressedBytes, 0);
    return { file, schema, rows, groups, start, uncompressedBytes };
  } catch (error) {
    if (error instanceof ThriftError)
      throw new ParquetError(`damaged: its footer is invalid, ${error.message}`);
    throw error;
  }
}
