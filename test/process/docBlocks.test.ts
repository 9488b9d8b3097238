// Every block of code in the documents is held against the programs, or says here why not.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';

import { CONFIG_SCHEMA } from '#core/config/config.ts';

import { preflens, ROOT } from './run.ts';

interface Block {
  readonly page: string;
  readonly language: string;
  readonly text: string;
}

const DOCS = join(ROOT, 'media', 'docs');
const PAGES = [
  join(ROOT, 'README.md'),
  join(ROOT, 'CONTRIBUTING.md'),
  ...readdirSync(DOCS)
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(DOCS, name)),
];

const BLOCKS: readonly Block[] = PAGES.flatMap((path) => {
  const page = path.split(/[\\/]/).at(-1)!;
  const found = readFileSync(path, 'utf8').matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm);
  return [...found].map(([, language = '', text = '']) => ({ page, language, text }));
});

const of = (...languages: readonly string[]): readonly Block[] =>
  BLOCKS.filter(({ language }) => languages.includes(language));

/** Blocks that no test runs, by page and language. */
const NOT_RUN: Readonly<Record<string, string>> = {
  'CONTRIBUTING.md ts': 'a row of the table of mappings, with parts of it left out',
  'assistants.md ts': 'calls of another extension; the workbench tests call the same API',
  'clusters.md python':
    'a scheduler on another machine, and Spark; the bench runs the task itself under Dask',
  'editor.md lua': 'needs Neovim; the tests of the server speak the same protocol',
  'editor.md toml': 'needs Helix; the tests of the server speak the same protocol',
  'history.md ': 'output, and settings of git that the tests of history write',
  'scorers.md python': 'needs Spark and Ray; the tests of `score -` feed it in the same way',
};

describe('blocks of JSON', () => {
  const isConfig = new Ajv({ discriminator: true, allowUnionTypes: true }).compile(CONFIG_SCHEMA);
  const keys = Object.keys((CONFIG_SCHEMA as unknown as { properties: object }).properties);

  it('are JSON, one value or one in each line', () => {
    expect(of('json').length).toBeGreaterThan(10);
    for (const { page, text } of of('json')) {
      const parse = (): unknown => JSON.parse(text);
      const parseLines = (): unknown[] =>
        text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as unknown);
      let isOne = true;
      try {
        parse();
      } catch {
        isOne = false;
      }
      if (!isOne) expect(parseLines, `${page}: ${text}`).not.toThrow();
    }
  });

  it('that are a preflens.json are a valid one', () => {
    const configs = of('json').flatMap(({ page, text }) => {
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch {
        return [];
      }
      const own =
        typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
      return own.length > 0 && own.every((key) => keys.includes(key)) ? [{ page, value }] : [];
    });
    expect(configs.length).toBeGreaterThan(3);
    for (const { page, value } of configs)
      expect([page, isConfig(value), isConfig.errors]).toEqual([page, true, null]);
  });
});

/** Words of the calls of preflens in a script, without what a shell makes of them. */
function callsIn(text: string): readonly (readonly string[])[] {
  return text
    .split('\n')
    .map((line) => line.replace(/(?:^|\s)#.*$/, ''))
    .map((line) => line.replace(/^\s*(?:- )?(?:run|entry): /, ''))
    .flatMap((line) => line.split(/[|;&]+/))
    .map((call) => call.trim().split(/\s+/))
    .filter(([name]) => name === 'preflens')
    .map(([, ...words]) => words);
}

describe('blocks of a shell and of a workflow', () => {
  it('call commands that there are, with options that they have', async () => {
    const { out } = await preflens(['--help']);
    const commands = new Set([...out.matchAll(/^ {2}([a-z]+)\b/gm)].map(([, name]) => name!));
    const flagsIn = (help: string): ReadonlySet<string> =>
      new Set([...help.matchAll(/--[a-z][a-z-]*/g)].map(([flag]) => flag));
    const common = flagsIn(out);
    const known = new Map<string, ReadonlySet<string>>();
    const faults: string[] = [];
    let calls = 0;
    for (const { page, text } of of('sh', 'yaml')) {
      for (const words of callsIn(text)) {
        calls++;
        const name = words.find((word) => commands.has(word));
        if (name === undefined) {
          faults.push(`${page}: no command in ${words.join(' ')}`);
          continue;
        }
        const own = known.get(name) ?? flagsIn((await preflens([name, '--help'])).out);
        known.set(name, own);
        for (const word of words)
          if (/^--[a-z]/.test(word) && !own.has(word) && !common.has(word))
            faults.push(`${page}: ${name} has no ${word}`);
      }
    }
    expect(faults).toEqual([]);
    expect(calls).toBeGreaterThan(40);
  });

  it('are YAML, if they are a workflow', () => {
    for (const { page, text } of of('yaml')) expect([page, parseDocument(text).errors]).toEqual([page, []]);
  });

  it('call npm scripts that there are', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const called = BLOCKS.filter(({ language }) => language === 'sh').flatMap(({ text }) =>
      [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name!),
    );
    const inText = PAGES.flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/`npm run ([\w:]+)/g)].map(([, name]) => name!),
    );
    expect([...called, ...inText].filter((name) => !(name in scripts))).toEqual([]);
  });
});

it('every other block says why no test runs it', () => {
  // `join.test.ts` runs the SQL of DuckDB.
  const spark = of('sql').filter(({ text }) => !text.includes('read_parquet'));
  expect(spark.map(({ text }) => text.split('\n')[0])).toEqual(['-- Spark, not run']);
  const rest = BLOCKS.filter(({ language }) => !['json', 'sh', 'yaml', 'sql'].includes(language));
  const kinds = [...new Set(rest.map(({ page, language }) => `${page} ${language}`))];
  expect(kinds.sort()).toEqual(Object.keys(NOT_RUN).sort());
});
