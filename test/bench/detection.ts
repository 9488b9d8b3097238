// npm run bench:detection: how well the default scorer finds planted flips and labels that a second judge reverses, through
// the command line, without preflens.json. First the files with published flip lists: settings and features were
// compared on these sources (with other flips, and partly on half of the rows), so their figures are slightly
// favourable. Then the same files with more or less of what they say beside the texts: settings were chosen on the half of the
// prompts that `isTuned` names, and the figures of the other half stand beside those of all. Then sources that nobody
// looked at until the settings were final.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { auroc, positiveShare, precisionAt } from '#core/score/quality.ts';
import { hashText, seededRandom } from '#core/score/random.ts';

import { flipLines, hasData, HH, readFlips, readLines, WILDBENCH } from './flips.ts';
import { HELD_OUT } from './heldOut.ts';

const BARS = {
  hh: 0.636,
  wildbench: 0.87,
  wildbenchPrecision: 0.62,
  plantedWithModels: 0.905,
  plantedWithout: 0.882,
  secondJudge: 0.84,
  secondJudgeAt1: 0.45,
  secondJudgeScoresOnly: 0.8,
  joined: 0.645,
};
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

interface Scored {
  readonly record: number;
  readonly margin: number;
}

/** Scores these lines with the defaults. */
function scoresOf(lines: readonly string[], folder: string): Scored[] {
  const [input, output] = [join(folder, 'in.jsonl'), join(folder, 'out.jsonl')];
  writeFileSync(input, `${lines.join('\n')}\n`);
  execFileSync(process.execPath, [CLI, 'score', input, '--out', output], {
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  return readFileSync(output, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Scored);
}

/** Figures of a ranking. `isWrong` and `length` (chosen minus rejected) by record. */
function rowOf(
  name: string,
  scores: readonly Scored[],
  isWrong: (record: number) => boolean,
  length: (record: number) => number,
): Row {
  const margins = scores.map(({ margin }) => margin);
  const planted = (row: number): boolean => isWrong(scores[row]!.record);
  const lengths = scores.map(({ record }) => length(record));
  // The direction of length comes from the labels as they are, wrong ones included.
  const direction = positiveShare(lengths).value >= 0.5 ? 1 : -1;
  const count = scores.filter((_, row) => planted(row)).length;
  const at = (max: number): number => precisionAt(margins, planted, Math.round(max)).value;
  return {
    name,
    auroc: auroc(margins, planted),
    length: auroc(
      lengths.map((one) => direction * one),
      planted,
    ),
    atPlanted: at(count),
    at1: at(margins.length * 0.01),
    at5: at(margins.length * 0.05),
  };
}

function lengthIn(line: string): number {
  const { chosen, rejected } = JSON.parse(line) as { chosen: string; rejected: string };
  return chosen.length - rejected.length;
}

function measure(name: string, lines: readonly string[], sign: Int8Array, folder: string): Row {
  const scores = scoresOf(flipLines(lines, sign), folder);
  return rowOf(
    name,
    scores,
    (record) => sign[record] === -1,
    (record) => sign[record]! * lengthIn(lines[record]!),
  );
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

interface JudgedPair extends Record<string, unknown> {
  readonly session_id: string;
  readonly second_judge_score_chosen: number;
  readonly second_judge_score_rejected: number;
}

const SECOND = ['second_judge_score_chosen', 'second_judge_score_rejected'];
const SCORES = ['score_chosen', 'score_rejected'];
const MODELS = ['chosen_model', 'rejected_model'];

/** Below 0 where the second judge prefers the rejected answer. */
const secondGap = (pair: JudgedPair): number =>
  pair.second_judge_score_chosen - pair.second_judge_score_rejected;

/** True for the half of the prompts that settings were chosen on. */
const isTuned = (pair: JudgedPair): boolean => hashText(pair.session_id, 5) % 2 === 0;

const without = (pairs: readonly JudgedPair[], names: readonly string[]): string[] =>
  pairs.map((pair) =>
    JSON.stringify(Object.fromEntries(Object.entries(pair).filter(([name]) => !names.includes(name)))),
  );

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

  heading('WildBench, planted flips, by what the records say');
  const judged = readLines(WILDBENCH).map((line) => JSON.parse(line) as JudgedPair);
  const flips = readFlips(WILDBENCH, judged.length);
  const planted = (name: string, strip: readonly string[]): Row => {
    const row = measure(name, without(judged, strip), flips, folder);
    print(row);
    return row;
  };
  const withModels = planted('models', [...SCORES, ...SECOND]);
  const textsOnly = planted('texts alone', [...SCORES, ...SECOND, ...MODELS]);
  planted('models and scores', SECOND);
  verdict('planted flips with models AUROC', withModels.auroc, BARS.plantedWithModels);
  verdict('planted flips with texts alone AUROC', textsOnly.auroc, BARS.plantedWithout);

  heading('WildBench, labels that the second judge reverses, ties left out');
  const reversed = (name: string, strip: readonly string[]): Row => {
    const lines = without(judged, strip);
    const scores = scoresOf(lines, folder).filter(({ record }) => secondGap(judged[record]!) !== 0);
    const rowFor = (label: string, wanted: (pair: JudgedPair) => boolean): Row =>
      rowOf(
        label,
        scores.filter(({ record }) => wanted(judged[record]!)),
        (record) => secondGap(judged[record]!) < 0,
        (record) => lengthIn(lines[record]!),
      );
    const row = rowFor(name, () => true);
    print(row);
    print(rowFor('  prompts that settings were not chosen on', (pair) => !isTuned(pair)));
    return row;
  };
  const everything = reversed('scores and models', SECOND);
  const scoresOnly = reversed('scores', [...SECOND, ...MODELS]);
  reversed('models', [...SECOND, ...SCORES]);
  reversed('texts alone', [...SECOND, ...SCORES, ...MODELS]);
  verdict('second judge, scores and models AUROC', everything.auroc, BARS.secondJudge);
  verdict('second judge, scores and models p@1 %', everything.at1, BARS.secondJudgeAt1);
  verdict('second judge, scores AUROC', scoresOnly.auroc, BARS.secondJudgeScoresOnly);

  heading('The four hh files in one, with a source among other columns');
  const joined = HH.flatMap((name) =>
    readLines(name).map((line, i) => {
      const record = JSON.parse(line) as object;
      return JSON.stringify({ ...record, language: 'en', source: name, category: `part ${i % 3}` });
    }),
  );
  const joinedFlips = Int8Array.from(HH.flatMap((name) => [...readFlips(name, readLines(name).length)]));
  const inOne = measure('hh in one file', joined, joinedFlips, folder);
  print(inOne);
  verdict('hh in one file AUROC', inOne.auroc, BARS.joined);

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
