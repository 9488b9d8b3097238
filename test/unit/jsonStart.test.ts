// Which JSON files start the server: those that might hold records, and no settings.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { mightHoldRecords, START_LENGTH } from '../../client/src/jsonStart.ts';

const PAIR = { prompt: 'q', chosen: 'a', rejected: 'b' };

test.each([
  ['a list', JSON.stringify([PAIR, PAIR])],
  ['an indented list', JSON.stringify([PAIR], null, 4)],
  ['a list under a key', JSON.stringify({ version: 1, data: [PAIR] })],
  ['lines', `${JSON.stringify(PAIR)}\r\n${JSON.stringify(PAIR)}\r\n`],
  ['one record', JSON.stringify(PAIR)],
  ['columns', JSON.stringify({ prompt: ['q'], chosen: ['a'], rejected: ['b'] })],
  ['a list after a byte order mark', `\ufeff[\n  {"a": 1}]`],
])('%s might hold records', (_what, text) => {
  expect(mightHoldRecords('/data/pairs.json', text)).toBe(true);
});

test.each([
  ['/repo/package.json', JSON.stringify({ contributors: [{ name: 'x' }] })],
  ['/repo/tsconfig.base.json', JSON.stringify({ references: [{ path: 'x' }] })],
  ['/repo/.vscode/tasks.json', JSON.stringify({ tasks: [{ label: 'x' }] })],
  ['/data/dataset_info.json', JSON.stringify({ splits: [{ name: 'train' }] })],
  ['/repo/renderer.json', JSON.stringify({ $schema: 'x', rules: [{ prompt: 'x' }] })],
  ['/repo/colours.json', JSON.stringify({ red: [1, 2, 3], names: ['a', 'b'] })],
  ['/repo/empty.json', ''],
])('%s starts nothing', (path, text) => {
  expect(mightHoldRecords(path, text)).toBe(false);
});

test('every fixture of a schema might hold records, also indented in a list', () => {
  const folder = new URL('../fixtures/mappings/', import.meta.url).pathname;
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.jsonl'))) {
    const lines = readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '');
    const list = `[\n${lines.map((line) => `  ${line}`).join(',\n')}\n]`;
    expect([name, mightHoldRecords('/data/a.json', list.slice(0, START_LENGTH))]).toEqual([name, true]);
  }
});
