// Parquet exchange: we read files that DuckDB and parquet-wasm write, and they read what we save.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { DuckDBConnection } from '@duckdb/node-api';
import { DuckDBInstance } from '@duckdb/node-api';
import { tableFromIPC, tableToIPC } from 'apache-arrow';
import { parquetMetadata } from 'hyparquet';
import * as wasm from 'parquet-wasm';
import { beforeAll, describe, expect, it } from 'vitest';

import type { Edit } from '#core/edits/edit.ts';
import { recognise } from '#core/mapping/recognise.ts';
import { saveEdits } from '#node/apply.ts';
import { openFile } from '#node/files.ts';
import { sampleOf } from '#node/surveyFile.ts';

import { never, testFolder } from '../fakes/files.ts';
import { decode } from '../fakes/records.ts';

const folder = testFolder('others');

let db: DuckDBConnection;
beforeAll(async () => {
  db = await (await DuckDBInstance.create(':memory:')).connect();
});

/**
 * Rows with everything that preference data has: texts, lists of turns, scores, nulls, large numbers, times,
 * bytes.
 */
const ROWS = `
  SELECT
    i::BIGINT + 9007199254740992 AS id,
    'source ' || (i % 3) AS source,
    [{'role': 'user', 'content': 'question ' || i || chr(10) || 'ünï "q"'}] AS prompt,
    [{'role': 'assistant', 'content': 'better answer ' || i || repeat(' and more', i::INT % 40)}] AS chosen,
    [{'role': 'assistant', 'content': 'worse ' || i}] AS rejected,
    CASE WHEN i % 5 = 0 THEN NULL ELSE i / 7 END AS score_chosen,
    (i % 4)::DOUBLE AS score_rejected,
    CASE i % 3 WHEN 0 THEN NULL WHEN 1 THEN []::VARCHAR[] ELSE ['a', NULL, 'b'] END AS tags,
    TIMESTAMP '2024-01-01' + to_seconds(i * 61) AS made,
    (i * 1.25)::DECIMAL(18, 2) AS price,
    i % 2 = 0 AS is_long
  FROM range(500) t(i)`;

/** The rows of a file as DuckDB reads them, one JSON text each. */
async function rowsBy(path: string): Promise<string[]> {
  const reader = await db.runAndReadAll(`SELECT to_json(t)::VARCHAR AS line FROM '${path}' t`);
  return reader.getRows().map(([line]) => String(line));
}

/** The same, with times in our format. */
function comparable(line: string): unknown {
  const row = JSON.parse(line) as Record<string, unknown>;
  const time = String(row.made).replace('T', ' ').replace(/\.0+$/, '');
  return { ...row, made: time, price: Number(row.price) };
}

async function ourRows(path: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const { bytes } of (await openFile(path)).records()) lines.push(decode(bytes));
  return lines;
}

/** The rows as Arrow returns them through parquet-wasm. */
function rowsByWasm(path: string): unknown[] {
  const table = tableFromIPC(wasm.readParquet(new Uint8Array(readFileSync(path))).intoIPCStream());
  return table.toArray().map((row: unknown) => JSON.parse(stringify(row)) as unknown);
}

function stringify(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? String(one) : one));
}

interface Writer {
  readonly name: string;
  readonly write: (path: string) => Promise<void>;
}

const byDuck = (name: string, options: string): Writer => ({
  name: `DuckDB, ${name}`,
  write: async (path) => {
    await db.run(`COPY (${ROWS}) TO '${path}' (FORMAT parquet, ${options})`);
  },
});

const byWasm = (
  name: string,
  set: (made: wasm.WriterPropertiesBuilder) => wasm.WriterPropertiesBuilder,
): Writer => ({
  name: `parquet-wasm, ${name}`,
  write: async () => {
    const plain = join(folder.path, 'plain.parquet');
    await db.run(`COPY (${ROWS}) TO '${plain}' (FORMAT parquet)`);
    const table = tableFromIPC(wasm.readParquet(new Uint8Array(readFileSync(plain))).intoIPCStream());
    const made = set(new wasm.WriterPropertiesBuilder().setMaxRowGroupSize(150));
    const bytes = wasm.writeParquet(wasm.Table.fromIPCStream(tableToIPC(table, 'stream')), made.build());
    folder.write('a.parquet', bytes);
  },
});

