// Assembles rows from columns as lines of JSON, for the rest of the product.
import type { ByteSource } from '../bytes.ts';
import { TextSink } from '../textSink.ts';
import type { Chunk, Footer, PageCodecs } from './footer.ts';
import { readFooter } from './footer.ts';
import { Kept } from './kept.ts';
import { LARGE_BYTES, LargePage } from './largePage.ts';
import type { Page, PageRef, PageTable } from './pages.ts';
import { readDictionary, readPage, readPageTable, rowsIn } from './pages.ts';
import type { Leaf, Node } from './schema.ts';
import { leavesOf, ParquetError } from './schema.ts';
import { writeValue } from './text.ts';
import type { ThriftStruct } from './thrift.ts';
import { ThriftError, ThriftReader } from './thrift.ts';
import type { Values } from './values.ts';

/** Cache for decompressed pages, in bytes: enough for the visible rows and their surroundings. */
const KEPT_PAGES_BYTES = 64 * 1024 * 1024;

/** And for what is known of large pages: half a megabyte for one of 40 MB. */
const KEPT_MARKS_BYTES = 32 * 1024 * 1024;

/** What a caller needs of a page: the value of an entry, or one of these. */
const LEVELS = -1;
const ALL = Infinity;

function holds({ count, from, known }: Page, entry: number): boolean {
  return entry === ALL ? known - from === count : entry === LEVELS || (entry >= from && entry < known);
}

/** An open file: its footer, and pages on demand. */
export class ParquetFile {
  readonly source: ByteSource;
  readonly codecs: PageCodecs;
  readonly footer: Footer;
  readonly #tables = new Map<string, PageTable>();
  readonly #dictionaries = new Map<Chunk, Values>();
  /** By offset in the file. */
  readonly #pages = new Kept<Page>(KEPT_PAGES_BYTES);
  readonly #large = new Kept<LargePage>(KEPT_MARKS_BYTES);
  readonly #largeBytes: number;
  /** By offset in the file. */
  readonly #failed = new Map<number, ParquetError>();

  /**
   * Throws ParquetError.
   * @param largeBytes of pages with more, some rows are read without the others
   */
  constructor(source: ByteSource, codecs: PageCodecs, largeBytes = LARGE_BYTES) {
    this.#largeBytes = largeBytes;
    this.source = source;
    this.codecs = codecs;
    this.footer = readFooter(source);
  }

  /** Reads a separate structure, such as an index. Throws ParquetError if it is missing. */
  readStruct(offset: number, length: number): ThriftStruct {
    try {
      return new ThriftReader(this.source.read(offset, offset + length)).struct();
    } catch (error) {
      if (error instanceof ThriftError)
        throw new ParquetError(`damaged: a page index is invalid, ${error.message}`);
      throw error;
    }
  }

  /** The pages of a column in a row group, by the numbers of both. */
  table(group: number, column: number): PageTable {
    const key = `${group} ${column}`;
    const known = this.#tables.get(key);
    if (known) return known;
    const [own, leaf] = [this.footer.groups[group], this.footer.schema.leaves[column]];
    const chunk = own?.chunks[column];
    if (!own || !leaf || !chunk) throw new Error(`parquet: no column ${column} in row group ${group}`);
    const table = this.#once(chunk.start, () => readPageTable(this.source, chunk, leaf, own.rows));
    this.#tables.set(key, table);
    return table;
  }

  /** Caches failures too, because every row of a damaged page is read. */
  #once<Result>(place: number, read: () => Result): Result {
    const failed = this.#failed.get(place);
    if (failed) throw failed;
    try {
      return read();
    } catch (error) {
      if (error instanceof ParquetError) this.#failed.set(place, error);
      throw error;
    }
  }

  #dictionary(table: PageTable): Values {
    const known = this.#dictionaries.get(table.chunk);
    if (known) return known;
    // Row groups are usually read in order, so dictionaries of earlier ones are no longer needed.
    if (this.#dictionaries.size > 2 * this.footer.schema.leaves.length) this.#dictionaries.clear();
    const read = readDictionary(this.source, this.codecs, table);
    this.#dictionaries.set(table.chunk, read);
    return read;
  }

  /** Some entries of a large page; undefined if it should be decompressed whole. */
  #part(table: PageTable, ref: PageRef, entry: number, held: Page | undefined): Page | undefined {
    if (entry === ALL || ref.uncompressedLength <= this.#largeBytes) return undefined;
    let large = this.#large.get(ref.offset);
    if (!large) {
      large = LargePage.open(this.source, this.codecs, table, ref, this.#largeBytes);
      if (!large) return undefined;
      this.#large.set(ref.offset, large);
    }
    return entry === LEVELS ? large.start : large.window(entry, held);
  }

  /** @param entry of a large page, only the entries around this one are decompressed */
  page(table: PageTable, number: number, entry = ALL): Page {
    const ref = table.pages[number];
    if (!ref) throw new Error(`parquet: no page ${number}`);
    const held = this.#pages.get(ref.offset);
    if (held && holds(held, entry)) return held;
    const page =
      this.#part(table, ref, entry, held) ??
      this.#once(ref.offset + ref.headerLength, () =>
        readPage(this.source, this.codecs, table, ref, () => this.#dictionary(table)),
      );
    this.#pages.set(ref.offset, page);
    return page;
  }

  /** The page in which a row of the row group begins. Counts rows if the file does not say. */
  pageOf(table: PageTable, row: number): number {
    const { pages, leaf } = table;
    let [low, high] = [0, pages.length - 1];
    const isCounted = (pages.at(-1)?.firstRow ?? -1) >= 0;
    while (isCounted && low < high) {
      const middle = (low + high + 1) >> 1;
      if ((pages[middle]?.firstRow ?? 0) <= row) low = middle;
      else high = middle - 1;
    }
    for (let number = isCounted ? low : 0, first = isCounted ? (pages[low]?.firstRow ?? 0) : 0; ; number++) {
      const page = pages[number];
      if (!page)
        throw new ParquetError(
          `damaged: column ${leaf.path.join('.')} ends before row ${row} of its row group`,
        );
      if (page.firstRow < 0) {
        page.firstRow = first;
        page.rows = rowsIn(this.page(table, number, LEVELS));
      }
      if (row < page.firstRow + page.rows) return number;
      first = page.firstRow + page.rows;
    }
  }
}

