// A large page, of which only some rows are needed: some writers put a hundred megabytes into one. It is decompressed in
// pieces that are dropped at once, and remembers places between them where decompression can begin again.
import type { ByteSource } from '../bytes.ts';
import type { PageCodecs } from './footer.ts';
import { DATA, DATA_V2, HEADER } from './pageHeader.ts';
import type { Levels } from './pageLevels.ts';
import { checkPage, countLevel, isCompressed, levelsEndOfV1, levelsOfV1, levelsOfV2 } from './pageLevels.ts';
import type { Page, PageRef, PageTable } from './pages.ts';
import type { Compressed, Place } from './pieces.ts';
import { PieceReader, startOf } from './pieces.ts';
import type { Leaf } from './schema.ts';
import { ParquetError } from './schema.ts';
import { numberIn, structIn } from './thrift.ts';
import { ENCODING, lengthAt, widthOf } from './values.ts';

/** Smaller pages are decompressed whole, which takes a few milliseconds. */
export const LARGE_BYTES = 8 * 1024 * 1024;

// As shares of what is large, so that tests can have large pages that are small.

/** The values around a row that was searched: 256 kB, some fifty rows mostly. */
const WINDOW_SHARE = 1 / 32;

/** A reader that goes on behind so many bytes is likely to read the rest too. */
const MAX_WINDOW_SHARE = 1 / 4;

/** Decompressed bytes between two marks, without and with those that the bytes after it copy. */
const MARK_SHARE = 1 / 32;
const FULL_MARK_SHARE = 1 / 2;

/**
 * Rows are read one by one until so many times the bytes of the page were decompressed. All of it at once would take as
 * long by then, most of that for fresh memory.
 */
const WORK_SHARE = 4;

/** Up to this share of a page, it is trusted before all of it was read. */
const TRUSTED_SHARE = 1 / 4;

/** A place from which values can be read. */
interface Mark extends Place {
  /** The first value that begins here, and where it does. */
  readonly value: number;
  readonly next: number;
}

/** Passes the values of a page in order. */
class Walk {
  readonly reader: PieceReader;
  readonly #width: number;
  readonly #count: number;
  value: number;
  next: number;

  constructor(compressed: Compressed, mark: Mark, width: number, count: number) {
    this.reader = new PieceReader(compressed, mark);
    this.#width = width;
    this.#count = count;
    this.value = mark.value;
    this.next = mark.next;
  }

  /** Moves past the next value. False if it begins behind the bytes at hand, or if there is none. */
  pass(): boolean {
    const { reader, next } = this;
    const head = this.#width > 0 ? 0 : 4;
    if (this.value >= this.#count || next + Math.max(1, head) > reader.end) return false;
    this.next += this.#width > 0 ? this.#width : head + lengthAt(reader.bytes, next - reader.start);
    this.value++;
    return true;
  }

  get isAtEnd(): boolean {
    return this.value === this.#count && this.next <= this.reader.end;
  }
}

/** What is known of a page before its values are read. */
interface Head extends Levels {
  readonly compressed: Compressed;
  readonly valuesAt: number;
}

function headOfV1(compressed: Compressed, { leaf }: PageTable, ref: PageRef): Head | undefined {
  const header = structIn(ref.header, HEADER.data);
  const start = startOf(compressed);
  if (!header || !start || numberIn(header, DATA.encoding) !== ENCODING.plain) return undefined;
  const reader = new PieceReader(compressed, start);
  const atHand = (): Uint8Array => reader.bytes.subarray(0, reader.end);
  while (levelsEndOfV1(atHand(), leaf) > reader.end) if (!reader.more(0)) return undefined;
  return { compressed, ...levelsOfV1(atHand(), header, leaf, ref.count) };
}

function headOfV2(
  compressed: Compressed,
  { leaf }: PageTable,
  ref: PageRef,
  plain: Compressed['decoder'] | undefined,
): Head | undefined {
  const header = structIn(ref.header, HEADER.dataV2);
  if (!header || numberIn(header, DATA_V2.encoding) !== ENCODING.plain) return undefined;
  const claimed =
    (numberIn(header, DATA_V2.repetitionBytes) ?? 0) + (numberIn(header, DATA_V2.definitionBytes) ?? 0);
  const stored = compressed.read(0, Math.max(0, Math.min(claimed, compressed.compressedLength)));
  const { repetition, definition, levelBytes } = levelsOfV2(stored, header, leaf, ref.count);
  const decoder = isCompressed(header) ? compressed.decoder : plain;
  if (!decoder) return undefined;
  const rest: Compressed = {
    decoder,
    read: (from, to, into) => compressed.read(levelBytes + from, levelBytes + to, into),
    compressedLength: compressed.compressedLength - levelBytes,
    length: compressed.length - levelBytes,
  };
  return { compressed: rest, repetition, definition, valuesAt: 0 };
}

export class LargePage {
  readonly #leaf: Leaf;
  readonly #largeBytes: number;
  readonly #count: number;
  readonly #levels: Levels;
  readonly #compressed: Compressed;
  readonly #valueCount: number;
  readonly #marks: Mark[];
  /** Values before this one can be read from the marks. */
  #walked = 0;
  /** Bytes that were decompressed to read rows. */
  #work = 0;
  /** Approximate memory, with as many marks as there may be. */
  readonly bytes: number;

