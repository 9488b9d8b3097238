// Two saves of one file at the same time, in one process.
import { readdirSync, readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { recognise } from '#core/mapping/recognise.ts';
import { saveEdits } from '#node/apply.ts';
import { openFile } from '#node/files.ts';
import { sampleOf } from '#node/surveyFile.ts';

import { goodRecord, never, testFolder } from '../fakes/files.ts';
import { report, rounds } from './attack.ts';

const folder = testFolder('two-saves');

describe('27: two saves of one file in one process', () => {
  it('27: wait for each other: one succeeds, the other reports that the file changed', async () => {
    const count = rounds({ small: 40, large: 2000 });
    const lines = Array.from({ length: 40 }, (_, i) => `${goodRecord(i)}\n`);
    const flipped = (i: number): string =>
      `{"prompt":"q${i}","chosen":"worse ${i}","rejected":"better ${i}"}\n`;
    for (let round = 0; round < count; round++) {
      const path = folder.write('two/a.jsonl', lines.join(''));
      const file = await openFile(path);
      const recognition = recognise(await sampleOf(file));
      if (!recognition) throw new Error('not recognised');
      const outcomes = await Promise.allSettled([
        saveEdits(file, recognition, [{ record: 3, edit: { kind: 'flip' } }], never),
        saveEdits(file, recognition, [{ record: 9, edit: { kind: 'drop' } }], never),
      ]);
      const won = outcomes.findIndex(({ status }) => status === 'fulfilled');
      const lost = outcomes[1 - won];
      expect(lost?.status === 'rejected' && String(lost.reason)).toContain(
        'another program changed the file during the save',
      );
      const saved = won === 0 ? lines.with(3, flipped(3)) : lines.filter((_, i) => i !== 9);
      expect(readFileSync(path, 'utf8')).toBe(saved.join(''));
      expect(readdirSync(`${folder.path}/two`)).toEqual(['a.jsonl']);
    }
    report('27 two saves of one file', { rounds: count });
  });

  it('27: a waiting save continues after one that failed', async () => {
    const path = folder.write('a.jsonl', `${goodRecord(0)}\n${goodRecord(1)}\n`);
    const file = await openFile(path);
    const recognition = recognise(await sampleOf(file));
    if (!recognition) throw new Error('not recognised');
    const outcomes = await Promise.allSettled([
      saveEdits(file, recognition, [{ record: 7, edit: { kind: 'flip' } }], never),
      saveEdits(file, recognition, [{ record: 1, edit: { kind: 'drop' } }], never),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(readFileSync(path, 'utf8')).toBe(`${goodRecord(0)}\n`);
  });
});
