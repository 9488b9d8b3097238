// npm run bench:containers: all records of one dataset as JSON Lines, CSV and Arrow, read and checked, beside the bare
// reading of the bytes and DuckDB. The best of three; no figure decides a test.
import { createWriteStream, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { DuckDBInstance } from '@duckdb/node-api';
import { Table, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow';

import { Surveyor } from '#core/dataset/survey.ts';
import { openFile } from '#node/files.ts';

import { generatePairs } from './generate.ts';

const ROWS = Number(process.env.PREFLENS_BENCH_ROWS ?? 110_000);
const BATCH_ROWS = 1000;
const folder = mkdtempSync(join(tmpdir(), 'preflens-containers-'));
const pathOf = (end: string): string => join(folder, `pairs.${end}`);

type Row = Readonly<Record<'prompt' | 'chosen' | 'rejected', string>>;

function arrowOf(rows: readonly Row[]): Uint8Array {
  const tables: Table[] = [];
  for (let at = 0; at < rows.length; at += BATCH_ROWS) {
    const own = rows.slice(at, at + BATCH_ROWS);
    const column = (name: keyof Row) =>
      vectorFromArray(
        own.map((row) => row[name]),
        new Utf8(),
      );
    tables.push(
      new Table({ prompt: column('prompt'), chosen: column('chosen'), rejected: column('rejected') }),
    );
  }
  const [first, ...others] = tables;
  if (!first) throw new Error('no rows');
  return tableToIPC(first.concat(...others), 'stream');
}

async function best(work: () => Promise<unknown>): Promise<number> {
  let seconds = Infinity;
  for (let i = 0; i < 3; i++) {
    const begun = performance.now();
    await work();
    seconds = Math.min(seconds, (performance.now() - begun) / 1000);
  }
  return seconds;
}

try {
  const rows = [...generatePairs(ROWS, 42, 560)].map((line) => {
    const { prompt, chosen, rejected } = JSON.parse(line) as Row;
    return { prompt, chosen, rejected };
  });
  await pipeline(
    Readable.from(rows.map((row) => `${JSON.stringify(row)}\n`)),
    createWriteStream(pathOf('jsonl')),
  );
  writeFileSync(pathOf('arrow'), arrowOf(rows));
  const db = await (await DuckDBInstance.create(':memory:')).connect();
  await db.run('SET threads = 1');
  await db.run(
    `COPY (SELECT * FROM read_json_auto('${pathOf('jsonl')}')) TO '${pathOf('csv')}' (FORMAT csv, HEADER)`,
  );
  const theirs: Readonly<Record<string, string>> = { jsonl: 'read_json_auto', csv: 'read_csv' };
  for (const end of ['jsonl', 'csv', 'arrow']) {
    const path = pathOf(end);
    const mb = statSync(path).size / 1e6;
    const rate = (seconds: number): string => `${(mb / seconds).toFixed(0)} MB/s`;
    const bare = await best(async () => Promise.resolve(readFileSync(path)));
    const read = await best(async () => {
      let count = 0;
      for await (const { fault } of (await openFile(path)).records()) count += fault === undefined ? 1 : 0;
      if (count !== ROWS) throw new Error(`${end}: ${count} records`);
    });
    const checked = await best(async () => {
      const surveyor = new Surveyor();
      for await (const raw of (await openFile(path)).records()) surveyor.add(raw);
      surveyor.end();
    });
    const reader = theirs[end];
    const duck =
      reader === undefined
        ? ''
        : `, DuckDB (1 thread) ${rate(await best(async () => db.runAndReadAll(`SELECT sum(length(chosen) + length(rejected) + length(prompt)) FROM ${reader}('${path}')`)))}`;
    console.log(
      `${end.padEnd(6)} ${mb.toFixed(0)} MB: records ${rate(read)}, with all checks ${rate(checked)}; bytes alone ${rate(bare)}${duck}`,
    );
  }
  db.closeSync();
} finally {
  rmSync(folder, { recursive: true });
}
