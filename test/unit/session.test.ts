// A session in memory: one owner of text, survey, edits and history of a file.
import { readFileSync, renameSync, unwatchFile, watchFile } from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';

import { afterEach, describe, expect, it, vi } from 'vitest';

import { Ensemble } from '#core/reward/ensemble.ts';
import { DEFAULT_SETTINGS } from '#node/config.ts';
import type { Disk } from '#node/diskTools.ts';
import { openDisk } from '#node/diskTools.ts';
import { openFile } from '#node/files.ts';
import { consistencyMember } from '#node/scorers/pairTable.ts';
import type { StartScorer } from '#node/scoring/process.ts';
import type { RangeRunner } from '#node/threads.ts';
import type { EditDone, RecordEdit } from '#protocol/editor/edits.ts';
import type { FindingsRequest } from '#protocol/editor/findings.ts';
import type { Outcome } from '#protocol/editor/outcome.ts';
import { ClosedFiles } from '#session/closedFiles.ts';
import { openFileTarget } from '#session/jobs/scoringTarget.ts';
import type { KnownFindings } from '#session/knownFindings.ts';
import type { Session } from '#session/session.ts';
import { DEFAULTS } from '#session/settings.ts';
import { DiskSource } from '#session/sources/disk.ts';
import { FindingsIndex } from '#session/views/findings.ts';
import { recordViewOf } from '#session/views/pair.ts';
import { rowsOf } from '#session/views/rows.ts';
import { statusOf } from '#session/views/status.ts';

import { generatePairs } from '../bench/generate.ts';
import { goodRecord, never, testFolder } from '../fakes/files.ts';
import { lastOwner } from '../fakes/owners.ts';
import { tableOf } from '../fakes/parquet.ts';
import { decode, encode } from '../fakes/records.ts';
import type { MemoryHost } from '../fakes/sessionHost.ts';
import { memoryHost } from '../fakes/sessionHost.ts';
import { HERE } from '../fakes/threads.ts';

const folder = testFolder('session');
const URI = 'untitled:pairs';
const LINES = Array.from({ length: 20 }, (_, i) => goodRecord(i));
const FLIP: RecordEdit = { kind: 'flip' };
const AT = (line: number) => ({ start: { line, character: 0 }, end: { line, character: 0 } });

const flipped = (i: number): string => `{"prompt":"q${i}","chosen":"worse ${i}","rejected":"better ${i}"}`;

let open: MemoryHost | undefined;
afterEach(() => {
  open?.sessions.closeAll();
  open = undefined;
  vi.useRealTimers();
});

async function ofText(
  lines: readonly string[],
  ...more: [settings?: object, ranges?: RangeRunner, start?: StartScorer]
): Promise<{ host: MemoryHost; session: Session; text: () => string[] }> {
  const host = (open = memoryHost(folder.path, ...more));
  host.sessions.openDocument(URI, 1, lines.join('\n'));
  await host.until(URI, ({ phase }) => phase !== 'reading');
  const session = host.sessions.get(URI)!;
  return { host, session, text: () => decode(session.source.document!.bytes).split('\n') };
}

async function ofFile(name: string, content: string | Uint8Array, start?: StartScorer) {
  const host = (open = memoryHost(folder.path, {}, HERE, start));
  const path = folder.write(name, content);
  const uri = pathToFileURL(path).toString();
  await host.sessions.openFile(uri);
  const session = host.sessions.get(uri)!;
  const read = async (): Promise<void> => {
    await host.until(uri, ({ phase }) => phase !== 'reading');
  };
  await read();
  const lines = (): string[] => {
    const bytes = readFileSync(path);
    return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().split('\n');
  };
  return { host, uri, session, read, lines };
}

const flip = async (session: Session, record: number): Promise<EditDone> => {
  const outcome: Outcome<EditDone> = await session.edit({ uri: session.uri, record }, FLIP);
  if (!outcome.ok) throw new Error(outcome.why);
  return outcome.value;
};

const chosen = (session: Session, record: number): string => {
  const view = recordViewOf(session, { uri: session.uri, record, step: 'here' });
  return view.kind === 'pair' ? view.chosen.text : view.kind;
};

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
      rowsOf(session.dataset, { uri: URI, order: 'all', start: 0, end: 1 }).total,
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
    const held: (() => void)[] = [];
    const ranges: RangeRunner = {
      width: 1,
      async run(work, task, onBytes, signal) {
        if (work !== 'relate') return HERE.run(work, task, onBytes, signal);
        const copy = structuredClone(task);
        await new Promise<void>((resolve) => held.push(resolve));
        return HERE.run(work, copy, onBytes, never);
      },
    };
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

