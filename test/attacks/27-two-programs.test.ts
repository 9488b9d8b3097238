// Two programs that edit one file at the same time.
import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { goodRecord, testFolder } from '../fakes/files.ts';
import { preflens } from '../process/run.ts';
import { report, rounds } from './attack.ts';

const folder = testFolder('two-programs');
const LINES = Array.from({ length: 2000 }, (_, i) => goodRecord(i));
const flipped = (i: number): string => `{"prompt":"q${i}","chosen":"worse ${i}","rejected":"better ${i}"}`;

describe('27: two programs that edit one file', () => {
  it('27: the edit of a program that reports a save is in the file, and the other one says why its edit is not', async () => {
    const count = rounds({ small: 3, large: 150 });
    let [both, one] = [0, 0];
    for (let round = 0; round < count; round++) {
      const path = folder.write('a.jsonl', LINES.join('\n'));
      const runs = await Promise.all(
        [100, 1900].map(async (record) => {
          const edits = folder.write(`${record}.edits.jsonl`, `{"record":${record},"edit":"flip"}`);
          return { record, ...(await preflens(['apply', path, '--edits', edits])) };
        }),
      );
      const saved = runs.filter(({ code }) => code === 0).map(({ record }) => record);
      for (const { code, err } of runs)
        if (code !== 0)
          expect([code, err]).toEqual([
            2,
            expect.stringMatching(/changed while PrefLens read it|another program changed the file/),
          ]);
      expect(readFileSync(path, 'utf8')).toBe(
        LINES.map((line, i) => (saved.includes(i) ? flipped(i) : line)).join('\n'),
      );
      expect(saved.length).toBeGreaterThan(0);
      if (saved.length === 2) both++;
      else one++;
    }
    report('27 two programs', { rounds: count, 'both saved': both, 'one was refused': one });
  });
});
