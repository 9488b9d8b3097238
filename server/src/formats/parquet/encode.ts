// Rebuilds pages: copies unchanged values, and takes edited ones from their cells.
import { concat } from '#core/concat.ts';

import type { PageCodecs } from './footer.ts';
import { bitsFor, MAX_WRITTEN_BITS, writeHybrid } from './levels.ts';
import { DATA, DATA_V2, HEADER } from './pageHeader.ts';
import type { Page, PageRef, PageTable } from './pages.ts';
import type { Leaf } from './schema.ts';
import type { Entries } from './shred.ts';
import type { Extremes } from './statistics.ts';
import { extremesOf } from './statistics.ts';
import type { ThriftStruct } from './thrift.ts';
import { ByteSink, copyStruct, setField, structIn, T, thriftBytes } from './thrift.ts';
import type { Values } from './values.ts';
import { ENCODING, widthOf } from './values.ts';

/** Maps each byte to one character, so equal texts mean equal bytes. */
const keyDecoder = new TextDecoder('latin1');

/** Changed rows by number in the row group: new entries, or null for a dropped row. */
export type RowEdits = ReadonlyMap<number, Entries | null>;

/** Numbers of a new page for the footer. */
export interface PageNumbers {
  /** As stored, including the header. */
  readonly length: number;
  readonly headerLength: number;
  readonly uncompressedLength: number;
  readonly count: number;
  /** Rows that begin in this page. */
  readonly rows: number;
  /** Entries without a value: in this page, and in the pages that it replaces. */
  readonly nulls: number;
  readonly oldNulls: number;
  readonly encoding: number;
  readonly extremes: Extremes | undefined;
}

export interface MadePage {
  /** Header and body. */
  readonly bytes: Uint8Array;
  readonly numbers: PageNumbers;
}

/** Collects the entries of a column for one page. */
export class PageBuilder {
  readonly #leaf: Leaf;
  readonly #dictionary: Values | undefined;
  readonly #repetition: number[] = [];
  readonly #definition: number[] = [];
  /** Dictionary indices; undefined once a value is not in the dictionary. */
  #indices: number[] | undefined;
  #found: Map<string, number> | undefined;
  readonly #values: { bytes: Uint8Array; start: number; end: number }[] = [];

  /** @param dictionary of the column, if the page may refer to it */
  constructor(leaf: Leaf, dictionary: Values | undefined) {
    this.#leaf = leaf;
    this.#dictionary = dictionary;
    this.#indices = dictionary && bitsFor(dictionary.count) <= MAX_WRITTEN_BITS ? [] : undefined;
  }

  get count(): number {
    return this.#definition.length;
  }

  /** Approximate size of values and levels. */
  bytes = 0;

