// Writes a new Parquet file from lines of JSON: row groups small enough for viewers, pages small enough to read
// single rows, and page indexes.
import { fieldsOf } from '#core/json/scan.ts';

import type { MadePage } from './encode.ts';
import { PageBuilder } from './encode.ts';
import type { PageCodecs } from './footer.ts';
import { CHUNK, FILE, GROUP, MAGIC, META } from './footer.ts';
import { DATA, HEADER } from './pageHeader.ts';
import type { Leaf, Node, Schema } from './schema.ts';
import { leavesOf, readSchema, TYPES } from './schema.ts';
import { shred } from './shred.ts';
import { boundsOf, mergeExtremes, STATISTICS } from './statistics.ts';
import type { ThriftList, ThriftStruct } from './thrift.ts';
import { ByteSink, structOf, T, thriftBytes } from './thrift.ts';
import { ENCODING, widthOf } from './values.ts';

export interface WriteOptions {
  /** The format's number of the codec. */
  readonly codec: number;
  readonly codecs: PageCodecs;
  /** Approximate JSON size of a row group. */
  readonly groupBytes?: number;
  /** Approximate uncompressed size of a page. */
  readonly pageBytes?: number;
  readonly createdBy: string;
  /** Texts about the whole file, by their names. */
  readonly keyValues?: ReadonlyMap<string, string>;
}

const GROUP_BYTES = 64 * 1024 * 1024;
const PAGE_BYTES = 1024 * 1024;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const NULL = encoder.encode('null');
const OPEN_OBJECT = 0x7b;
const MAGIC_BYTES = encoder.encode('PAR1');

/** A page header before its numbers are known. */
const PAGE_HEADER = structOf(
  [HEADER.type, T.i32, 0],
  [HEADER.data, T.struct, structOf([DATA.count, T.i32, 0], [DATA.encoding, T.i32, 0])],
);

interface Column {
  readonly leaf: Leaf;
  readonly pages: MadePage[];
  builder: PageBuilder;
}

interface WrittenChunk {
  readonly leaf: Leaf;
  readonly start: number;
  readonly pages: readonly MadePage[];
}

interface WrittenGroup {
  readonly rows: number;
  readonly chunks: readonly WrittenChunk[];
}

const sum = <Item>(items: readonly Item[], of: (item: Item) => number): number =>
  items.reduce((all, item) => all + of(item), 0);

const uncompressedOf = ({ numbers: { headerLength, uncompressedLength } }: MadePage): number =>
  headerLength + uncompressedLength;

/** Takes rows, returns bytes. */
export class TableWriter {
  readonly #elements: readonly ThriftStruct[];
  readonly #schema: Schema;
  readonly #options: WriteOptions;
  readonly #groups: WrittenGroup[] = [];
  #columns: Column[] = [];
  #rows = 0;
  #groupBytes = 0;
  #offset = 0;

  /** @param elements the schema as in a footer, root first */
  constructor(elements: readonly ThriftStruct[], options: WriteOptions) {
    this.#elements = elements;
    this.#schema = readSchema(elements);
    this.#options = options;
    this.#begin();
  }

  /** The bytes before all rows. */
  head(): Uint8Array {
    return this.#emit(MAGIC_BYTES);
  }

