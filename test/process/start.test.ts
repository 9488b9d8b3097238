// What a start of the command line loads and leaves behind.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { testFolder } from '../fakes/files.ts';
import { CLI, SAMPLE } from './run.ts';

const folder = testFolder('process-start');

function run(cache: string, ...args: readonly string[]): string {
  const env = { ...process.env, PREFLENS_CACHE: cache };
  delete (env as NodeJS.ProcessEnv).NODE_COMPILE_CACHE;
  return execFileSync(process.execPath, [CLI, ...args], { encoding: 'utf8', env });
}

it('keeps compiled code in the cache, where only this user can write', () => {
  const cache = join(folder.path, 'kept');
  run(cache, 'stats', SAMPLE);
  const kept = readdirSync(join(cache, 'code'), { recursive: true, withFileTypes: true });
  expect(kept.filter((entry) => entry.isFile()).length).toBeGreaterThan(3);
  expect(statSync(join(cache, 'code')).mode & 0o077).toBe(process.platform === 'win32' ? 0o066 : 0);
});

it('removes compiled code of versions that are long gone', () => {
  const cache = join(folder.path, 'old');
  run(cache, 'stats', SAMPLE);
  const versions = join(cache, 'code', 'another-node');
  mkdirSync(versions);
  for (const [name, days] of [
    ['old', 31],
    ['new', 29],
  ] as const) {
    writeFileSync(join(versions, name), 'code');
    const then = Date.now() / 1000 - days * 24 * 3600;
    utimesSync(join(versions, name), then, then);
  }
  run(cache, 'index', SAMPLE, '--rebuild');
  expect(readdirSync(versions)).toEqual(['new']);
});

it('keeps none with --no-cache', () => {
  const cache = join(folder.path, 'none');
  run(cache, '--no-cache', 'stats', SAMPLE);
  expect(existsSync(cache)).toBe(false);
});

it.skipIf(process.platform === 'win32')('keeps none in a folder that others can write to', () => {
  const cache = join(folder.path, 'open');
  mkdirSync(cache);
  execFileSync('chmod', ['777', cache]);
  run(cache, 'stats', SAMPLE);
  expect(readdirSync(cache)).toEqual([]);
});

it('answers --version without loading the commands', () => {
  const cache = join(folder.path, 'version');
  expect(run(cache, '--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(existsSync(cache)).toBe(false);
});
