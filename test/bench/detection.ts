// npm run bench:detection: how well the default scorer finds planted flips, through the command line, on
// files that hold the flips. First the files with published flip lists: settings and features were compared
// on these sources (with other flips, and partly on half of the rows), so their figures are slightly
// favourable. Then sources that nobody looked at until the settings were final.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { auroc, positiveShare, precisionAt } from '#core/score/quality.ts';
import { seededRandom } from '#core/score/random.ts';

import { flipLines, hasData, HH, readFlips, readLines, WILDBENCH } from './flips.ts';
import { HELD_OUT } from './heldOut.ts';

const BARS = { hh: 0.636, wildbench: 0.87, wildbenchPrecision: 0.62 };
const CLI = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');

if (!hasData) {
  console.log('Needs ../shared/data beside this clone.');
  process.exit(2);
}

interface Row {
  readonly name: string;
  readonly auroc: number;
  readonly length: number;
  readonly atPlanted: number;
  readonly at1: number;
  readonly at5: number;
}

function measure(name: string, lines: readonly string[], sign: Int8Array, folder: string): Row {
  const [input, output] = [join(folder, 'in.jsonl'), join(folder, 'out.jsonl')];
  writeFileSync(input, `${flipLines(lines, sign).join('\n')}\n`);
  execFileSync(process.execPath, [CLI, 'score', input, '--out', output], {
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  const scores = readFileSync(output, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { record: number; margin: number });
  const margins = scores.map(({ margin }) => margin);
  const planted = (row: number): boolean => sign[scores[row]!.record] === -1;
  const lengths = scores.map(({ record }) => {
    const { chosen, rejected } = JSON.parse(lines[record]!) as { chosen: string; rejected: string };
    return sign[record]! * (chosen.length - rejected.length);
  });
  // The direction of length comes from the labels as they are, planted ones included.
  const direction = positiveShare(lengths).value >= 0.5 ? 1 : -1;
  const count = scores.filter((_, row) => planted(row)).length;
  const at = (max: number): number => precisionAt(margins, planted, Math.round(max)).value;
  return {
    name,
    auroc: auroc(margins, planted),
    length: auroc(
      lengths.map((length) => direction * length),
      planted,
    ),
    atPlanted: at(count),
    at1: at(margins.length * 0.01),
    at5: at(margins.length * 0.05),
  };
}

const COLUMNS = ['auroc', 'length', 'atPlanted', 'at1', 'at5'] as const;
const TITLES = ['AUROC', 'length only', 'p@planted', 'p@1 %', 'p@5 %'];

function heading(what: string): void {
  console.log(`\n${what}`);
  console.log([''.padEnd(36), ...TITLES.map((title) => title.padStart(12))].join(''));
}

function print(row: Row): void {
  console.log(
    [row.name.padEnd(36), ...COLUMNS.map((column) => row[column].toFixed(3).padStart(12))].join(''),
  );
}

function meanOf(name: string, rows: readonly Row[]): Row {
  const mean = (column: (typeof COLUMNS)[number]): number =>
    rows.reduce((sum, row) => sum + row[column], 0) / rows.length;
  return {
    name,
    auroc: mean('auroc'),
    length: mean('length'),
    atPlanted: mean('atPlanted'),
    at1: mean('at1'),
    at5: mean('at5'),
  };
}

function verdict(what: string, value: number, bar: number): void {
  console.log(`${value >= bar ? 'met   ' : 'MISSED'} ${what}: ${value.toFixed(3)}, bar ${bar.toFixed(3)}`);
}

/** −1 for a random fifth of the rows. */
function plant(count: number, seed: number): Int8Array {
  const random = seededRandom(seed);
  return Int8Array.from({ length: count }, () => (random() < 0.2 ? -1 : 1));
}

const folder = mkdtempSync(join(tmpdir(), 'preflens-bench-'));
try {
  heading('Files with flip lists');
  const rows = [...HH, WILDBENCH].map((name) => {
    const lines = readLines(name);
    return measure(name, lines, readFlips(name, lines.length), folder);
  });
  rows.forEach(print);
  const mean = meanOf('mean of the four hh files', rows.slice(0, HH.length));
  print(mean);
  const wildbench = rows.at(-1)!;
  verdict('hh mean AUROC', mean.auroc, BARS.hh);
  verdict('WildBench AUROC', wildbench.auroc, BARS.wildbench);
  verdict('WildBench precision at the number planted', wildbench.atPlanted, BARS.wildbenchPrecision);

  heading('Sources not looked at before, 20 % flipped, mean of 5 seeds');
  for (const [name, load] of Object.entries(HELD_OUT)) {
    const lines = load().map((pair) => JSON.stringify(pair));
    const seeds = [1, 2, 3, 4, 5].map((seed) =>
      measure(name, lines, plant(lines.length, 9000 + seed), folder),
    );
    print(meanOf(`${name} (${lines.length} pairs)`, seeds));
  }
} finally {
  rmSync(folder, { recursive: true });
}
