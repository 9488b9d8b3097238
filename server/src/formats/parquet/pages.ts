// The page table of a column: where each page is, and which rows begin in it. Reads headers with small reads, so
// that a few rows from the middle of a large row group only cost the pages that contain them.
import { errorMessage } from '#core/words/errorMessage.ts';

import type { ByteSource } from '../bytes.ts';
import type { Chunk, PageCodecs } from './footer.ts';
import { CHUNK } from './footer.ts';
import { damaged, DATA, DATA_V2, HEADER, readHeader, sizeIn } from './pageHeader.ts';
import type { Levels } from './pageLevels.ts';
import { checkPage, countLevel, isCompressed, levelsOfV1, levelsOfV2 } from './pageLevels.ts';
import type { Leaf } from './schema.ts';
import { ParquetError } from './schema.ts';
import type { ThriftStruct } from './thrift.ts';
import { numberIn, structIn, structsIn, ThriftError, ThriftReader } from './thrift.ts';
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

/** A decompressed page, or some entries of a large one. */
export interface Page {
  readonly count: number;
  /** Half-open range of the entries with known values. */
  readonly from: number;
  readonly known: number;
  /** By entry; undefined if all are 0. */
  readonly repetition: Uint8Array | undefined;
  /** By entry; undefined if all entries are values. */
  readonly definition: Uint8Array | undefined;
  /** The known values that are not null, or those of the dictionary. */
  readonly values: Values;
  /** Number of the first known value. */
  readonly firstValue: number;
  /** By value: its index in the dictionary. */
  readonly indices: Int32Array | undefined;
  /** Approximate memory. */
  readonly bytes: number;
}

const KIND = { data: 0, index: 1, dictionary: 2, dataV2: 3 };

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

/** Parts of a decompressed page: levels, and the start of the values. */
interface Parts extends Levels {
  readonly bytes: Uint8Array;
  readonly valuesAt: number;
  readonly encoding: number;
}

function partsOfV1(
  stored: Uint8Array,
  ref: PageRef,
  header: ThriftStruct,
  { chunk, leaf }: PageTable,
  codecs: PageCodecs,
): Parts {
  const bytes = decompress(codecs, chunk.codec, leaf, stored, ref.uncompressedLength);
  return {
    bytes,
    ...levelsOfV1(bytes, header, leaf, ref.count),
    encoding: numberIn(header, DATA.encoding) ?? -1,
  };
}

function partsOfV2(
  stored: Uint8Array,
  ref: PageRef,
  header: ThriftStruct,
  { chunk, leaf }: PageTable,
  codecs: PageCodecs,
): Parts {
  const { repetition, definition, levelBytes } = levelsOfV2(stored, header, leaf, ref.count);
  const compressed = stored.subarray(levelBytes);
  const length = ref.uncompressedLength - levelBytes;
  return {
    bytes:
      isCompressed(header) && compressed.length > 0
        ? decompress(codecs, chunk.codec, leaf, compressed, length)
        : compressed,
    repetition,
    definition,
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
  const { leaf } = table;
  const stored = storedBytes(source, ref);
  const v2 = structIn(ref.header, HEADER.dataV2);
  const v1 = structIn(ref.header, HEADER.data);
  const { bytes, repetition, definition, valuesAt, encoding } =
    v2 && ref.isV2
      ? partsOfV2(stored, ref, v2, table, codecs)
      : partsOfV1(stored, ref, v1 as ThriftStruct, table, codecs);
  checkPage({ repetition, definition }, leaf, ref.rows);
  const valueCount = definition ? countLevel(definition, leaf.maxDefinition) : ref.count;
  const isPointing = encoding === ENCODING.dictionary || encoding === ENCODING.plainDictionary;
  const values = isPointing ? dictionary() : readValues(bytes, valuesAt, leaf, valueCount, encoding);
  return {
    count: ref.count,
    from: 0,
    known: ref.count,
    repetition,
    definition: valueCount === ref.count ? undefined : definition,
    values,
    firstValue: 0,
    indices: isPointing ? readIndices(bytes, valuesAt, valueCount, values.count) : undefined,
    bytes: bytes.length + 10 * ref.count,
  };
}

/** Rows that begin in a page. */
export function rowsIn({ repetition, count: entries }: Page): number {
  return repetition ? countLevel(repetition, 0) : entries;
}
