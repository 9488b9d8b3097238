// npm run bench:json: the same records as JSON Lines and as JSON documents, in one run. PREFLENS_BENCH_GB sets the size (2);
// PREFLENS_BENCH_TEXT names JSON Lines of real text whose lines are repeated, each with its number.
import { createReadStream, createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { cutDocument } from '../fakes/documents.ts';
import { generatePairs } from './generate.ts';
import { mb, timed } from './measure.ts';

const GB = Number(process.env.PREFLENS_BENCH_GB ?? 2);
const TEXT = process.env.PREFLENS_BENCH_TEXT;
const BAR = 1.3;
const ROUNDS = 2;

/** Records as text, until `bytes` of them are written. */
function* records(bytes: number, indent: string): Generator<string> {
  const lines =
    TEXT !== undefined && existsSync(TEXT)
      ? readFileSync(TEXT, 'utf8').trim().split('\n')
      : [...generatePairs(20_000, 1)];
  for (let i = 0, written = 0; written < bytes; i++) {
    const line = lines[i % lines.length]!;
    written += line.length;
    // Another prompt each time: no record is the same as another.
    const value = JSON.parse(line) as { prompt: string };
    yield JSON.stringify({ ...value, prompt: `${i} ${value.prompt}` }, null, indent);
  }
}

interface Layout {
  readonly name: string;
  readonly indent: string;
  readonly before: string;
  readonly between: string;
  readonly after: string;
}

const LAYOUTS: readonly Layout[] = [
  { name: 'pairs.jsonl', indent: '', before: '', between: '\n', after: '\n' },
  { name: 'a-line.json', indent: '', before: '[\n', between: ',\n', after: '\n]\n' },
  { name: 'one-line.json', indent: '', before: '[', between: ', ', after: ']' },
  { name: 'indented.json', indent: '  ', before: '[\n', between: ',\n', after: '\n]\n' },
  { name: 'under-a-key.json', indent: '', before: '{"data": [\n', between: ',\n', after: '\n]}\n' },
];

const folder = mkdtempSync(join(tmpdir(), 'preflens-bench-json-'));

async function write({ name, indent, before, between, after }: Layout): Promise<string> {
  const path = join(folder, name);
  const text = function* (): Generator<string> {
    yield before;
    let batch = '';
    let isFirst = true;
    for (const record of records(GB * 1e9, indent)) {
      batch += isFirst ? record : between + record;
      isFirst = false;
      if (batch.length < 1 << 20) continue;
      yield batch;
      batch = '';
    }
    yield batch + after;
  };
  await pipeline(Readable.from(text()), createWriteStream(path));
  return path;
}

/** Warms the system's cache, so that no file is read from the disk. */
async function warm(path: string): Promise<void> {
  const nowhere = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  await pipeline(createReadStream(path, { highWaterMark: 1 << 22 }), nowhere);
}

/** Megabytes a second of the cutter alone, in memory. */
function cutSpeed(path: string): number {
  const head = readFileSync(path, { flag: 'r' }).subarray(0, 1 << 28);
  const layout = path.endsWith('under-a-key.json')
    ? ({ form: 'keyed', path: ['data'] } as const)
    : ({ form: 'list' } as const);
  const begun = performance.now();
  cutDocument(head, layout, 1 << 20);
  return head.length / 1e3 / (performance.now() - begun);
}

let failed = 0;
try {
  let base = 0;
  for (const layout of LAYOUTS) {
    const path = await write(layout);
    await warm(path);
    const runs = [];
    for (let round = 0; round < ROUNDS; round++) runs.push(await timed(['--no-cache', 'index', path]));
    const seconds = Math.min(...runs.map((run) => run.seconds));
    const peak = Math.max(...runs.map((run) => run.peakMb));
    base ||= seconds;
    const ratio = seconds / base;
    if (ratio > BAR) failed++;
    const speed =
      layout.name.endsWith('.json') && mb(path) < 2000 ? `, cut alone ${cutSpeed(path).toFixed(0)} MB/s` : '';
    console.log(
      `${layout.name.padEnd(18)} ${(mb(path) / 1000).toFixed(2)} GB: index and checks ${seconds.toFixed(2)} s, ratio ${ratio.toFixed(2)} (bar ${BAR}), peak ${peak.toFixed(0)} MB${speed}`,
    );
    rmSync(path);
  }
} finally {
  rmSync(folder, { recursive: true });
}
process.exit(failed === 0 ? 0 : 1);