describe('a source from disk', () => {
  const diskOf = (name: string): Disk => openDisk(`${folder.path}/cache-${name}`, HERE, lastOwner());
  const sourceOf = async (name: string, disk: Disk): Promise<DiskSource> => {
    const path = folder.write(name, LINES.join('\n'));
    return new DiskSource(pathToFileURL(path).toString(), await openFile(path), disk);
  };

  it('reads with the access that is open, when an earlier reading ends late', async () => {
    const disk = diskOf('late');
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let opens = 0;
    const open: Disk['open'] = async (...args) => {
      const access = disk.open(...args);
      if (++opens === 1) await held;
      return access;
    };
    const source = await sourceOf('late.jsonl', { ...disk, open });
    const reading = new AbortController();
    const first = source.survey(DEFAULT_SETTINGS, reading.signal).catch((error: unknown) => error);
    while (opens === 0) await setImmediate();
    reading.abort(new Error('read again'));
    await source.reopen();
    release();
    await first;
    await source.survey(DEFAULT_SETTINGS, never);
    expect(decode(source.bytesOf(0, 0, LINES[0]!.length))).toBe(LINES[0]);
    source.close();
  });

  it('tells of edits of an earlier session that settled twice', async () => {
    const earlier = await sourceOf('settled.jsonl', diskOf('settled'));
    await earlier.survey(DEFAULT_SETTINGS, never);
    earlier.edit(2, encode(flipped(2)), 'Flip');
    earlier.close();
    const source = await sourceOf('settled.jsonl', diskOf('settled'));
    await source.survey(DEFAULT_SETTINGS, never);
    await source.reopen();
    await source.survey(DEFAULT_SETTINGS, never);
    const { restored, added } = source.takeSettled()!;
    expect([restored, added.map(({ record }) => record), source.unsavedCount]).toEqual([1, [2], 1]);
    source.close();
  });

  it('closed during a save holds nothing open afterwards', async () => {
    const source = await sourceOf('closed.jsonl', diskOf('closed'));
    await source.survey(DEFAULT_SETTINGS, never);
    source.edit(2, encode(flipped(2)), 'Flip');
    const saving = source.save(never);
    source.close();
    await saving;
    expect(source.bytesOf(0, 0, 10)).toHaveLength(0);
  });

  it('that was gone counts as changed when the same file is back', async () => {
    const source = await sourceOf('mount/gone.jsonl', diskOf('gone'));
    await source.survey(DEFAULT_SETTINGS, never);
    const mount = dirname(source.file.path);
    renameSync(mount, `${mount}.away`);
    expect(await source.isChanged(never)).toBe(true);
    await expect(source.reopen()).rejects.toThrow();
    renameSync(`${mount}.away`, mount);
    expect(await source.isChanged(never)).toBe(true);
    source.close();
  });
});

describe('the end of a session', () => {
  it('leaves the watches of others on its file', async () => {
    const { host, session, uri } = await ofFile('watched.jsonl', LINES.join('\n'));
    const { path } = session.source.file!;
    const others = watchFile(path, { interval: 60_000 }, () => undefined);
    host.sessions.close(uri);
    expect(others.listenerCount('change')).toBe(1);
    unwatchFile(path);
  });
});

describe('a scoring job', () => {
  const PAIRS = [...generatePairs(60, 3, 8)];
  /** Starts that end with their signal alone. */
  const heldStarts = (): { readonly signals: AbortSignal[]; readonly start: StartScorer } => {
    const signals: AbortSignal[] = [];
    const start: StartScorer = async ({ signal = never } = {}) =>
      new Promise((_, reject) => {
        signals.push(signal);
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
      });
    return { signals, start };
  };
  const started = async (session: Session, signals: readonly AbortSignal[]): Promise<void> => {
    session.score();
    while (signals.length === 0) await setImmediate();
    expect(session.state.phase).toBe('scoring');
  };

  it('ends when its file is read again: its scores belong to the earlier reading', async () => {
    const { signals, start } = heldStarts();
    const { session } = await ofText(PAIRS, {}, HERE, start);
    await started(session, signals);
    await session.read();
    expect([signals.map(({ aborted }) => aborted), session.state.phase]).toEqual([[true], 'unscored']);
  });

  it('does not start again, and tells nothing, when its file is closed during a save', async () => {
    const { signals, start } = heldStarts();
    const { host, uri, session } = await ofFile('scored.jsonl', PAIRS.join('\n'), start);
    await started(session, signals);
    await flip(session, 3);
    let told = 0;
    vi.spyOn(session, 'update').mockImplementationOnce(() => {
      host.sessions.close(uri);
      told = host.statuses.length;
      return 0;
    });
    expect(await session.save(never)).toBe(1);
    session.discard();
    for (let i = 0; i < 10; i++) await setImmediate();
    expect([signals.map(({ aborted }) => aborted), host.statuses.length - told]).toEqual([[true], 0]);
  });

  it('that was cancelled ranks nothing afterwards', async () => {
    const { session } = await ofText(PAIRS);
    const { dataset } = session;
    const target = openFileTarget(dataset, undefined, DEFAULTS, () => undefined);
    const member = consistencyMember(dataset.survey.facts, dataset.survey.facts.margins.fill(1));
    const cancelled = new Error('cancelled');
    const ranking = target.takeEnsemble(new Ensemble([member]), AbortSignal.abort(cancelled));
    await expect(ranking).rejects.toBe(cancelled);
    expect(dataset.scores).toBeUndefined();
  });
});

