// The page table of a column: where each page is, and which rows begin in it. Reads headers with small reads, so
// that a few rows from the middle of a large row group only cost the pages that contain them.
import { errorMessage } from '#core/words/errorMessage.ts';

import type { ByteSource } from '../bytes.ts';
import type { Chunk, PageCodecs } from './footer.ts';
import { CHUNK } from './footer.ts';
import { bitsFor, readHybrid } from './levels.ts';
import type { Leaf } from './schema.ts';
import { ParquetError } from './schema.ts';
import type { ThriftStruct } from './thrift.ts';
import { booleanIn, numberIn, structIn, structsIn, ThriftError, ThriftReader } from './thrift.ts';
import type { Values } from './values.ts';
import { ENCODING, MAX_PAGE_BYTES, MAX_PAGE_VALUES, readIndices, readPlain, readValues } from './values.ts';

/** Position and content of a page. */
export interface PageRef {
  readonly offset: number;
  readonly headerLength: number;
  /** As stored, without the header. */
  readonly compressedLength: number;
  readonly uncompressedLength: number;
  readonly isV2: boolean;
  readonly header: ThriftStruct;
  /** Entries: values, nulls, empty lists. */
  readonly count: number;
  /** Row group number of the first row that begins here; −1 until counted. */
  firstRow: number;
  /** Rows that begin here. */
  rows: number;
}

/** The pages of a column in a row group. */
export interface PageTable {
  readonly chunk: Chunk;
  readonly leaf: Leaf;
  /** Undefined if the column has none. */
  readonly dictionary: PageRef | undefined;
  readonly pages: readonly PageRef[];
}

/** A decompressed page. */
export interface Page {
  readonly count: number;
  /** Entries with known values; for a large page this may only be the first ones. */
  readonly known: number;
  /** By entry; undefined if all are 0. */
  readonly repetition: Uint8Array | undefined;
  /** By entry; undefined if all entries are values. */
  readonly definition: Uint8Array | undefined;
  /** The non-null values, or those of the dictionary. */
  readonly values: Values;
  /** By value: its index in the dictionary. */
  readonly indices: Int32Array | undefined;
  /** Approximate memory. */
  readonly bytes: number;
}

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

const KIND = { data: 0, index: 1, dictionary: 2, dataV2: 3 };

/** Enough for most headers; those with long statistics are read again with more. */
const HEADER_BYTES = 512;

function damaged(leaf: Leaf, what: string): ParquetError {
  return new ParquetError(`damaged: column ${leaf.path.join('.')} ${what}`);
}

