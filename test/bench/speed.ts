// npm run bench: newline scan beside `wc -l`, checks beside a bare JSON.parse on two threads, the scorer beside the same, with
// its memory, and the editor. Real text first, where the shared data is at hand; generated text is easier to read.
// `node test/bench/speed.ts scan checks scorer editor` runs the parts that it names. Commands run in turn; no figure decides a test.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';

import { ALL_RULES } from '#core/checks/table.ts';

import { PlainClient } from '../fakes/client.ts';
import { DATA, readLines, WILDBENCH } from './flips.ts';
import { generatePairs } from './generate.ts';
import type { Cost } from './measure.ts';
import { BARE_PARSE, best, CLI, inTurn, mb, quantile, scan, timed } from './measure.ts';
import { ALL_ON } from './planted.ts';

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

interface Text {
  readonly what: string;
  readonly path: string;
}

const RUNS = 3;
const TOOL = join(DATA, '..', 'tools', 'real-text.mjs');

function realText(): readonly Text[] {
  if (!existsSync(TOOL)) return [];
  const path = join(folder, 'real.jsonl');
  if (!existsSync(path)) execFileSync(process.execPath, [TOOL, '50000', path]);
  return [{ what: 'real text, 50,000 pairs', path }];
}

function wildBench(): readonly Text[] {
  if (!existsSync(TOOL)) return [];
  const path = join(folder, 'wildbench.jsonl');
  writeFileSync(path, readLines(WILDBENCH).join('\n'));
  return [{ what: 'WildBench, two judges', path }];
}

async function generated(count: number, meanWords?: number): Promise<Text> {
  const path = await writePairs(`pairs-${count}.jsonl`, count, meanWords);
  return { what: `generated text, ${count.toLocaleString('en')} pairs`, path };
}

const title = ({ what, path }: Text): string => `  ${what}, ${mb(path).toFixed(0)} MB: `;

/** Seconds, and how many times those of the reference. */
const beside = ({ wall, cpu }: Cost, reference: Cost): string =>
  `${wall.toFixed(2)} s, of processors ${cpu.toFixed(2)} s (${(wall / reference.wall).toFixed(1)} × and ${(cpu / reference.cpu).toFixed(1)} ×)`;

async function benchScan(): Promise<void> {
  console.log('Newline scan beside wc -l (bar 1.2 ×)');
  for (const text of [...realText(), await generated(61_000, 620)]) {
    const wc = await best(RUNS, async () => Promise.resolve(execFileSync('wc', ['-l', text.path])));
    const own = await best(RUNS, async () => scan(text.path));
    console.log(
      `${title(text)}wc -l ${wc.toFixed(3)} s, index ${own.toFixed(3)} s (${(own / wc).toFixed(2)} ×)`,
    );
  }
}

/** The same text beside a preflens.json with these rules. */
function withRules(name: string, { path }: Text, rules: object): string {
  const own = join(folder, name);
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, 'preflens.json'), JSON.stringify({ rules }));
  const linked = join(own, basename(path));
  if (!existsSync(linked)) linkSync(path, linked);
  return linked;
}

const ALL_OFF = Object.fromEntries(ALL_RULES.map(({ id }) => [id, 'off']));

async function benchChecks(): Promise<void> {
  console.log(
    'Checks, process start included, beside a bare JSON.parse on two threads (bars 5 ×, 6 ×, 2.5 ×)',
  );
  const check = (path: string): readonly string[] => [CLI, '--no-cache', 'check', '--no-score', path];
  for (const text of [...realText(), await generated(61_000, 620)]) {
    const [bare, ...rest] = inTurn(RUNS, [
      [BARE_PARSE, text.path],
      check(text.path),
      check(withRules('on', text, ALL_ON)),
      check(withRules('off', text, ALL_OFF)),
    ]) as [Cost, ...Cost[]];
    console.log(`${title(text)}bare ${beside(bare, bare)}`);
    for (const [i, what] of ['default rules', 'every rule on', 'every rule off'].entries())
      console.log(`    ${what}: ${beside(rest[i] as Cost, bare)}`);
  }
}

async function benchScorer(): Promise<void> {
  console.log(
    'Default scorer, whole command: read, fit out of fold, write reasons, beside the same bare JSON.parse',
  );
  const bars = ['15 s', '2.5 s', 'none', '60 s'];
  const texts = [...realText(), ...wildBench(), await generated(10_000), await generated(100_000)];
  for (const [i, text] of texts.entries()) {
    const args = ['--no-cache', 'score', text.path, '--out', join(folder, 'out.jsonl')];
    const [bare, own] = inTurn(RUNS, [
      [BARE_PARSE, text.path],
      [CLI, ...args],
    ]) as [Cost, Cost];
    const { peakMb } = await timed(args);
    console.log(
      `${title(text)}${beside(own, bare)}, peak of both processes ${peakMb.toFixed(0)} MB (bars ${bars.slice(-texts.length)[i]}, 1,000 MB)`,
    );
  }
}

async function benchEditor(): Promise<void> {
  console.log('In the editor: a file just under the 50 MB that VS Code hands to extensions');
  const { path: edited } = await generated(30_000);
  const { hovers, flips, refreshes } = await editor(edited);
  console.log(
    `  ${mb(edited).toFixed(0)} MB  ${hovers.length} hovers while scoring: median ${quantile(hovers, 0.5).toFixed(1)} ms, ` +
      `99th percentile ${quantile(hovers, 0.99).toFixed(1)} ms, longest ${Math.max(...hovers).toFixed(1)} ms (bar 25 ms)`,
  );
  const line = (what: string, values: number[]): void => {
    console.log(
      `  ${what}: median ${quantile(values, 0.5).toFixed(1)} ms, longest ${Math.max(...values).toFixed(1)} ms (bar 50 ms)`,
    );
  };
  line('flip, from command to edit', flips);
  line('hover right after an edit, everything brought up to date', refreshes);
}

const PARTS: Readonly<Record<string, () => Promise<void>>> = {
  scan: benchScan,
  checks: benchChecks,
  scorer: benchScorer,
  editor: benchEditor,
};

try {
  const named = process.argv.slice(2);
  for (const name of named.length === 0 ? Object.keys(PARTS) : named) {
    const part = PARTS[name];
    if (!part) throw new Error(`bench: no part ${name}; there are ${Object.keys(PARTS).join(', ')}`);
    await part();
  }
} finally {
  rmSync(folder, { recursive: true });
}
