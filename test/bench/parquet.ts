// npm run bench:parquet: rows, a column and a save of a large Parquet file, beside DuckDB and a plain copy.
// Each figure comes from its own process, the best of three; no figure decides a test.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';

import { generatePairs } from './generate.ts';

const ROWS = Number(process.env.PREFLENS_BENCH_ROWS ?? 110_000);
const folder = mkdtempSync(join(tmpdir(), 'preflens-parquet-'));

interface Figure {
  readonly seconds: number;
  readonly peakMb: number;
}

function work(name: string, ...paths: string[]): Figure {
  const figures = [0, 1, 2].map(() => {
    const args = [join(import.meta.dirname, 'parquetWork.ts'), name, ...paths];
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Figure;
  });
  return figures.reduce((a, b) => (b.seconds < a.seconds ? b : a));
}

const words = ({ seconds, peakMb }: Figure): string =>
  `${seconds < 1 ? `${(1000 * seconds).toFixed(0)} ms` : `${seconds.toFixed(2)} s`} (${peakMb.toFixed(0)} MB)`;

async function generate(path: string): Promise<void> {
  const file = await open(path, 'w');
  const batch: string[] = [];
  for (const line of generatePairs(ROWS, 42, 560)) {
    batch.push(line);
    if (batch.length === 200) await file.write(batch.splice(0).join(''));
  }
  await file.write(batch.join(''));
  await file.close();
}

try {
  const text = join(folder, 'pairs.jsonl');
  await generate(text);
  const db = await (await DuckDBInstance.create(':memory:')).connect();
  await db.run('SET threads = 2');
  const select = `SELECT row_number() OVER () - 1 AS id, prompt,
    [{'role': 'user', 'content': prompt}, {'role': 'assistant', 'content': chosen}] AS chosen,
    [{'role': 'user', 'content': prompt}, {'role': 'assistant', 'content': rejected}] AS rejected,
    random() AS score_chosen, random() AS score_rejected FROM read_json_auto('${text}')`;
  const [groups, one, pages] = ['groups', 'one-group', 'one-group-small-pages'].map((name) =>
    join(folder, `${name}.parquet`),
  ) as [string, string, string];
  await db.run(`COPY (${select}) TO '${groups}' (FORMAT parquet, ROW_GROUP_SIZE 10240)`);
  await db.run(`COPY (${select}) TO '${one}' (FORMAT parquet, ROW_GROUP_SIZE 10000000)`);
  execFileSync(process.execPath, [join(import.meta.dirname, 'parquetOneGroup.ts'), groups, pages]);
  rmSync(text);
  for (const [what, path] of [
    ['row groups of 10,240 rows, by DuckDB', groups],
    ['one row group with pages as large as DuckDB makes them', one],
    ['one row group with pages of 1 MB', pages],
  ] as const) {
    console.log(`\n${what}: ${(statSync(path).size / 1e6).toFixed(0)} MB, ${ROWS.toLocaleString('en')} rows`);
    for (const name of ['first rows', 'rows at 60,000', 'one string column'])
      console.log(
        `  ${name.padEnd(20)} ${words(work(name, path)).padEnd(18)} DuckDB ${words(work(`DuckDB: ${name}`, path))}`,
      );
    const copy = work('copy', path, join(folder, 'copy.parquet'));
    const save = work('one-cell save', path);
    const bar = 1.5 * copy.seconds + 1.5;
    console.log(
      `  one-cell save        ${words(save).padEnd(18)} copy and sync ${words(copy)}; bar ${bar.toFixed(2)} s (1.5 × copy + 1.5 s)`,
    );
    if (path === groups)
      console.log(
        `    DuckDB, whole file rewritten: ${words(work('DuckDB: one-cell save', path, join(folder, 'copy.parquet')))}`,
      );
    console.log(`  all rows as JSON     ${words(work('all rows', path))}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
