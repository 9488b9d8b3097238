// Many rows at once: edits in one step, exports byte for byte, and what is refused.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { RowRange, RowsRef } from '#protocol/editor/batch.ts';
import { exportRows, keepRows, rowRuleCounts } from '#session/batch.ts';
import { cellText } from '#session/cellText.ts';
import type { Session } from '#session/session.ts';

import { goodRecord, never } from '../fakes/files.ts';
import { LINES, sessionsIn } from '../fakes/openSessions.ts';

const { folder, ofText, ofFile } = sessionsIn('batch');

const flipped = (i: number): string => `{"prompt":"q${i}","chosen":"worse ${i}","rejected":"better ${i}"}`;

function rowsOf({ uri, dataset }: Session, ...ranges: RowRange[]): RowsRef {
  const { revision, generation } = dataset;
  return { uri, selection: { order: 'all', query: '' }, ranges, at: { revision, generation } };
}

const TIE = '{"prompt":"q","completion_a":"x","completion_b":"y","preference":"tie"}';
const CHOICE = '{"prompt":"q","completion_a":"x","completion_b":"y z","preference":"a"}';

describe('marked rows of a text', () => {
  it('are flipped in one edit, and every other byte stays', async () => {
    const { session, text, host } = await ofText(LINES);
    const version = session.source.document!.version;
    const rows = rowsOf(session, { start: 2, end: 4 }, { start: 7, end: 8 });
    expect(await session.editMany(rows, 'flip')).toEqual({ ok: true, value: { count: 3, left: [] } });
    expect(text()).toEqual(LINES.map((line, i) => ([2, 3, 7].includes(i) ? flipped(i) : line)));
    expect(session.source.document!.version).toBe(version + 1);
    expect(host.edited).toEqual([]);
  });

  it('are dropped in one edit, also at the end', async () => {
    const { session, text } = await ofText(LINES);
    await session.editMany(rowsOf(session, { start: 0, end: 1 }, { start: 18, end: 20 }), 'drop');
    expect(text().filter((line) => line !== '')).toEqual(LINES.slice(1, 18));
  });

  it('are left with the reason where nothing can be done', async () => {
    const { session, text } = await ofText([CHOICE, TIE, TIE, 'no json', CHOICE]);
    const done = await session.editMany(rowsOf(session, { start: 0, end: 5 }), 'flip');
    expect(done.ok && done.value.count).toBe(2);
    expect(done.ok && done.value.left.map(({ count }) => count)).toEqual([2, 1]);
    expect(text().slice(1, 4)).toEqual([TIE, TIE, 'no json']);
  });

  it('are refused if the text changed after the person marked them', async () => {
    const { session, text, host } = await ofText(LINES);
    const rows = rowsOf(session, { start: 2, end: 4 });
    const at = { line: 0, character: 0 };
    host.sessions.changeDocument(
      session.uri,
      [{ range: { start: at, end: at }, text: `${goodRecord(99)}\n` }],
      session.source.document!.version + 1,
    );
    const before = text();
    const done = await session.editMany(rows, 'flip');
    expect(done).toMatchObject({ ok: false, why: expect.stringContaining('Mark them again') as string });
    expect(text()).toEqual(before);
  });
});

describe('marked rows of a filtered text', () => {
  it('are edited by their names when only findings changed since, and refused by their places', async () => {
    const { session, text } = await ofText(LINES);
    const { generation, revision } = session.dataset;
    const selection = { order: 'all', query: 'length>0' } as const;
    const ranges = [{ start: 0, end: 2 }];
    const rows = { uri: session.uri, selection, ranges, at: { generation, revision: revision - 1 } };
    expect(await session.editMany(rows, 'flip')).toMatchObject({ ok: false });
    const places = [5, 3].map((record) => ({ record, pair: 0 }));
    expect(await session.editMany({ ...rows, places }, 'flip')).toMatchObject({ ok: true });
    expect(text()).toEqual(LINES.map((line, i) => ([3, 5].includes(i) ? flipped(i) : line)));
  });
});

