// npm run bench:start [-- OTHER_DIST]: what short commands cost, as multiples of `node -e 0`; also for another build.
// Compiled code is kept from the first run on, the facts of the file are not.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { generatePairs } from './generate.ts';
import type { Cost } from './measure.ts';
import { CLI, cost, leastCost } from './measure.ts';

const RUNS = 10;
const RECORDS = 100;
/** Files of one record each. */
const SHARDS = 2000;
const SHARD_RUNS = 3;

const folder = mkdtempSync(join(tmpdir(), 'preflens-start-'));
const file = join(folder, 'pairs.jsonl');
const shards = join(folder, 'shards');

function costWithoutFacts(args: readonly string[], cache: string): Cost {
  for (const name of ['facts', 'paths', 'readings'])
    rmSync(join(cache, name), { recursive: true, force: true });
  return cost(args, { PREFLENS_CACHE: cache });
}

/** The best of several runs, after one that is not counted: the slower ones include the machine's other work. */
function bestCost(args: readonly string[], cache: string, times = RUNS): Cost {
  costWithoutFacts(args, cache);
  return leastCost(Array.from({ length: times }, () => costWithoutFacts(args, cache)));
}

const COMMANDS: readonly (readonly [name: string, args: readonly string[]])[] = [
  ['--version', ['--version']],
  ['--help', ['--help']],
  [`check --no-score, ${RECORDS} lines`, ['check', '--no-score', file]],
  [`check, ${RECORDS} lines`, ['check', file]],
];

/** Reads and parses every file of a folder, and nothing else. */
const BARE = `
  const { readdirSync, readFileSync } = require('node:fs');
  for (const name of readdirSync(process.argv[1])) JSON.parse(readFileSync(process.argv[1] + '/' + name, 'utf8'));`;

try {
  writeFileSync(file, [...generatePairs(RECORDS, 42)].join(''));
  mkdirSync(shards);
  for (const [i, line] of [...generatePairs(SHARDS, 43)].entries())
    writeFileSync(join(shards, `part-${String(i).padStart(5, '0')}.jsonl`), line);
  const builds = [dirname(CLI), ...process.argv.slice(2)];
  const bare = bestCost(['-e', '0'], folder);
  console.log(
    `node -e 0: ${(bare.wall * 1000).toFixed(0)} ms. The others as multiples of it, best of ${RUNS}:`,
  );
  for (const [i, dist] of builds.entries()) {
    console.log(dist);
    for (const [name, args] of COMMANDS) {
      const { wall, cpu } = bestCost([join(dist, 'cli.js'), ...args], join(folder, `cache ${i}`));
      console.log(
        `  ${name.padEnd(30)} wall ${(wall / bare.wall).toFixed(1).padStart(5)}  processors ${(cpu / bare.cpu).toFixed(1).padStart(5)}`,
      );
    }
  }
  const read = bestCost(['-e', BARE, shards], folder, SHARD_RUNS);
  console.log(`${SHARDS} files of one record, read and parsed: ${(read.wall * 1000).toFixed(0)} ms`);
  for (const [i, dist] of builds.entries()) {
    const cache = join(folder, `cache ${i}`);
    const { wall, cpu } = bestCost([join(dist, 'cli.js'), 'check', '--no-score', shards], cache, SHARD_RUNS);
    console.log(
      `  check --no-score, ${dist}: ${wall.toFixed(2)} s, of processors ${cpu.toFixed(2)} s (${(wall / read.wall).toFixed(1)} ×)`,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
