// npm run bench:history [-- FILE]: what `preflens diff` costs beside `git diff --stat` and `diff`, in one run: of FILE and a
// copy with every hundredth record flipped, and of made-up pairs without FILE. It must report exactly these records.
import { spawnSync } from 'node:child_process';
import { createReadStream, createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { generatePairs } from './generate.ts';
import { CLI, mb } from './measure.ts';

const EVERY = 100;

const folder = mkdtempSync(join(tmpdir(), 'preflens-history-'));
const [given] = process.argv.slice(2);

/** Seconds, MB at most and the output of a command. Differences make the exit code 1. */
function cost(command: string, args: readonly string[]): { wall: number; peak: number; out: string } {
  const began = performance.now();
  const { stdout, stderr, status } = spawnSync('/usr/bin/time', ['-f', '%M', command, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (status !== 0 && status !== 1) throw new Error(`${command} ended with ${status}: ${stderr}`);
  const wall = (performance.now() - began) / 1000;
  return { wall, peak: Number(stderr.trim().split('\n').at(-1)) / 1000, out: stdout };
}

try {
  const old = given ?? join(folder, 'old.jsonl');
  if (!given) writeFileSync(old, [...generatePairs(50_000, 5)].join(''));
  const now = join(folder, 'new.jsonl');
  const out = createWriteStream(now);
  let [count, flipped] = [0, 0];
  for await (const line of createInterface({ input: createReadStream(old) })) {
    const { chosen, rejected, ...rest } = JSON.parse(line) as Record<string, unknown>;
    const isFlipped = count++ % EVERY === 0;
    if (isFlipped) flipped++;
    out.write(
      isFlipped ? `${JSON.stringify({ ...rest, chosen: rejected, rejected: chosen })}\n` : `${line}\n`,
    );
  }
  await new Promise((resolve) => out.end(resolve));
  console.log(`${count} records, ${mb(old).toFixed(0)} MB in each version, ${flipped} flipped`);
  const ours = cost(process.execPath, [CLI, 'diff', old, now, '--format', 'json', '--limit', '0']);
  const { counts } = JSON.parse(ours.out) as { counts: Record<string, number> };
  const rows: readonly (readonly [string, { wall: number; peak: number }])[] = [
    ['preflens diff', ours],
    ['git diff --no-index --stat', cost('git', ['diff', '--no-index', '--stat', old, now])],
    ['diff', cost('diff', [old, now])],
  ];
  for (const [name, { wall, peak }] of rows)
    console.log(`  ${name.padEnd(28)} ${wall.toFixed(1)} s, ${peak.toFixed(0)} MB at most`);
  console.log(`  reported: ${JSON.stringify(counts)}`);
  if (counts.flipped !== flipped) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
