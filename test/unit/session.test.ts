// A session in memory: one owner of text, survey, edits and history of a file.
import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';

import { afterEach, describe, expect, it, vi } from 'vitest';

import type { FindingsRequest } from '#protocol/editor/findings.ts';
import type { KnownFindings } from '#session/knownFindings.ts';
import { FindingsIndex } from '#session/views/findings.ts';
import { statusOf } from '#session/views/status.ts';

import { goodRecord, never } from '../fakes/files.ts';
import { chosen, flip, LINES, rowsIn, sessionsIn, URI } from '../fakes/openSessions.ts';
import { tableOf } from '../fakes/parquet.ts';
import { heldSearches } from '../fakes/threads.ts';

const { folder, newHost, ofText, ofFile } = sessionsIn('session');
const AT = (line: number) => ({ start: { line, character: 0 }, end: { line, character: 0 } });

const flipped = (i: number): string => `{"prompt":"q${i}","chosen":"worse ${i}","rejected":"better ${i}"}`;

afterEach(() => {
  vi.useRealTimers();
});

describe('update', () => {
  it('alone takes a change of the text in; getters and views do not', async () => {
    const { session, host } = await ofText(LINES);
    const before = session.update();
    host.sessions.changeDocument(URI, [{ range: AT(0), text: `${goodRecord(99)}\n` }], 2);
    const look = (): unknown => [
      statusOf(session).recordCount,
      session.dataset.generation,
      session.dataset.findings,
      chosen(session, 0),
      rowsIn(session, 1).total,
    ];
    const seen = look();
    expect(look()).toEqual(seen);
    expect(seen).toEqual([20, before, [], 'better 0', 20]);
    expect(session.update()).toBe(before + 1);
    expect(session.update()).toBe(before + 1);
    expect([statusOf(session).recordCount, chosen(session, 0)]).toEqual([21, 'better 99']);
  });

  it('drops what a search found on an older text, and starts another search, whichever caller updates', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { held, ranges } = heldSearches();
    const lines = [goodRecord(1), goodRecord(2), goodRecord(1)];
    const { session, host } = await ofText(lines, { run: 'save' }, ranges);
    const found = (): number[] =>
      session.dataset.findings.filter(({ rule }) => rule === 'duplicate-pair').map(({ record }) => record);
    const searched = async (count: number): Promise<void> => {
      vi.advanceTimersByTime(2000);
      while (held.length < count) await setImmediate();
    };
    await searched(1);
    host.sessions.changeDocument(URI, [{ range: AT(0), text: `${goodRecord(7)}\n` }], 2);
    // As a scoring job does.
    session.dataset.update();
    held[0]!();
    for (let i = 0; i < 5; i++) await setImmediate();
    expect([session.dataset.isRelated, found()]).toEqual([false, []]);
    await searched(2);
    held[1]!();
    while (!session.dataset.isRelated) await setImmediate();
    expect(found()).toEqual([3]);
  });

  it('says that duplicates are still being searched, once that takes a while', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { held, ranges } = heldSearches();
    const { session, host } = await ofText([goodRecord(1), goodRecord(1)], {}, ranges);
    vi.advanceTimersByTime(1200);
    while (!held[0]) await setImmediate();
    expect(statusOf(session).isRelating).toBeUndefined();
    vi.advanceTimersByTime(1000);
    expect(host.statuses.at(-1)?.isRelating).toBe(true);
    held[0]();
    while (!session.dataset.isRelated) await setImmediate();
    await setImmediate();
    expect(host.statuses.at(-1)).not.toHaveProperty('isRelating');
    expect(host.statuses.at(-1)?.findingCount).toBe(1);
  });

  it('raises the revision of the status with what people see', async () => {
    const { session } = await ofText(LINES);
    const { revision } = statusOf(session);
    session.update();
    expect(statusOf(session).revision).toBe(revision);
    await flip(session, 3);
    session.update();
    expect(statusOf(session).revision).toBeGreaterThan(revision);
  });
});

describe('a mapping that preflens.json names', () => {
  it('is still used once a text that could not be read is readable', async () => {
    const record = '{"q":"Why?","left":"Because.","right":"No.","vote":"L"}';
    folder.write(
      'named/preflens.json',
      JSON.stringify({
        mappings: [
          {
            files: '*.jsonl',
            prompt: 'q',
            first: 'left',
            second: 'right',
            label: 'vote',
            better: { first: ['L'], second: ['R'] },
          },
        ],
      }),
    );
    const uri = pathToFileURL(`${folder.path}/named/a.jsonl`).toString();
    const host = newHost();
    host.sessions.openDocument(uri, 1, '{\n"other": 1\n}');
    await host.until(uri, ({ phase }) => phase !== 'reading');
    const session = host.sessions.get(uri)!;
    expect(session.dataset.survey.recognition).toBeUndefined();
    host.sessions.changeDocument(uri, [{ text: `${record}\n${record}` }], 2);
    session.update();
    expect(session.dataset.survey.recognition?.isGiven).toBe(true);
  });
});