  private constructor({ leaf }: PageTable, ref: PageRef, head: Head, start: Place, largeBytes: number) {
    this.#largeBytes = largeBytes;
    const { compressed, repetition, definition, valuesAt } = head;
    this.#leaf = leaf;
    this.#count = ref.count;
    this.#valueCount = definition ? countLevel(definition, leaf.maxDefinition) : ref.count;
    this.#levels = { repetition, definition: this.#valueCount === ref.count ? undefined : definition };
    this.#compressed = compressed;
    this.#marks = [{ ...start, value: 0, next: valuesAt }];
    this.bytes = 2 * ref.count + compressed.length / 50;
  }

  /** Undefined if the page must be decompressed whole, which also says why if it is damaged. */
  static open(
    source: ByteSource,
    codecs: PageCodecs,
    table: PageTable,
    ref: PageRef,
    largeBytes: number,
  ): LargePage | undefined {
    const { leaf, chunk } = table;
    const decoder = codecs.piecesOf(chunk.codec);
    if (!decoder || leaf.type === 'BOOLEAN') return undefined;
    const data = ref.offset + ref.headerLength;
    const compressed: Compressed = {
      decoder,
      read: (from, to, into) => source.read(data + from, data + to, into),
      compressedLength: ref.compressedLength,
      length: ref.uncompressedLength,
    };
    try {
      const head = ref.isV2
        ? headOfV2(compressed, table, ref, codecs.piecesOf(0))
        : headOfV1(compressed, table, ref);
      const start = head && startOf(head.compressed);
      if (!start) return undefined;
      checkPage(head, leaf, ref.rows);
      return new LargePage(table, ref, head, start, largeBytes);
    } catch (error) {
      if (error instanceof ParquetError) return undefined;
      throw error;
    }
  }

  #walk(mark: Mark): Walk {
    return new Walk(this.#compressed, mark, widthOf(this.#leaf), this.#valueCount);
  }

  /** The last mark with a value, or the first one. */
  #markOf(value: number): Mark {
    let [low, high] = [0, this.#marks.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#marks[middle] as Mark).value <= value) low = middle;
      else high = middle - 1;
    }
    return this.#marks[low] as Mark;
  }

  /** Remembers where the last piece of a walk began, if it is far enough from the last mark. */
  #remember({ reader }: Walk, value: number, next: number): void {
    const last = this.#marks.at(-1) as Mark;
    const { begun } = reader;
    // A value that begins before the piece would need its bytes.
    if (next < begun.end) return;
    const share = reader.needsHistory ? FULL_MARK_SHARE : MARK_SHARE;
    if (begun.end - last.end >= share * this.#largeBytes) this.#marks.push({ ...reader.place, value, next });
  }

