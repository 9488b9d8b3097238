// npm run bench:checks: recall and precision of each check on files with a known number of each fault, and records a second with
// every check that needs no model, beside a bare streaming JSON.parse of the same file.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { gramsOf } from '#core/checks/relations/benchmarkOverlap.ts';
import { SIGNATURE_BYTES, writeSignature } from '#core/checks/relations/nearDuplicates.ts';
import { findRelations } from '#core/checks/relations/relations.ts';
import type { RulesConfig } from '#core/checks/settings.ts';
import { resolveRules } from '#core/checks/settings.ts';
import { ALL_RULES, DATASET_CHECKS, MEMORY_RULES, SCORE_RULES } from '#core/checks/table.ts';
import { readRaw, Surveyor } from '#core/dataset/survey.ts';
import { seededRandom } from '#core/score/random.ts';

import { cut, encode } from '../fakes/records.ts';
import type { FaultyFile } from './faults.ts';
import { BENCHMARK, FAULTY_FILES } from './faults.ts';
import { generatePairs } from './generate.ts';
import { bareParse, best, CLI } from './measure.ts';

interface Count {
  planted: number;
  found: number;
  /** On records that hold no fault at all. */
  onClean: number;
  /** On records that hold the fault of another rule: some of these are right too. */
  beside: number;
}

/** Every rule on, whatever its default. */
const ALL_ON: RulesConfig = Object.fromEntries(
  ALL_RULES.map(({ id, severity }) => [id, severity === 'off' ? 'warning' : severity]),
);

function measure({ lines, planted, rules = {} }: FaultyFile, counts: Map<string, Count>): void {
  const bytes = encode(lines.join('\n'));
  const settings = resolveRules([ALL_ON, rules], [{ name: 'benchmark', grams: BENCHMARK.flatMap(gramsOf) }]);
  const surveyor = new Surveyor(undefined, settings);
  const raws = cut(bytes);
  for (const raw of raws) surveyor.add(raw);
  const { facts, findings, recognition } = surveyor.end();
  if (!recognition) throw new Error('bench: a planted file is not recognised');
  const pairs = raws.flatMap((raw) => readRaw(raw, recognition)?.pairs ?? []);
  const signatures = new Uint8Array(SIGNATURE_BYTES * pairs.length);
  pairs.forEach((pair, i) => {
    writeSignature(pair, signatures, SIGNATURE_BYTES * i);
  });
  const [related] = findRelations([{ name: 'planted', facts, recognition }], signatures, settings);
  const reported = new Map<string, Set<number>>();
  for (const { rule, record } of [...findings, ...(related?.findings ?? [])])
    (reported.get(rule) ?? reported.set(rule, new Set()).get(rule)!).add(record);
  const faulty = new Set([...planted.values()].flatMap((records) => [...records]));
  for (const [rule, records] of planted) {
    const own = reported.get(rule) ?? new Set();
    const count = counts.get(rule) ?? { planted: 0, found: 0, onClean: 0, beside: 0 };
    count.planted += records.size;
    count.found += [...records].filter((record) => own.has(record)).length;
    const others = [...own].filter((record) => !records.has(record));
    count.onClean += others.filter((record) => !faulty.has(record)).length;
    count.beside += others.filter((record) => faulty.has(record)).length;
    counts.set(rule, count);
  }
}

const percent = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;

function detection(seed: number): void {
  const random = seededRandom(seed);
  const counts = new Map<string, Count>();
  for (const make of FAULTY_FILES) measure(make(random), counts);
  console.log(`Planted faults (seed ${seed}), every rule on`);
  console.log('| check | planted | found | recall | on clean records | precision | beside other faults |');
  console.log('|---|---|---|---|---|---|---|');
  const left = new Set(
    [...DATASET_CHECKS, ...MEMORY_RULES, ...Object.values(SCORE_RULES)].map(({ id }) => id),
  );
  for (const { id } of ALL_RULES) {
    const count = counts.get(id);
    if (count)
      console.log(
        `| ${id} | ${count.planted} | ${count.found} | ${percent(count.found, count.planted)} | ${count.onClean} | ${percent(count.found, count.found + count.onClean)} | ${count.beside} |`,
      );
    else if (!left.has(id))
      console.log(
        `| ${id} | none planted here: it needs several files (test/fixtures/relations) | | | | | |`,
      );
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
