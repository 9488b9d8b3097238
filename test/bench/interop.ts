// npm run bench:interop: we read and save files by polars, and polars reads what we saved, its own files and
// DuckDB's. polars is installed into a temporary folder: a hundred megabytes that no other test needs. DuckDB
// and parquet-wasm are in `npm test`.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';

import { recognise } from '#core/mapping/recognise.ts';
import { saveEdits } from '#node/apply.ts';
import { openFile } from '#node/files.ts';
import { sampleOf } from '#node/surveyFile.ts';

import { decode } from '../fakes/records.ts';

const POLARS = 'nodejs-polars@0.26.1';
const FLIPPED = [0, 17, 4_999];

interface Frame {
  readonly height: number;
  readonly columns: string[];
  toRecords(): Record<string, unknown>[];
  writeParquet(path: string, options: object): void;
}
interface Polars {
  readParquet(path: string): Frame;
}

const folder = mkdtempSync(join(tmpdir(), 'preflens-interop-'));
const same = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? String(one) : one));
let failed = 0;
function tell(what: string, isRight: boolean): void {
  if (!isRight) failed++;
  console.log(`${isRight ? 'right' : 'WRONG'}  ${what}`);
}

try {
  // Its package asks for a newer Node than npm may run on; it works on the Node that runs this.
  execFileSync('npm', ['install', '--prefix', folder, '--force', '--silent', '--no-audit', POLARS], {
    stdio: 'inherit',
  });
  const polars = createRequire(join(folder, 'node_modules', 'x.js'))('nodejs-polars') as {
    default?: Polars;
  } & Polars;
  const pl = polars.default ?? polars;
  const db = await (await DuckDBInstance.create(':memory:')).connect();
  const plain = join(folder, 'plain.parquet');
  await db.run(`COPY (SELECT i AS id, [{'role': 'user', 'content': 'question ' || i}] AS prompt,
      [{'role': 'assistant', 'content': 'better ' || i || repeat(' word', i::INT % 50)}] AS chosen,
      [{'role': 'assistant', 'content': 'worse ' || i}] AS rejected, CASE WHEN i % 3 = 0 THEN NULL ELSE i / 7 END AS score
    FROM range(5000) t(i)) TO '${plain}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`);
  const frame = pl.readParquet(plain);
  const files: [string, string][] = [['DuckDB', plain]];
  for (const compression of ['snappy', 'zstd', 'gzip', 'brotli', 'uncompressed', 'lz4']) {
    const path = join(folder, `polars-${compression}.parquet`);
    frame.writeParquet(path, { compression });
    files.push([`polars, ${compression}`, path]);
  }
  for (const [name, path] of files) {
    const before = pl.readParquet(path).toRecords();
    const file = await openFile(path);
    const lines: string[] = [];
    for await (const { bytes } of file.records()) lines.push(decode(bytes));
    const ours = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    tell(
      `${name}: read as polars reads it`,
      same(ours.map(({ id, chosen }) => [String(id), chosen])) ===
        same(before.map(({ id, chosen }) => [String(id), chosen])),
    );
    const edits = FLIPPED.map((record) => ({ record, edit: { kind: 'flip' as const } }));
    await saveEdits(file, recognise(await sampleOf(file))!, edits, new AbortController().signal);
    const after = pl.readParquet(path).toRecords();
    const changed = before.flatMap((row, i) => (same(row) === same(after[i]) ? [] : [i]));
    const isExchanged = FLIPPED.every((i) => same(after[i]!.chosen) === same(before[i]!.rejected));
    tell(
      `${name}: after a save polars finds the edited rows and no other`,
      same(changed) === same(FLIPPED) && isExchanged,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
writeFileSync(1, failed === 0 ? 'All right.\n' : `${failed} wrong.\n`);
process.exitCode = failed === 0 ? 0 : 1;