  #value(bytes: Uint8Array, start: number, end: number, index: number | undefined): void {
    if (index === undefined) this.#indices = undefined;
    else this.#indices?.push(index);
    this.#values.push({ bytes, start, end });
    this.bytes += end - start + 5;
  }

  /** Copies entry `at` of a page. If it has a value, that is number `valueAt`. */
  copy(page: Page, at: number, valueAt: number): void {
    const level = page.definition?.[at] ?? this.#leaf.maxDefinition;
    this.#repetition.push(page.repetition?.[at] ?? 0);
    this.#definition.push(level);
    if (level < this.#leaf.maxDefinition) return;
    const index = page.indices?.[valueAt];
    const i = index ?? valueAt;
    const { bytes, starts, ends, width } = page.values;
    if (starts && ends) this.#value(bytes, starts[i] ?? 0, ends[i] ?? 0, index);
    else this.#value(bytes, i * width, (i + 1) * width, index);
  }

  #indexOf(value: Uint8Array): number | undefined {
    const dictionary = this.#dictionary;
    if (!this.#indices || !dictionary) return undefined;
    if (!this.#found) {
      this.#found = new Map();
      for (let i = 0; i < dictionary.count; i++) {
        const { starts, ends, width } = dictionary;
        const own = dictionary.bytes.subarray(starts?.[i] ?? i * width, ends?.[i] ?? (i + 1) * width);
        this.#found.set(keyDecoder.decode(own), i);
      }
    }
    return this.#found.get(keyDecoder.decode(value));
  }

  /** Adds the entries of an edited cell. */
  add({ repetition, definition, values }: Entries): void {
    let next = 0;
    definition.forEach((level, i) => {
      this.#repetition.push(repetition[i] ?? 0);
      this.#definition.push(level);
      if (level < this.#leaf.maxDefinition) return;
      const value = values[next++] ?? new Uint8Array(0);
      this.#value(value, 0, value.length, this.#indexOf(value));
    });
  }

  /** Adds the values [from, to) of a column without nulls, all of one width. */
  addPlain(bytes: Uint8Array, from: number, to: number): void {
    const width = widthOf(this.#leaf);
    for (let i = from; i < to; i++) {
      this.#definition.push(this.#leaf.maxDefinition);
      this.#value(bytes, i * width, (i + 1) * width, undefined);
    }
  }

  /** About how many bytes `#writeValues` writes. */
  get #valueBytes(): number {
    return this.#indices ? 4 * this.#indices.length : this.bytes;
  }

  #writeValues(out: ByteSink): void {
    if (this.#indices) {
      const width = bitsFor(Math.max(0, (this.#dictionary?.count ?? 1) - 1));
      out.byte(width);
      out.bytes(writeHybrid(this.#indices, width));
    } else if (this.#leaf.type === 'BOOLEAN') {
      for (let i = 0; i < this.#values.length; i += 8) {
        let byte = 0;
        for (let bit = 0; bit < 8; bit++) {
          const value = this.#values[i + bit];
          if (value?.bytes[value.start]) byte |= 1 << bit;
        }
        out.byte(byte);
      }
    } else {
      const isVariable = widthOf(this.#leaf) === 0;
      for (const { bytes, start, end } of this.#values) {
        if (isVariable) out.uint32(end - start);
        out.bytes(bytes.subarray(start, end));
      }
    }
  }

  /** The compressed page, with a header like the given one. */
  finish(like: ThriftStruct, codec: number, codecs: PageCodecs): MadePage {
    const { maxRepetition, maxDefinition } = this.#leaf;
    const repetition = maxRepetition > 0 ? writeHybrid(this.#repetition, bitsFor(maxRepetition)) : undefined;
    const definition = maxDefinition > 0 ? writeHybrid(this.#definition, bitsFor(maxDefinition)) : undefined;
    const encoding = this.#indices ? ENCODING.dictionary : ENCODING.plain;
    const rows = maxRepetition > 0 ? this.#repetition.filter((level) => level === 0).length : this.count;
    const nulls = this.count - this.#values.length;
    const header = copyStruct(like);
    const v2 = structIn(header, HEADER.dataV2);
    const levels = [repetition, definition].flatMap((own) => own ?? []);
    const levelBytes = levels.reduce((sum, { length }) => sum + length, 0);
    const body: Uint8Array[] = [];
    let uncompressedLength: number;
    if (v2) {
      const values = new ByteSink(this.#valueBytes);
      this.#writeValues(values);
      // Empty data is not compressed: some readers can't decompress it.
      const isCompressed = codec !== 0 && values.length > 0;
      body.push(...levels, isCompressed ? codecs.compress(codec, values.all) : values.all);
      uncompressedLength = levelBytes + values.length;
      setField(v2, DATA_V2.count, T.i32, this.count);
      setField(v2, DATA_V2.nulls, T.i32, nulls);
      setField(v2, DATA_V2.rows, T.i32, rows);
      setField(v2, DATA_V2.encoding, T.i32, encoding);
      setField(v2, DATA_V2.definitionBytes, T.i32, definition?.length ?? 0);
      setField(v2, DATA_V2.repetitionBytes, T.i32, repetition?.length ?? 0);
      setField(v2, DATA_V2.isCompressed, T.true, isCompressed);
      setField(v2, DATA_V2.statistics, T.struct, undefined);
    } else {
      const whole = new ByteSink(levelBytes + 4 * levels.length + this.#valueBytes);
      for (const own of levels) {
        whole.uint32(own.length);
        whole.bytes(own);
      }
      this.#writeValues(whole);
      uncompressedLength = whole.length;
      body.push(codec === 0 ? whole.all : codecs.compress(codec, whole.all));
      const v1 = structIn(header, HEADER.data);
      if (!v1) throw new Error('parquet: a page without the header of its type');
      setField(v1, DATA.count, T.i32, this.count);
      setField(v1, DATA.encoding, T.i32, encoding);
      setField(v1, DATA.definitions, T.i32, ENCODING.rle);
      setField(v1, DATA.repetitions, T.i32, ENCODING.rle);
      setField(v1, DATA.statistics, T.struct, undefined);
    }
    setField(header, HEADER.uncompressed, T.i32, uncompressedLength);
    setField(
      header,
      HEADER.compressed,
      T.i32,
      body.reduce((sum, { length }) => sum + length, 0),
    );
    // The checksum is of the old bytes; it is optional.
    setField(header, HEADER.crc, T.i32, undefined);
    const headerBytes = thriftBytes(header);
    const bytes = concat([headerBytes, ...body]);
    const numbers = {
      length: bytes.length,
      headerLength: headerBytes.length,
      uncompressedLength,
      count: this.count,
      rows,
      nulls,
      oldNulls: 0,
      encoding,
      extremes: extremesOf(this.#leaf, this.#values),
    };
    return { bytes, numbers };
  }
}

/** One page that replaces several adjacent ones, with edited rows. Has no bytes if no entry is left. */
export function remakePages(
  { leaf, chunk }: PageTable,
  refs: readonly PageRef[],
  pages: readonly Page[],
  edits: RowEdits,
  codecs: PageCodecs,
): MadePage {
  const [first, ref] = [pages[0], refs[0]];
  if (!first || !ref) throw new Error('parquet: no page to rebuild');
  const builder = new PageBuilder(leaf, pages.every(({ indices }) => indices) ? first.values : undefined);
  // Entries before the first row that begins here belong to the previous row.
  let row = ref.firstRow - 1;
  let edit: Entries | null | undefined;
  let oldNulls = 0;
  for (const page of pages) {
    let valueAt = 0;
    for (let at = 0; at < page.count; at++) {
      if ((page.repetition?.[at] ?? 0) === 0) {
        edit = edits.get(++row);
        if (edit) builder.add(edit);
      }
      if (edit === undefined) builder.copy(page, at, valueAt);
      if (!page.definition || page.definition[at] === leaf.maxDefinition) valueAt++;
    }
    oldNulls += page.count - valueAt;
  }
  const { bytes, numbers } = builder.finish(ref.header, chunk.codec, codecs);
  if (numbers.count > 0) return { bytes, numbers: { ...numbers, oldNulls } };
  return {
    bytes: new Uint8Array(0),
    numbers: { ...numbers, oldNulls, length: 0, headerLength: 0, uncompressedLength: 0 },
  };
}
