// Parquet: we read what another reader reads, and a save changes only the edited cells.
import type { RowGroup } from 'hyparquet';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';

import { spliceStream } from '#core/edits/splice.ts';
import { seededRandom } from '#core/score/random.ts';
import { newColumn } from '#formats/parquet/addColumn.ts';
import { learn, newGuess, schemaElements } from '#formats/parquet/infer.ts';
import { ParquetFile, RowReader } from '#formats/parquet/rows.ts';
import type { Node } from '#formats/parquet/schema.ts';
import { ParquetError } from '#formats/parquet/schema.ts';
import type { RowChange } from '#formats/parquet/splice.ts';
import { planSplice } from '#formats/parquet/splice.ts';
import { thriftBytes } from '#formats/parquet/thrift.ts';
import { TableWriter } from '#formats/parquet/write.ts';
import { pageCodecs } from '#node/parquet/codecs.ts';

import { decode, encode } from '../fakes/records.ts';
import type { Field, Random, RandomTable } from '../fakes/tables.ts';
import {
  below,
  comparableRow,
  cutAnywhere,
  decompressors,
  pick,
  randomTable,
  sourceOf,
} from '../fakes/tables.ts';

const ROUNDS = Number(process.env.PREFLENS_ROUNDS ?? 150);

const open = (bytes: Uint8Array): ParquetFile => new ParquetFile(sourceOf(bytes), pageCodecs);

function linesOf(file: ParquetFile): string[] {
  const reader = new RowReader(file);
  return Array.from({ length: file.footer.rows }, (_, row) => decode(reader.read(row)));
}

/** All rows, by the other reader. */
async function referenceRows(bytes: Uint8Array): Promise<Record<string, unknown>[]> {
  const file = {
    byteLength: bytes.length,
    slice: (start: number, end?: number) => bytes.slice(start, end).buffer,
  };
  return parquetReadObjects({ file: file, compressors: decompressors, utf8: false });
}

async function save(file: ParquetFile, plan: ReturnType<typeof planSplice>): Promise<Uint8Array> {
  const old = file.source.read(0, file.source.size);
  const chunks: Uint8Array[] = [];
  async function* stream() {
    // Chunk ends where no part ends.
    for (let at = 0; at < old.length; at += 997) yield await Promise.resolve(old.subarray(at, at + 997));
  }
  for await (const chunk of spliceStream(stream(), plan.replacements)) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}

/** A new cell value as JSON, taken from another row. */
function otherCell(random: Random, lines: readonly string[], name: string): Uint8Array {
  const line = pick(random, lines);
  const start = line.indexOf(`"${name}":`) + name.length + 3;
  // The cell ends where the next field begins, or where the row ends.
  const next = line.indexOf(`,"c${Number(name.slice(1)) + 1}":`);
  return encode(line.slice(start, next < 0 ? -1 : next));
}

interface Edited {
  readonly changes: readonly RowChange[];
  /** The expected rows. */
  readonly lines: readonly string[];
}

function randomEdits(random: Random, file: ParquetFile, lines: readonly string[]): Edited {
  const nodes = file.footer.schema.fields;
  const after: (string | undefined)[] = [...lines];
  const changes = new Map<number, RowChange>();
  for (let i = 0; i < 1 + below(random, 8); i++) {
    const row = below(random, lines.length);
    if (random() < 0.15) {
      changes.set(row, { row, cells: null });
      after[row] = undefined;
      continue;
    }
    const node = pick(random, nodes);
    const json = otherCell(random, lines, node.name);
    const before = changes.get(row);
    if (before?.cells === null) continue;
    const cells = new Map<Node, Uint8Array>(before?.cells ?? []).set(node, json);
    changes.set(row, { row, cells });
    const old = after[row] ?? '';
    const at = old.indexOf(`"${node.name}":`) + node.name.length + 3;
    const next = old.indexOf(`,"c${Number(node.name.slice(1)) + 1}":`);
    after[row] = `${old.slice(0, at)}${decode(json)}${next < 0 ? '}' : old.slice(next)}`;
  }
  return { changes: [...changes.values()], lines: after.filter((line) => line !== undefined) };
}

