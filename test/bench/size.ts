// npm run bench:size: one file at 0.5, 1, 2 and 4 GB. Every figure has wc -l, a copy, or a bare JSON.parse of
// the same file in the same run beside it. PREFLENS_BENCH_GB=0.5,1,2 sets other sizes.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { appendFile, copyFile, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';

import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';

import { recognise } from '#core/mapping/recognise.ts';
import { readPairs } from '#node/engine.ts';
import { openFile } from '#node/files.ts';
import { sampleOf, surveyFile } from '#node/surveyFile.ts';
import { threads } from '#node/threads.ts';

import { PlainClient } from '../fakes/client.ts';
import { generatePairs } from './generate.ts';
import { bareParse, best, CLI, mb, scan, timed } from './measure.ts';

const SIZES = (process.env.PREFLENS_BENCH_GB ?? '0.5,1,2,4').split(',').map(Number);
const PAIRS_PER_GB = 650_000;
const PIECE = 65_000;

const folder = mkdtempSync(join(tmpdir(), 'preflens-size-'));
const path = join(folder, 'pairs.jsonl');
const env = { PREFLENS_CACHE: join(folder, 'cache') };

/** Grows the file in chunks that are all different. */
async function growTo(pairs: number, have: number): Promise<void> {
  for (let from = have; from < pairs; from += PIECE) {
    let batch: string[] = [];
    for (const line of generatePairs(Math.min(PIECE, pairs - from), 1000 + from)) {
      batch.push(line);
      if (batch.length < 1000) continue;
      await appendFile(path, batch.join(''));
      batch = [];
    }
    await appendFile(path, batch.join(''));
  }
}

/** A copy that is synced to disk, like a save. */
async function copyAndSync(): Promise<void> {
  const copy = join(folder, 'copy.jsonl');
  rmSync(copy, { force: true });
  await copyFile(path, copy);
  const file = await open(copy);
  await file.sync();
  await file.close();
}

async function firstPairs(): Promise<void> {
  const file = await openFile(path);
  const recognition = recognise(await sampleOf(file))!;
  let seen = 0;
  for await (const { pair } of readPairs(file.records, recognition)) {
    if (pair.chosen.text === '' || ++seen === 50) break;
  }
}

