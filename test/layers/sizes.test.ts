// A file with more than 400 lines needs a reason; none has more than 700.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { ROOT } from './imports.ts';
import { LONG_FILES } from './sizes.mjs';

const ASK = 400;
const MAX = 700;

const REASONS: Readonly<Record<string, string>> = LONG_FILES;

const sizes = new Map(
  ['client', 'server', 'media/src', 'test'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
      .filter((file) => /\.(?:tsx?|mjs)$/.test(file))
      .map((file) => [file, readFileSync(join(ROOT, file), 'utf8').split('\n').length - 1] as const),
  ),
);
const long = [...sizes].filter(([, lines]) => lines > ASK);

it(`no file has more than ${MAX} lines`, () => {
  expect(long.filter(([, lines]) => lines > MAX)).toEqual([]);
});

it(`files with more than ${ASK} lines and no reason are listed`, () => {
  const without = long.filter(([file]) => !(file in REASONS));
  for (const [file, lines] of without)
    console.warn(`${file} has ${lines} lines: split it, or give a reason in test/layers/sizes.mjs.`);
  expect(sizes.size).toBeGreaterThan(400);
});

it('every reason is one line about a file that is still long', () => {
  expect(Object.keys(REASONS).filter((file) => (sizes.get(file) ?? 0) <= ASK)).toEqual([]);
  for (const reason of Object.values(REASONS)) expect(reason).toMatch(/^.{10,120}$/);
});