  /**
   * Adds a row, a JSON object. Returns bytes when a row group is full. Throws ParquetError if the row does not
   * match the schema.
   */
  add(line: Uint8Array): Uint8Array | undefined {
    const cells = new Map<string, Uint8Array>();
    const open = line.indexOf(OPEN_OBJECT);
    for (const { keyStart, keyEnd, valueStart, valueEnd } of fieldsOf(line, open, line.length))
      cells.set(
        JSON.parse(decoder.decode(line.subarray(keyStart, keyEnd))) as string,
        line.subarray(valueStart, valueEnd),
      );
    for (const field of this.#schema.fields) this.#addCell(field, cells.get(field.name) ?? NULL);
    this.#rows++;
    this.#groupBytes += line.length;
    return this.#groupBytes >= (this.#options.groupBytes ?? GROUP_BYTES) ? this.#flush() : undefined;
  }

  /**
   * Adds the rows [from, to) of whole columns as one row group, and returns its bytes. For columns without nulls whose
   * values have one width.
   */
  addRows(columns: readonly Uint8Array[], from: number, to: number): Uint8Array {
    const { pageBytes = PAGE_BYTES } = this.#options;
    this.#columns.forEach((column, i) => {
      const values = columns[i] ?? new Uint8Array(0);
      const width = widthOf(column.leaf);
      const perPage = Math.max(1, Math.floor(pageBytes / width));
      for (let row = from; row < to; row += perPage) {
        const end = Math.min(to, row + perPage);
        column.builder.addPlain(values, row, end);
        if (end < to) this.#finishPage(column);
      }
    });
    this.#rows = to - from;
    return this.#flush();
  }

  /** The remaining rows, and the footer. */
  end(): Uint8Array {
    const rest = this.#rows > 0 ? this.#flush() : new Uint8Array(0);
    const indexes = this.#writeIndexes();
    const footer = thriftBytes(this.#footer(indexes.places));
    const out = new ByteSink();
    for (const bytes of [rest, indexes.bytes, footer]) out.bytes(bytes);
    out.uint32(footer.length);
    out.uint32(MAGIC);
    return out.all;
  }

  #emit(bytes: Uint8Array): Uint8Array {
    this.#offset += bytes.length;
    return bytes;
  }

  #begin(): void {
    this.#rows = 0;
    this.#groupBytes = 0;
    this.#columns = this.#schema.leaves.map((leaf) => ({
      leaf,
      pages: [],
      builder: new PageBuilder(leaf, undefined),
    }));
  }

  #addCell(field: Node, json: Uint8Array): void {
    const start = json.findIndex((byte) => byte > 0x20);
    if (leavesOf(field).length === 0) return;
    for (const [leaf, entries] of shred(json, Math.max(0, start), json.length, field)) {
      const column = this.#columns[leaf.column];
      if (!column) continue;
      column.builder.add(entries);
      if (column.builder.bytes >= (this.#options.pageBytes ?? PAGE_BYTES)) this.#finishPage(column);
    }
  }

  #finishPage(column: Column): void {
    const { codec, codecs } = this.#options;
    column.pages.push(column.builder.finish(PAGE_HEADER, codec, codecs));
    column.builder = new PageBuilder(column.leaf, undefined);
  }

  #flush(): Uint8Array {
    const chunks: WrittenChunk[] = [];
    const out = new ByteSink();
    for (const column of this.#columns) {
      if (column.builder.count > 0 || column.pages.length === 0) this.#finishPage(column);
      chunks.push({ leaf: column.leaf, start: this.#offset + out.length, pages: column.pages });
      for (const { bytes } of column.pages) out.bytes(bytes);
    }
    this.#groups.push({ rows: this.#rows, chunks });
    this.#begin();
    return this.#emit(out.all);
  }

  /** Offsets of each column's pages, by group and column. */
  #writeIndexes(): { readonly bytes: Uint8Array; readonly places: readonly (readonly [number, number])[] } {
    const out = new ByteSink();
    const places = this.#groups.flatMap(({ chunks }) =>
      chunks.map(({ start, pages }): [number, number] => {
        let [offset, row] = [start, 0];
        const items = pages.map(({ bytes, numbers }) => {
          const place = structOf([1, T.i64, offset], [2, T.i32, bytes.length], [3, T.i64, row]);
          offset += bytes.length;
          row += numbers.rows;
          return place;
        });
        const index = thriftBytes(structOf([1, T.list, { itemType: T.struct, items }]));
        const at = this.#offset + out.length;
        out.bytes(index);
        return [at, index.length];
      }),
    );
    return { bytes: this.#emit(out.all), places };
  }

  #chunk(
    { leaf, start, pages }: WrittenChunk,
    [indexAt, indexLength]: readonly [number, number],
  ): ThriftStruct {
    const extremes = mergeExtremes(
      leaf,
      pages.map(({ numbers }) => numbers.extremes),
    );
    const bounds = extremes && boundsOf(leaf, extremes);
    const isExact =
      bounds?.max.length === extremes?.max.length && bounds?.min.length === extremes?.min.length;
    const statistics = structOf(
      [STATISTICS.nulls, T.i64, sum(pages, ({ numbers }) => numbers.nulls)],
      [STATISTICS.max, T.binary, bounds?.max],
      [STATISTICS.min, T.binary, bounds?.min],
      [STATISTICS.isMaxExact, T.true, bounds && isExact],
      [STATISTICS.isMinExact, T.true, bounds && isExact],
    );
    const meta = structOf(
      [1, T.i32, TYPES.indexOf(leaf.type)],
      [META.encodings, T.list, { itemType: T.i32, items: [ENCODING.plain, ENCODING.rle] }],
      [META.path, T.list, { itemType: T.binary, items: leaf.path.map((name) => encoder.encode(name)) }],
      [META.codec, T.i32, this.#options.codec],
      [META.count, T.i64, sum(pages, ({ numbers }) => numbers.count)],
      [META.uncompressed, T.i64, sum(pages, uncompressedOf)],
      [META.compressed, T.i64, sum(pages, ({ bytes }) => bytes.length)],
      [META.dataPage, T.i64, start],
      [META.statistics, T.struct, statistics],
    );
    return structOf(
      [CHUNK.fileOffset, T.i64, 0],
      [CHUNK.meta, T.struct, meta],
      [CHUNK.offsetIndex, T.i64, indexAt],
      [CHUNK.offsetIndexLength, T.i32, indexLength],
    );
  }

  #keyValues(): ThriftList | undefined {
    const { keyValues } = this.#options;
    return (
      keyValues && {
        itemType: T.struct,
        items: [...keyValues].map(([name, value]) =>
          structOf([1, T.binary, encoder.encode(name)], [2, T.binary, encoder.encode(value)]),
        ),
      }
    );
  }

  #footer(indexes: readonly (readonly [number, number])[]): ThriftStruct {
    let index = 0;
    const groups = this.#groups.map(({ rows, chunks }, number) =>
      structOf(
        [
          GROUP.columns,
          T.list,
          {
            itemType: T.struct,
            items: chunks.map((chunk) => this.#chunk(chunk, indexes[index++] ?? [0, 0])),
          },
        ],
        [GROUP.uncompressed, T.i64, sum(chunks, ({ pages }) => sum(pages, uncompressedOf))],
        [GROUP.rows, T.i64, rows],
        [GROUP.fileOffset, T.i64, chunks[0]?.start ?? 4],
        [GROUP.compressed, T.i64, sum(chunks, ({ pages }) => sum(pages, ({ bytes }) => bytes.length))],
        [GROUP.ordinal, T.i16, number < 2 ** 15 ? number : undefined],
      ),
    );
    const orders = this.#schema.leaves.map(() => structOf([1, T.struct, structOf()]));
    return structOf(
      [FILE.version, T.i32, 2],
      [FILE.schema, T.list, { itemType: T.struct, items: [...this.#elements] }],
      [FILE.rows, T.i64, sum(this.#groups, ({ rows }) => rows)],
      [FILE.groups, T.list, { itemType: T.struct, items: groups }],
      [FILE.keyValues, T.list, this.#keyValues()],
      [FILE.createdBy, T.binary, encoder.encode(this.#options.createdBy)],
      [FILE.orders, T.list, { itemType: T.struct, items: orders }],
    );
  }
}
