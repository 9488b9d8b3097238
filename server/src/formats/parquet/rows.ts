// Rows put together from columns, as lines of JSON: what every other part of the product reads.
import type { ByteSource, Chunk, Footer, PageCodecs } from './footer.ts';
import { readFooter } from './footer.ts';
import type { Page, PageTable } from './pages.ts';
import { readDictionary, readPage, readPageTable, rowsIn } from './pages.ts';
import { readPageStart } from './pageStart.ts';
import type { Leaf, Node } from './schema.ts';
import { leavesOf, ParquetError } from './schema.ts';
import { writeValue } from './text.ts';
import { TextSink } from './textSink.ts';
import type { ThriftStruct } from './thrift.ts';
import { ThriftError, ThriftReader } from './thrift.ts';
import type { Values } from './values.ts';

/** Unpacked pages that are kept, in bytes: the rows that somebody looks at, and those around. */
const KEPT_PAGES_BYTES = 64 * 1024 * 1024;

/** An open file: its footer, and pages as they are asked for. */
export class ParquetFile {
  readonly source: ByteSource;
  readonly codecs: PageCodecs;
  readonly footer: Footer;
  readonly #tables = new Map<string, PageTable>();
  readonly #dictionaries = new Map<Chunk, Values>();
  /** By place in the file; the one used last at the end. */
  readonly #pages = new Map<number, Page>();
  #pageBytes = 0;
  /** By place in the file. */
  readonly #failed = new Map<number, ParquetError>();

  /** Throws ParquetError with what is wrong. */
  constructor(source: ByteSource, codecs: PageCodecs) {
    this.source = source;
    this.codecs = codecs;
    this.footer = readFooter(source);
  }

  /** A structure that stands alone, as indexes do. Throws ParquetError where there is none. */
  readStruct(offset: number, length: number): ThriftStruct {
    try {
      return new ThriftReader(this.source.read(offset, offset + length)).struct();
    } catch (error) {
      if (error instanceof ThriftError)
        throw new ParquetError(`damaged: a page index cannot be read, ${error.message}`);
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

  /** What failed fails at once the next time: every row of a damaged page is asked for. */
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
    // One row group is read after the other: dictionaries of those before are done with.
    if (this.#dictionaries.size > 2 * this.footer.schema.leaves.length) this.#dictionaries.clear();
    const read = readDictionary(this.source, this.codecs, table);
    this.#dictionaries.set(table.chunk, read);
    return read;
  }

  /** @param need entries from its start that have to be known: of large pages no more is unpacked */
  page(table: PageTable, number: number, need = Infinity): Page {
    const ref = table.pages[number];
    if (!ref) throw new Error(`parquet: no page ${number}`);
    const held = this.#pages.get(ref.offset);
    this.#pages.delete(ref.offset);
    if (held && held.known >= Math.min(need, ref.count)) {
      this.#pages.set(ref.offset, held);
      return held;
    }
    this.#pageBytes -= held?.bytes ?? 0;
    const page =
      (need < ref.count ? readPageStart(this.source, this.codecs, table, ref, need) : undefined) ??
      this.#once(ref.offset + ref.headerLength, () =>
        readPage(this.source, this.codecs, table, ref, () => this.#dictionary(table)),
      );
    this.#pages.set(ref.offset, page);
    this.#pageBytes += page.bytes;
    for (const [offset, old] of this.#pages) {
      if (this.#pageBytes <= KEPT_PAGES_BYTES || old === page) break;
      this.#pages.delete(offset);
      this.#pageBytes -= old.bytes;
    }
    return page;
  }

  /** The number of the page in which a row of the row group begins. Counts rows where the file does not say. */
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
        page.rows = rowsIn(this.page(table, number, 1));
      }
      if (row < page.firstRow + page.rows) return number;
      first = page.firstRow + page.rows;
    }
  }
}