describe('marked rows of a file on disk', () => {
  it('are one step of the history', async () => {
    const { session, host } = await ofFile('a.jsonl', LINES.join('\n'));
    const before = session.dataset.generation;
    await session.editMany(rowsOf(session, { start: 0, end: 3 }), 'flip');
    const [made] = host.edited;
    expect(host.edited).toHaveLength(1);
    expect(made?.ids).toHaveLength(3);
    expect(session.source.pending!.unsavedCount).toBe(3);
    for (const id of made!.ids!.toReversed()) expect(await session.retrace(id, 'undo')).toBe(true);
    expect(session.source.pending!.unsavedCount).toBe(0);
    expect(session.update()).toBeGreaterThan(before);
  });
});

describe('an export', () => {
  it('holds the exact bytes of the records, as lines', async () => {
    const odd = '{ "prompt" : "q\\u00e9", "chosen":"a","rejected":"b" , "n":1.500 }';
    const { session } = await ofText([LINES[0]!, odd, '', LINES[2]!]);
    const path = join(folder.path, 'some.jsonl');
    const marked = session.marked(rowsOf(session, { start: 1, end: 3 }));
    expect(await exportRows(session.dataset, marked, path, never)).toBe(2);
    expect(readFileSync(path, 'utf8')).toBe(`${odd}\n${LINES[2]}\n`);
  });

  it('of a JSON document is a list, since its records may span lines', async () => {
    const record = '{\n  "prompt": "q",\n  "chosen": "a",\n  "rejected": "b"\n}';
    const { session } = await ofFile('list.json', `[${record}, ${LINES[1]}, ${record}]`);
    const path = join(folder.path, 'some.json');
    const marked = session.marked(rowsOf(session, { start: 0, end: 2 }));
    expect(await exportRows(session.dataset, marked, path, never)).toBe(2);
    expect(readFileSync(path, 'utf8')).toBe(`[\n${record},\n${LINES[1]}\n]\n`);
  });

  it('never writes over the dataset', async () => {
    const { session } = await ofFile('own.jsonl', LINES.join('\n'));
    const marked = session.marked(rowsOf(session, { start: 0, end: 1 }));
    const own = join(folder.path, 'own.jsonl');
    await expect(exportRows(session.dataset, marked, own, never)).rejects.toThrow('dataset itself');
    expect(readFileSync(own, 'utf8')).toBe(LINES.join('\n'));
  });
});

describe('findings of marked rows', () => {
  const empty = (i: number): string => `{"prompt":"q${i}","chosen":"","rejected":"b ${i}"}`;
  it('are counted by rule, and kept together', async () => {
    const { session, host } = await ofFile(
      'empty.jsonl',
      [empty(1), empty(2), goodRecord(3), empty(4)].join('\n'),
    );
    const count = (rows?: RowsRef): number =>
      rowRuleCounts(session.dataset, rows && session.marked(rows)).find(
        ({ rule }) => rule === 'empty-response',
      )?.count ?? 0;
    const rows = rowsOf(session, { start: 0, end: 3 });
    expect([count(), count(rows)]).toEqual([3, 2]);
    const how = { rule: 'empty-response', reason: 'meant so', by: 'ann' };
    expect(await keepRows(session.dataset, session.marked(rows), how)).toBe(2);
    await host.sessions.readDecisions();
    expect(count()).toBe(1);
  });
});

describe('the text of a cell', () => {
  it('is whole, of columns and of fields', async () => {
    const long = 'word '.repeat(400);
    const line = JSON.stringify({
      prompt: long,
      chosen: `${long}a`,
      rejected: 'b',
      meta: { tags: ['x', 1] },
    });
    const { session } = await ofText([line, line, line]);
    const of = (column: string): string => cellText(session.dataset, 1, 0, column);
    expect([of('prompt'), of('chosen'), of('rejected')]).toEqual([long, `${long}a`, 'b']);
    expect([of('.meta.tags'), of('.none'), of('row')]).toEqual(['["x",1]', '', '']);
  });
});