  /**
   * Sets marks up to a value. What lies behind the first part of a page is read only after all of the page was: so a row
   * of a damaged page is refused, as if the page were decompressed whole.
   */
  #reach(wanted: number): boolean {
    if (wanted < this.#walked) return true;
    const walk = this.#walk(this.#marks.at(-1) as Mark);
    const { reader } = walk;
    const trusted = this.#compressed.length * TRUSTED_SHARE;
    for (;;) {
      const { value, next } = walk;
      if (!reader.more(next)) break;
      while (walk.pass());
      this.#remember(walk, value, next);
      if (reader.end > trusted) continue;
      this.#walked = walk.value;
      if (wanted < this.#walked) return true;
    }
    if (!walk.isAtEnd || !reader.isComplete) return false;
    this.#walked = Infinity;
    return true;
  }

  /** Values before an entry. */
  #valuesBefore(entry: number): number {
    const { definition } = this.#levels;
    if (!definition) return entry;
    let values = 0;
    for (let i = 0; i < entry; i++) if (definition[i] === this.#leaf.maxDefinition) values++;
    return values;
  }

  /** The end of the entries from one on that these values cover. */
  #entriesAfter(entry: number, values: number): number {
    const { definition } = this.#levels;
    if (!definition) return entry + values;
    let left = values;
    for (let i = entry; i < this.#count; i++)
      if (definition[i] === this.#leaf.maxDefinition && left-- === 0) return i;
    return this.#count;
  }

  /** The levels alone. */
  get start(): Page {
    const values = { bytes: new Uint8Array(0), count: 0, width: widthOf(this.#leaf) };
    return this.#page(0, 0, 0, values);
  }

  #page(from: number, known: number, firstValue: number, values: Page['values']): Page {
    const bytes = values.bytes.length + 8 * values.count + 2 * this.#count;
    return {
      count: this.#count,
      from,
      known,
      ...this.#levels,
      values,
      firstValue,
      indices: undefined,
      bytes,
    };
  }

  /**
   * The page with the values from an entry on. Undefined if it should be decompressed whole: because it is damaged, because
   * a reader goes on and on, or because the rows that were read so far cost as much.
   * @param held what was read of the page before
   */
  window(entry: number, held: Page | undefined): Page | undefined {
    const goesOn = held?.known === entry;
    const least = WINDOW_SHARE * this.#largeBytes;
    const wanted = goesOn ? Math.max(least, 4 * held.values.bytes.length) : least;
    if (wanted > MAX_WINDOW_SHARE * this.#largeBytes) return undefined;
    if (this.#work > WORK_SHARE * this.#compressed.length) {
      this.#work = 0;
      return undefined;
    }
    const firstValue = this.#valuesBefore(entry);
    return this.#reach(firstValue) ? this.#read(entry, firstValue, wanted) : undefined;
  }

  #read(entry: number, firstValue: number, wanted: number): Page | undefined {
    const mark = this.#markOf(firstValue);
    const walk = this.#walk(mark);
    const { reader } = walk;
    const width = widthOf(this.#leaf);
    /** Where the values begin and end, of which the last one may end behind the bytes at hand. */
    const places: number[] = [];
    let keep = mark.next;
    for (;;) {
      while (walk.value < firstValue && walk.pass());
      if (walk.value <= firstValue && places.length === 0) keep = walk.next;
      for (let from = walk.next; walk.value >= firstValue && walk.pass(); from = walk.next)
        places.push(from, walk.next);
      if (walk.isAtEnd) break;
      // Enough, and at least one value is complete.
      if (reader.end - keep >= wanted && (places[1] ?? Infinity) <= reader.end) break;
      if (!reader.more(keep)) return undefined;
    }
    this.#work += reader.end - mark.end;
    if ((places.at(-1) ?? 0) > reader.end) places.length -= 2;
    const end = places.at(-1) ?? keep;
    const bytes = reader.bytes.slice(keep - reader.start, end - reader.start);
    const count = places.length / 2;
    const known = this.#entriesAfter(entry, count);
    if (width > 0) return this.#page(entry, known, firstValue, { bytes, count, width });
    const [starts, ends] = [new Int32Array(count), new Int32Array(count)];
    for (let i = 0; i < count; i++) {
      starts[i] = (places[2 * i] as number) + 4 - keep;
      ends[i] = (places[2 * i + 1] as number) - keep;
    }
    return this.#page(entry, known, firstValue, { bytes, count, width, starts, ends });
  }
}
