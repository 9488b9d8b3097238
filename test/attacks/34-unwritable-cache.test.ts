// A cache that cannot be written: everything works without it, with one line of warning.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import type { Outcome } from '#protocol/editor/outcome.ts';
import type { PairView } from '#protocol/editor/views.ts';

import { faultEnvironment } from '../fakes/faults.ts';
import { goodRecord, testFolder } from '../fakes/files.ts';
import { ok } from '../fakes/outcome.ts';
import { memoryServer } from '../fakes/wires.ts';
import { preflens } from '../process/run.ts';
import { report } from './attack.ts';

const folder = testFolder('unwritable');

const TEXT = Array.from({ length: 30 }, (_, i) => `${goodRecord(i)}\n`).join('');

/** Folders that cannot exist, not even for root. */
const IMPOSSIBLE: readonly (readonly [string, () => string])[] = [
  ['a file', () => folder.write('cache', 'x')],
  ['below a file', () => join(folder.write('cache', 'x'), 'deeper')],
  ['a name that is too long', () => join(folder.path, 'n'.repeat(300))],
  ['below a device', () => '/dev/null/cache'],
];

/** The cache's disk fails at some moment. */
const REFUSED = [
  { op: 'write', code: 'ENOSPC' },
  { op: 'write', code: 'EIO' },
  { op: 'open', code: 'EROFS' },
  { op: 'open', code: 'EMFILE' },
  { op: 'rename', code: 'EACCES' },
  { op: 'mkdir', code: 'EROFS' },
  { op: 'read', code: 'EIO' },
] as const;

describe('34: a cache that cannot be written', () => {
  it.each(IMPOSSIBLE)('34: commands do without it (%s), with one line', async (_what, cache) => {
    const path = folder.write('a.jsonl', TEXT);
    const usual = await preflens(['check', '--no-score', path]);
    const { code, out, err } = await preflens(['check', '--no-score', path], undefined, undefined, {
      PREFLENS_CACHE: cache(),
    });
    expect([code, out]).toEqual([usual.code, usual.out]);
    const more = err.split('\n').filter((line) => !usual.err.includes(line));
    expect(more).toEqual([
      expect.stringMatching(/^The cache in .* is not used: .*\. Everything still works/),
    ]);
  });

  it.each(REFUSED)('34: a failing disk ($op, $code) costs one line at most', async ({ op, code: fault }) => {
    const path = folder.write('a.jsonl', TEXT);
    const usual = await preflens(['check', '--no-score', path]);
    const cache = join(folder.path, 'cache');
    const { code, out, err } = await preflens(['check', '--no-score', path], undefined, undefined, {
      PREFLENS_CACHE: cache,
      ...faultEnvironment({ op, code: fault, path: `^${cache}` }),
    });
    expect([code, out, err]).toEqual([usual.code, usual.out, expect.not.stringContaining('    at ')]);
    expect(err.split('\n').filter((line) => line.includes('is not used')).length).toBeLessThanOrEqual(1);
    expect(err.split('\n').length).toBeLessThanOrEqual(usual.err.split('\n').length + 1);
  });

  it.each(['.jsonl', '.jsonl.gz'])('34: the server reads, edits and saves %s without one', async (suffix) => {
    const path = folder.write(`a${suffix}`, suffix.endsWith('.gz') ? gzipSync(TEXT) : TEXT);
    const client = memoryServer(undefined, folder.write('cache', 'x'));
    await client.initialize({ settings: { scoreOnOpen: false } });
    const uri = pathToFileURL(path).href;
    expect(await client.connection.sendRequest('preflens/openFile', { uri })).toEqual(ok());
    const status = await client.until('the survey', () =>
      client.statuses.find((one) => one.uri === uri && one.phase !== 'reading'),
    );
    expect(status.phase).toBe('unscored');
    const pairAt = async (): Promise<PairView> =>
      client.connection.sendRequest('preflens/pair', { uri, record: 7, step: 'here' });
    expect((await pairAt()).chosen.text).toBe('better 7');
    await client.execute('preflens.flip', { uri, record: 7, pair: 0 });
    expect((await pairAt()).chosen.text).toBe('worse 7');
    const saved: Outcome<number> = await client.connection.sendRequest('preflens/saveFile', { uri });
    expect(saved).toEqual(ok(1));
    const bytes = readFileSync(path);
    const now = (suffix.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
    expect(now).toContain('{"prompt":"q7","chosen":"worse 7","rejected":"better 7"}');
    expect(client.log.filter((line) => line.includes('is not used')).length).toBeLessThanOrEqual(1);
    report('34 unwritable cache', { places: IMPOSSIBLE.length, refusals: REFUSED.length });
  });

  it('34: a model is scored without one', async () => {
    const path = folder.write('a.jsonl', TEXT);
    const scores = join(folder.path, 'scores.jsonl');
    writeFileSync(join(folder.path, 'cache'), 'x');
    const { code, err } = await preflens(['score', path, '--out', scores], undefined, undefined, {
      PREFLENS_CACHE: join(folder.path, 'cache'),
    });
    // Thirty pairs are too few for the built-in scorer, and the message says so.
    expect([code, err]).toEqual([expect.any(Number), expect.not.stringContaining('    at ')]);
  });
});