function parsedRows(fields: readonly Field[], lines: readonly string[]): unknown[] {
  return lines.map((line) => comparableRow(fields, JSON.parse(line) as Record<string, unknown>));
}

function eachTable(
  seed: number,
  check: (table: RandomTable, random: Random) => Promise<void>,
): () => Promise<void> {
  return async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const random = seededRandom(seed + round);
      const table = randomTable(random);
      try {
        await check(table, random);
      } catch (error) {
        throw new Error(
          `round ${round} (seed ${seed + round}; ${table.words}; ${JSON.stringify(table.fields)})`,
          {
            cause: error,
          },
        );
      }
    }
  };
}

/** Metadata of a row group, without offsets and index. */
function withoutPlaces(group: RowGroup): unknown {
  return JSON.parse(
    JSON.stringify(group, (name, value: unknown) =>
      /offset|ordinal|index_length/.test(name)
        ? undefined
        : typeof value === 'bigint'
          ? String(value)
          : value,
    ),
  );
}

describe('a table', () => {
  it(
    'is read as another reader reads it, with any types, nulls, nesting, pages and codec',
    eachTable(1000, async ({ fields, rows, bytes }) => {
      const lines = linesOf(open(bytes));
      expect(parsedRows(fields, lines)).toEqual(rows.map((row) => comparableRow(fields, row)));
      expect((await referenceRows(bytes)).map((row) => comparableRow(fields, row))).toEqual(
        parsedRows(fields, lines),
      );
    }),
    60_000,
  );

  it(
    'is read the same from any row as from the start',
    eachTable(2000, async ({ bytes }, random) => {
      const lines = linesOf(open(bytes));
      const reader = new RowReader(open(bytes));
      for (let i = 0; i < 30; i++) {
        const row = below(random, lines.length);
        expect(decode(reader.read(row))).toBe(lines[row]);
      }
      await Promise.resolve();
    }),
    60_000,
  );

  it(
    'keeps its footer byte for byte when it is rewritten',
    eachTable(3000, async ({ bytes }) => {
      const { footer, source } = open(bytes);
      expect(Buffer.compare(thriftBytes(footer.file), source.read(footer.start, source.size - 8))).toBe(0);
      await Promise.resolve();
    }),
    60_000,
  );

  it(
    'is saved with only the edited cells changed, for every reader',
    eachTable(4000, async ({ fields, bytes }, random) => {
      const file = open(bytes);
      const before = linesOf(file);
      const { changes, lines } = randomEdits(random, file, before);
      const saved = await save(file, planSplice(file, changes, []));
      expect(linesOf(open(saved))).toEqual(lines);
      expect((await referenceRows(saved)).map((row) => comparableRow(fields, row))).toEqual(
        parsedRows(fields, lines),
      );
      const untouched = file.footer.groups.flatMap(({ firstRow, rows }, group) =>
        changes.some(({ row }) => row >= firstRow && row < firstRow + rows) ? [] : [group],
      );
      const [old, made] = [bytes, saved].map((all) => parquetMetadata(all.slice().buffer));
      expect(made!.key_value_metadata).toEqual(old!.key_value_metadata);
      // Groups that lost all of their rows are gone: the others keep their order.
      const kept = made!.row_groups.map(withoutPlaces);
      for (const group of untouched) expect(kept).toContainEqual(withoutPlaces(old!.row_groups[group]!));
    }),
    60_000,
  );

  it(
    'takes a new column, which is null in rows that set no value',
    eachTable(5000, async ({ fields, bytes }, random) => {
      const file = open(bytes);
      const before = linesOf(file);
      const row = below(random, before.length);
      const [name, json] = pick(random, [
        ['margin', '1.5'],
        ['note', '"why \\u00e9"'],
        ['isGood', 'true'],
      ] as const);
      const column = newColumn(name, file.footer.schema.leaves.length, new Map([[row, encode(json)]]));
      const saved = await save(file, planSplice(file, [], [column]));
      const wanted = before.map((line, i) => ({
        ...(JSON.parse(line) as object),
        [name]: i === row ? (JSON.parse(json) as unknown) : null,
      }));
      expect(linesOf(open(saved)).map((line) => JSON.parse(line) as unknown)).toEqual(wanted);
      const read = await referenceRows(saved);
      expect(read.map((one) => comparableRow(fields, one))).toEqual(parsedRows(fields, before));
      const own: unknown = read[row]?.[name];
      expect(own instanceof Uint8Array ? decode(own) : own).toEqual(JSON.parse(json));
    }),
    60_000,
  );

  it(
    'is read and saved if rows start in one page and end in another',
    eachTable(6000, async ({ fields, bytes }, random) => {
      const before = linesOf(open(bytes));
      const file = open(cutAnywhere(bytes, random));
      expect(linesOf(file)).toEqual(before);
      const reader = new RowReader(open(file.source.read(0, file.source.size)));
      for (let i = 0; i < 10; i++) {
        const row = below(random, before.length);
        expect(decode(reader.read(row))).toBe(before[row]);
      }
      const { changes, lines } = randomEdits(random, file, before);
      const saved = await save(file, planSplice(file, changes, []));
      expect(linesOf(open(saved))).toEqual(lines);
      expect((await referenceRows(saved)).map((row) => comparableRow(fields, row))).toEqual(
        parsedRows(fields, lines),
      );
    }),
    60_000,
  );

  it(
    'returns rows unchanged, or none, where a page is damaged',
    eachTable(7000, async ({ bytes }, random) => {
      const lines = linesOf(open(bytes));
      const whole = open(bytes);
      const group = below(random, whole.footer.groups.length);
      const table = whole.table(group, below(random, whole.footer.schema.leaves.length));
      const number = below(random, table.pages.length);
      const page = table.pages[number]!;
      whole.pageOf(table, whole.footer.groups[group]!.rows - 1);
      const damaged = bytes.slice();
      const body = page.offset + page.headerLength;
      // Without its header, a page hides those after it: then the whole row group is lost.
      const isHeader = random() < 0.3;
      damaged.fill(0xff, isHeader ? page.offset : body, isHeader ? body : body + page.compressedLength);
      const { firstRow, rows: rowCount } = whole.footer.groups[group]!;
      const [first, end] = isHeader
        ? [firstRow, firstRow + rowCount]
        : [firstRow + page.firstRow, firstRow + page.firstRow + page.rows];
      const reader = new RowReader(open(damaged));
      const rows = Array.from({ length: lines.length }, (_, i) =>
        random() < 0.5 ? i : below(random, lines.length),
      );
      for (const row of rows) {
        let line: string | undefined;
        try {
          line = decode(reader.read(row));
        } catch (error) {
          if (!(error instanceof ParquetError)) throw error;
        }
        // Rows beside the damaged page are unchanged; a list row may need the next page.
        const isBeside = row < first - 1 || row >= end;
        if (isBeside) expect(line).toBe(lines[row]);
        else if (row === first - 1 && line !== undefined) expect(line).toBe(lines[row]);
      }
      await Promise.resolve();
    }),
    60_000,
  );

  it('reads a few rows of a large page for the bytes of those rows', () => {
    const lines = Array.from({ length: 4000 }, (_, i) =>
      encode(
        JSON.stringify({ id: i, text: `${i} ${'long text '.repeat(400)}${i * 7919}`, tags: ['a', 'b'] }),
      ),
    );
    const guess = newGuess();
    for (const line of lines) learn(guess, line, 0, line.length);
    const options = { codec: 0, codecs: pageCodecs, pageBytes: Infinity, createdBy: 'test' };
    for (const codec of [0, 1]) {
      const writer = new TableWriter(schemaElements(guess), { ...options, codec });
      const bytes = Buffer.concat([
        writer.head(),
        ...lines.map((line) => writer.add(line) ?? encode('')),
        writer.end(),
      ]);
      const source = sourceOf(new Uint8Array(bytes));
      const reader = new RowReader(new ParquetFile(source, pageCodecs));
      for (const row of [0, 1, 49]) expect(decode(reader.read(row))).toBe(decode(lines[row]!));
      const read = source.reads.reduce((sum, { start, end }) => sum + end - start, 0);
      if (codec === 0) expect(read).toBeLessThan(bytes.length / 8);
      // Then any other row, forwards and backwards.
      for (const row of [3999, 120, 2500, 2501, 0])
        expect(decode(reader.read(row))).toBe(decode(lines[row]!));
    }
  });
});
