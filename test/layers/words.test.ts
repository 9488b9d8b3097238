// Retired words don't come back.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { ROOT } from './imports.ts';
import { RETIRED } from './words.mjs';

interface Retired {
  readonly word: string;
  readonly say: string;
  readonly pattern: RegExp;
  readonly in?: RegExp;
}

const RETIRED_WORDS: readonly Retired[] = RETIRED;

const FILES = ['*.ts', '*.tsx', '*.mjs', '*.css', '*.md', 'package.json'];

/** The changelog describes the past; the others quote the words. */
const LEFT_OUT = /^(?:CHANGELOG\.md|test\/fixtures\/|test\/layers\/)/;

const tracked = spawnSync('git', ['ls-files', ...FILES], { cwd: ROOT, encoding: 'utf8' })
  .stdout.split('\n')
  .filter((file) => file !== '' && !LEFT_OUT.test(file) && existsSync(join(ROOT, file)));
const texts = new Map(tracked.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]));

/** Where a word is used: `file:line`, once per use. */
function placesOf({ pattern, in: paths = /./ }: Retired): readonly string[] {
  return [...texts].flatMap(([file, text]) =>
    paths.test(file)
      ? [...text.matchAll(pattern)].map(({ index }) => `${file}:${text.slice(0, index).split('\n').length}`)
      : [],
  );
}

describe('retired words', () => {
  it('are searched in the sources', () => {
    expect(texts.has('server/src/core/hash.ts')).toBe(true);
    expect(texts.has('package.json')).toBe(true);
  });

  it.each(RETIRED_WORDS)('$word: say $say', (retired) => {
    expect(placesOf(retired)).toEqual([]);
  });
});