function readHeader(
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

function sizeIn(struct: ThriftStruct, id: number, leaf: Leaf, what: string, max: number): number {
  const value = numberIn(struct, id);
  if (value === undefined || value < 0) throw damaged(leaf, `has a page without ${what}`);
  if (value > max)
    throw new ParquetError(`not supported: a page of column ${leaf.path.join('.')} is too large`);
  return value;
}

/** First rows of the pages, if the file stores them. */
function storedFirstRows(source: ByteSource, { chunk }: Chunk): readonly number[] | undefined {
  const [offset, length] = [numberIn(chunk, CHUNK.offsetIndex), numberIn(chunk, CHUNK.offsetIndexLength)];
  if (
    offset === undefined ||
    length === undefined ||
    offset < 4 ||
    length < 1 ||
    offset + length > source.size
  )
    return undefined;
  try {
    const index = new ThriftReader(source.read(offset, offset + length)).struct();
    return structsIn(index, 1).map((place) => numberIn(place, 3) ?? -1);
  } catch (error) {
    // The index is optional: without it, rows are counted.
    if (error instanceof ThriftError) return undefined;
    throw error;
  }
}

/** Reads all page headers of a column. Throws ParquetError if they contradict the footer. */
export function readPageTable(source: ByteSource, chunk: Chunk, leaf: Leaf, rows: number): PageTable {
  const pages: PageRef[] = [];
  let dictionary: PageRef | undefined;
  let entries = 0;
  for (let offset = chunk.start; entries < chunk.count;) {
    if (offset >= chunk.end)
      throw damaged(leaf, `has pages for only ${entries} of its ${chunk.count} entries`);
    const { header, length } = readHeader(source, leaf, offset, chunk.end);
    const kind = numberIn(header, HEADER.type);
    const compressedLength = sizeIn(header, HEADER.compressed, leaf, 'a size', MAX_PAGE_BYTES);
    const uncompressedLength = sizeIn(header, HEADER.uncompressed, leaf, 'a size', MAX_PAGE_BYTES);
    const next = offset + length + compressedLength;
    if (next > chunk.end) throw damaged(leaf, 'has a page that extends past its end');
    const known = { offset, headerLength: length, compressedLength, uncompressedLength, header };
    const v1 = structIn(header, HEADER.data);
    const v2 = structIn(header, HEADER.dataV2);
    if (kind === KIND.dictionary) {
      const own = structIn(header, HEADER.dictionary);
      const count = own && sizeIn(own, 1, leaf, 'a count', MAX_PAGE_VALUES);
      if (count === undefined || dictionary || pages.length > 0)
        throw damaged(leaf, 'has a misplaced dictionary');
      dictionary = { ...known, isV2: false, count, firstRow: 0, rows: 0 };
    } else if ((kind === KIND.data && v1) || (kind === KIND.dataV2 && v2)) {
      const count = sizeIn((v2 ?? v1) as ThriftStruct, DATA.count, leaf, 'a count', MAX_PAGE_VALUES);
      const isFlat = leaf.maxRepetition === 0;
      const own = isFlat ? count : v2 ? sizeIn(v2, DATA_V2.rows, leaf, 'a count of rows', count) : -1;
      pages.push({ ...known, isV2: v2 !== undefined, count, firstRow: -1, rows: own });
      entries += count;
    } else if (kind !== KIND.index) {
      throw damaged(leaf, 'has a page of unknown type');
    }
    offset = next;
  }
  if (entries !== chunk.count)
    throw damaged(leaf, `has ${entries} entries, but the footer says ${chunk.count}`);
  placeRows(source, { chunk, leaf, dictionary, pages }, rows);
  return { chunk, leaf, dictionary, pages };
}

/** Numbers the rows as far as possible without decompressing a page. */
function placeRows(source: ByteSource, { chunk, leaf, pages }: PageTable, rows: number): void {
  if (pages.some((page) => page.rows < 0)) {
    const stored = storedFirstRows(source, chunk);
    const isSound =
      stored?.length === pages.length &&
      stored.every((row, i) => row >= (stored[i - 1] ?? 0) && row <= rows && (i > 0 || row === 0));
    if (!isSound) return;
    pages.forEach((page, i) => {
      page.firstRow = stored[i] ?? 0;
      page.rows = (stored[i + 1] ?? rows) - page.firstRow;
    });
    return;
  }
  let row = 0;
  for (const page of pages) {
    page.firstRow = row;
    row += page.rows;
  }
  if (row !== rows) throw damaged(leaf, `has ${row} rows, but the footer says ${rows}`);
}

function decompress(
  codecs: PageCodecs,
  codec: number,
  leaf: Leaf,
  bytes: Uint8Array,
  length: number,
): Uint8Array {
  // Writers compress empty data to one byte or to none.
  if (length === 0) return new Uint8Array(0);
  if (codec === 0) {
    if (bytes.length !== length) throw damaged(leaf, 'has a page whose size contradicts its header');
    return bytes;
  }
  const name = codecs.nameOf(codec);
  if (name === undefined)
    throw new ParquetError(`not supported: column ${leaf.path.join('.')} uses compression codec ${codec}`);
  let uncompressed: Uint8Array;
  try {
    uncompressed = codecs.decompress(codec, bytes, length);
  } catch (error) {
    throw damaged(leaf, `has a page that is not valid ${name} (${errorMessage(error)})`);
  }
  if (uncompressed.length !== length)
    throw damaged(leaf, 'has a page whose uncompressed size contradicts its header');
  return uncompressed;
}

function storedBytes(source: ByteSource, { offset, headerLength, compressedLength }: PageRef): Uint8Array {
  return source.read(offset + headerLength, offset + headerLength + compressedLength);
}

export function readDictionary(
  source: ByteSource,
  codecs: PageCodecs,
  { chunk, leaf, dictionary }: PageTable,
): Values {
  if (!dictionary) throw damaged(leaf, 'uses a dictionary but has none');
  const bytes = decompress(
    codecs,
    chunk.codec,
    leaf,
    storedBytes(source, dictionary),
    dictionary.uncompressedLength,
  );
  return readPlain(bytes, 0, leaf, dictionary.count);
}

export function countLevel(levels: Uint8Array, level: number): number {
  let found = 0;
  for (const one of levels) if (one === level) found++;
  return found;
}

function checkLevels(levels: Uint8Array, max: number, leaf: Leaf): void {
  for (const level of levels) if (level > max) throw damaged(leaf, 'has a page with invalid levels');
}

/** Parts of a decompressed page: levels, and the start of the values. */
interface Parts {
  readonly bytes: Uint8Array;
  readonly repetition: Uint8Array | undefined;
  readonly definition: Uint8Array | undefined;
  readonly valuesAt: number;
  readonly encoding: number;
}

export function partsOfV1(bytes: Uint8Array, header: ThriftStruct, leaf: Leaf, entries: number): Parts {
  let at = 0;
  const levels = (max: number, encodingId: number): Uint8Array | undefined => {
    if (max === 0) return undefined;
    if (numberIn(header, encodingId) !== ENCODING.rle)
      throw new ParquetError(
        `not supported: column ${leaf.path.join('.')} has levels in a deprecated encoding`,
      );
    const into = new Uint8Array(entries);
    if (at + 4 > bytes.length) throw damaged(leaf, 'has a page that ends too early');
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
    readHybrid(bytes, at + 4, at + 4 + length, bitsFor(max), into);
    at += 4 + length;
    return into;
  };
  const repetition = levels(leaf.maxRepetition, DATA.repetitions);
  const definition = levels(leaf.maxDefinition, DATA.definitions);
  return { bytes, repetition, definition, valuesAt: at, encoding: numberIn(header, DATA.encoding) ?? -1 };
}

function partsOfV2(
  stored: Uint8Array,
  ref: PageRef,
  header: ThriftStruct,
  { chunk, leaf }: PageTable,
  codecs: PageCodecs,
): Parts {
  const repetitionBytes = sizeIn(header, DATA_V2.repetitionBytes, leaf, 'levels', stored.length);
  const definitionBytes = sizeIn(
    header,
    DATA_V2.definitionBytes,
    leaf,
    'levels',
    stored.length - repetitionBytes,
  );
  const levelBytes = repetitionBytes + definitionBytes;
  const levels = (max: number, at: number, end: number): Uint8Array | undefined => {
    if (max === 0) return undefined;
    const into = new Uint8Array(ref.count);
    readHybrid(stored, at, end, bitsFor(max), into);
    return into;
  };
  const compressed = stored.subarray(levelBytes);
  const length = ref.uncompressedLength - levelBytes;
  const isCompressed = booleanIn(header, DATA_V2.isCompressed) !== false && compressed.length > 0;
  return {
    bytes: isCompressed ? decompress(codecs, chunk.codec, leaf, compressed, length) : compressed,
    repetition: levels(leaf.maxRepetition, 0, repetitionBytes),
    definition: levels(leaf.maxDefinition, repetitionBytes, levelBytes),
    valuesAt: 0,
    encoding: numberIn(header, DATA_V2.encoding) ?? -1,
  };
}

/** Reads and decompresses a page. Calls `dictionary` only if the page uses one. */
export function readPage(
  source: ByteSource,
  codecs: PageCodecs,
  table: PageTable,
  ref: PageRef,
  dictionary: () => Values,
): Page {
  const { chunk, leaf } = table;
  const stored = storedBytes(source, ref);
  const v2 = structIn(ref.header, HEADER.dataV2);
  const v1 = structIn(ref.header, HEADER.data);
  const { bytes, repetition, definition, valuesAt, encoding } =
    v2 && ref.isV2
      ? partsOfV2(stored, ref, v2, table, codecs)
      : partsOfV1(
          decompress(codecs, chunk.codec, leaf, stored, ref.uncompressedLength),
          v1 as ThriftStruct,
          leaf,
          ref.count,
        );
  if (repetition) checkLevels(repetition, leaf.maxRepetition, leaf);
  if (definition) checkLevels(definition, leaf.maxDefinition, leaf);
  // The index or the header may give a wrong number of rows; then row boundaries are unknown.
  if (repetition && ref.rows >= 0 && countLevel(repetition, 0) !== ref.rows)
    throw damaged(leaf, 'has a page whose rows contradict its header');
  const valueCount = definition ? countLevel(definition, leaf.maxDefinition) : ref.count;
  const isPointing = encoding === ENCODING.dictionary || encoding === ENCODING.plainDictionary;
  const values = isPointing ? dictionary() : readValues(bytes, valuesAt, leaf, valueCount, encoding);
  return {
    count: ref.count,
    known: ref.count,
    repetition,
    definition: valueCount === ref.count ? undefined : definition,
    values,
    indices: isPointing ? readIndices(bytes, valuesAt, valueCount, values.count) : undefined,
    bytes: bytes.length + 10 * ref.count,
  };
}

/** Rows that begin in a page. */
export function rowsIn({ repetition, count: entries }: Page): number {
  return repetition ? countLevel(repetition, 0) : entries;
}
