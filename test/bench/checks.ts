// npm run bench:checks: recall and precision of each check on files with a known number of each fault, and
// records per second with every check that needs no model, beside a bare streaming JSON.parse of the same
// file.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ALL_RULES } from '#core/checks/table.ts';

import { generatePairs } from './generate.ts';
import { bareParse, best, CLI } from './measure.ts';
import { ALL_ON, NOT_PLANTED, plantedCounts } from './planted.ts';

const percent = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;

function detection(seed: number): void {
  const countOf = plantedCounts(seed);
  console.log(`Planted faults (seed ${seed}), every rule on`);
  console.log('| check | planted | found | recall | on clean records | precision | beside other faults |');
  console.log('|---|---|---|---|---|---|---|');
  for (const { id } of ALL_RULES) {
    const count = countOf(id);
    if (count)
      console.log(
        `| ${id} | ${count.planted} | ${count.found} | ${percent(count.found, count.planted)} | ${count.onClean} | ${percent(count.found, count.found + count.onClean)} | ${count.beside} |`,
      );
    else if (!NOT_PLANTED.has(id)) throw new Error(`bench: nothing is planted for ${id}`);
  }
}

async function speed(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'preflens-bench-checks-'));
  try {
    const path = join(folder, 'pairs.jsonl');
    const file = await open(path, 'w');
    let batch: string[] = [];
    for (const line of generatePairs(61_000, 42, 559)) {
      batch.push(line);
      if (batch.length < 500) continue;
      await file.write(batch.join(''));
      batch = [];
    }
    await file.write(batch.join(''));
    await file.close();
    writeFileSync(join(folder, 'preflens.json'), JSON.stringify({ rules: ALL_ON }));
    const run = async (): Promise<void> => {
      const { status } = spawnSync(process.execPath, [CLI, '--no-cache', 'check', '--no-score', path], {
        stdio: 'ignore',
      });
      if (status === null || status > 1) throw new Error(`bench: check ended with ${status}`);
      return Promise.resolve();
    };
    const bare = await best(3, async () => bareParse(path));
    const own = await best(3, run);
    console.log(
      `\n61,000 records, ${(statSync(path).size / 1e6).toFixed(0)} MB, every rule on, near duplicates among them, process start included`,
    );
    console.log(
      `  bare JSON.parse, one thread ${bare.toFixed(2)} s; check ${own.toFixed(2)} s: ${Math.round(61_000 / own).toLocaleString('en')} records/s (bar 25,000), ratio ${(own / bare).toFixed(2)}`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

detection(Number(process.argv[2] ?? 7));
await speed();
