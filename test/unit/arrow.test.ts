// Arrow files and streams. `fixtures/arrow` holds what pyarrow and polars write, and the lines that are right.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { DataType, Vector } from 'apache-arrow';
import {
  Bool,
  Dictionary,
  Field,
  Float64,
  Int32,
  List,
  Struct,
  Table,
  tableFromJSON,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { afterAll, describe, expect, test } from 'vitest';

import { UserError } from '#core/messages.ts';
import { seededRandom } from '#core/score/random.ts';
import { openArrow } from '#node/containers/arrow.ts';
import { tableRows } from '#node/containers/rows.ts';

import { decode } from '../fakes/records.ts';
import { below } from '../fakes/tables.ts';

const FIXTURES = new URL('../fixtures/arrow/', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'preflens-arrow-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Each line is decoded before the next row: the reader reuses its memory. */
function linesOf(path: string, start = 0, end = Infinity): string[] {
  const lines: string[] = [];
  for (const { bytes, fault } of tableRows(openArrow, path, start, end)) lines.push(fault ?? decode(bytes));
  return lines;
}

/** The lines that a fixture must give: those of the file with its name before "~" and "-stream". */
function expectedOf(name: string): string[] {
  const stem = name.replace(/(?:~.*)?(?:-stream)?\.arrow$/, '');
  return readFileSync(join(FIXTURES, `${stem}.jsonl`), 'utf8')
    .split('\n')
    .slice(0, -1);
}

const files = readdirSync(FIXTURES).filter((name) => name.endsWith('.arrow'));

test.each(files)('%s is read as its lines', (name) => {
  const [lines, expected] = [linesOf(join(FIXTURES, name)), expectedOf(name)];
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
    expected.map((line) => JSON.parse(line) as unknown),
  );
});

test('numbers keep their digits', () => {
  const [, , third = ''] = linesOf(join(FIXTURES, 'types.arrow'));
  for (const text of ['-9223372036854775808', '18446744073709551615', '"decimal":-0.05', '"f64":-0,'])
    expect(third).toContain(text);
});

test('rows are read in any order', () => {
  const path = join(FIXTURES, 'pairs~lz4.arrow');
  const all = linesOf(path);
  for (const row of [4, 0, 3, 1]) expect(linesOf(path, row, row + 1)).toEqual([all[row]]);
});

test('random tables of another writer give their records', () => {
  const next = seededRandom(7);
  const random = (max: number): number => below(next, max);
  const word = (): string => ['', 'a', 'é"\n', '漢', '😀'.repeat(random(20))][random(5)] ?? '';
  const turn = new Struct([new Field('role', new Utf8()), new Field('content', new Utf8(), true)]);
  for (let round = 0; round < 60; round++) {
    const rows = Array.from({ length: 1 + random(40) }, (_, i) => ({
      id: i,
      text: word(),
      maybe: random(3) === 0 ? null : word(),
      score: random(1000) / 8,
      turns: Array.from({ length: random(4) }, () => ({ role: 'user', content: word() })),
      isGood: random(2) === 0,
    }));
    const column = <T extends DataType>(name: keyof (typeof rows)[0], type: T): Vector<T> =>
      vectorFromArray(
        rows.map((row) => row[name]),
        type,
      );
    const table = new Table({
      id: column('id', new Int32()),
      text: column('text', new Utf8()),
      maybe: column('maybe', new Dictionary(new Utf8(), new Int32())),
      score: column('score', new Float64()),
      turns: column('turns', new List(new Field('item', turn, true))),
      isGood: column('isGood', new Bool()),
    });
    for (const kind of ['file', 'stream'] as const) {
      const path = join(folder, `${kind}.arrow`);
      writeFileSync(path, tableToIPC(table, kind));
      expect(linesOf(path).map((line) => JSON.parse(line) as unknown)).toEqual(rows);
    }
  }
});

describe('damaged files', () => {
  const path = join(folder, 'damaged.arrow');
  const outcomeOf = (bytes: Uint8Array): number => {
    writeFileSync(path, bytes);
    try {
      return linesOf(path).length;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      expect(error.message).toContain('this file is');
      return -1;
    }
  };

  test.each(files)('%s, cut anywhere, gives its rows or an error', (name) => {
    const bytes = readFileSync(join(FIXTURES, name));
    const next = seededRandom(3);
    const random = (max: number): number => below(next, max);
    for (let round = 0; round < 40; round++) outcomeOf(bytes.subarray(0, random(bytes.length)));
  });

  test.each(files)('%s with changed bytes gives rows or an error, and never hangs', (name) => {
    const bytes = readFileSync(join(FIXTURES, name));
    const next = seededRandom(5);
    const random = (max: number): number => below(next, max);
    for (let round = 0; round < 60; round++) {
      const changed = new Uint8Array(bytes);
      for (let i = 0; i <= random(4); i++)
        changed[random(changed.length)] = [0, 1, 0x7f, 0x80, 0xff][random(5)] ?? 0;
      outcomeOf(changed);
    }
  });

  test('a file without its end is incomplete', () => {
    const bytes = readFileSync(join(FIXTURES, 'pairs.arrow'));
    writeFileSync(path, bytes.subarray(0, bytes.length - 20));
    expect(() => linesOf(path)).toThrow(/its end is missing\. Download/);
  });

  test('a stream that breaks off is incomplete', () => {
    const bytes = readFileSync(join(FIXTURES, 'pairs-stream.arrow'));
    writeFileSync(path, bytes.subarray(0, bytes.length - 20));
    expect(() => linesOf(path)).toThrow(/is incomplete/);
  });

  test('two columns of one name are named', () => {
    const table = tableFromJSON([{ a: 'x', b: 'y' }]);
    const bytes = Buffer.from(tableToIPC(table, 'stream'));
    // The name "b" in the schema message.
    const at = bytes.indexOf(Buffer.from([1, 0, 0, 0, 0x62, 0]));
    bytes[at + 4] = 0x61;
    writeFileSync(path, bytes);
    expect(() => linesOf(path)).toThrow(/two of its columns are named "a"/);
  });
});
