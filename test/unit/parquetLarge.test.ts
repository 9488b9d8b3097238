// Large pages: a few rows are read from pieces of a page, and are what the whole page gives.
import { ByteWriter, parquetWrite } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';

import { seededRandom } from '#core/score/random.ts';
import type { PageCodecs } from '#formats/parquet/footer.ts';
import type { Compressed, Place } from '#formats/parquet/pieces.ts';
import { PieceReader, startOf } from '#formats/parquet/pieces.ts';
import { ParquetFile, RowReader } from '#formats/parquet/rows.ts';
import { ParquetError } from '#formats/parquet/schema.ts';
import { pageCodecs } from '#node/parquet/codecs.ts';

import { decode, encode } from '../fakes/records.ts';
import { longCopies, randomSnappy, snappyLength, withoutHead } from '../fakes/snappy.ts';
import type { Field, Random } from '../fakes/tables.ts';
import { below, compressors, cutAnywhere, pick, randomTable, schemaOf, sourceOf } from '../fakes/tables.ts';

const ROUNDS = Number(process.env.PREFLENS_ROUNDS ?? 150);

const SNAPPY = 1;
const BLOCK = 1 << 16;

function compressedOf(bytes: Uint8Array, length: number, codec = SNAPPY): Compressed {
  return {
    decoder: pageCodecs.piecesOf(codec)!,
    read: (start, end) => bytes.subarray(start, end),
    compressedLength: bytes.length,
    length,
  };
}

/** All that can be read from a place on, with the places between pieces. */
function readOn(
  compressed: Compressed,
  from: Place | undefined,
): { bytes: Uint8Array; places: Place[]; isComplete: boolean } {
  if (!from) return { bytes: new Uint8Array(0), places: [], isComplete: false };
  const reader = new PieceReader(compressed, from);
  const places: Place[] = [];
  while (reader.more(from.end)) places.push(reader.place);
  const bytes = reader.bytes.slice(from.end - reader.start, reader.end - reader.start);
  return { bytes, places, isComplete: reader.isComplete };
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

describe('snappy data', () => {
  it('is read in pieces, from any of them, as the library reads it', () => {
    const random = seededRandom(11);
    for (let round = 0; round < 20; round++) {
      const { bytes, compressed } = randomSnappy(
        random,
        below(random, 600_000),
        pick(random, [1 << 16, 1 << 16, 1 << 17]),
      );
      expect(isSame(pageCodecs.decompress(SNAPPY, compressed, bytes.length), bytes)).toBe(true);
      const page = compressedOf(compressed, bytes.length);
      const whole = readOn(page, startOf(page));
      // Longer copies than any writer makes may be refused, but never misread.
      expect(isSame(whole.bytes, bytes.subarray(0, whole.bytes.length))).toBe(true);
      for (const place of whole.places) {
        const part = readOn(page, place);
        expect(isSame(part.bytes, bytes.subarray(place.end, place.end + part.bytes.length))).toBe(true);
      }
    }
  });

  it('is read to its end if copies reach as far as those of writers', () => {
    const random = seededRandom(12);
    for (let round = 0; round < 10; round++) {
      const { bytes, compressed } = randomSnappy(random, below(random, 600_000), 65_535);
      const page = compressedOf(compressed, bytes.length);
      const whole = readOn(page, startOf(page));
      expect([whole.isComplete, isSame(whole.bytes, bytes)]).toEqual([true, true]);
      for (const place of whole.places) expect(readOn(page, place).isComplete).toBe(true);
    }
  });

  it('needs no bytes before a block, if the writer compressed blocks', () => {
    const text = encode(
      Array.from({ length: 60_000 }, (_, i) => `${((i * 7919) % 3001).toString(36)} `).join(''),
    );
    const blocks = Array.from({ length: Math.ceil(text.length / BLOCK) }, (_, i) =>
      withoutHead(pageCodecs.compress(SNAPPY, text.subarray(i * BLOCK, (i + 1) * BLOCK))),
    );
    const page = compressedOf(Buffer.concat([snappyLength(text.length), ...blocks]), text.length);
    const whole = readOn(page, startOf(page));
    expect([whole.isComplete, isSame(whole.bytes, text)]).toEqual([true, true]);
    expect(whole.places.map(({ end }) => end)).toEqual(blocks.map((_, i) => i * BLOCK));
    expect(whole.places.every(({ before }) => before.length === 0)).toBe(true);
    for (const place of whole.places)
      expect(isSame(readOn(page, place).bytes, text.subarray(place.end))).toBe(true);
  });

  it('is never complete if it is cut off, and damaged only if the library finds the same', () => {
    const random = seededRandom(13);
    for (let round = 0; round < 60; round++) {
      const { bytes, compressed } = randomSnappy(random, 1 + below(random, 200_000), 65_535);
      const cut = compressed.subarray(0, below(random, compressed.length));
      const part = readOn(compressedOf(cut, bytes.length), startOf(compressedOf(cut, bytes.length)));
      expect(part.isComplete).toBe(false);
      expect(isSame(part.bytes, bytes.subarray(0, part.bytes.length))).toBe(true);
      const wrong = compressed.slice();
      for (let i = 0; i <= below(random, 3); i++) wrong[below(random, wrong.length)] = below(random, 256);
      const read = readOn(compressedOf(wrong, bytes.length), startOf(compressedOf(wrong, bytes.length)));
      let other: Uint8Array | undefined;
      try {
        other = pageCodecs.decompress(SNAPPY, wrong, bytes.length);
      } catch {
        // Then ours must not be complete either.
      }
      if (read.isComplete) expect(other !== undefined && isSame(read.bytes, other)).toBe(true);
    }
  });
});

interface Watched {
  readonly codecs: PageCodecs;
  /** Pages that were decompressed whole. */
  whole: number;
}

function watched(): Watched {
  const own: Watched = {
    whole: 0,
    codecs: {
      ...pageCodecs,
      decompress(codec, bytes, length) {
        if (length > LARGE) own.whole++;
        return pageCodecs.decompress(codec, bytes, length);
      },
    },
  };
  return own;
}

const LARGE = 1 << 19;

function linesOf(file: ParquetFile): string[] {
  const reader = new RowReader(file);
  return Array.from({ length: file.footer.rows }, (_, row) => decode(reader.read(row)));
}

function shuffled(random: Random, count: number): number[] {
  const rows = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const other = below(random, i + 1);
    [rows[i], rows[other]] = [rows[other]!, rows[i]!];
  }
  return rows;
}

