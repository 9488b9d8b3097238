// Two versions of a dataset: what became of each record.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { longestRising } from '#core/history/longestRising.ts';
import { seededRandom } from '#core/score/random.ts';

import { testFolder } from '../fakes/files.ts';
import type { Compared } from '../fakes/versions.ts';
import { compareFiles } from '../fakes/versions.ts';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'history');
const folder = testFolder('history');

interface Case {
  readonly what: string;
  readonly old: readonly (object | string)[];
  readonly new: readonly (object | string)[];
  readonly expect: readonly string[];
}

const cases = readdirSync(FIXTURES).flatMap((name) =>
  readFileSync(join(FIXTURES, name), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Case),
);

const linesOf = (records: readonly (object | string)[]): string =>
  records.map((one) => `${typeof one === 'string' ? one : JSON.stringify(one)}\n`).join('');

async function compare(old: string, now: string): Promise<Compared> {
  return compareFiles(folder.write('old.jsonl', old), folder.write('new.jsonl', now));
}

/** Entries as fixtures spell them. */
function said({ entries }: Compared): readonly string[] {
  return entries.map(({ kind, isMoved, old, now, parts }) => {
    const place = now ? `new:${now.line}` : `old:${old!.line}`;
    const changes = parts.map(({ part, before, after }) =>
      before === undefined
        ? `${part}: new: ${after}`
        : after === undefined
          ? `${part}: gone: ${before}`
          : `${part}: ${before} → ${after}`,
    );
    return [place, kind, isMoved && kind !== 'moved' ? 'moved' : '', changes.join(', ')]
      .filter((word) => word !== '')
      .join(' ');
  });
}

describe('fixtures', () => {
  it.each(cases)('$what', async ({ old, new: now, expect: expected }) => {
    expect(said(await compare(linesOf(old), linesOf(now)))).toEqual(expected);
  });
});

interface Row {
  readonly prompt: string;
  readonly chosen: string;
  readonly rejected: string;
  readonly source: string;
}

const SEEDS = Array.from({ length: 40 }, (_, i) => i + 1);

/** Records with copies and shared prompts and answers. */
function randomRows(random: () => number, count: number): Row[] {
  const one = (of: number): number => Math.floor(random() * of);
  return Array.from({ length: count }, () => ({
    prompt: `q${one(8)}`,
    chosen: `a${one(6)}`,
    rejected: `b${one(6)}`,
    source: `s${one(2)}`,
  }));
}

/** Edits that may hit a record several times. */
function shaken(random: () => number, rows: readonly Row[]): Row[] {
  const out = [...rows];
  const at = (): number => Math.floor(random() * out.length);
  for (let i = 0; i < 6; i++) {
    const row = at();
    const own = out[row];
    if (!own) continue;
    const pick = Math.floor(random() * 6);
    if (pick === 0) out.splice(row, 1);
    else if (pick === 1) out.splice(at(), 0, ...randomRows(random, 1));
    else if (pick === 2) out[row] = { ...own, chosen: own.rejected, rejected: own.chosen };
    else if (pick === 3) out[row] = { ...own, chosen: `${own.chosen}!` };
    else if (pick === 4) out[row] = { ...own, source: 'other' };
    else out.splice(at(), 0, ...out.splice(row, 1));
  }
  return out;
}

describe('records that', () => {
  it('collide in the keys of their texts, and are different all the same', async () => {
    // Halves of characters have no UTF-8, so the keys take them for one another.
    const lineOf = (half: string): string => `{"prompt":"q","chosen":"x ${half}","rejected":"b"}\n`;
    const { found, entries } = await compare(lineOf('\\ud800'), lineOf('\\ud801'));
    expect(found.counts.edited).toBe(1);
    expect(entries[0]!.parts).toEqual([{ part: 'chosen', before: 'x \ud800', after: 'x \ud801' }]);
  });
});

