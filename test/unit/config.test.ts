// preflens.json: rules, overrides, `extends`, and messages for errors in it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { closest } from '#core/config/closest.ts';
import { checkedRules, configuredFor } from '#node/config.ts';
import { settingsFor } from '#node/fileSettings.ts';

const folder = mkdtempSync(join(tmpdir(), 'preflens-config-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
mkdirSync(join(folder, 'data', 'old'), { recursive: true });
const write = (name: string, value: object): void => {
  writeFileSync(join(folder, name), JSON.stringify(value));
};
const severity = (file: string, rule: string): string =>
  configuredFor(join(folder, file)).rules.severities[rule] ?? 'off';

it('the nearest file wins, its overrides by glob after its rules, and what it extends before both', () => {
  write('base.json', {
    rules: { 'cut-off-ending': 'error', mojibake: 'off', 'prefix-pair': 'off' },
    overrides: [{ files: 'data/**', rules: { 'unknown-role': 'error' } }],
    run: 'save',
  });
  write('preflens.json', {
    extends: 'base.json',
    rules: { mojibake: 'error' },
    overrides: [
      {
        files: ['data/old/*', '*.bak.jsonl'],
        rules: { mojibake: 'off', 'length-bias': ['warning', { effect: 0.8 }] },
      },
    ],
  });
  expect(severity('data/a.jsonl', 'cut-off-ending')).toBe('error');
  expect(severity('data/a.jsonl', 'mojibake')).toBe('error');
  expect(severity('data/a.jsonl', 'prefix-pair')).toBe('off');
  expect(severity('data/a.jsonl', 'unknown-role')).toBe('error');
  expect(severity('a.jsonl', 'unknown-role')).toBe('warning');
  expect(severity('data/old/a.jsonl', 'mojibake')).toBe('off');
  const { rules, run } = configuredFor(join(folder, 'data', 'old', 'a.jsonl'));
  expect(rules.options['length-bias']).toEqual({ effect: 0.8, pairs: 100 });
  expect(run).toBe('save');
  write('data/preflens.json', { rules: { mojibake: 'information' } });
  expect(severity('data/a.jsonl', 'mojibake')).toBe('information');
  expect(severity('data/a.jsonl', 'cut-off-ending')).toBe('information');
  rmSync(join(folder, 'data', 'preflens.json'));
});

it('editor settings apply after the defaults and before the file', () => {
  const editor = { rules: { mojibake: 'off', secret: 'error' }, run: 'demand', timeBudgetMs: 7 } as const;
  const { rules, run, timeBudgetMs } = configuredFor(join(folder, 'data', 'a.jsonl'), editor);
  expect([rules.severities.mojibake, rules.severities.secret, run, timeBudgetMs]).toEqual([
    'error',
    'error',
    'save',
    7,
  ]);
  expect(() => checkedRules({ secrets: 'error' })).toThrow('must not have "secrets"; did you mean "secret"?');
});

describe('errors are named, with the likely intention', () => {
  it.each([
    [{ rulez: {} }, 'the file must not have "rulez"; did you mean "rules"?'],
    [{ rules: { mojibak: 'off' } }, 'rules must not have "mojibak"; did you mean "mojibake"?'],
    [
      { rules: { mojibake: 'warn' } },
      'rules.mojibake must be equal to one of the allowed values: error, warning, information, off',
    ],
    [
      { rules: { 'length-bias': ['warning', { efect: 1 }] } },
      'rules.length-bias.1 must not have "efect"; did you mean "effect"?',
    ],
    [{ rules: { 'length-bias': ['warning', { effect: -1 }] } }, 'rules.length-bias.1.effect must be >= 0'],
    [{ overrides: [{ rules: {} }] }, "overrides.0 must have required property 'files'"],
    [{ extends: 'nowhere.json' }, 'it extends "nowhere.json", which does not exist'],
    [{ extends: 'preflens.json' }, 'it extends itself'],
    [{ run: 'never' }, 'run must be equal to one of the allowed values: type, save, demand'],
  ])('%j', (value, expected) => {
    write('data/preflens.json', value);
    expect(() => configuredFor(join(folder, 'data', 'a.jsonl'))).toThrow(expected);
    rmSync(join(folder, 'data', 'preflens.json'));
  });
  it('is silent if nothing is close', () => {
    expect(closest('zzzzzz', ['rules', 'extends'])).toBeUndefined();
  });
});

it('benchmarks are read as datasets, and a missing one is an error with its path', async () => {
  write('bench/preflens.json'.replace('bench/', 'data/'), { benchmarks: ['../held.jsonl'] });
  write('held.jsonl', {
    prompt: 'Which planet of all has the most moons in the end?',
    chosen: 'a',
    rejected: 'b',
  });
  const { rules } = await settingsFor(join(folder, 'data', 'a.jsonl'));
  expect(rules.benchmarks.map(({ name, grams }) => [name, grams.length])).toEqual([['held.jsonl', 4]]);
  rmSync(join(folder, 'held.jsonl'));
  await expect(settingsFor(join(folder, 'data', 'a.jsonl'))).rejects.toThrow('held.jsonl');
});
