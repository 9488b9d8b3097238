// Queries over open files: texts, files on disk and tables, while they are read, edited and saved.
import { gzipSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import type { RowSelection } from '#protocol/editor/rows.ts';
import type { Session } from '#session/session.ts';
import { columnsOf, completionsOf } from '#session/views/cells.ts';

import { chosen, flip, rowsIn, sessionsIn } from '../fakes/openSessions.ts';
import { tableOf } from '../fakes/parquet.ts';
import type { MemoryHost } from '../fakes/sessionHost.ts';

const { ofText, ofFile } = sessionsIn('query');

const COUNT = 40;
const line = (i: number, more: object = {}): string =>
  JSON.stringify({
    prompt: `question ${i}`,
    chosen: `better answer ${i} ${i % 4 === 0 ? 'Needle' : 'hay'}`,
    rejected: 'w'.repeat(1 + i),
    source: ['b', 'a', 'C'][i % 3],
    score: i % 5 === 4 ? null : (i * 7) % 11,
    ...more,
  });
const LINES = Array.from({ length: COUNT }, (_, i) => line(i));

/** The records of a selection once nothing is left to read. */
async function select(
  host: MemoryHost,
  session: Session,
  selection: Partial<RowSelection> | string,
): Promise<number[]> {
  const whole = typeof selection === 'string' ? { query: selection } : selection;
  for (;;) {
    const { rows, search, fault, total } = rowsIn(session, 500, whole);
    if (fault) throw new Error(fault.message);
    if (!search) {
      expect(rows.length).toBe(total);
      return rows.map(({ record }) => record);
    }
    if (session.dataset.isReady) await host.foundMore();
    else await session.whenRead();
  }
}

const every = (step: number, first = 0): number[] =>
  Array.from({ length: COUNT }, (_, i) => i).filter((i) => i % step === first);

const FILES: Readonly<Record<string, () => Promise<string | Uint8Array>>> = {
  'a.jsonl': async () => Promise.resolve(LINES.join('\r\n')),
  'a.jsonl.gz': async () => Promise.resolve(gzipSync(LINES.join('\n'))),
  'a.json': async () => Promise.resolve(`[\n${LINES.join(',\n')}\n]`),
  'a.parquet': async () => tableOf(LINES),
};

describe.each(Object.keys(FILES))('a query over %s', (name) => {
  const open = async (): Promise<{ host: MemoryHost; session: Session }> =>
    ofFile(name, await FILES[name]!());

  it('finds words, fields and facts', async () => {
    const { host, session } = await open();
    expect(await select(host, session, 'needle')).toEqual(every(4));
    expect(await select(host, session, 'needle -source:a rejected_length>20')).toEqual(
      every(4).filter((i) => i % 3 !== 1 && i >= 20),
    );
    expect(await select(host, session, 'source:c')).toEqual(every(3, 2));
    expect(await select(host, session, 'score:null')).toEqual(every(5, 4));
    expect(await select(host, session, 'record<=3')).toEqual([0, 1, 2]);
    expect(await select(host, session, '/answer 1?7 hay/')).toEqual([7, 17]);
  });

  it('sorts and samples by facts and fields', async () => {
    const { host, session } = await open();
    const sorted = async (field: string, isDescending: boolean): Promise<number[]> =>
      select(host, session, { sort: { field, isDescending } });
    expect(await sorted('rejected_length', true)).toEqual(every(1).toReversed());
    const score = (i: number): number => (i % 5 === 4 ? Infinity : (i * 7) % 11);
    expect(await sorted('score', false)).toEqual(every(1).sort((a, b) => score(a) - score(b) || a - b));
    expect((await sorted('score', true)).slice(-8)).toEqual(every(5, 4));
    expect(await sorted('source', false)).toEqual([...every(3, 2), ...every(3, 1), ...every(3)]);
    const sample = { count: 6, seed: 1, by: 'source' };
    const drawn = await select(host, session, { query: 'record>3', sample });
    expect([0, 1, 2].map((rest) => drawn.filter((i) => i % 3 === rest).length)).toEqual([2, 2, 2]);
    expect(await select(host, session, { query: 'record>3', sample })).toEqual(drawn);
  });

  it('searches what an edit made, and nothing else again', async () => {
    const { host, session } = await open();
    expect(await select(host, session, 'chosen:needle')).toHaveLength(10);
    const read = host.work.length;
    await flip(session, 4);
    session.update();
    expect(await select(host, session, 'chosen:needle')).toEqual(every(4).filter((i) => i !== 4));
    expect(await select(host, session, 'rejected:needle')).toEqual([4]);
    expect(await select(host, session, 'is:edited')).toEqual(session.source.pending ? [4] : []);
    const [again] = host.work.slice(read);
    expect(again).toMatchObject({ work: 'search', edited: [4], records: [] });
    await session.edit({ uri: session.uri, record: 8 }, { kind: 'drop' });
    session.update();
    expect(await select(host, session, 'chosen:needle')).toEqual(every(4).filter((i) => i !== 4 && i !== 8));
    expect(await select(host, session, 'is:dropped')).toEqual([8]);
    await session.save(new AbortController().signal);
    session.update();
    expect(await select(host, session, 'needle')).toEqual([
      0,
      4,
      ...every(4)
        .slice(3)
        .map((i) => i - 1),
    ]);
    expect(chosen(session, 11)).toContain('12 Needle');
  });
});

describe('a query over a text in an editor', () => {
  it('follows the text', async () => {
    const { host, session } = await ofText(LINES);
    expect(await select(host, session, 'needle')).toEqual(every(4));
    const read = host.work.length;
    const at = { line: 1, character: 0 };
    host.sessions.changeDocument(
      session.uri,
      [{ range: { start: at, end: at }, text: `${line(99, { chosen: 'new needle' })}\n` }],
      2,
    );
    session.update();
    expect(await select(host, session, 'needle')).toEqual([
      0,
      1,
      ...every(4)
        .slice(1)
        .map((i) => i + 1),
    ]);
    expect(host.work.slice(read)).toMatchObject([{ records: [1, 2] }]);
  });

  it('sorts again by a column in which an edit changed a value', async () => {
    const { host, session } = await ofText(LINES.slice(0, 4));
    const sort = { field: 'source', isDescending: false };
    expect(await select(host, session, { sort })).toEqual([2, 1, 0, 3]);
    const replace = async (source: unknown): Promise<number[]> => {
      const range = { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } };
      host.sessions.changeDocument(session.uri, [{ range, text: `${line(0, { source })}\n` }], 2);
      session.update();
      return select(host, session, { sort });
    };
    const read = host.work.length;
    expect(await replace('C')).toEqual([0, 2, 1, 3]);
    expect(host.work).toHaveLength(read);
    expect(await replace('aa')).toEqual([2, 1, 0, 3]);
    expect(await replace(7)).toEqual([0, 2, 1, 3]);
    expect(await replace([])).toEqual([2, 1, 3, 0]);
  });

  it('tells faults, and what cannot be sorted', async () => {
    const { session } = await ofText(LINES);
    const fault = (selection: Partial<RowSelection>): string | undefined =>
      rowsIn(session, 1, selection).fault?.message;
    expect(fault({ query: 'needel:x' })).toContain('No record has a field');
    expect(fault({ query: 'a', sort: { field: 'chosen', isDescending: false } })).toContain('chosen_length');
    expect(fault({ query: '', sort: { field: 'rule', isDescending: false } })).toContain('`margin`');
    expect(rowsIn(session, 1, { query: '(' })).toMatchObject({
      rows: [],
      total: 0,
      fault: { start: 0, end: 1 },
    });
  });

  it('finds places, and rows in the order of review', async () => {
    const lines = LINES.map((one, i) => (i % 10 === 3 ? line(i, { rejected: '' }) : one));
    const { host, session } = await ofText(lines);
    const selection = { order: 'findings', query: 'record>10' } as const;
    expect(await select(host, session, selection)).toEqual([13, 23, 33]);
    const { indexOf } = session.selections.select(selection);
    expect([indexOf(23, 0), indexOf(3, 0), indexOf(23, 1)]).toEqual([1, -1, -1]);
    expect(await select(host, session, 'needle')).toEqual(every(4));
    const words = session.selections.select({ order: 'all', query: 'needle' });
    expect([words.indexOf(8, 5), words.indexOf(9, 0)]).toEqual([2, -1]);
    expect(session.selections.select({ order: 'all', query: '' }).indexOf(7, 0)).toBe(7);
  });

  it('knows the fields and their values', async () => {
    const { session } = await ofText(LINES);
    const fields = columnsOf(session.dataset);
    expect(fields.map(({ name, kind, isScalar }) => [name, kind, isScalar])).toEqual([
      ['prompt', 'text', true],
      ['chosen', 'text', true],
      ['rejected', 'text', true],
      ['source', 'text', true],
      ['score', 'number', true],
    ]);
    expect(fields[3]).toMatchObject({ values: ['b', 'a', 'C'], share: 1 });
    expect(completionsOf(session.dataset, 'source:', 7).map(({ insert }) => insert)).toEqual([
      'b',
      'a',
      'C',
      '*',
    ]);
    const { rows } = rowsIn(session, 5, {}, ['score', 'source', 'none']);
    expect(rows[4]?.cells).toEqual({
      score: { kind: 'null', text: '' },
      source: { kind: 'text', text: 'a' },
      none: { kind: 'missing', text: '' },
    });
    expect(rows[0]).toMatchObject({ rejectedLength: 1, chosenLength: 22 });
  });

  it('knows the ratings of both answers', async () => {
    const rated = LINES.map((_, i) =>
      line(i, { chosen_ratings: { honesty: i % 3 }, rejected_ratings: { honesty: 1 } }),
    );
    const { host, session } = await ofText(rated);
    const names = columnsOf(session.dataset).flatMap(({ name, isRating }) => (isRating ? [name] : []));
    expect(names).toEqual(['chosen_rating.honesty', 'rejected_rating.honesty', 'rating_difference.honesty']);
    const { rows } = rowsIn(session, 3, {}, names);
    const shown = rows.map(({ cells }) => names.map((name) => cells[name]?.text));
    expect(shown[2]).toEqual(['2', '1', '1']);
    expect(await select(host, session, 'rating_difference.honesty<0')).toEqual(
      LINES.flatMap((_, i) => (i % 3 === 0 ? [i] : [])),
    );
    expect(completionsOf(session.dataset, 'rejected_ra', 11).map(({ insert }) => insert)[0]).toBe(
      'rejected_ratings:',
    );
    const inserts = completionsOf(session.dataset, 'rejected_rating.', 16).map(({ insert }) => insert);
    expect(inserts).toContain('rejected_rating.honesty');
  });
});
