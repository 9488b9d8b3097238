// The tables of keys and settings in media/docs name what the pages and the manifest have.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { DATASET_ACTIONS } from '../../media/src/model/datasetKeys.ts';
import { ACTIONS } from '../../media/src/model/keys.ts';
import { OPTION_KEYS } from '../../media/src/model/viewKeys.ts';

const ROOT = join(import.meta.dirname, '..', '..');

const ENGLISH = JSON.parse(readFileSync(join(ROOT, 'package.nls.json'), 'utf8')) as Record<string, string>;
const MANIFEST = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'), (_, value: unknown) =>
  typeof value === 'string' ? (ENGLISH[value.replaceAll('%', '')] ?? value) : value,
) as {
  contributes: {
    commands: { command: string; title: string }[];
    configuration: { properties: Record<string, { default: unknown }> };
    keybindings: { command: string; key: string; mac?: string }[];
  };
};

/** The cells of a row in a Markdown table, by the code spans in its first cell. */
function rowsOf(page: string): { readonly codes: readonly string[]; readonly cells: readonly string[] }[] {
  return readFileSync(join(ROOT, 'media', 'docs', page), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => {
      const cells = line.split('|').slice(1, -1);
      return { cells, codes: [...(cells[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, code]) => code!) };
    });
}

const keysIn = (page: string): string[] =>
  rowsOf(page)
    .flatMap(({ codes }) => codes)
    .filter((code) => /^[A-Z[\]]$/.test(code))
    .sort();
const keysOf = (rows: readonly { readonly key: string }[]): string[] =>
  [...new Set(rows.map(({ key }) => key.toUpperCase()))].sort();

describe('the pages about keys', () => {
  it('name every key of both pages', () => {
    const options = Object.values(OPTION_KEYS).map((key) => ({ key }));
    expect(keysIn('editor.md')).toEqual(keysOf([...ACTIONS, ...DATASET_ACTIONS, ...options]));
  });

  it('name every shortcut of two keys', () => {
    const { keybindings, commands } = MANIFEST.contributes;
    const bound = keybindings.filter(({ key }) => key.includes(' '));
    expect(bound.filter(({ key, mac }) => mac !== key.replace('ctrl', 'cmd'))).toEqual([]);
    const titles = bound.map(({ key, command }) => [
      key.toUpperCase(),
      commands.find((one) => one.command === command)?.title ?? 'the list of findings',
    ]);
    const said = rowsOf('editor.md').filter(({ codes }) => codes[0]?.startsWith('Ctrl+Alt+P '));
    const shown = said.map(({ codes, cells }) => [
      codes[0]!.toUpperCase(),
      (/\*(.*)\*/.exec(cells[1] ?? '')?.[1] ?? cells[1] ?? '').trim(),
    ]);
    expect(shown).toEqual(titles);
  });

  it('name every key of the dataset editor', () => {
    expect(keysIn('parquet.md')).toEqual(keysOf(DATASET_ACTIONS));
  });
});

describe('the page about settings', () => {
  it('names every setting with its default', () => {
    const { properties } = MANIFEST.contributes.configuration;
    const settings = rowsOf('editor.md').filter(({ codes }) => codes[0]?.startsWith('preflens.'));
    const defaults = settings.map(({ codes, cells }) => [codes[0], /`(.*)`/.exec(cells[1] ?? '')?.[1] ?? '']);
    const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
    expect(Object.fromEntries(defaults)).toEqual(
      Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, text(one.default)])),
    );
  });
});
