// Another program truncates or rewrites the file while a save copies it.
import { readdirSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { seededRandom } from '#core/score/random.ts';
import { openFile } from '#node/files.ts';
import { savePlanned } from '#node/save.ts';

import { never, testFolder } from '../fakes/files.ts';
import { encode } from '../fakes/records.ts';
import { report, rounds } from './attack.ts';

const folder = testFolder('truncated');

/** Large enough that the copy is still running when the test looks. */
const FILE_BYTES = 24 * 1024 * 1024;

describe('32: a file that is truncated during a save', () => {
  it('32: stops the save, reports that the file changed, and leaves nothing beside it', async () => {
    const random = seededRandom(32);
    const count = rounds({ small: 4, large: 100 });
    let early = 0;
    for (let round = 0; round < count; round++) {
      const path = folder.write(`cut/${round}.jsonl`, new Uint8Array(FILE_BYTES).fill(0x20));
      const file = await openFile(path);
      const plan = {
        replacements: async () => Promise.resolve([{ start: 0, end: 1, bytes: encode('x') }]),
        isLikelyInPlace: true,
      };
      const saving = savePlanned(file, plan, never);
      const failed = expect(saving).rejects.toThrow('another program changed the file during the save');
      const left = Math.floor(random() * 4096);
      const partial = (): string | undefined =>
        readdirSync(`${folder.path}/cut`).find((name) => name.endsWith('.preflens-tmp'));
      while (partial() === undefined) await setImmediate();
      if (statSync(`${folder.path}/cut/${partial() ?? ''}`, { throwIfNoEntry: false })?.size !== FILE_BYTES)
        early++;
      truncateSync(path, left);
      await failed;
      expect(statSync(path).size).toBe(left);
      expect(partial()).toBeUndefined();
    }
    expect(early).toBeGreaterThan(0);
    report('32 truncated while saving', { saves: count, 'cut before the copy was whole': early });
  });

  it('32: is noticed by its new bytes under the same size, inode and time', async () => {
    const path = folder.write('same.jsonl', '{"prompt":"q","chosen":"a","rejected":"b"}\n');
    const time = new Date(1_700_000_000_000);
    utimesSync(path, time, time);
    const file = await openFile(path);
    // Longer than the resolution of file timestamps.
    await new Promise((resolve) => setTimeout(resolve, 20));
    writeFileSync(path, '{"prompt":"q","chosen":"c","rejected":"d"}\n');
    utimesSync(path, time, time);
    const { size, mtimeMs, inode } = file.stamp;
    const now = statSync(path);
    expect([now.size, now.mtimeMs, now.ino]).toEqual([size, mtimeMs, inode]);
    await expect(file.assertSame()).rejects.toThrow('changed');
  });
});