/** The language server on the file from disk: time until it is read, and response times after that. */
async function fromDisk(pairs: number): Promise<string> {
  const child = spawn(process.execPath, [CLI, 'lsp', '--stdio'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const client = new PlainClient(
    createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin)),
  );
  const uri = pathToFileURL(path).toString();
  await client.initialize({ settings: { scoreOnOpen: false } });
  const begun = performance.now();
  await client.connection.sendRequest('preflens/openFile', { uri });
  await client.until('the survey', () => client.statuses.find(({ phase }) => phase === 'unscored'), 300_000);
  const ready = (performance.now() - begun) / 1000;
  const times: number[] = [];
  for (let i = 0; i < 200; i++) {
    const start = performance.now();
    const record = Math.floor((i * pairs) / 200);
    if (i % 10 === 0) await client.execute('preflens.flip', { uri, record, pair: 0 });
    else await client.connection.sendRequest('preflens/pair', { uri, record, step: 'here' });
    times.push(performance.now() - start);
  }
  const resident = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid!}/status`, 'utf8'));
  const start = performance.now();
  const saved = await client.connection.sendRequest('preflens/saveFile', { uri });
  const save = (performance.now() - start) / 1000;
  child.kill();
  return (
    `known after ${seconds(ready)}; pairs and flips anywhere in it: longest ${Math.max(...times).toFixed(1)} ms of 200 (bar 50 ms); ` +
    `memory ${(Number(resident?.[1]) / 1024).toFixed(0)} MB; ${JSON.stringify(saved)} in ${seconds(save)}`
  );
}

const seconds = (value: number): string => `${value.toFixed(2)} s`;

interface Figures {
  readonly pairs: number;
  readonly index: number;
  readonly checks: number;
  readonly apply: number;
}

async function measure(pairs: number): Promise<Figures> {
  console.log(`${(mb(path) / 1000).toFixed(2)} GB, ${pairs.toLocaleString('en')} pairs`);
  const wc = await best(3, async () => {
    execFileSync('wc', ['-l', path]);
    return Promise.resolve();
  });
  const own = await best(3, async () => scan(path));
  console.log(
    `  newline scan ${seconds(own)}, wc -l ${seconds(wc)}: ratio ${(own / wc).toFixed(2)} (bar 1.5)`,
  );
  const first = await best(3, firstPairs);
  console.log(`  first 50 pairs, schema recognised: ${(1000 * first).toFixed(0)} ms (bar 300 ms at 1 GB)`);
  const parse = await best(1, async () => bareParse(path));
  const survey = await timed(['--no-cache', 'index', path], env);
  console.log(
    `  index and structural checks ${seconds(survey.seconds)}, bare JSON.parse ${seconds(parse)}: ratio ${(survey.seconds / parse).toFixed(2)}, ` +
      `${Math.round(pairs / survey.seconds).toLocaleString('en')} records/s (bar 25,000), peak ${survey.peakMb.toFixed(0)} MB`,
  );
  const checks = await timed(['check', '--no-score', path], env);
  console.log(
    `  check with duplicates, circles, near duplicates ${seconds(checks.seconds)}: ratio to JSON.parse ${(checks.seconds / parse).toFixed(2)}, peak ${checks.peakMb.toFixed(0)} MB`,
  );
  const known = await timed(['index', path], env);
  console.log(
    `  the same file again, from the cache: ${seconds(known.seconds)}, peak ${known.peakMb.toFixed(0)} MB`,
  );
  await appendFile(path, [...generatePairs(10, pairs)].join(''));
  const tail = await timed(['index', path], env);
  console.log(`  after ten pairs were appended: ${seconds(tail.seconds)}`);
  const edits = join(folder, 'edits.jsonl');
  const step = Math.floor(pairs / 1000);
  writeFileSync(
    edits,
    Array.from({ length: 1000 }, (_, i) => `{"record":${i * step},"edit":"flip"}`).join('\n'),
  );
  const copy = await best(3, copyAndSync);
  let peak = 0;
  const apply = await best(3, async () => {
    const run = await timed(['apply', path, '--edits', edits], env);
    peak = Math.max(peak, run.peakMb);
  });
  console.log(
    `  apply 1,000 flips ${seconds(apply)}, copy and sync ${seconds(copy)}: ratio ${(apply / copy).toFixed(2)} (bar 1.5), peak ${peak.toFixed(0)} MB`,
  );
  console.log(`  the language server, from disk: ${await fromDisk(pairs)}`);
  const { survey: held } = await surveyFile(await openFile(path), {
    ranges: threads(join(CLI, '..', 'thread.js'), 2, (message) => new Error(message)),
    signal: new AbortController().signal,
  });
  const columns = [held.facts.records, held.facts.pairs].flatMap(
    (table) => Object.values(table) as Float64Array[],
  );
  const bytes = columns.reduce((sum, column) => sum + column.byteLength, 0);
  console.log(`  memory of all facts, as held: ${(bytes / 1e6).toFixed(0)} MB (bar 150 MB at 2 GB)`);
  return { pairs, index: own, checks: survey.seconds, apply };
}

try {
  const all: Figures[] = [];
  let have = 0;
  for (const size of SIZES) {
    const pairs = Math.round(size * PAIRS_PER_GB);
    const begun = performance.now();
    await growTo(pairs, have);
    have = pairs;
    console.log(`(generated in ${seconds((performance.now() - begun) / 1000)})`);
    all.push(await measure(pairs));
  }
  console.log('Cost by size, per million pairs:');
  for (const { pairs, index, checks, apply } of all) {
    const per = (value: number): string => seconds((value * 1e6) / pairs);
    console.log(
      `  ${pairs.toLocaleString('en').padStart(10)} pairs (${(pairs / all[0]!.pairs).toFixed(0)}×): scan ${per(index)}, index and checks ${per(checks)}, apply ${per(apply)}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