describe('a save', () => {
  it('removes exactly the edits that it wrote, while others come', async () => {
    const { session, lines } = await ofFile('a.jsonl', LINES.join('\n'));
    await flip(session, 1);
    const saving = session.save(never);
    await setImmediate();
    await flip(session, 2);
    expect(await saving).toBe(1);
    expect(lines()).toEqual(LINES.with(1, flipped(1)));
    expect([session.source.pending!.unsavedCount, chosen(session, 1), chosen(session, 2)]).toEqual([
      1,
      'worse 1',
      'worse 2',
    ]);
    expect(await session.save(never)).toBe(1);
    expect(lines()).toEqual(LINES.with(1, flipped(1)).with(2, flipped(2)));
    expect(session.source.pending!.unsavedCount).toBe(0);
  });

  it.each(['a.jsonl', 'a.jsonl.gz', 'a.parquet'])(
    '%s: keeps the session, and its undo and redo',
    async (name) => {
      const text = LINES.join('\n');
      const content = name.endsWith('.gz')
        ? gzipSync(text)
        : name.endsWith('t')
          ? await tableOf(LINES)
          : text;
      const { host, uri, session, read } = await ofFile(name, content);
      const { id } = await flip(session, 5);
      expect(await session.save(never)).toBe(1);
      await read();
      expect(host.sessions.get(uri)).toBe(session);
      expect(chosen(session, 5)).toBe('worse 5');
      expect(await session.retrace(id, 'redo')).toBe(false);
      expect(await session.retrace(id, 'undo')).toBe(true);
      session.update();
      expect([session.source.pending!.unsavedCount, chosen(session, 5)]).toEqual([1, 'better 5']);
      expect(await session.save(never)).toBe(1);
      await read();
      expect(await session.retrace(id, 'redo')).toBe(true);
      session.update();
      expect(chosen(session, 5)).toBe('worse 5');
    },
  );
});

describe('a copy of a file with its edits', () => {
  it('is refused while the file is read again', async () => {
    const { session } = await ofFile('copied.jsonl', LINES.join('\n'));
    await flip(session, 3);
    const pending = session.source.pending!;
    const copy = folder.write('copy.jsonl', '');
    await pending.reopen();
    await expect(pending.saveAs(copy, never)).rejects.toThrow('copied.jsonl');
    await session.read();
    expect(await pending.saveAs(copy, never)).toBe(1);
    expect(readFileSync(copy, 'utf8').split('\n')).toEqual(LINES.with(3, flipped(3)));
  });
});

describe('undo and redo of edits in a text that an editor holds', () => {
  it('go by number, follow their record, and touch no equal one', async () => {
    const { session, host, text } = await ofText([...LINES, flipped(4)]);
    const four = await flip(session, 4);
    const nine = await flip(session, 9);
    host.sessions.changeDocument(URI, [{ range: AT(2), text: `${goodRecord(50)}\n` }], 10);
    expect([await session.retrace(four.id, 'redo'), await session.retrace(four.id, 'undo')]).toEqual([
      false,
      true,
    ]);
    const inserted = LINES.toSpliced(2, 0, goodRecord(50));
    expect(text()).toEqual([...inserted.with(10, flipped(9)), flipped(4)]);
    expect(await session.retrace(nine.id, 'undo')).toBe(true);
    expect(await session.retrace(four.id, 'redo')).toBe(true);
    expect(text()).toEqual([...inserted.with(5, flipped(4)), flipped(4)]);
  });

  it('refuse a record that was edited since, or is gone', async () => {
    const { session, host, text } = await ofText(LINES);
    const { id } = await flip(session, 4);
    const other = await flip(session, 6);
    const range = { start: { line: 4, character: 0 }, end: { line: 4, character: 1 } };
    host.sessions.changeDocument(URI, [{ range, text: ' {' }], 10);
    host.sessions.changeDocument(URI, [{ range: { start: AT(6).start, end: AT(7).start }, text: '' }], 11);
    const before = text();
    expect([await session.retrace(id, 'undo'), await session.retrace(other.id, 'undo')]).toEqual([
      false,
      false,
    ]);
    expect(text()).toEqual(before);
  });
});

