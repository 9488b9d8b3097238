// Each row of the threat model names its tests: they must exist.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(ROOT, 'media', 'docs', 'threat-model.md'), 'utf8');

const rows = page.split('\n').filter((line) => /^\| (?!can try to)/.test(line) && !line.startsWith('|---'));

/** The tests that a row names: a file in the folder of tests, and a title. */
const testsIn = (row: string): readonly (readonly [string, string])[] =>
  [...row.matchAll(/`([a-z]+\/[\w-]+)`: (.*?)(?=; `| \|$)/g)].map(([, file = '', title = '']) => [
    file,
    title,
  ]);

describe('the threat model', () => {
  it('names a test in every row', () => {
    expect(rows.length).toBeGreaterThan(15);
    for (const row of rows) expect([row, testsIn(row).length > 0]).toEqual([row, true]);
  });

  it.each(rows.flatMap(testsIn))('%s has the test "%s"', (file, title) => {
    const path = join(ROOT, 'test', `${file}.test.ts`);
    expect(existsSync(path)).toBe(true);
    // Titles of attacks begin with a number.
    const number = /\/(\d\d)-/.exec(file)?.[1];
    const full = number === undefined ? title : `${number}: ${title}`;
    expect(
      ["'", '`', '"'].some((quote) => readFileSync(path, 'utf8').includes(`${quote}${full}${quote}`)),
    ).toBe(true);
  });

  it('has a row for every kind of attack', () => {
    const kinds = new Set(rows.flatMap(testsIn).flatMap(([file]) => /\/(\d\d)-/.exec(file)?.[1] ?? []));
    const all = Array.from({ length: 17 }, (_, i) => String(22 + i));
    expect(all.filter((kind) => !kinds.has(kind))).toEqual([]);
  });
});
