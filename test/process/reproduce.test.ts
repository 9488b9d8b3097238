// The same sources make the same packages, wherever and whenever. `npm run reproduce` does it for all of them.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { differences, hashesIn, reproduce } from '../tools/pack/reproduce.mjs';
import { ROOT } from './run.ts';

const folder = join(ROOT, '.workbench', 'reproduced-by-test');

it('makes the same bytes from two checkouts', async () => {
  rmSync(folder, { recursive: true, force: true });
  const { files, differing } = await reproduce(['universal', 'npm'], folder);
  expect(differing).toEqual([]);
  expect([...files.keys()].filter((name) => /\.(vsix|tgz)$/.test(name))).toHaveLength(2);
  expect(files.size).toBeGreaterThan(100);
});

it('names files that differ or are missing', () => {
  for (const [name, text] of [
    ['a/same', 'x'],
    ['b/same', 'x'],
    ['a/other', 'x'],
    ['b/other', 'y'],
    ['a/in/one', 'x'],
  ] as const) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const [first, second] = ['a', 'b'].map((name) => hashesIn(join(folder, name)));
  expect(differences(first!, second!)).toEqual([join('in', 'one'), 'other']);
  rmSync(folder, { recursive: true });
});
