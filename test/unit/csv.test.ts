// CSV and TSV. `fixtures/csv` holds tables and the lines that must be read from them; a row with a fault is a text.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { DuckDBInstance } from '@duckdb/node-api';
import { parse } from 'csv-parse/sync';
import { afterAll, describe, expect, test } from 'vitest';

import type { CutRecord } from '#core/model/record.ts';
import { seededRandom } from '#core/score/random.ts';
import { isExactNumber, kindOf } from '#formats/csv/columns.ts';
import type { CsvRow } from '#formats/csv/rows.ts';
import { cellsOf, RowCutter, spansOf } from '#formats/csv/rows.ts';
import { inRanges, readRange } from '#node/containers/containers.ts';
import { openFile } from '#node/files.ts';
import { readingOf } from '#node/inspect.ts';

import { decode, encode } from '../fakes/records.ts';
import { below, pick } from '../fakes/tables.ts';

const FIXTURES = new URL('../fixtures/csv/', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'preflens-csv-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function recordsOf(path: string): Promise<CutRecord[]> {
  const records: CutRecord[] = [];
  for await (const raw of (await openFile(path)).records()) records.push(raw);
  return records;
}

const linesOf = async (path: string): Promise<string[]> =>
  (await recordsOf(path)).map(({ bytes, fault, line }) =>
    fault === undefined ? decode(bytes) : JSON.stringify(`line ${line + 1}: ${fault.split(',')[0] ?? ''}`),
  );

