// Random histories of a file opened from disk, on real files: no edit is lost or made twice.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { seededRandom } from '#core/score/random.ts';

import type { Counts } from '../fakes/editHistory.ts';
import { EditHistory } from '../fakes/editHistory.ts';
import { MemoryHistory } from '../fakes/memoryHistory.ts';
import { report, rounds } from './attack.ts';

// In memory if there is such a folder: disk sync times don't matter here.
const root = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'preflens-histories-'));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

const STEPS = 14;

/**
 * One in this many runs uses files on disk, with journals, processes and backups; the others run in memory.
 */
const ON_DISK_EVERY = 5;

describe('32: edits, saves, undo, reloads, crashes and other programs', () => {
  it('32: the file and the pending edits together hold every edit once', async () => {
    const total = rounds({ small: 2000, large: 50_000 });
    const counts: Counts = {};
    const lost: string[] = [];
    let onDisk = 0;
    for (let round = 0; round < total && lost.length < 3; round++) {
      const folder = join(root, String(round));
      const random = seededRandom(round);
      const isOnDisk = round % ON_DISK_EVERY === 0;
      onDisk += Number(isOnDisk);
      const suffix = round % 100 === 35 ? '.jsonl.gz' : '.jsonl';
      const history = isOnDisk
        ? new EditHistory({ folder, random, counts, suffix })
        : new MemoryHistory(random, counts);
      try {
        await history.run(STEPS);
      } catch (error) {
        lost.push(`history ${round}: ${String(error)} after ${history.log.join(', ')}`);
      }
      rmSync(folder, { recursive: true, force: true });
    }
    report('32 histories of edits', { histories: total, 'on disk': onDisk, lost: lost.length, ...counts });
    expect(lost).toEqual([]);
  });
});
