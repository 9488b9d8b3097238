import { existsSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it, vi } from 'vitest';

import { DEFAULT_RULES } from '../../server/src/core/checks/settings.ts';
import { Surveyor } from '../../server/src/core/dataset/survey.ts';
import { openCache } from '../../server/src/node/cache.ts';
import { stampOf } from '../../server/src/node/stored.ts';
import type { RangeRunner } from '../../server/src/node/threads.ts';
import { threads } from '../../server/src/node/threads.ts';
import { preflens } from '../process/run.ts';
import { report, rounds } from './attack.ts';

const folder = mkdtempSync(join(tmpdir(), 'preflens-small-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A thread that names itself; the path of its task makes it misbehave. */
const THREAD = join(folder, 'thread.mjs');
writeFileSync(
  THREAD,
  `import { parentPort, threadId } from 'node:worker_threads';
parentPort.on('message', ({ task: { path } }) => {
  if (path === 'ends') process.exit(7);
  if (path === 'throws') throw new Error('thrown in a thread');
  if (path === 'hangs') for (;;);
  if (path === 'fails') parentPort.postMessage({ kind: 'failed', message: 'cannot be read', isUserError: false });
  else parentPort.postMessage({ kind: 'done', result: threadId });
});
`,
);

/** Which thread does a task. */
async function threadOf(
  ranges: RangeRunner,
  path = 'small',
  signal = new AbortController().signal,
): Promise<number> {
  const container = { kind: 'lines' } as const;
  const task = { path, container, start: 0, end: 1, schema: undefined, rules: DEFAULT_RULES };
  return (await ranges.run('survey', task, () => undefined, signal)) as unknown as number;
}

describe('35: all files share threads', () => {
  const pool = (width: number): RangeRunner => threads(THREAD, width, (message) => new Error(message));

  it('35: many files are read by no more threads than there are', async () => {
    const count = rounds({ small: 300, large: 20_000 });
    const ranges = pool(2);
    const used = new Set<number>();
    for (let file = 0; file < count; file++) used.add(await threadOf(ranges));
    expect(used.size).toBe(1);
    const atOnce = await Promise.all(Array.from({ length: count }, async () => threadOf(ranges)));
    for (const id of atOnce) used.add(id);
    expect(used.size).toBeLessThanOrEqual(2);
    report('35 small files', { 'pieces of work': 2 * count, threads: used.size });
  });

  it('35: a thread that ends, throws or fails affects only its own file', async () => {
    const ranges = pool(1);
    const files = ['small', 'ends', 'small', 'throws', 'small', 'fails', 'small'];
    const ends = await Promise.allSettled(files.map(async (path) => threadOf(ranges, path)));
    const reasons = ends.map((end) => (end.status === 'fulfilled' ? 'done' : (end.reason as Error).message));
    expect(reasons).toEqual([
      'done',
      'The thread for ends ended unexpectedly (code 7).',
      'done',
      'thrown in a thread',
      'done',
      'cannot be read',
      'done',
    ]);
  });

  it('35: a thread that rested long enough to end gets no more work', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const ranges = pool(1);
      const first = await threadOf(ranges);
      vi.advanceTimersByTime(5000);
      expect(await threadOf(ranges)).not.toBe(first);
    } finally {
      vi.useRealTimers();
    }
  });

  it('35: a thread that gave way to others gets no more work', async () => {
    const ranges = threads(THREAD, 2, (message) => new Error(message), new Set(['survey']));
    const first = await threadOf(ranges);
    expect(await threadOf(ranges)).not.toBe(first);
  });

  it('35: cancelled work frees its thread, also while it waits', async () => {
    const ranges = pool(1);
    const [running, queued] = [new AbortController(), new AbortController()];
    const hanging = threadOf(ranges, 'hangs', running.signal);
    const waiting = threadOf(ranges, 'small', queued.signal);
    const after = threadOf(ranges);
    queued.abort(new Error('not wanted'));
    await expect(waiting).rejects.toThrow('not wanted');
    running.abort(new Error('stopped'));
    await expect(hanging).rejects.toThrow('stopped');
    await expect(after).resolves.toBeGreaterThan(0);
  });
});

describe('35: a cache of many small files', () => {
  it('35: is scanned once, not for each stored file', async () => {
    const cache = openCache(join(folder, 'cache'));
    const survey = new Surveyor().end();
    const stamp = await stampOf(folder);
    const keep = async (digest: string): Promise<boolean | undefined> =>
      cache?.save(join(folder, digest), 'schema', { stamp, digest }, survey);
    await keep('a');
    const large = join(folder, 'cache', 'facts', 'large.arrow');
    writeFileSync(large, '');
    truncateSync(large, 3 * 1024 ** 3);
    for (let file = 0; file < 50; file++) await keep(`file ${file}`);
    expect(existsSync(large)).toBe(true);
  });
});

describe('35: missing shards', () => {
  it('35: are counted, and the first of them named', async () => {
    const path = join(folder, 'train-00000-of-99999.jsonl');
    writeFileSync(path, '{"prompt":"Why?","chosen":"Because.","rejected":"No."}\n');
    const { code, err } = await preflens(['check', '--no-score', path]);
    expect(code).toBe(0);
    expect(err).toContain('99,998 shards of 99,999 missing: 00001, 00002, 00003, 00004, 00005, ….');
    expect(err.trim().split('\n')).toHaveLength(2);
  });
});