function written(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const tables = readdirSync(FIXTURES).filter((name) => !name.endsWith('.jsonl'));

test.each(tables)('%s is read as its lines', async (name) => {
  const expected = readFileSync(join(FIXTURES, name.replace(/\.[ct]sv$/, '.jsonl')), 'utf8');
  expect(`${(await linesOf(join(FIXTURES, name))).join('\n')}\n`).toBe(expected);
});

test('a file says how it is read', async () => {
  expect(readingOf(await openFile(join(FIXTURES, 'types.csv')))).toEqual([
    'Cells are separated by commas. Read label, score_1, score_2, id as numbers, is_good as true or false, tools, messages as JSON, everything else as text.',
  ]);
  expect(readingOf(await openFile(join(FIXTURES, 'python.csv')))[1]).toMatch(/as Python prints it/);
});

test('a number is one that a double holds', () => {
  for (const text of ['0', '-1', '1.50', '1e5', '0.30000000000000004', '9007199254740991', '-0', '0.0'])
    expect([text, isExactNumber(text)]).toEqual([text, true]);
  for (const text of [
    '007',
    '1e400',
    '1e-400',
    '12345678901234567890',
    '+1',
    '.5',
    '1.',
    'NaN',
    ' 1',
    '1,5',
    '',
  ])
    expect([text, isExactNumber(text)]).toEqual([text, false]);
});

test('the name of a column decides whether numbers are text', () => {
  for (const name of ['chosen', 'answer_a', 'response1', 'prompt', 'output'])
    expect([name, kindOf(name, ['42', '17'])]).toEqual([name, 'text']);
  for (const name of ['label', 'score_chosen', 'better_response_id', 'rank', 'winner'])
    expect([name, kindOf(name, ['1', '', '0'])]).toEqual([name, 'number']);
  expect(kindOf('chosen', ['{"a":1}', '{"a":2}'])).toBe('text');
  expect(kindOf('responses', ['["a","b"]'])).toBe('json');
});

describe('what stands in the way', () => {
  const obstacleOf = async (path: string) => (await (await openFile(path)).inspect()).obstacle;

  test('another encoding, with its place', async () => {
    const bytes = Buffer.from('prompt,chosen,rejected\nq,a,b\nq,\xe9,b\n', 'latin1');
    const found = await obstacleOf(written('latin.csv', bytes));
    expect(found).toMatchObject({
      at: { line: 2, column: 2 },
      next: expect.stringContaining('iconv') as string,
    });
    expect(found?.what).toContain('0xE9');
  });

  test('half of a character in UTF-16', async () => {
    const text = 'prompt,chosen,rejected\nq,a\ud83d,b\n';
    const path = written('half.csv', new Uint8Array(Buffer.from(`\ufeff${text}`, 'utf16le')));
    await expect(recordsOf(path)).rejects.toThrow('half of a character');
  });

  test('two columns of one name', async () => {
    const found = await obstacleOf(written('twice.csv', 'prompt,chosen,chosen\nq,a,b\n'));
    expect(found?.what).toContain('two columns named "chosen"');
  });

  test.each([
    ['sep=;\nprompt;chosen;rejected\nq;a;b\n', /tells Excel the delimiter/, /tail -n \+2/],
    [
      'Our pairs\nmade by hand\nprompt,chosen,rejected\nq,"a, x",b\nq2,a,b\n',
      /names are on line 3, below 2 lines/,
      /tail -n \+3/,
    ],
    [
      'Our pairs, part 2,,\n,,,\nid,prompt,chosen,rejected\n1,q,a,b\n2,q2,a,b\n',
      /names are on line 3/,
      /tail -n \+3/,
    ],
    ['prompt,chosen,rejected\rq,a,b\r', /carriage return alone/, /tr '\\r' '\\n'/],
    [Array.from({ length: 200_000 }, (_, i) => `column${i}`).join(','), /longer than 1 MB/, /alone/],
  ])('a first line that names no columns: %#', async (text, what, next) => {
    const found = await obstacleOf(written('first.csv', text));
    expect(found?.what).toMatch(what);
    expect(found?.next).toMatch(next);
  });

  test('JSON under the name of a table', async () => {
    const found = await obstacleOf(written('lines.csv', '{"prompt":"q","chosen":"a","rejected":"b"}\n'));
    expect(found?.next).toContain('.jsonl');
  });

  test('a quote that is never closed, with its line', async () => {
    const path = written('open.csv', 'prompt,chosen,rejected\nq,a,b\nq,"a,b\nq,a,b\n');
    await expect(recordsOf(path)).rejects.toThrow(
      `${path}:3: a quote is opened in this row and never closed`,
    );
  });
});

test('a place in a record is the cell in the text, also of a compressed file and in UTF-16', async () => {
  const text = 'prompt,chosen,rejected\r\n\r\nfirst,a,b\r\n\r\n"q\n""é""",😀 b,"x"\r\n';
  const files: Record<string, Uint8Array> = {
    'blank.csv': encode(text),
    'places.csv.gz': gzipSync(text),
    'wide.csv': new Uint8Array(Buffer.from(`\ufeff${text}`, 'utf16le')),
  };
  for (const [name, bytes] of Object.entries(files)) {
    const places = [];
    for await (const raw of (await openFile(written(name, bytes))).records((record) => record === 1))
      for (const field of ['prompt', 'chosen', 'rejected'])
        places.push(raw.placeOf?.(decode(raw.bytes).indexOf(`"${field}"`) + 3));
    expect([name, places]).toMatchObject([
      name,
      [
        { line: 4, column: 0 },
        { line: 5, column: 7 },
        { line: 5, column: 12 },
      ],
    ]);
  }
});

test('a place in a record is the cell in the file', async () => {
  for (const mark of ['', '\ufeff']) {
    const text = `${mark}prompt,chosen,rejected\n"q\n""é""",😀 b,"x"\n`;
    const path = written('places.csv', text);
    const [raw] = await recordsOf(path);
    const stored = encode(text);
    for (const [field, cell, line, column] of [
      ['prompt', '"q\n""é"""', 1, 0],
      ['chosen', '😀 b', 2, 7],
      ['rejected', '"x"', 2, 12],
    ] as const) {
      const place = raw?.placeOf?.(decode(raw.bytes).indexOf(`"${field}"`) + 3);
      expect(place).toMatchObject({ line, column });
      expect(decode(stored.subarray(place?.byteStart, place?.byteEnd))).toBe(cell);
    }
  }
});

const WORDS = [
  '',
  'a',
  'é',
  '漢字',
  '😀',
  'x,y',
  'x;y',
  'x\ty',
  'x|y',
  '"',
  '""',
  'a "b" c',
  'line\nend',
  'cr\r\nlf',
  ' ',
  '{}',
  '1',
  '0x',
];

/** A table in any dialect. The first row has words that make a sample of text. */
function randomTable(random: () => number) {
  const text = (): string => Array.from({ length: below(random, 4) }, () => pick(random, WORDS)).join('');
  const rows = Array.from({ length: 1 + below(random, 20) }, () => ({
    prompt: `p${text()}`,
    chosen: text(),
    rejected: text(),
  }));
  const delimiter = pick(random, [',', '\t', ';', '|']);
  const end = pick(random, ['\n', '\r\n']);
  const isQuoted = random() < 0.3;
  const cell = (value: string): string =>
    isQuoted || /[",;|\t\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
  const lines = [['prompt', 'chosen', 'rejected'], ...rows.map((row) => Object.values(row))].map((cells) =>
    cells.map(cell).join(delimiter),
  );
  return { rows, delimiter, text: lines.join(end) + (random() < 0.5 ? end : '') };
}

test('any table in any dialect and encoding gives its records', async () => {
  const random = seededRandom(11);
  for (let round = 0; round < 150; round++) {
    const { rows, text } = randomTable(random);
    const encodings = [
      encode(text),
      encode(`\ufeff${text}`),
      new Uint8Array(Buffer.from(`\ufeff${text}`, 'utf16le')),
      new Uint8Array(Buffer.from(`\ufeff${text}`, 'utf16le').swap16()),
    ];
    const lines = await linesOf(written('any.csv', pick(random, encodings)));
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(rows);
  }
});

/** Rows of cells as another parser reads them, with the same tolerance for quotes. */
function theirRows(text: Uint8Array, delimiter: string): string[][] {
  return parse(text, {
    delimiter,
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  });
}

test('names of columns lose the spaces around them', async () => {
  const path = written('spaces.csv', ' prompt , chosen,rejected \n q , a,b\n');
  expect(await linesOf(path)).toEqual(['{"prompt":" q ","chosen":" a","rejected":"b"}']);
});

test('csv-parse finds the same cells in any bytes, in any pieces', () => {
  const random = seededRandom(13);
  const marks = ['"', '"', '""', ',', ';', '\n', '\r\n', '\r', 'a', 'é', ' ', '\n\n'];
  for (let round = 0; round < 4000; round++) {
    const text = Array.from({ length: below(random, 30) }, () => pick(random, marks)).join('');
    const delimiter = pick(random, [',', ';']);
    const bytes = encode(text);
    const cutter = new RowCutter(delimiter);
    const size = 1 + below(random, 8);
    const rows: Uint8Array[] = [];
    const starts: number[] = [];
    const take = ({ bytes: row, byteStart, byteEnd, line }: CsvRow): void => {
      rows.push(row.slice());
      starts.push(byteStart);
      expect(decode(bytes.subarray(byteStart, byteEnd))).toBe(decode(row));
      expect(line).toBe(decode(bytes.subarray(0, byteStart)).split('\n').length - 1);
    };
    for (let at = 0; at < bytes.length; at += size)
      for (const row of cutter.push(bytes.subarray(at, at + size))) take(row);
    const isOpen = cutter.openLine !== undefined;
    if (isOpen) {
      expect(() => theirRows(bytes, delimiter), text).toThrow('Quote Not Closed');
      continue;
    }
    for (const row of cutter.end()) take(row);
    const own = rows.map((row) => cellsOf(row, delimiter).map(decode));
    expect(own, JSON.stringify([text, delimiter])).toEqual(theirRows(bytes, delimiter));
    for (const row of rows) expect(spansOf(row, delimiter)).toHaveLength(cellsOf(row, delimiter).length);
  }
});

test('a file is read in ranges as it is read at once; a wrong cut is noticed and read again', async () => {
  const random = seededRandom(14);
  for (let round = 0; round < 60; round++) {
    const { text } = randomTable(random);
    const mark = pick(random, ['', '\ufeff']);
    const file = await openFile(written('ranges.csv', mark + text));
    const skipped = mark === '' ? 0 : 3;
    // Anywhere after a line end, also inside a cell.
    const ends = [...encode(text).entries()].filter(([, byte]) => byte === 0x0a).map(([at]) => at + 1);
    const cuts = ends.filter((at) => at < file.size - skipped && random() < 0.3);
    const parts = await inRanges(file, [0, ...cuts, file.size], async (range) => {
      const found: [number, number, number, string][] = [];
      const end = await readRange(range, ({ line, byteStart, byteEnd, bytes }) => {
        found.push([line, byteStart, byteEnd, decode(bytes)]);
      });
      return { ...end, found };
    });
    let lines = 0;
    const joined = parts.flatMap(({ start, part }) => {
      const before = lines;
      lines += part.lineCount;
      return part.found.map(([line, from, to, bytes]) => [line + before, from + start, to + start, bytes]);
    });
    const whole = (await recordsOf(file.path)).map(({ line, byteStart, byteEnd, bytes }) => [
      line,
      byteStart,
      byteEnd,
      decode(bytes),
    ]);
    expect(joined).toEqual(whole);
  }
});

test('DuckDB reads the same records', async () => {
  const random = seededRandom(12);
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  for (let round = 0; round < 40; round++) {
    const { rows, delimiter, text } = randomTable(random);
    const path = written('duck.csv', text);
    const sql = `SELECT * FROM read_csv('${path}', delim='${delimiter}', quote='"', escape='"', header=true, all_varchar=true, nullstr='~none~', strict_mode=false)`;
    const theirs = (await connection.runAndReadAll(sql)).getRowObjects();
    expect(rows).toEqual(theirs);
    expect((await linesOf(path)).map((line) => JSON.parse(line) as unknown)).toEqual(theirs);
  }
  connection.closeSync();
});

test('bytes cut or changed anywhere give records, faults or an error', async () => {
  const random = seededRandom(13);
  for (const name of tables) {
    const bytes = readFileSync(join(FIXTURES, name));
    for (let round = 0; round < 25; round++) {
      const changed = new Uint8Array(bytes.subarray(0, 1 + below(random, bytes.length)));
      changed[below(random, changed.length)] = pick(random, [0, 0x22, 0x0a, 0x0d, 0x2c, 0xff]);
      const path = written(`changed-${basename(name)}`, changed);
      await linesOf(path).catch((error: unknown) => {
        expect(String(error)).toMatch(/can’t be read|half of a character/);
      });
    }
  }
});
