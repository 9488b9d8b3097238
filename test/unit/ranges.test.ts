import { describe, expect, it } from 'vitest';

import { SketchJoin } from '#core/checks/relations/textSketches.ts';
import { seededRandom } from '#core/score/random.ts';
import { eachRange } from '#node/containers/containers.ts';
import type { DataFile } from '#node/dataFile.ts';

const FILE = { path: 'a.json', container: { kind: 'lines' }, maxRecordBytes: 100 } as DataFile;
const CUTS = [0, 10, 20, 30, 40, 50];

/** What was taken of ranges that end in any order, where the one from `wrong` on has a wrong end. */
async function taken(random: () => number, wrong?: number): Promise<string[]> {
  const found: string[] = [];
  await eachRange(
    FILE,
    CUTS,
    async ({ start, end }) => {
      for (let turns = Math.floor(20 * random()); turns > 0; turns--) await Promise.resolve();
      return { isCut: start !== wrong || end === 50 };
    },
    ({ start, end }) => {
      found.push(`${start}-${end}`);
    },
  );
  return found;
}

describe('ranges of a file', () => {
  it('are taken in order, whichever is read first', async () => {
    const random = seededRandom(3);
    for (let round = 0; round < 100; round++)
      expect(await taken(random)).toEqual(['0-10', '10-20', '20-30', '30-40', '40-50']);
  });

  it.each([
    [0, ['0-50']],
    [20, ['0-10', '10-20', '20-50']],
    [30, ['0-10', '10-20', '20-30', '30-50']],
  ])('are read again as one from the wrong cut at %i on', async (wrong, ranges) => {
    const random = seededRandom(wrong);
    for (let round = 0; round < 50; round++) expect(await taken(random, wrong)).toEqual(ranges);
  });

  it('fail when one fails', async () => {
    const failing = eachRange(
      FILE,
      CUTS,
      async ({ start }) =>
        start === 30 ? Promise.reject(new Error('damaged')) : Promise.resolve({ isCut: true }),
      () => undefined,
    );
    await expect(failing).rejects.toThrow('damaged');
  });
});

describe('sketches of ranges', () => {
  const part = (pairs: number, value: number, words = true) => ({
    signatures: new Uint8Array(64 * pairs).fill(value),
    words: new Uint8Array(words ? 60 * pairs : 0).fill(value),
  });

  it('are joined in order', () => {
    const join = new SketchJoin({ maxSigned: 10, maxWords: 10 });
    join.add(part(1, 1), 1, 0.2);
    join.add(part(3, 2), 3, 0.4);
    join.add(part(2, 3), 2);
    const { signatures, words } = join.take()!;
    expect([...new Set(signatures)]).toEqual([1, 2, 3]);
    expect([signatures.length, words.length]).toEqual([6 * 64, 6 * 60]);
  });

  it('are dropped if there are too many pairs, or if a range has none', () => {
    const join = (maxSigned: number, maxWords: number, second: Parameters<SketchJoin['add']>[0]) => {
      const own = new SketchJoin({ maxSigned, maxWords });
      own.add(part(2, 1), 2, 0.5);
      own.add(second, 2);
      const all = own.take();
      return all && [all.signatures.length / 64, all.words.length / 60];
    };
    expect(join(4, 4, part(2, 1))).toEqual([4, 4]);
    expect(join(4, 3, part(2, 1))).toEqual([4, 0]);
    expect(join(3, 4, part(2, 1))).toBeUndefined();
    expect(join(4, 4, part(2, 1, false))).toEqual([4, 0]);
    expect(join(4, 4, undefined)).toBeUndefined();
  });
});