const field = (name: string, kind: Field['kind'], isOptional: boolean, ...children: Field[]): Field => ({
  name,
  kind,
  isOptional,
  children,
});

const FIELDS: readonly Field[] = [
  field('id', 'int64', false),
  field('prompt', 'string', true),
  field('margin', 'double', true),
  field(
    'chosen',
    'list',
    true,
    field('element', 'struct', true, field('role', 'string', false), field('content', 'string', true)),
  ),
];

/** Words, in some rows many, in some none. */
function longText(random: Random): string {
  const words = below(random, 40) ** (random() < 0.02 ? 3 : 1.6);
  return Array.from({ length: words }, () => `${below(random, 3000).toString(36)} `).join('');
}

function longRow(random: Random, id: number): Record<string, unknown> {
  const maybe = <T>(value: () => T): T | null => (random() < 0.1 ? null : value());
  return {
    id: BigInt(id),
    prompt: maybe(() => longText(random)),
    margin: maybe(random),
    chosen: maybe(() =>
      Array.from({ length: below(random, 4) }, () =>
        maybe(() => ({ role: pick(random, ['user', 'assistant']), content: maybe(() => longText(random)) })),
      ),
    ),
  };
}

const KINDS = [
  ['snappy', 'SNAPPY', compressors.SNAPPY!],
  ['snappy with copies across blocks', 'SNAPPY', (bytes: Uint8Array) => longCopies(bytes, 65_535)],
  ['uncompressed', 'UNCOMPRESSED', compressors.UNCOMPRESSED!],
] as const;

/** A table with a page of megabytes in most columns. */
function longTable(
  random: Random,
  codec: 'SNAPPY' | 'UNCOMPRESSED',
  compress: (bytes: Uint8Array) => Uint8Array,
) {
  const rows = Array.from({ length: 3000 }, (_, id) => longRow(random, id));
  const writer = new ByteWriter();
  void parquetWrite({
    writer,
    columnData: FIELDS.map(({ name }) => ({
      name,
      data: rows.map((row) => row[name]),
      encoding: 'PLAIN' as const,
    })),
    schema: schemaOf(FIELDS),
    codec,
    compressors: { [codec]: compress },
    rowGroupSize: 10_000,
    pageSize: 1 << 28,
  });
  return new Uint8Array(writer.getBytes());
}

