// npm run bench: newline scan beside `wc -l`, checks beside a bare streaming JSON.parse, the scorer's seconds
// and memory at 10k and 100k pairs and on real text (where the shared data is at hand). Ratios within one run; no figure decides a test.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';

import { openFile } from '#node/files.ts';

import { PlainClient } from '../fakes/client.ts';
import { surveyRecords } from '../fakes/records.ts';
import { DATA, readLines, WILDBENCH } from './flips.ts';
import { generatePairs } from './generate.ts';
import { bareParse, best, CLI, mb, scan, timed } from './measure.ts';

const folder = mkdtempSync(join(tmpdir(), 'preflens-bench-'));
mkdirSync(folder, { recursive: true });

async function writePairs(name: string, count: number, meanWords?: number): Promise<string> {
  const path = join(folder, name);
  const file = await open(path, 'w');
  let batch: string[] = [];
  for (const line of generatePairs(count, 42, meanWords)) {
    batch.push(line);
    if (batch.length < 500) continue;
    await file.write(batch.join(''));
    batch = [];
  }
  await file.write(batch.join(''));
  await file.close();
  return path;
}

function quantile(values: readonly number[], share: number): number {
  return (
    [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0
  );
}

/** Hover times while a file is read and scored, and flip times from command to edit. */
async function editor(path: string): Promise<{ hovers: number[]; flips: number[]; refreshes: number[] }> {
  const child = spawn(process.execPath, [CLI, 'lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const client = new PlainClient(
    createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin)),
  );
  const uri = 'file:///bench.jsonl';
  const [hovers, flips, refreshes]: [number[], number[], number[]] = [[], [], []];
  await client.initialize();
  client.open(uri, readFileSync(path, 'utf8'));
  await client.until('scoring', () => client.statuses.find(({ phase }) => phase === 'scoring'), 60_000);
  while (client.statuses.at(-1)?.phase !== 'scored') {
    const start = performance.now();
    await client.hover(uri, Math.floor(Math.random() * 1000));
    hovers.push(performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  for (let record = 0; record < 20; record++) {
    const start = performance.now();
    await client.execute('preflens.flip', { uri, record: record * 37 });
    flips.push(client.askedAt - start);
    const changed = performance.now();
    await client.hover(uri, 0);
    refreshes.push(performance.now() - changed);
  }
  child.kill();
  return { hovers, flips, refreshes };
}

try {
  console.log('Newline scan (1 GB of generated pairs is scaled down to what fits a run)');
  const big = await writePairs('big.jsonl', 61_000, 620);
  const wc = await best(3, async () => Promise.resolve(execFileSync('wc', ['-l', big])));
  const own = await best(3, async () => scan(big));
  console.log(
    `  ${mb(big).toFixed(0)} MB  wc -l ${wc.toFixed(3)} s  index ${own.toFixed(3)} s  ratio ${(own / wc).toFixed(2)} (bar 1.5)`,
  );

  console.log('Structural checks, one thread');
  const file = await openFile(big);
  const parse = await best(2, async () => bareParse(big));
  let records = 0;
  const checks = await best(2, async () => {
    records = (await surveyRecords(file.records)).facts.recordCount;
  });
  console.log(
    `  ${records} records, ${mb(big).toFixed(0)} MB  bare JSON.parse ${parse.toFixed(2)} s  checks ${checks.toFixed(2)} s  ` +
      `ratio ${(checks / parse).toFixed(2)}  ${Math.round(records / checks)} records/s (bar 25,000)`,
  );

  console.log('Default scorer, whole command: read, fit out of fold, write reasons');
  for (const count of [10_000, 100_000]) {
    const path = await writePairs(`pairs-${count}.jsonl`, count);
    const { seconds, peakMb } = await timed([
      '--no-cache',
      'score',
      path,
      '--out',
      join(folder, 'out.jsonl'),
    ]);
    console.log(
      `  ${count} pairs, ${mb(path).toFixed(0)} MB  ${seconds.toFixed(1)} s  peak ${peakMb.toFixed(0)} MB in both processes together` +
        (count === 100_000 ? ' (bars 60 s, 1,000 MB)' : ''),
    );
  }

  const tool = join(DATA, '..', 'tools', 'real-text.mjs');
  if (existsSync(tool)) {
    const real = join(folder, 'real.jsonl');
    execFileSync(process.execPath, [tool, '50000', real]);
    const wild = join(folder, 'wildbench.jsonl');
    writeFileSync(wild, readLines(WILDBENCH).join('\n'));
    console.log('The same on real text, beside a bare streaming JSON.parse');
    for (const [name, path, bar] of [
      ['50,000 pairs of real sentences', real, 15],
      ['WildBench, two judges', wild, 2.5],
    ] as const) {
      const bare = await best(2, async () => bareParse(path));
      let peak = 0;
      const least = await best(3, async () => {
        const run = await timed(['--no-cache', 'score', path, '--out', join(folder, 'out.jsonl')]);
        peak = Math.max(peak, run.peakMb);
      });
      console.log(
        `  ${name}, ${mb(path).toFixed(0)} MB  ${least.toFixed(1)} s (bar ${bar} s)  bare JSON.parse ${bare.toFixed(2)} s  peak ${peak.toFixed(0)} MB (bar 1,000 MB)`,
      );
    }
  }

  console.log('In the editor: a file just under the 50 MB that VS Code hands to extensions');
  const edited = await writePairs('edited.jsonl', 30_000);
  const { hovers, flips, refreshes } = await editor(edited);
  console.log(
    `  ${mb(edited).toFixed(0)} MB  ${hovers.length} hovers while scoring: median ${quantile(hovers, 0.5).toFixed(1)} ms, ` +
      `99th percentile ${quantile(hovers, 0.99).toFixed(1)} ms, longest ${Math.max(...hovers).toFixed(1)} ms (bar 50 ms)`,
  );
  const line = (what: string, values: number[]): void => {
    console.log(
      `  ${what}: median ${quantile(values, 0.5).toFixed(1)} ms, longest ${Math.max(...values).toFixed(1)} ms (bar 50 ms)`,
    );
  };
  line('flip, from command to edit', flips);
  line('hover right after an edit, everything brought up to date', refreshes);
} finally {
  rmSync(folder, { recursive: true });
}