describe('the start of a file', () => {
  it('shows rows of a table before it is read, and none of lines', async () => {
    const host = newHost();
    const early = async (name: string, content: string | Uint8Array) => {
      const uri = pathToFileURL(folder.write(name, content)).toString();
      await host.sessions.openFile(uri);
      const session = host.sessions.get(uri)!;
      expect(session.dataset.isReady).toBe(false);
      return rowsIn(session, 2);
    };
    const table = await early('a.parquet', await tableOf(LINES));
    expect([table.total, table.rows.map((row) => row.chosen)]).toEqual([20, ['better 0', 'better 1']]);
    expect(await early('a.jsonl', LINES.join('\n'))).toMatchObject({ rows: [], total: 0 });
  });

  it.each([
    [LINES.join('\n'), 'unscored', undefined],
    ['{"level":"info"}\n', 'unrecognised', 'Map Fields'],
    ['', 'unrecognised', 'empty'],
  ])('tells one status of its phase: %#', async (text, phase, reason) => {
    const { host, session } = await ofText([text]);
    expect(host.statuses.map((status) => status.phase)).toEqual(['reading', phase]);
    expect(statusOf(session)).toEqual(host.statuses.at(-1));
    expect(statusOf(session).reason ?? '').toContain(reason ?? '');
    expect(host.shown.get(URI)).toBe(1);
  });
});

describe('pages of findings', () => {
  const RULES = ['empty-response', 'identical-pair', 'too-long'];
  let looks = 0;
  const fileOf = (uri: string, count: number): KnownFindings => ({
    uri,
    count,
    findings: Array.from({ length: count }, (_, record) => ({
      rule: RULES[record % RULES.length]!,
      severity: 'warning',
      record,
      place: { path: [], part: 'value' },
      message: `finding ${record}`,
    })),
    unlisted: (rule) => (rule === 'too-long' && count === 90 ? 5 : 0),
    about: ({ record }) => ({ isOpen: true, prompt: `prompt ${record}`, margin: -record }),
    fixOf: (rule) =>
      rule === 'too-long' ? { uri, fileName: 'a.jsonl', rule, title: 'Drop 30 records' } : undefined,
    lineOf: (record) => record,
    fieldOf(record) {
      looks++;
      return `source ${record % 2}`;
    },
  });
  const request = (more: Partial<FindingsRequest>): FindingsRequest => ({
    by: 'source',
    filter: '',
    start: 0,
    end: 0,
    ...more,
  });

  it('come from groups that are made once for each state, grouping and filter', () => {
    const index = new FindingsIndex();
    const files = [fileOf('file:///a.jsonl', 90), fileOf('file:///b.jsonl', 10)];
    looks = 0;
    const groups = (more: object): unknown =>
      index.page(files, request({ end: 100, ...more })).groups.map(({ key, count }) => [key, count]);
    expect(groups({})).toEqual([
      ['source 0', 50],
      ['source 1', 50],
    ]);
    expect(groups({ start: 1 })).toEqual([['source 1', 50]]);
    for (let start = 0; start < 50; start += 10) {
      const { items, total } = index.page(files, request({ group: 'source 1', start, end: start + 10 }));
      expect([items.length, items[0]!.message, total]).toEqual([10, `finding ${2 * start + 1}`, 50]);
      expect(items[0]).toMatchObject({ isOpen: true, prompt: `prompt ${2 * start + 1}` });
    }
    expect(looks).toBe(100);
    expect(index.page([...files], request({ filter: 'finding 1' })).fitting).toBe(12);
    expect(looks).toBe(112);
    expect(index.page([files[0]!, fileOf('file:///b.jsonl', 4)], request({})).fitting).toBe(94);
    expect(looks).toBe(206);
  });

  it('count what is not kept wherever a reader could miss it', () => {
    const index = new FindingsIndex();
    const file = { ...fileOf('file:///a.jsonl', 90), count: 95 };
    const none = fileOf('file:///b.jsonl', 0);
    const page = index.page([file, none], request({ by: 'rule', end: 100 }));
    const sum = page.groups.reduce((all, { count }) => all + count, 0);
    expect([sum, page.fitting, page.findingCount, page.fileCount, page.notKept]).toEqual([95, 95, 95, 1, 5]);
    const tooLong = index.page([file, none], request({ by: 'rule', group: 'too-long', end: 1 }));
    expect([tooLong.total, tooLong.fixes.map(({ title }) => title)]).toEqual([
      30,
      ['Drop 30 records', 'Drop 30 records'],
    ]);
    expect(index.page([file, none], request({ by: 'file', end: 100 })).groups[0]!.count).toBe(95);
  });
});
