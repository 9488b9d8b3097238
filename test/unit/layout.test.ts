// Folders as datasets: which files, which splits, and what a card or a saved state says about them.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { cardEntries, cardNames, splitNameOf } from '#core/dataset/splits.ts';
import { openDataset } from '#node/files.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'preflens-layout-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const PAIR = '{"prompt":"q","chosen":"a","rejected":"b"}\n';

/** Writes files, and gives back what is found: "split path", and the notes. */
async function found(files: Readonly<Record<string, string>>): Promise<string[]> {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  const dataset = await openDataset(folder);
  return [
    ...dataset.files.map(({ path, split }) => `${split ?? '-'} ${path.slice(folder.length + 1)}`),
    ...dataset.notes,
  ];
}

const card = (yaml: string): string => `---\nlicense: mit\n${yaml}---\n# A dataset\n`;

test.each([
  ['data/train-00000-of-00003.parquet', 'train'],
  ['data/train_prefs-00000-of-00001.parquet', 'train_prefs'],
  ['test.jsonl', 'test'],
  ['x-train-00000-of-00002.arrow', 'train'],
  ['validation/data-00000-of-00001.arrow', 'validation'],
  ['train/eval.jsonl', 'eval'],
  ['latest.jsonl', undefined],
  ['contest/trained.jsonl', undefined],
])('%s is of split %s', (path, split) => {
  expect(splitNameOf(path)).toBe(split);
});

test('names of a card are patterns from its folder', () => {
  expect(cardNames('data/train-*', 'data/train-00000-of-00001.parquet')).toBe(true);
  expect(cardNames('./data', 'data/x/y.jsonl')).toBe(true);
  expect(cardNames('**/*.jsonl', 'a/b/c.jsonl')).toBe(true);
  expect(cardNames('data/train-*', 'data/test-0.parquet')).toBe(false);
});

test('all forms of data_files are read', () => {
  const configs = [
    { config_name: 'a', data_files: 'a.jsonl' },
    { config_name: 'b', data_files: ['b1.jsonl', 'b2.jsonl'] },
    { config_name: 'c', data_files: [{ split: 'test', path: ['c1', 'c2'] }] },
    { config_name: 'd', data_files: { train: 'd.jsonl' }, data_dir: 'dd' },
    { config_name: 'e', data_dir: 'ee' },
    { data_files: 5 },
    7,
  ];
  expect(cardEntries({ configs })).toEqual([
    { config: 'a', split: undefined, patterns: ['a.jsonl'] },
    { config: 'b', split: undefined, patterns: ['b1.jsonl', 'b2.jsonl'] },
    { config: 'c', split: 'test', patterns: ['c1', 'c2'] },
    { config: 'd', split: 'train', patterns: ['dd/d.jsonl'] },
    { config: 'e', split: undefined, patterns: ['ee/**'] },
  ]);
  expect(cardEntries('text')).toEqual([]);
});

describe('a folder', () => {
  test('without a card is read by names', async () => {
    expect(
      await found({
        'train.jsonl': PAIR,
        'sub/test.jsonl': PAIR,
        'more.jsonl': PAIR,
        'notes.txt': 'x',
        '.hidden.jsonl': PAIR,
      }),
    ).toEqual(['- more.jsonl', 'test sub/test.jsonl', 'train train.jsonl']);
  });

  test('takes a table of text or a JSON file only if it holds pairs', async () => {
    const results = 'step,loss\n1,0.5\n2,0.4\n';
    const pairs = 'prompt,chosen,rejected\nq,a,b\n';
    expect(
      await found({ 'results.csv': results, 'train.csv': pairs, 'config.json': '{"a":1}', 'x.jsonl': PAIR }),
    ).toEqual(['train train.csv', '- x.jsonl']);
  });

  test('with a card is what the card names', async () => {
    const yaml =
      'configs:\n- config_name: default\n  data_files:\n  - split: train\n    path: "a-*.jsonl"\n  - split: test\n    path: held/*.jsonl\n  - split: extra\n    path: gone.jsonl\n';
    expect(
      await found({
        'README.md': card(yaml),
        'a-1.jsonl': PAIR,
        'a-2.jsonl': PAIR,
        'held/b.jsonl': PAIR,
        'old.jsonl': PAIR,
      }),
    ).toEqual([
      'train a-1.jsonl',
      'train a-2.jsonl',
      'test held/b.jsonl',
      'README.md does not name 1 file, left out: old.jsonl. Name a file to read it.',
      'README.md names files that are not here: gone.jsonl.',
    ]);
  });

  test.each([
    ['no front matter', '# Title\n'],
    ['broken YAML', '---\nconfigs: [\n---\n'],
    ['no configs', card('')],
    ['a card for other files', card('configs:\n- data_files: "other/*.jsonl"\n')],
  ])('with %s is read by names', async (_what, text) => {
    expect(await found({ 'README.md': text, 'train.jsonl': PAIR })).toEqual(['train train.jsonl']);
  });

  test('saved by the datasets library is what its state names', async () => {
    const state = JSON.stringify({ _data_files: [{ filename: 'data-00000-of-00001.arrow' }] });
    const files = {
      'dataset_dict.json': '{"splits":["train","test"]}',
      'train/state.json': state,
      'train/dataset_info.json': '{}',
      'train/data-00000-of-00001.arrow': '',
      'train/cache-0123.arrow': '',
      'test/state.json': state,
      'test/data-00000-of-00001.arrow': '',
    };
    expect(await found(files)).toEqual([
      'test test/data-00000-of-00001.arrow',
      'train train/data-00000-of-00001.arrow',
    ]);
  });

  test('of the library’s cache leaves out results of map', async () => {
    const files = { 'dataset_info.json': '{}', 'x-train.arrow': '', 'cache-0123.arrow': '' };
    expect(await found(files)).toEqual(['train x-train.arrow']);
  });

  test('names compressed data that we can’t read, unless it lies there readable', async () => {
    const files = { 'a.jsonl': PAIR, 'a.jsonl.bz2': 'BZh91AY&SY', 'b.jsonl.xz': '\xfd7zXZ' };
    expect(await found(files)).toEqual(['- a.jsonl', '- b.jsonl.xz']);
  });
});

test('a table in another encoding and a link of git-annex are of the dataset, so a person learns why they are not read', async () => {
  writeFileSync(join(folder, 'notes.csv'), Buffer.from('name,place\ncaf\u00e9,x\n', 'latin1'));
  writeFileSync(join(folder, 'pairs.csv'), Buffer.from('prompt,chosen,rejected\nq,caf\u00e9,b\n', 'latin1'));
  symlinkSync('../.git/annex/objects/x/SHA256E-s9--1.json', join(folder, 'far.json'));
  symlinkSync('../elsewhere.json', join(folder, 'gone.json'));
  const { files, failed } = await openDataset(folder);
  expect(files.map(({ path }) => path)).toEqual([join(folder, 'pairs.csv')]);
  const [file] = files;
  expect((await file!.inspect()).obstacle?.what).toContain('not UTF-8');
  expect(failed.map(({ error }) => error.message)).toEqual([
    `${join(folder, 'far.json')}: this is a link of git-annex; the data itself was not downloaded. Download it: git annex get ${join(folder, 'far.json')}`,
  ]);
});