/** Where one column is read at. */
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

  /** Goes to the start of a page; past the last one there is none. Where it cannot be read, the place is not known any more. */
  #load(number: number): void {
    this.#page = undefined;
    this.#number = -1;
    this.#at = 0;
    this.#valueAt = 0;
    let next = number;
    while (this.#table.pages[next]?.count === 0) next++;
    if (this.#table.pages[next]) this.#page = this.#file.page(this.#table, next, 1);
    this.#number = next;
  }

  /** Goes to the first entry of a row of the row group. */
  seek(row: number): void {
    const number = this.#file.pageOf(this.#table, row);
    if (number !== this.#number || !this.#page) this.#load(number);
    const { repetition, definition, known = 0 } = this.#page ?? {};
    let left = row - (this.#table.pages[number]?.firstRow ?? 0);
    let at = repetition ? 0 : left;
    if (repetition) {
      while (at < repetition.length && (repetition[at] !== 0 || left-- > 0)) at++;
    }
    this.#at = at;
    // Of a large page, the more is wanted the further one goes.
    if (at >= known) this.#page = this.#file.page(this.#table, number, 8 * at + 64);
    this.#valueAt = at;
    if (definition) {
      let nulls = 0;
      for (let i = 0; i < at; i++) if (definition[i] !== this.leaf.maxDefinition) nulls++;
      this.#valueAt = at - nulls;
    }
  }

  /** The page here, with the entry here: the next one at the end of one, but not before somebody asks. */
  #here(): Page | undefined {
    const page = this.#page;
    if (!page || this.#at < page.known) return page;
    // Whoever goes on for so long goes to the end.
    if (this.#at < page.count) this.#page = this.#file.page(this.#table, this.#number, Infinity);
    else this.#load(this.#number + 1);
    return this.#page;
  }

  #entry(): Page {
    const page = this.#here();
    if (!page) throw new ParquetError(`damaged: column ${this.leaf.path.join('.')} ends too early`);
    return page;
  }

  /** The definition level here. */
  get level(): number {
    return this.#entry().definition?.[this.#at] ?? this.leaf.maxDefinition;
  }

  /** The repetition level here; 0 at the end. */
  get repetition(): number {
    return this.leaf.maxRepetition === 0 ? 0 : (this.#here()?.repetition?.[this.#at] ?? 0);
  }

  /** Goes on by one entry. */
  advance(): void {
    const { definition } = this.#entry();
    if (!definition || definition[this.#at] === this.leaf.maxDefinition) this.#valueAt++;
    this.#at++;
  }

  /** Writes the value here. */
  write(out: TextSink): void {
    const { values, indices } = this.#entry();
    const i = indices ? (indices[this.#valueAt] ?? 0) : this.#valueAt;
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

/** Writes what a node holds at the present places of its columns, which go on to what comes next. */
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

/** Reads rows of a file, one after the other or anywhere. */
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
   * @param mostBytes longer rows come back empty: the caller says that they are too long
   * @param fields what rows are put together from; of other columns nothing is read
   */
  constructor(file: ParquetFile, maxBytes = Infinity, fields: readonly Node[] = file.footer.schema.fields) {
    this.#file = file;
    this.#maxBytes = maxBytes;
    this.#fields = fields;
  }

  /** The line of a row, good until the next one is asked for. Throws ParquetError where the file is damaged, and says where. */
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
    // Where reading fails half-way, nothing is known of the places of columns.
    this.#next = -1;
    if (!isNext) this.#seek(row);
    const group = this.#file.footer.groups[this.#group];
    if (!group) throw new Error(`parquet: no row ${row}`);
    this.#out.length = 0;
    this.#write(this.#out);
    for (const cursor of this.#cursors) {
      if (cursor.leaf.maxRepetition > 0 && cursor.repetition > 0)
        throw new ParquetError(`damaged: column ${cursor.leaf.path.join('.')} holds more than the others`);
    }
    // The next row may stand in the next row group.
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
    // Row groups without rows share their first row with the next one.
    while (low < groups.length - 1 && row >= (groups[low]?.firstRow ?? 0) + (groups[low]?.rows ?? 0)) low++;
    if (low !== this.#group) {
      // Known once all of its columns are.
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
