// Two files that come from a third one, merged record by record.
import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { seededRandom } from '#core/score/random.ts';
import { mergeFiles } from '#node/mergeFiles.ts';

import { never, testFolder } from '../fakes/files.ts';

const folder = testFolder('merge');

async function merged(
  base: string,
  ours: string,
  theirs: string,
): Promise<{ readonly text: string; readonly conflicts: number }> {
  const paths = {
    base: folder.write('base.jsonl', base),
    ours: folder.write('ours.jsonl', ours),
    theirs: folder.write('theirs.jsonl', theirs),
  };
  const conflicts = await mergeFiles(paths, {
    name: paths.ours,
    markerSize: 7,
    maxRecordBytes: 1 << 20,
    signal: never,
  });
  return { text: readFileSync(paths.ours, 'utf8'), conflicts };
}

const record = (prompt: string, chosen = `a ${prompt}`, rejected = `b ${prompt}`): string =>
  `{"prompt": "${prompt}",  "chosen": "${chosen}", "rejected": "${rejected}"}`;
const file = (...lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

const [Q, R, S, T] = ['q', 'r', 's', 't'].map((prompt) => record(prompt)) as [string, string, string, string];

describe('what one side changed', () => {
  it('is taken from both sides, wherever the records stand', async () => {
    const flipped = record('q', 'b q', 'a q');
    const edited = record('s', 'better');
    expect(await merged(file(Q, R, S, T), file(flipped, R, S, T), file(Q, R, edited))).toEqual({
      text: file(flipped, R, edited),
      conflicts: 0,
    });
  });

  it('keeps what both added, ours first', async () => {
    const [ours, theirs, both] = [record('ours'), record('theirs'), record('both')];
    expect(await merged(file(Q, R), file(Q, R, both, ours), file(Q, R, theirs, both))).toEqual({
      text: file(Q, R, theirs, both, ours),
      conflicts: 0,
    });
    expect((await merged(file(Q, R), file(Q, ours, R), file(Q, theirs, R))).text).toBe(
      file(Q, ours, theirs, R),
    );
    expect((await merged('', file(ours), file(theirs))).text).toBe(file(ours, theirs));
  });

  it('keeps the order of the side that changed it, and ours if both did', async () => {
    const added = record('new');
    expect((await merged(file(Q, R, S), file(Q, added, R, S), file(S, Q, R))).text).toBe(
      file(S, Q, added, R),
    );
    expect((await merged(file(Q, R, S), file(R, Q, S), file(S, Q, R))).text).toBe(file(R, Q, S));
  });

  it('prefers what somebody said to how somebody spelled it', async () => {
    const respelled = '{"rejected":"b q","chosen":"a q","prompt":"q"}';
    const edited = record('q', 'better');
    for (const [ours, theirs] of [
      [respelled, edited],
      [edited, respelled],
    ] as const)
      expect(await merged(file(Q, R), file(ours, R), file(theirs, R))).toEqual({
        text: file(edited, R),
        conflicts: 0,
      });
    expect((await merged(file(Q, R), file(R), file(respelled, R))).text).toBe(file(R));
    expect(
      (
        await merged(
          file(Q, R),
          file(respelled, R),
          file('{"prompt":"q","chosen":"a q","rejected":"b q"}', R),
        )
      ).text,
    ).toBe(file(respelled, R));
  });

  it('ends a last line without an end before another one follows', async () => {
    const [ours, theirs] = [record('ours'), record('theirs')];
    expect((await merged(`${Q}\n${R}`, `${Q}\n${R}\n${ours}`, `${Q}\n${R}\n${theirs}`)).text).toBe(
      `${Q}\n${R}\n${ours}\n${theirs}`,
    );
    expect((await merged(`${Q}\r\n${R}`, `${Q}\r\n${R}\r\n${ours}`, `${Q}\r\n${R}\r\n${theirs}`)).text).toBe(
      `${Q}\r\n${R}\r\n${ours}\r\n${theirs}`,
    );
  });
});

describe('conflicts', () => {
  it('are marked around the record alone', async () => {
    const [ours, theirs] = [record('q', 'ours'), record('q', 'theirs')];
    expect(await merged(file(Q, R), file(ours, R, S), file(theirs, R))).toEqual({
      text: file('<<<<<<< ours', ours, '=======', theirs, '>>>>>>> theirs', R, S),
      conflicts: 1,
    });
  });

  it('are drops of what the other side changed', async () => {
    const edited = record('q', 'better');
    expect(await merged(file(Q, R), file(R), file(edited, R))).toEqual({
      text: file('<<<<<<< ours', '=======', edited, '>>>>>>> theirs', R),
      conflicts: 1,
    });
    expect(await merged(file(R, Q), file(R, edited), file(R))).toEqual({
      text: file(R, '<<<<<<< ours', edited, '=======', '>>>>>>> theirs'),
      conflicts: 1,
    });
  });
});

const SEEDS = Array.from({ length: 30 }, (_, i) => i + 1);

/** A file in bytes that nobody would write alike: copies, blank lines, line ends, other spaces, a mark, a missing end. */
function randomFile(random: () => number, rows: readonly string[]): string {
  const one = (of: number): number => Math.floor(random() * of);
  const lines = rows.map((row) => {
    const spaced = one(4) === 0 ? row.replaceAll('": "', '" :"') : row;
    return `${one(6) === 0 ? '\n' : ''}${spaced}${one(5) === 0 ? '\r\n' : '\n'}`;
  });
  const text = `${one(5) === 0 ? '\ufeff' : ''}${lines.join('')}${one(4) === 0 ? '\n \n' : ''}`;
  return one(4) === 0 ? text.trimEnd() : text;
}

function randomRows(random: () => number, count: number): string[] {
  const one = (of: number): number => Math.floor(random() * of);
  return Array.from({ length: count }, () => record(`q${one(12)}`, `a${one(5)}`, `b${one(5)}`));
}

function shaken(random: () => number, rows: readonly string[]): string[] {
  const out = [...rows];
  for (let i = 0; i < 5; i++) {
    const at = Math.floor(random() * out.length);
    const pick = Math.floor(random() * 4);
    if (pick === 0) out.splice(at, 1);
    else if (pick === 1) out.splice(at, 0, ...randomRows(random, 1));
    else if (pick === 2 && out[at] !== undefined) out[at] = out[at].replace('"chosen": "', '"chosen": "!');
    else out.splice(Math.floor(random() * out.length), 0, ...out.splice(at, 1));
  }
  return out;
}

describe('any files', () => {
  it.each(SEEDS)('merge to the bytes of the only side that changed (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const rows = randomRows(random, 20);
    const base = randomFile(random, rows);
    const other = randomFile(random, shaken(random, rows));
    expect(await merged(base, other, base)).toEqual({ text: other, conflicts: 0 });
    expect(await merged(base, base, other)).toEqual({ text: other, conflicts: 0 });
    expect(await merged(base, other, other)).toEqual({ text: other, conflicts: 0 });
    expect(await merged(base, base, base)).toEqual({ text: base, conflicts: 0 });
  });

  it.each(SEEDS)('lose no record that a side added or changed (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    // Without copies, so that a line tells which record it is.
    const rows = Array.from({ length: 20 }, (_, i) => record(`q${i}`));
    const change = (mark: string): string[] => {
      const out = [...rows];
      for (let i = 0; i < 6; i++) {
        const at = Math.floor(random() * out.length);
        const pick = Math.floor(random() * 3);
        if (pick === 0) out.splice(at, 1);
        else if (pick === 1) out.splice(at, 0, record(`${mark} ${seed} ${i}`));
        else if (out[at] !== undefined) out[at] = out[at].replace('"chosen": "', `"chosen": "${mark}`);
      }
      return out;
    };
    const [ours, theirs] = [change('ours'), change('theirs')];
    const { text, conflicts } = await merged(file(...rows), file(...ours), file(...theirs));
    const lines = text.split('\n');
    const isIn = (line: string): boolean => lines.filter((one) => one === line).length === 1;
    for (const line of [...ours, ...theirs].filter((one) => !rows.includes(one)))
      expect([line, isIn(line)]).toEqual([line, true]);
    for (const row of rows) if (ours.includes(row) && theirs.includes(row)) expect(isIn(row)).toBe(true);
    expect(lines.filter((line) => line.startsWith('<<<<<<<')).length).toBe(conflicts);
    // Both sides are whole: what one dropped and the other left alone is gone.
    for (const row of rows)
      if (!ours.includes(row) && !theirs.includes(row)) expect(lines.includes(row)).toBe(false);
  });
});