const WRITERS: readonly Writer[] = [
  ...['uncompressed', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4', 'lz4_raw'].map((codec) =>
    byDuck(codec, `CODEC '${codec}', ROW_GROUP_SIZE 2048, KV_METADATA {huggingface: 'kept'}`),
  ),
  byDuck('newer pages', `CODEC 'zstd', PARQUET_VERSION v2`),
  byWasm('small pages, indexes', (made) => made.setDataPageSizeLimit(512).setWriteBatchSize(16)),
  byWasm('newer pages, no dictionary', (made) =>
    made
      .setWriterVersion(wasm.WriterVersion.V2)
      .setDictionaryEnabled(false)
      .setDataPageSizeLimit(512)
      .setWriteBatchSize(16),
  ),
  ...(
    [
      ['brotli', wasm.Compression.BROTLI],
      ['gzip', wasm.Compression.GZIP],
      ['lz4_raw', wasm.Compression.LZ4_RAW],
      ['zstd', wasm.Compression.ZSTD],
    ] as const
  ).map(([name, codec]) => byWasm(name, (made) => made.setCompression(codec))),
];

const FLIPPED = [0, 7, 149, 150, 499];
const flip: Edit = { kind: 'flip' };

function metadataOf(path: string): { groups: bigint[]; keys: unknown; codecs: string[]; createdBy: unknown } {
  const { row_groups, key_value_metadata, created_by } = parquetMetadata(
    new Uint8Array(readFileSync(path)).buffer,
  );
  return {
    groups: row_groups.map(({ num_rows }) => num_rows),
    keys: key_value_metadata,
    codecs: row_groups.flatMap(({ columns }) => columns.map(({ meta_data }) => String(meta_data?.codec))),
    createdBy: created_by,
  };
}

describe.each(WRITERS)('a file by $name', ({ write }) => {
  it('is read as DuckDB reads it, and after a save all readers find only the edited cells changed', async () => {
    const path = join(folder.path, 'a.parquet');
    await write(path);
    const before = await ourRows(path);
    const theirs = await rowsBy(path);
    expect(before.map(comparable)).toEqual(theirs.map(comparable));
    expect(before[3]).toContain('"id":9007199254740995');
    const [metadata, byWasmBefore] = [metadataOf(path), rowsByWasm(path)];

    const file = await openFile(path);
    const recognition = recognise(await sampleOf(file))!;
    expect(recognition.mapping.id).toBe('trl-messages');
    await saveEdits(
      file,
      recognition,
      FLIPPED.map((record) => ({ record, edit: flip })),
      never,
    );
    const wanted = theirs.map((line, i) => {
      const row = comparable(line) as Record<string, unknown>;
      if (!FLIPPED.includes(i)) return row;
      const { chosen, rejected, score_chosen, score_rejected } = row;
      return {
        ...row,
        chosen: rejected,
        rejected: chosen,
        score_chosen: score_rejected,
        score_rejected: score_chosen,
      };
    });
    expect((await ourRows(path)).map(comparable)).toEqual(wanted);
    expect((await rowsBy(path)).map(comparable)).toEqual(wanted);
    expect(metadataOf(path)).toEqual(metadata);
    const byWasmAfter = rowsByWasm(path);
    const different = byWasmBefore.flatMap((row, i) =>
      stringify(row) === stringify(byWasmAfter[i]) ? [] : [i],
    );
    expect(different).toEqual(FLIPPED);
    expect((byWasmAfter[7] as { chosen: unknown }).chosen).toEqual(
      (byWasmBefore[7] as { rejected: unknown }).rejected,
    );
    // A reader can still use the statistics to skip exactly what cannot match.
    const found = await db.runAndReadAll(`SELECT count(*) FROM '${path}' WHERE source = 'source 1'`);
    expect(Number(found.getRows()[0]?.[0])).toBe(167);
  });

  it('loses dropped rows and gains a margin, for all readers', async () => {
    const path = join(folder.path, 'a.parquet');
    await write(path);
    const theirs = await rowsBy(path);
    const file = await openFile(path);
    await saveEdits(
      file,
      recognise(await sampleOf(file))!,
      [
        { record: 3, edit: { kind: 'drop' } },
        { record: 4, edit: { kind: 'margin', margin: 0.25 } },
        { record: 498, edit: { kind: 'drop' } },
      ],
      never,
    );
    const wanted = theirs
      .map((line, i): unknown => ({ ...(comparable(line) as object), margin: i === 4 ? 0.25 : null }))
      .filter((_, i) => i !== 3 && i !== 498);
    expect((await ourRows(path)).map(comparable)).toEqual(wanted);
    expect((await rowsBy(path)).map(comparable)).toEqual(wanted);
    expect(rowsByWasm(path)).toHaveLength(498);
  });
});
