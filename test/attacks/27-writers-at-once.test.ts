// Several processes that write to one file at the same time.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { parseDecisions } from '#core/memory/decisions.ts';
import { placeHere } from '#node/leftovers.ts';
import { withLock } from '#node/lock.ts';

import { generatePairs } from '../bench/generate.ts';
import { goodRecord, testFolder } from '../fakes/files.ts';
import { preflens } from '../process/run.ts';
import { report, rounds } from './attack.ts';

const folder = testFolder('at-once');

describe('27: writers at once', () => {
  it('27: concurrent keeps lose no decision', async () => {
    const count = rounds({ small: 2, large: 50 });
    const width = 5;
    for (let round = 0; round < count; round++) {
      const lines = Array.from({ length: width }, (_, i) => `${goodRecord(i)}\n`);
      const path = folder.write(`r${round}/a.jsonl`, lines.join(''));
      const runs = await Promise.all(
        lines.map(async (_, i) =>
          preflens(['keep', `${path}:${i + 1}`, '--rule', 'near-identical-pair', '--reason', `r${i}`]),
        ),
      );
      expect(runs.map(({ code }) => code)).toEqual(lines.map(() => 0));
      const memory = join(path, '..', '.preflens');
      const { decisions, bad } = parseDecisions(readFileSync(join(memory, 'decisions.jsonl'), 'utf8'));
      expect(bad).toEqual([]);
      expect(decisions.map(({ reason }) => reason).sort()).toEqual(lines.map((_, i) => `r${i}`));
      expect(readdirSync(memory).sort()).toEqual(['.gitattributes', 'decisions.jsonl']);
    }
    report('27 keeps at once', { rounds: count, processes: count * width });
  });

  it('27: concurrent score runs to one file leave one whole result', async () => {
    const count = rounds({ small: 1, large: 20 });
    for (let round = 0; round < count; round++) {
      const path = folder.write(`s${round}/a.jsonl`, [...generatePairs(60, 3, 20)].join(''));
      const out = join(path, '..', 'scores.jsonl');
      const runs = await Promise.all(
        [1, 2, 3].map(async (seed) => preflens(['score', path, '--seed', String(seed), '--out', out])),
      );
      expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
      const text = readFileSync(out, 'utf8');
      expect(text.endsWith('\n')).toBe(true);
      const records = text
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { record: number }).record);
      expect(records).toEqual([...records.keys()]);
      expect(readdirSync(join(path, '..')).sort()).toEqual(['a.jsonl', 'scores.jsonl']);
    }
    report('27 scores to one file', { rounds: count, processes: 3 * count });
  });

  it('27: the lock of a dead process is broken; a held lock is waited for, and then reported', async () => {
    mkdirSync(join(folder.path, 'm'));
    const [lock, what] = [join(folder.path, 'm', '.lock'), join(folder.path, 'm', 'decisions.jsonl')];
    writeFileSync(lock, `${placeHere()} 4194399-1 0123456789abcdef`);
    expect(await withLock(lock, what, async () => Promise.resolve('done'))).toBe('done');
    expect(readdirSync(join(folder.path, 'm'))).toEqual([]);
    await withLock(lock, what, async () => {
      await expect(withLock(lock, what, async () => Promise.resolve(), 60)).rejects.toThrow(`delete ${lock}`);
    });
    expect(readdirSync(join(folder.path, 'm'))).toEqual([]);
  });

  it('27: work under one lock runs one after the other, also if several try to break the first lock', async () => {
    const count = rounds({ small: 20, large: 500 });
    mkdirSync(join(folder.path, 'm'));
    const lock = join(folder.path, 'm', '.lock');
    for (let round = 0; round < count; round++) {
      writeFileSync(lock, `${placeHere()} 4194399-1 0123456789abcdef`);
      let inside = 0;
      let max = 0;
      await Promise.all(
        Array.from({ length: 8 }, async () =>
          withLock(lock, 'x', async () => {
            max = Math.max(max, ++inside);
            await new Promise((resolve) => setImmediate(resolve));
            inside--;
          }),
        ),
      );
      expect(max).toBe(1);
    }
    report('27 locks that were left', { rounds: count });
  });
});
