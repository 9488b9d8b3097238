// The same records give the same answers in every kind of file that PrefLens reads.
import * as zlib from 'node:zlib';

import { Table, tableToIPC, vectorFromArray } from 'apache-arrow';
import { describe, expect, it } from 'vitest';

import { check } from '../../server/src/cli/check.ts';
import type { Command } from '../../server/src/cli/command.ts';
import { index, schema } from '../../server/src/cli/inspect.ts';
import { rows } from '../../server/src/cli/rows.ts';
import { stats } from '../../server/src/cli/stats.ts';
import { generatePairs } from '../bench/generate.ts';
import { testCommand } from '../fakes/command.ts';
import { testFolder } from '../fakes/files.ts';
import { tableOf } from '../fakes/parquet.ts';

interface Row {
  readonly prompt: string;
  readonly chosen: string;
  readonly rejected: string;
  readonly source: string;
  readonly score: number;
}

const pair = (prompt: string, chosen: string, rejected: string, i: number): Row => ({
  prompt,
  chosen,
  rejected,
  source: i % 3 === 0 ? 'a' : 'b, "quoted"',
  score: i / 4,
});

/** Good pairs, and the faults of every scope: of a record, of two records, of an answer with marks of its own. */
const ROWS: readonly Row[] = [
  ...[...generatePairs(40, 7)].map((line, i) => {
    const { prompt, chosen, rejected } = JSON.parse(line) as Row;
    return pair(prompt, chosen, rejected, i);
  }),
  pair('What\nis "it"?', '', 'Something, else\twith a tab', 40),
  pair('Who 😀 é?', 'Me.', 'Me.', 41),
  pair('Again?', 'Yes; twice|thrice.', 'No.', 42),
  pair('Again?', 'Yes; twice|thrice.', 'No.', 43),
  pair('Tokens?', 'Sure.<|im_end|>', 'No \\ "way".', 44),
];
const LINES = ROWS.map((row) => JSON.stringify(row));
const text = LINES.map((line) => `${line}\n`).join('');

function csvOf(delimiter: string, lineEnd = '\n'): string {
  const cell = (value: string | number): string => `"${String(value).replaceAll('"', '""')}"`;
  const names = Object.keys(ROWS[0]!) as (keyof Row)[];
  const lines = ROWS.map((row) => names.map((name) => cell(row[name])).join(delimiter));
  return [names.join(delimiter), ...lines].map((line) => line + lineEnd).join('');
}

function arrowOf(kind: 'file' | 'stream'): Uint8Array {
  const column = (name: keyof Row) => vectorFromArray(ROWS.map((row) => row[name]));
  const names = Object.keys(ROWS[0]!) as (keyof Row)[];
  return tableToIPC(new Table(Object.fromEntries(names.map((name) => [name, column(name)]))), kind);
}

const list = `[\n  ${LINES.join(',\n  ')}\n]\n`;
const [first, second] = [LINES.slice(0, 30), LINES.slice(30)].map((lines) => lines.join(','));
const { zstdCompressSync: zstd } = zlib as unknown as { zstdCompressSync?: (text: string) => Uint8Array };

type Content = string | Uint8Array;