describe('any two versions', () => {
  it.each(SEEDS)('have no differences with themselves, in any spelling (seed %i)', async (seed) => {
    const rows = randomRows(seededRandom(seed), 30);
    const spelled = rows.map(
      ({ prompt, chosen, rejected, source }) =>
        `{ "source": "${source}",\t"rejected": "${rejected}", "chosen": "${chosen}", "prompt": "${prompt}" }`,
    );
    expect(said(await compare(linesOf(rows), linesOf(spelled)))).toEqual([]);
  });

  it.each(SEEDS)('match each record at most once, and equal records by count (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const old = randomRows(random, 30);
    const now = shaken(random, old);
    const { found } = await compare(linesOf(old), linesOf(now));
    const { ofOld, ofNew, changes } = found;
    ofNew.forEach((was, row) => {
      if (was >= 0) expect(ofOld[was]).toBe(row);
    });
    ofOld.forEach((is, row) => {
      if (is >= 0) expect(ofNew[is]).toBe(row);
    });
    const countOf = (rows: readonly Row[], text: string): number =>
      rows.filter((row) => JSON.stringify(row) === text).length;
    for (const text of new Set([...old, ...now].map((row) => JSON.stringify(row)))) {
      const equal = now.filter(
        (row, i) => JSON.stringify(row) === text && ofNew[i]! >= 0 && JSON.stringify(old[ofNew[i]!]) === text,
      );
      expect(equal.length).toBe(Math.min(countOf(old, text), countOf(now, text)));
    }
    // A record without any mark is the old one, and stands among the others as before.
    const kept = [...ofNew.keys()].filter((row) => changes[row] === 0);
    for (const row of kept) expect(now[row]).toEqual(old[ofNew[row]!]);
    for (const [i, row] of kept.entries())
      if (i > 0) expect(ofNew[row]!).toBeGreaterThan(ofNew[kept[i - 1]!]!);
  });

  it.each(SEEDS)('say the same in both directions (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const old = randomRows(random, 30);
    const now = shaken(random, old);
    const there = (await compare(linesOf(old), linesOf(now))).found.counts;
    const back = (await compare(linesOf(now), linesOf(old))).found.counts;
    expect(back).toEqual({ ...there, added: there.removed, removed: there.added });
  });

  it.each(SEEDS)('report known edits, each once and nothing else (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const old = Array.from({ length: 60 }, (_, i) => ({
      prompt: `question ${i}`,
      chosen: `good ${i}`,
      rejected: `bad ${i}`,
      source: 'hh',
    }));
    const expected: string[] = [];
    const now: Row[] = [];
    for (const [i, row] of old.entries()) {
      const pick = Math.floor(random() * 10);
      if (pick === 0) {
        expected.push(`old:${i + 1} removed`);
        continue;
      }
      if (pick === 1) {
        now.push({ ...row, prompt: `new ${i}`, chosen: `x ${i}`, rejected: `y ${i}` });
        expected.push(`new:${now.length} added`);
      }
      const changed: Record<number, [Row, string]> = {
        2: [{ ...row, chosen: row.rejected, rejected: row.chosen }, `flipped chosen: good ${i} → bad ${i}`],
        3: [{ ...row, chosen: `fine ${i}` }, `edited chosen: good ${i} → fine ${i}`],
        4: [{ ...row, rejected: `awful ${i}` }, `edited rejected: bad ${i} → awful ${i}`],
        5: [{ ...row, source: 'web' }, 'edited source: hh → web'],
        6: [{ ...row, prompt: `query ${i}` }, `edited prompt: question ${i} → query ${i}`],
      };
      const [next, words] = changed[pick] ?? [row, ''];
      now.push(next);
      if (words !== '') expected.push(`new:${now.length} ${words}`);
    }
    const found = said(await compare(linesOf(old), linesOf(now)));
    expect([...found].sort()).toEqual(expected.sort());
  });
});

it('finds a longest rising run', () => {
  const random = seededRandom(5);
  for (let round = 0; round < 200; round++) {
    const values = Int32Array.from({ length: 12 }, () => Math.floor(random() * 20) - 2);
    // By trying all of them.
    const longest = values.map((_, at) => at).reduce((most, at) => Math.max(most, longestTo(values, at)), 0);
    const run = [...longestRising(values).entries()].flatMap(([at, isIn]) => (isIn ? [values[at]!] : []));
    expect(run.length).toBe(longest);
    run.forEach((value, i) => {
      expect(value).toBeGreaterThan(i === 0 ? -1 : run[i - 1]!);
    });
  }
});

/** Length of the longest rising run that ends at a place; 0 for a value below 0. */
function longestTo(values: Int32Array, at: number): number {
  if (values[at]! < 0) return 0;
  let longest = 1;
  for (let before = 0; before < at; before++)
    if (values[before]! >= 0 && values[before]! < values[at]!)
      longest = Math.max(longest, 1 + longestTo(values, before));
  return longest;
}
