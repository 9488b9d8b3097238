// Random histories of a file that is open from disk, on real files: no edit is lost and none is made twice.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { seededRandom } from '#core/score/random.ts';

import type { Counts } from '../fakes/editHistory.ts';
import { EditHistory } from '../fakes/editHistory.ts';
import { report, rounds } from './attack.ts';

// In memory where there is such a folder: what a disk takes to sync says nothing here.
const root = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'preflens-histories-'));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

const STEPS = 14;

describe('32: edits, saves, undo, reloads, crashes and other programs', () => {
  it('32: the file and the pending edits together hold every edit once', async () => {
    const total = rounds({ small: 400, large: 50_000 });
    const first = Number(process.env.PREFLENS_FIRST ?? 0);
    const counts: Counts = {};
    const lost: string[] = [];
    for (let round = first; round < first + total && lost.length < 3; round++) {
      const folder = join(root, String(round));
      const suffix = round % 20 === 7 ? '.jsonl.gz' : '.jsonl';
      const history = new EditHistory({ folder, random: seededRandom(round), counts, suffix });
      try {
        await history.run(STEPS);
      } catch (error) {
        lost.push(`history ${round}: ${String(error)} after ${history.log.join(', ')}`);
      }
      history.clear();
    }
    report('32 histories of edits', { histories: total, lost: lost.length, ...counts });
    expect(lost).toEqual([]);
  });
});
