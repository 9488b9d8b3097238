// npm run bench:detection: how well the default scorer finds planted flips, through the command line
// that people use, on files that hold the flips. Settings of the scorer were chosen on half of the
// prompts (even hash) with other flips; the last column reports the other half alone.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parseRecord } from '#core/checks/examine.ts';
import { pairOf } from '#core/dataset/survey.ts';
import { recognise } from '#core/mapping/recognise.ts';
import { isObject } from '#core/model/json.ts';
import { promptText } from '#core/model/pair.ts';
import type { RawRecord } from '#core/model/record.ts';
import { auroc, positiveShare, precisionAt } from '#core/score/quality.ts';
import { hashText } from '#core/score/random.ts';

import { flipLines, hasData, HH, readFlips, readLines, WILDBENCH } from './flips.ts';

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
  readonly untuned: number;
}

function raw(line: string, record: number): RawRecord {
  const bytes = new TextEncoder().encode(line);
  return { record, line: record, byteStart: 0, byteEnd: bytes.length, bytes };
}

function measure(name: string, folder: string): Row {
  const clean = readLines(name);
  const sign = readFlips(name, clean.length);
  const lines = flipLines(clean, sign);
  const [input, output] = [join(folder, 'in.jsonl'), join(folder, 'out.jsonl')];
  writeFileSync(input, `${lines.join('\n')}\n`);
  execFileSync(process.execPath, [CLI, 'score', input, '--out', output], {
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  const scores = readFileSync(output, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { record: number; margin: number });
  const records = lines
    .map((line) => parseRecord(raw(line, 0)))
    .flatMap((parsed) => ('value' in parsed && isObject(parsed.value) ? [parsed.value] : []));
  const recognition = recognise(records.slice(0, 256));
  if (!recognition) throw new Error(`${name} is not recognised`);
  const pairs = scores.map(({ record }) => pairOf(raw(lines[record]!, record), recognition)!.pair);
  const margins = scores.map(({ margin }) => margin);
  const planted = (row: number): boolean => sign[scores[row]!.record] === -1;
  const lengths = pairs.map(({ chosen, rejected }) => chosen.text.length - rejected.text.length);
  const direction = positiveShare(lengths).value >= 0.5 ? 1 : -1;
  const count = scores.filter((_, row) => planted(row)).length;
  const untuned = scores.flatMap((_, row) => {
    const { chosen } = pairs[row]!;
    const key = promptText(pairs[row]!) || chosen.text;
    return (hashText(key, 99) & 1) === 1 ? [row] : [];
  });
  return {
    name,
    auroc: auroc(margins, planted),
    length: auroc(
      lengths.map((length) => direction * length),
      planted,
    ),
    atPlanted: precisionAt(margins, planted, count).value,
    at1: precisionAt(margins, planted, Math.round(margins.length * 0.01)).value,
    at5: precisionAt(margins, planted, Math.round(margins.length * 0.05)).value,
    untuned: auroc(
      untuned.map((row) => margins[row]!),
      (row) => planted(untuned[row]!),
    ),
  };
}

const folder = mkdtempSync(join(tmpdir(), 'preflens-bench-'));
try {
  const rows = [...HH, WILDBENCH].map((name) => measure(name, folder));
  const columns = ['auroc', 'length', 'atPlanted', 'at1', 'at5', 'untuned'] as const;
  const titles = ['AUROC', 'length only', 'p@planted', 'p@1 %', 'p@5 %', 'AUROC, untuned half'];
  console.log(['file'.padEnd(36), ...titles.map((title) => title.padStart(12))].join(''));
  const print = (row: Row): void => {
    console.log(
      [row.name.padEnd(36), ...columns.map((column) => row[column].toFixed(3).padStart(12))].join(''),
    );
  };
  rows.forEach(print);
  const hh = rows.slice(0, HH.length);
  const mean = Object.fromEntries(
    columns.map((column) => [column, hh.reduce((sum, row) => sum + row[column], 0) / hh.length]),
  ) as unknown as Omit<Row, 'name'>;
  print({ ...mean, name: 'mean of the four hh files' });
  const wildbench = rows.at(-1)!;
  const verdict = (what: string, value: number, bar: number): void => {
    console.log(`${value >= bar ? 'met   ' : 'MISSED'} ${what}: ${value.toFixed(3)}, bar ${bar.toFixed(3)}`);
  };
  verdict('hh mean AUROC', mean.auroc, BARS.hh);
  verdict('WildBench AUROC', wildbench.auroc, BARS.wildbench);
  verdict('WildBench precision at the number planted', wildbench.atPlanted, BARS.wildbenchPrecision);
} finally {
  rmSync(folder, { recursive: true });
}