/** Read position in one column. */
class Cursor {
  readonly leaf: Leaf;
  readonly #file: ParquetFile;
  readonly #table: PageTable;
  #number = -1;
  #page: Page | undefined;
  #at = 0;
  #valueAt = 0;

  constructor(file: ParquetFile, table: PageTable) {
    this.#file = file;
    this.#table = table;
    this.leaf = table.leaf;
  }

  /** Moves to the start of a page, or past the last one. If reading fails, the position is unknown. */
  #load(number: number): void {
    this.#page = undefined;
    this.#number = -1;
    this.#at = 0;
    this.#valueAt = 0;
    let next = number;
    while (this.#table.pages[next]?.count === 0) next++;
    if (this.#table.pages[next]) this.#page = this.#file.page(this.#table, next, LEVELS);
    this.#number = next;
  }

  /** Moves to the first entry of a row of the row group. */
  seek(row: number): void {
    const number = this.#file.pageOf(this.#table, row);
    if (number !== this.#number || !this.#page) this.#load(number);
    const { repetition, definition } = this.#page ?? {};
    let left = row - (this.#table.pages[number]?.firstRow ?? 0);
    let at = repetition ? 0 : left;
    if (repetition) {
      while (at < repetition.length && (repetition[at] !== 0 || left-- > 0)) at++;
    }
    this.#at = at;
    this.#valueAt = at;
    if (definition) {
      let nulls = 0;
      for (let i = 0; i < at; i++) if (definition[i] !== this.leaf.maxDefinition) nulls++;
      this.#valueAt = at - nulls;
    }
  }

  /** The page and entry at the position. Moves to the next page only when its data is needed. */
  #here(): Page | undefined {
    const page = this.#page;
    if (!page || holds(page, this.#at)) return page;
    if (this.#at >= page.count) this.#load(this.#number + 1);
    // A page of which only the levels are known, or other entries.
    if (this.#page && !holds(this.#page, this.#at))
      this.#page = this.#file.page(this.#table, this.#number, this.#at);
    return this.#page;
  }

  #entry(): Page {
    const page = this.#here();
    if (!page) throw new ParquetError(`damaged: column ${this.leaf.path.join('.')} ends too early`);
    return page;
  }

  /** Definition level at the position. */
  get level(): number {
    return this.#entry().definition?.[this.#at] ?? this.leaf.maxDefinition;
  }

  /** Repetition level at the position; 0 at the end. */
  get repetition(): number {
    return this.leaf.maxRepetition === 0 ? 0 : (this.#here()?.repetition?.[this.#at] ?? 0);
  }

  /** Moves forward by one entry. */
  advance(): void {
    const { definition } = this.#entry();
    if (!definition || definition[this.#at] === this.leaf.maxDefinition) this.#valueAt++;
    this.#at++;
  }

  /** Writes the value at the position. */
  write(out: TextSink): void {
    const { values, firstValue, indices } = this.#entry();
    const i = indices ? (indices[this.#valueAt] ?? 0) : this.#valueAt - firstValue;
    const { starts, ends, width } = values;
    if (starts && ends) writeValue(out, values.bytes, starts[i] ?? 0, ends[i] ?? 0, this.leaf);
    else writeValue(out, values.bytes, i * width, (i + 1) * width, this.leaf);
  }
}

const encoder = new TextEncoder();
const NULL = encoder.encode('null');
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST, COMMA] = [0x7b, 0x7d, 0x5b, 0x5d, 0x2c];

/** `"name":`, or `,"name":`. */
function keyOf(name: string, i: number): Uint8Array {
  return encoder.encode(`${i > 0 ? ',' : ''}${JSON.stringify(name)}:`);
}

/** Writes a node's value at the present positions of its columns, and advances these. */
type Writer = (out: TextSink) => void;

function writerOf(node: Node, cursors: ReadonlyMap<number, Cursor>): Writer {
  const own = leavesOf(node).map(({ column }) => cursors.get(column) as Cursor);
  const [first] = own;
  if (!first)
    return (out) => {
      out.bytes(NULL);
    };
  const skip = (): void => {
    for (const cursor of own) cursor.advance();
  };
  const { definition } = node;
  switch (node.kind) {
    case 'leaf':
      return (out) => {
        if (first.level < definition) out.bytes(NULL);
        else first.write(out);
        first.advance();
      };
    case 'struct': {
      const fields = node.fields.map((field, i) => ({
        key: keyOf(field.name, i),
        write: writerOf(field, cursors),
      }));
      return (out) => {
        if (first.level < definition) {
          out.bytes(NULL);
          skip();
          return;
        }
        out.byte(OPEN_OBJECT);
        for (const { key, write } of fields) {
          out.bytes(key);
          write(out);
        }
        out.byte(CLOSE_OBJECT);
      };
    }
    case 'list': {
      const { filled, repetition } = node;
      const write = writerOf(node.element, cursors);
      return (out) => {
        const { level } = first;
        if (level < filled) {
          if (level < definition) out.bytes(NULL);
          else {
            out.byte(OPEN_LIST);
            out.byte(CLOSE_LIST);
          }
          skip();
          return;
        }
        out.byte(OPEN_LIST);
        write(out);
        while (first.repetition === repetition) {
          out.byte(COMMA);
          write(out);
        }
        out.byte(CLOSE_LIST);
      };
    }
  }
}

/** Reads rows in order or at random. */
export class RowReader {
  readonly #file: ParquetFile;
  readonly #out = new TextSink();
  readonly #maxBytes: number;
  readonly #fields: readonly Node[];
  #group = -1;
  #next = -1;
  #cursors: readonly Cursor[] = [];
  #write: Writer = () => undefined;

  /**
   * @param maxBytes longer rows come back empty; the caller reports that they are too long
   * @param fields the parts of a row; other columns are not read
   */
  constructor(file: ParquetFile, maxBytes = Infinity, fields: readonly Node[] = file.footer.schema.fields) {
    this.#file = file;
    this.#maxBytes = maxBytes;
    this.#fields = fields;
  }

  /**
   * The line of a row, valid until the next call. Throws ParquetError with the position if the file is damaged.
   */
  read(row: number): Uint8Array {
    try {
      return this.#read(row);
    } catch (error) {
      if (!(error instanceof ParquetError)) throw error;
      throw new ParquetError(`${error.message} (at row ${row + 1} of ${this.#file.footer.rows})`);
    }
  }

  #read(row: number): Uint8Array {
    const isNext = row === this.#next;
    // If reading fails half-way, the positions of the columns are unknown.
    this.#next = -1;
    if (!isNext) this.#seek(row);
    const group = this.#file.footer.groups[this.#group];
    if (!group) throw new Error(`parquet: no row ${row}`);
    this.#out.length = 0;
    this.#write(this.#out);
    for (const cursor of this.#cursors) {
      if (cursor.leaf.maxRepetition > 0 && cursor.repetition > 0)
        throw new ParquetError(
          `damaged: column ${cursor.leaf.path.join('.')} has more entries than the others`,
        );
    }
    // The next row may be in the next row group.
    if (row + 1 < group.firstRow + group.rows) this.#next = row + 1;
    return this.#out.length > this.#maxBytes ? new Uint8Array(0) : this.#out.all;
  }

  #seek(row: number): void {
    const { groups } = this.#file.footer;
    let [low, high] = [0, groups.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((groups[middle]?.firstRow ?? 0) <= row) low = middle;
      else high = middle - 1;
    }
    // Empty row groups share their first row with the next one.
    while (low < groups.length - 1 && row >= (groups[low]?.firstRow ?? 0) + (groups[low]?.rows ?? 0)) low++;
    if (low !== this.#group) {
      // Set once all of its columns are ready.
      this.#group = -1;
      const fields = this.#fields;
      const cursors = new Map(
        fields
          .flatMap(leavesOf)
          .map(({ column }) => [column, new Cursor(this.#file, this.#file.table(low, column))]),
      );
      this.#cursors = [...cursors.values()];
      this.#write = writerOf({ kind: 'struct', name: '', definition: 0, isOptional: false, fields }, cursors);
    }
    this.#group = low;
    for (const cursor of this.#cursors) cursor.seek(row - (groups[low]?.firstRow ?? 0));
  }
}
