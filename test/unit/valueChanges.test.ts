// A conversion names the values whose type JSON does not have, with the number of records and the first one.
import { join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';
import type { Vector } from 'apache-arrow';
import {
  Binary,
  DateDay,
  Decimal,
  Field,
  Float64,
  List,
  Table,
  tableToIPC,
  Timestamp,
  TimeUnit,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { expect, test } from 'vitest';

import type { Converted } from '#node/convertFile.ts';
import { convertDataset, writeTo } from '#node/convertFile.ts';

import { never, testFolder } from '../fakes/files.ts';

const folder = testFolder('value-changes');

async function converted(path: string): Promise<Converted> {
  const out = join(folder.path, 'out.jsonl');
  const task = { path, out, target: undefined, codec: 'snappy' } as const;
  return convertDataset(task, { signal: never, write: writeTo(out, never), note: () => undefined });
}

const TEXT = ['prompt', 'chosen', 'rejected'];

test('of a Parquet file', async () => {
  const path = join(folder.path, 'pairs.parquet');
  const db = await (await DuckDBInstance.create(':memory:')).connect();
  await db.run(`COPY (SELECT 'q' AS prompt, 'a' AS chosen, 'b' AS rejected,
      CASE WHEN i > 1 THEN DATE '2026-11-29' END AS day, CAST(i AS DECIMAL(9, 2)) AS cost,
      CASE WHEN i = 2 THEN 'nan'::DOUBLE ELSE i END AS score, [{'at': TIMESTAMP '2026-11-29 01:00:00'}] AS turns,
      encode('x') AS raw, i AS plain FROM range(4) t(i)) TO '${path}' (FORMAT parquet)`);
  expect((await converted(path)).lost).toEqual([
    '4 records, first in record 1: the column "cost" holds decimals, which are written as numbers with all their digits.',
    '4 records, first in record 1: the column "turns[].at" holds times, which are written as text.',
    '4 records, first in record 1: the column "raw" holds bytes, which are written as text, or as a data URI if they are not UTF-8.',
    '2 records, first in record 3: the column "day" holds dates, which are written as text.',
    '1 record, first in record 3: the column "score" holds NaN or infinity, which are written as text.',
  ]);
});

test('of an Arrow file', async () => {
  const text = (values: string[]): Vector => vectorFromArray(values, new Utf8());
  const table = new Table({
    ...Object.fromEntries(TEXT.map((name) => [name, text(['x', `${name} y`])])),
    day: vectorFromArray([null, new Date(0)], new DateDay()),
    cost: vectorFromArray([new Uint32Array([150, 0, 0, 0]), null], new Decimal(2, 9)),
    at: vectorFromArray([0, 1], new Timestamp(TimeUnit.MILLISECOND)),
    pictures: vectorFromArray([[], [Uint8Array.of(255)]], new List(new Field('item', new Binary()))),
    score: vectorFromArray([Number.NaN, 1], new Float64()),
  });
  const path = folder.write('pairs.arrow', tableToIPC(table, 'file'));
  expect((await converted(path)).lost).toEqual([
    '2 records, first in record 1: the column "at" holds times, which are written as text.',
    '1 record, first in record 1: the column "cost" holds decimals, which are written as numbers with all their digits.',
    '1 record, first in record 1: the column "score" holds NaN or infinity, which are written as text.',
    '1 record, first in record 2: the column "day" holds dates, which are written as text.',
    '1 record, first in record 2: the column "pictures[]" holds bytes, which are written as text, or as a data URI if they are not UTF-8.',
  ]);
});

test('of a CSV file whose cells differ from those at its start', async () => {
  const rows = Array.from(
    { length: 1200 },
    (_, i) => `q${i},${'b'.repeat(1000)},worse ${i},${i < 1190 ? i : 'n/a'}`,
  );
  const path = folder.write('pairs.csv', `prompt,chosen,rejected,rank\n${rows.join('\n')}\n`);
  expect((await converted(path)).lost).toEqual([
    '10 records, first in record 1,191: the column "rank" holds cells that are no exact number, which are written as text.',
  ]);
  const python = folder.write('python.csv', `prompt,chosen,rejected,turns\nq,a,b,"[{'role': 'user'}]"\n`);
  expect((await converted(python)).lost).toEqual([
    '1 record, first in record 1: the column "turns" holds lists or dicts as Python prints them, which are written as text.',
  ]);
});

test('nothing is named where nothing changes', async () => {
  const path = folder.write('pairs.csv', 'prompt,chosen,rejected,rank\nq,a,b,1\nr,c,d,\n');
  expect((await converted(path)).lost).toEqual([]);
});