describe('a large page', () => {
  it('gives the rows of the whole page in any order, in small tables of every kind', () => {
    for (let round = 0; round < ROUNDS; round++) {
      const random = seededRandom(round);
      const { bytes } = randomTable(random);
      const lines = linesOf(new ParquetFile(sourceOf(bytes), pageCodecs));
      for (const table of [bytes, cutAnywhere(bytes, random)]) {
        let reader: RowReader | undefined;
        for (const row of shuffled(random, lines.length)) {
          if (!reader || random() < 0.2)
            reader = new RowReader(new ParquetFile(sourceOf(table), pageCodecs, 1));
          expect(decode(reader.read(row))).toBe(lines[row]);
        }
        expect(linesOf(new ParquetFile(sourceOf(table), pageCodecs, 1))).toEqual(lines);
      }
    }
  }, 60_000);

  it.each(KINDS)(
    'gives a few rows without the others: %s',
    (_, codec, compress) => {
      const random = seededRandom(21);
      const bytes = longTable(random, codec, compress);
      const before = new ParquetFile(sourceOf(bytes), pageCodecs, Infinity);
      expect(
        before.table(0, 4).pages.map(({ uncompressedLength }) => uncompressedLength > 4 * LARGE),
      ).toEqual([true]);
      const lines = linesOf(before);
      const watch = watched();
      const reader = new RowReader(new ParquetFile(sourceOf(bytes), watch.codecs, LARGE));
      const rows = shuffled(random, lines.length);
      for (const row of rows.slice(0, 10))
        for (let next = row; next < Math.min(row + 10, lines.length); next++)
          expect(decode(reader.read(next))).toBe(lines[next]);
      expect(watch.whole).toBe(0);
      for (const row of rows) expect(decode(reader.read(row))).toBe(lines[row]);
      // So many rows cost more than the whole pages.
      if (codec === 'SNAPPY') expect(watch.whole).toBeGreaterThan(0);
      expect(linesOf(new ParquetFile(sourceOf(bytes), pageCodecs, LARGE))).toEqual(lines);
    },
    60_000,
  );

  it('is decompressed whole if its copies reach further than those of writers', () => {
    const random = seededRandom(22);
    const bytes = longTable(random, 'SNAPPY', (page) => longCopies(page, 1 << 20));
    const lines = linesOf(new ParquetFile(sourceOf(bytes), pageCodecs, Infinity));
    const watch = watched();
    const reader = new RowReader(new ParquetFile(sourceOf(bytes), watch.codecs, LARGE));
    for (const row of shuffled(random, lines.length)) expect(decode(reader.read(row))).toBe(lines[row]);
    expect(watch.whole).toBeGreaterThan(0);
  }, 60_000);

  it('is decompressed whole by a reader that goes on and on', () => {
    const bytes = longTable(seededRandom(23), ...([KINDS[0][1], KINDS[0][2]] as const));
    const watch = watched();
    const file = new ParquetFile(sourceOf(bytes), watch.codecs, LARGE);
    const large = file.footer.schema.leaves.filter(
      (_, column) => file.table(0, column).pages[0]!.uncompressedLength > LARGE,
    );
    linesOf(file);
    expect([large.length > 1, watch.whole]).toEqual([true, large.length]);
  });

  it('that is damaged refuses the rows behind its first quarter, as the whole page does', () => {
    const random = seededRandom(24);
    const intact = longTable(random, ...([KINDS[0][1], KINDS[0][2]] as const));
    const { footer } = new ParquetFile(sourceOf(intact), pageCodecs);
    const outcome = (reader: RowReader, row: number): string => {
      try {
        return decode(reader.read(row));
      } catch (error) {
        if (error instanceof ParquetError) return error.message;
        throw error;
      }
    };
    let refused = 0;
    for (let round = 0; round < 20; round++) {
      const [page] = new ParquetFile(sourceOf(intact), pageCodecs).table(0, pick(random, [1, 4])).pages;
      const bytes = intact.slice();
      const start = page!.offset + page!.headerLength;
      for (let i = 0; i <= below(random, 3); i++)
        bytes[start + below(random, page!.compressedLength)] = below(random, 256);
      const whole = new RowReader(new ParquetFile(sourceOf(bytes), pageCodecs, Infinity));
      const parts = new RowReader(new ParquetFile(sourceOf(bytes), pageCodecs, LARGE));
      for (let i = 0; i < 8; i++) {
        const row = Math.floor(footer.rows * (0.4 + 0.6 * random()));
        const expected = outcome(whole, row);
        if (!expected.startsWith('{')) refused++;
        expect(outcome(parts, row)).toBe(expected);
        outcome(parts, below(random, footer.rows));
      }
    }
    expect(refused).toBeGreaterThan(50);
  }, 60_000);
});