describe('settings that change', () => {
  it('are read by a file that is still read by older ones', async () => {
    const host = (open = memoryHost(folder.path));
    const path = folder.write('settings/a.jsonl', LINES.join('\n'));
    const uri = pathToFileURL(path).toString();
    await host.sessions.openFile(uri);
    const session = host.sessions.get(uri)!;
    const survey = vi.spyOn(session.dataset, 'surveyAll').mockImplementationOnce(
      async (_, signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            reject(signal.reason as Error);
          });
        }),
    );
    while (survey.mock.calls.length === 0) await setImmediate();
    folder.write('settings/preflens.json', '{"run":"save"}');
    await host.sessions.readAgain();
    expect([session.settings?.run, session.state.phase]).toEqual(['save', 'unscored']);
  });

  it('of an earlier reading never replace those of a later one', async () => {
    const { session } = await ofText(LINES);
    const survey = vi.spyOn(session.dataset, 'surveyAll');
    await Promise.all([session.read(), session.read()]);
    expect(survey).toHaveBeenCalledOnce();
  });
});

describe('a check of closed files', () => {
  it('shows nothing of a file that was opened meanwhile', async () => {
    const { path } = folder;
    folder.write('closed/a.jsonl', LINES.join('\n'));
    const disk = openDisk(`${path}/cache-closed-files`, HERE, lastOwner());
    const host = {
      disk: () => disk,
      settings: () => DEFAULTS,
      isTrusted: () => true,
      message: () => undefined,
      log: () => undefined,
    };
    for (const isOpened of [false, true]) {
      let looks = 0;
      const checked: string[] = [];
      const closed = new ClosedFiles({
        host,
        isOpen: () => looks++ > 0 && isOpened,
        onChecked: ({ source }) => checked.push(source.uri),
      });
      await closed.run([pathToFileURL(`${path}/closed`).toString()], () => undefined, never);
      expect([checked.length, [...closed.all].length]).toEqual(isOpened ? [0, 0] : [1, 1]);
    }
  });
});

describe('a file that is closed while it opens', () => {
  it('stays closed, unless it is opened again', async () => {
    const host = (open = memoryHost(folder.path));
    const uri = pathToFileURL(folder.write('brief.jsonl', LINES.join('\n'))).toString();
    const opening = host.sessions.openFile(uri);
    host.sessions.close(uri);
    await opening;
    expect(host.sessions.get(uri)).toBeUndefined();
    const again = [host.sessions.openFile(uri), host.sessions.openFile(uri)];
    host.sessions.close(uri);
    await Promise.all([...again, host.sessions.openFile(uri)]);
    expect(host.sessions.get(uri)).toBeDefined();
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
    const host = (open = memoryHost(folder.path));
    const early = async (name: string, content: string | Uint8Array) => {
      const uri = pathToFileURL(folder.write(name, content)).toString();
      await host.sessions.openFile(uri);
      const { dataset } = host.sessions.get(uri)!;
      expect(dataset.isReady).toBe(false);
      return rowsOf(dataset, { uri, order: 'all', start: 0, end: 2 });
    };
    const table = await early('a.parquet', await tableOf(LINES));
    expect([table.total, table.rows.map((row) => row.chosen)]).toEqual([20, ['better 0', 'better 1']]);
    expect(await early('a.jsonl', LINES.join('\n'))).toEqual({ rows: [], total: 0 });
  });

  it.each([
    [LINES.join('\n'), 'unscored', undefined],
    ['{"level":"info"}\n', 'unrecognised', 'preflens.json'],
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
    expect(index.page(files, request({})).groups.map(({ key, count }) => [key, count])).toEqual([
      ['source 0', 50],
      ['source 1', 50],
    ]);
    for (let start = 0; start < 50; start += 10) {
      const { items, total } = index.page(files, request({ group: 'source 1', start, end: start + 10 }));
      expect([items.length, items[0]!.message, total]).toEqual([10, `finding ${2 * start + 1}`, 50]);
    }
    expect(looks).toBe(100);
    expect(index.page([...files], request({ filter: 'finding 1' })).total).toBe(12);
    expect(looks).toBe(112);
    expect(index.page([files[0]!, fileOf('file:///b.jsonl', 4)], request({})).total).toBe(94);
    expect(looks).toBe(206);
  });
});
