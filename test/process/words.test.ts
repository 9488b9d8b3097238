// Small wording of the command line: help, names, numbers.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { describe, expect, it } from 'vitest';

import { goodRecord, testFolder } from '../fakes/files.ts';
import { ok } from '../fakes/outcome.ts';
import { memoryServer } from '../fakes/wires.ts';
import { preflens } from './run.ts';

const folder = testFolder('words');

it('the help of every command names defaults that can be typed', async () => {
  const { out } = await preflens(['--help']);
  const commands = [...out.matchAll(/^ {2}([a-z]+) .*$/gm)].map(([, name]) => name!);
  expect(commands.length).toBeGreaterThan(12);
  for (const name of ['', ...commands]) {
    const { out: help } = await preflens(name === '' ? ['--help'] : [name, '--help']);
    expect(help).not.toMatch(/default: (?:null|undefined|NaN|Infinity|""|\[\])/);
  }
});

it('one of a thing is in the singular', async () => {
  const path = folder.write('one.jsonl', `${goodRecord(0)}\n`);
  const lines = [
    (await preflens(['check', '--no-score', path])).err,
    (await preflens(['index', path])).out,
    (await preflens(['stats', path, '--group-by', 'prompt'])).out,
    (await preflens(['fix', path])).err,
    (await preflens(['convert', path, '--out', join(folder.path, 'out.jsonl')])).err,
    (await preflens(['baseline', '--no-score', path])).err,
    (await preflens(['check', '--no-score', '--format', 'markdown', path])).out,
  ].join('\n');
  expect(lines).toMatch(/\b1 pair\b/);
  expect(
    lines.match(/\b1 (?:pairs|records|findings|files|lines|edits|ties|decisions|entries)\b.*/g),
  ).toBeNull();
});

it('counts the pairs of a record from 1', async () => {
  const path = folder.write('ranked.jsonl', '{"prompt":"q","responses":["a","","b"],"ranks":[1,2,3]}\n');
  const keep = ['keep', `${path}:1`, '--rule', 'empty-response', '--reason', 'r'];
  const keys = new Set<string>();
  for (const pair of ['1', '2', '3']) {
    const { code, err } = await preflens([...keep, '--pair', pair]);
    expect([code, err]).toEqual([0, expect.stringMatching(/of [0-9a-f]{16,} is ignored/)]);
    keys.add(err);
  }
  expect(keys.size).toBe(3);
  expect(await preflens([...keep, '--pair', '4'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('there is no pair 4: the record has 3 pairs') as string,
  });
  expect((await preflens([...keep, '--pair', '0'])).err).toContain('whole number from 1');
});

describe('the author of a decision', () => {
  const byOf = (): string =>
    (JSON.parse(readFileSync(join(folder.path, '.preflens', 'decisions.jsonl'), 'utf8')) as { by: string })
      .by;
  const faulty = '{"prompt":"q","chosen":"","rejected":"b"}\n';
  const git = (...args: string[]): boolean => spawnSync('git', args, { cwd: folder.path }).status === 0;

  it('is the git user name unless --by names one', async () => {
    const path = folder.write('a.jsonl', faulty);
    if (!git('init', '-q') || !git('config', 'user.name', 'Ann Example')) return;
    const { code } = await preflens(['keep', `${path}:1`, '--rule', 'empty-response', '--reason', 'r']);
    expect([code, byOf()]).toEqual([0, 'Ann Example']);
  });

  it('is the machine account if git has no name, or the name that was given', async () => {
    const path = folder.write('a.jsonl', faulty);
    const none = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', HOME: folder.path };
    const keep = ['keep', `${path}:1`, '--rule', 'empty-response', '--reason', 'r'];
    expect((await preflens(keep, undefined, undefined, none)).code).toBe(0);
    expect(byOf()).toBe(userInfo().username);
    await preflens([...keep, '--by', 'bob']);
    expect(byOf()).toBe('bob');
  });

  it('is the same for a decision in an editor', async () => {
    const path = folder.write('a.jsonl', faulty);
    if (!git('init', '-q') || !git('config', 'user.name', 'Ann Example')) return;
    const uri = pathToFileURL(path).toString();
    const client = memoryServer(undefined, folder.path);
    await client.initialize({ settings: { scoreOnOpen: false } });
    client.open(uri, faulty);
    await client.diagnostics(uri, (list) => list.length === 1);
    const ref = { uri, record: 0, pair: 0, rule: 'empty-response' };
    expect(await client.connection.sendRequest('preflens/keep', { ...ref, reason: 'r' })).toEqual(ok());
    expect(byOf()).toBe('Ann Example');
  });
});
