// One operation on a Parquet file, in its own process: prints its seconds and its peak memory.
import { copyFileSync, fsyncSync, openSync, readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

import { DuckDBInstance } from '@duckdb/node-api';

import { RowReader } from '#formats/parquet/rows.ts';
import type { Node } from '#formats/parquet/schema.ts';
import { planChanges } from '#node/containers/containers.ts';
import { openFile } from '#node/files.ts';
import { openParquet } from '#node/parquet/open.ts';
import { savePlanned } from '#node/save.ts';

const decoder = new TextDecoder();

function ours(path: string, from: number, count: number, fields?: readonly Node[]): number {
  const { file, close } = openParquet(path);
  const reader = new RowReader(file, Infinity, fields);
  let items = 0;
  const end = Math.min(file.footer.rows, from + count);
  for (let row = from; row < end; row++) items += decoder.decode(reader.read(row)).length;
  close();
  return items;
}

async function duck(query: string): Promise<number> {
  const db = await (await DuckDBInstance.create(':memory:')).connect();
  await db.run('SET threads = 2');
  return (await db.runAndReadAll(query)).getRows().length;
}

const EDITED = 30_000;

async function saveCell(path: string): Promise<void> {
  const { file, close } = openParquet(path);
  const row = JSON.parse(decoder.decode(new RowReader(file).read(EDITED))) as Record<string, unknown>;
  close();
  const bytes = new TextEncoder().encode(JSON.stringify({ ...row, prompt: 'another question' }));
  const raw = { record: EDITED, byteStart: 0, byteEnd: 0, lineEnd: 0 };
  const data = await openFile(path);
  const plan = planChanges(data, async () => Promise.resolve([{ raw, bytes }]), false);
  await savePlanned(data, plan, new AbortController().signal);
}

const WORKS: Record<string, (path: string, other: string) => unknown> = {
  'first rows': (path) => ours(path, 0, 50),
  'rows at 60,000': (path) => ours(path, 60_000, 50),
  'one string column': (path) => {
    const { file, close } = openParquet(path);
    const { fields } = file.footer.schema;
    close();
    return ours(
      path,
      0,
      Infinity,
      fields.filter(({ name }) => name === 'prompt'),
    );
  },
  'all rows': (path) => ours(path, 0, Infinity),
  'one-cell save': saveCell,
  'DuckDB: first rows': async (path) => duck(`SELECT * FROM '${path}' LIMIT 50`),
  'DuckDB: rows at 60,000': async (path) => duck(`SELECT * FROM '${path}' LIMIT 50 OFFSET 60000`),
  'DuckDB: one string column': async (path) => duck(`SELECT prompt FROM '${path}'`),
  'DuckDB: one-cell save': async (path, other) =>
    duck(
      `COPY (SELECT * REPLACE (CASE WHEN id = ${EDITED} THEN 'another question' ELSE prompt END AS prompt) FROM '${path}') TO '${other}' (FORMAT parquet, ROW_GROUP_SIZE 10240)`,
    ),
  copy: (path, other) => {
    copyFileSync(path, other);
    fsyncSync(openSync(other, 'r+'));
  },
};

const [name = '', path = '', other = ''] = process.argv.slice(2);
const begun = performance.now();
await WORKS[name]!(path, other);
const seconds = (performance.now() - begun) / 1000;
const peakMb = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0) / 1024;
console.log(JSON.stringify({ seconds, peakMb }));