const FILES: Readonly<Record<string, () => Content | Promise<Content>>> = {
  'crlf.jsonl': () => text.replaceAll('\n', '\r\n'),
  'mark.jsonl': () => `\ufeff\n${text}`,
  'lines.jsonl.gz': () => zlib.gzipSync(text),
  'list.json': () => list,
  'indented.json': () => JSON.stringify(ROWS, null, 2),
  'one-line.json': () => `[${LINES.join(',')}]`,
  'list.json.gz': () => zlib.gzipSync(list),
  'named-lines.jsonl': () => list,
  'under-a-key.json': () => JSON.stringify({ version: 1, data: ROWS, licence: 'MIT' }, null, 1),
  'two-keys.json': () => `{"data": [${first!}], "more": [${second!}]}`,
  'deeper.json': () => `{"name": "x", "set": {"data": [${first!}], "more": [${second!}]}}`,
  'one-after-the-other.json': () => ROWS.map((row) => JSON.stringify(row, null, 2)).join('\n'),
  'sequence.json': () => LINES.map((line) => `\u001e${line}\n`).join(''),
  'commas.csv': () => csvOf(','),
  'semicolons.csv': () => csvOf(';', '\r\n'),
  'tabs.tsv': () => csvOf('\t'),
  'commas.csv.gz': () => zlib.gzipSync(csvOf(',')),
  'utf16.csv': () => Buffer.from(`\ufeff${csvOf(',')}`, 'utf16le'),
  'file.arrow': () => arrowOf('file'),
  'stream.arrow': () => arrowOf('stream'),
  'table.parquet': async () => tableOf(LINES),
  ...(zstd && {
    'lines.jsonl.zst': () => zstd(text),
    'list.json.zst': () => zstd(list),
    'commas.csv.zst': () => zstd(csvOf(',')),
  }),
};

const CHECK = {
  score: false,
  seed: 1,
  groupBy: undefined,
  budget: 1,
  baseline: false,
  format: 'json',
  maxFindings: Infinity,
  failOn: 'never',
} as const;
const ROW_OPTIONS = { descending: true, seed: 1, columns: [], count: false, format: 'jsonl' } as const;

const COMMANDS: Readonly<Record<string, (command: Command, path: string) => Promise<unknown>>> = {
  check: async (command, path) => check(command, [path], CHECK),
  'check --where': async (command, path) => check(command, [path], { ...CHECK, where: 'source:/^b/' }),
  stats: async (command, path) => stats(command, path, { json: true, groupBy: undefined }),
  index: async (command, path) => index(command, path, { json: true, rebuild: false }),
  schema: async (command, path) => schema(command, path, { json: true }),
  rows: async (command, path) => rows(command, path, { ...ROW_OPTIONS, where: 'chosen:yes', sort: 'score' }),
};

/** Where records stand in a file (lists under keys are splits), and what differs from run to run. */
const OF_THE_FILE = new Set([
  'file',
  'path',
  'dataset',
  'bytes',
  'seconds',
  'line',
  'column',
  'range',
  'splits',
]);

function answerIn(out: string): unknown {
  return out
    .trim()
    .split('\n')
    .map((line): unknown =>
      JSON.parse(line.replaceAll(/\b(?:line|row|record) \d+/g, 'a place'), (name, value: unknown) =>
        OF_THE_FILE.has(name) ? undefined : value,
      ),
    );
}

const folder = testFolder('every-container');

async function answersOf(path: string): Promise<Record<string, unknown>> {
  const answers: Record<string, unknown> = {};
  for (const [name, run] of Object.entries(COMMANDS)) {
    const command = testCommand();
    await run(command, path);
    answers[name] = answerIn(command.out.text);
  }
  return answers;
}

describe('check, stats, index, schema and rows', () => {
  let found: Promise<Record<string, unknown>> | undefined;
  const ofLines = async (): Promise<Record<string, unknown>> =>
    (found ??= answersOf(folder.write('lines.jsonl', text)));

  it('find the faults that are in the records', async () => {
    const expected = await ofLines();
    const said = JSON.stringify(expected.check);
    for (const rule of ['empty-response', 'identical-pair', 'duplicate-pair', 'template-token-in-text'])
      expect(said).toContain(`"rule":"${rule}"`);
    expect(expected.rows).toMatchObject([{ record: 43 }, { record: 42 }]);
    expect(expected['check --where']).toMatchObject([{ files: [{ recordCount: 30 }] }]);
  });

  it.each(Object.entries(FILES))('say the same of %s', async (name, made) => {
    expect(await answersOf(folder.write(name, await made()))).toEqual(await ofLines());
  });
});
