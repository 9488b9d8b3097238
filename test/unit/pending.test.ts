// Pending edits and their history, and the survey after a save.
import { readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { surveyAfterSave } from '#core/dataset/afterSave.ts';
import { PendingEdits, recordsIn, renumberBy } from '#core/edits/pending.ts';
import { seededRandom } from '#core/score/random.ts';
import { DEFAULT_SETTINGS } from '#node/config.ts';
import { openDisk } from '#node/diskTools.ts';
import { EditSession } from '#node/editSession.ts';
import { openFile } from '#node/files.ts';
import { openJournals } from '#node/journal.ts';
import { DiskSource } from '#session/sources/disk.ts';
import type { DocumentSurvey } from '#session/sources/resurvey.ts';

import { goodRecord, never, testFolder } from '../fakes/files.ts';
import { Owners } from '../fakes/owners.ts';
import { tableOf } from '../fakes/parquet.ts';
import { cut, decode, encode, survey } from '../fakes/records.ts';
import { HERE } from '../fakes/threads.ts';

const folder = testFolder('pending');

describe('pending edits', () => {
  const [a, b, c] = ['a', 'b', 'c'].map(encode) as [Uint8Array, Uint8Array, Uint8Array];

  it('an edit that restores the original bytes is none', () => {
    const edits = new PendingEdits();
    edits.add(3, a, b, 'Flip');
    edits.add(3, b, a, 'Flip');
    expect([edits.count, edits.done.length]).toEqual([0, 2]);
  });

  it('edits made during a save stay pending, based on the bytes that the file now holds', () => {
    const edits = new PendingEdits();
    edits.add(1, a, b, 'Edit');
    const dropped = edits.add(4, a, null, 'Drop');
    const last = edits.add(7, a, b, 'Edit');
    const taken = edits.take();
    edits.add(1, b, c, 'Edit');
    edits.retrace(last, 'undo');
    expect(edits.isStillMeant(taken)).toBe(true);
    edits.commit(taken);
    expect(
      [...edits.pending].map(([record, { base, bytes }]) => [record, decode(base), decode(bytes!)]),
    ).toEqual([
      [1, 'b', 'c'],
      [6, 'b', 'a'],
    ]);
    expect(edits.canRetrace(dropped, 'undo')).toBe(false);
    edits.retrace(last, 'redo');
    expect([...edits.pending.keys()]).toEqual([1]);
  });

  it('an undone drop is not saved', () => {
    const edits = new PendingEdits();
    const id = edits.add(1, a, null, 'Drop');
    const taken = edits.take();
    edits.retrace(id, 'undo');
    expect(edits.isStillMeant(taken)).toBe(false);
  });

  it('a later edit of the record prevents undoing an earlier one', () => {
    const edits = new PendingEdits();
    const [first, second] = [edits.add(1, a, b, 'Edit'), edits.add(1, b, c, 'Edit')];
    expect([edits.canRetrace(first, 'undo'), edits.canRetrace(second, 'undo')]).toEqual([false, true]);
  });

  it('of two equal records the nearest gets the edit, and none gets two', () => {
    const edits = new PendingEdits();
    edits.add(2, a, b, 'Edit');
    edits.add(3, a, c, 'Edit');
    const now = [c, a, c, c, a].map((one) => decode(one));
    const { aside } = edits.rebase(
      (record) => (now[record] === undefined ? undefined : encode(now[record])),
      (bytes) => now.flatMap((one, i) => (one === decode(bytes) ? [i] : [])),
    );
    // Record 3 already has the new text.
    expect([aside, [...edits.pending.keys()]]).toEqual([[], [1]]);
  });

  it('an edit that fits nowhere returns when its record does', () => {
    const edits = new PendingEdits();
    edits.add(2, a, b, 'Edit');
    expect(
      edits.rebase(
        () => c,
        () => [],
      ).aside,
    ).toHaveLength(1);
    expect([edits.count, edits.isEmpty]).toEqual([0, false]);
    expect(
      edits.rebase(
        () => c,
        () => [],
      ).aside,
    ).toEqual([]);
    const { back } = edits.rebase(
      (record) => (record === 5 ? a : c),
      () => [5],
    );
    expect(back.map(({ record }) => record)).toEqual([5]);
    expect([...edits.pending.keys()]).toEqual([5]);
  });

  it('two sessions are merged: the same edit counts once, and of two contradicting edits one is set aside', () => {
    const [one, two] = [new PendingEdits(), new PendingEdits()];
    one.add(1, a, b, 'Edit');
    one.add(2, a, b, 'Edit');
    two.add(1, a, b, 'Edit');
    two.add(2, a, c, 'Edit');
    two.add(3, a, c, 'Edit');
    expect(one.merge(two).map(({ record }) => record)).toEqual([2]);
    expect([...one.pending.keys()]).toEqual([1, 2, 3]);
    expect(one.done.map(({ record }) => record)).toEqual([1, 2, 3]);
  });

  it('records move when one before them is dropped or split', () => {
    const renumber = renumberBy([
      [1, null],
      [4, encode('{}\n \r\n{}\n{}')],
      [5, encode('{}')],
    ]);
    expect([0, 1, 2, 4, 5, 6].map(renumber)).toEqual([0, -1, 1, -1, 6, 7]);
    const texts = ['', ' \t', '{}\r', '{}\n{}\n', '{\n"a":\n1}', '[\n'];
    expect(texts.map((text) => recordsIn(encode(text)))).toEqual([0, 0, 1, 2, 1, 1]);
  });
});

describe('a survey after a save', () => {
  it('equals the survey of the saved file', () => {
    const random = seededRandom(3);
    for (let round = 0; round < 200; round++) {
      const count = 1 + Math.floor(random() * 12);
      const ends: string[] = Array.from({ length: count }, () => (random() < 0.3 ? '\r\n' : '\n'));
      if (random() < 0.5) ends[count - 1] = '';
      const line = (i: number): string =>
        random() < 0.1 ? '{broken' : random() < 0.1 ? '   ' : goodRecord(i);
      const lines = Array.from({ length: count }, (_, i) => line(i));
      const bom = random() < 0.3 ? '\ufeff' : '';
      const text = bom + lines.map((one, i) => one + ends[i]!).join('');
      const old = survey(text);
      if (!old.recognition) continue;
      const saved = cut(encode(text)).flatMap((raw) => {
        const draw = random();
        if (draw < 0.5) return [];
        const bytes = draw < 0.75 ? null : encode(goodRecord(1000 + raw.record));
        const [end, next] = [raw.byteEnd, encode(text).subarray(raw.byteEnd)];
        const lineEnd = end + (next[0] === 0x0a ? 1 : next[1] === 0x0a && next[0] === 0x0d ? 2 : 0);
        return [{ raw: { ...raw, lineEnd }, bytes }];
      });
      const replaced = saved.toReversed().reduce((now, { raw: { byteStart, byteEnd, lineEnd }, bytes }) => {
        const end = bytes ? byteEnd : lineEnd;
        return Buffer.concat([now.subarray(0, byteStart), bytes ?? new Uint8Array(0), now.subarray(end)]);
      }, Buffer.from(text));
      const fresh = survey(replaced);
      const known = surveyAfterSave(old, saved, false).survey;
      const plain = ({ facts }: typeof fresh): unknown => {
        const { line: lineOf, byteStart, byteEnd } = facts.records;
        return Array.from({ length: facts.recordCount }, (_, i) => [lineOf[i], byteStart[i], byteEnd[i]]);
      };
      expect(plain(known)).toEqual(plain(fresh));
    }
  });
});

describe('a journal', () => {
  const owners = new Owners();

  it('that a process tore while writing is read up to the tear', () => {
    const owner = owners.start();
    const journal = openJournals(folder.path, owner).open('/data/a.jsonl');
    const begin = () =>
      [{ path: '/data/a.jsonl', session: 's', revision: 0 }, new PendingEdits().state] as const;
    for (const record of [1, 2, 3])
      journal.append({ kind: 'add', record, before: encode('a'), after: encode('b'), label: 'Edit' }, begin);
    const unsaved = join(folder.path, 'unsaved');
    const file = join(unsaved, readdirSync(unsaved)[0]!);
    writeFileSync(file, readFileSync(file).subarray(0, -20));
    owners.end(owner);
    const [left] = openJournals(folder.path, owners.start()).open('/data/a.jsonl').takeLeft();
    expect([...(left?.edits.pending.keys() ?? [])]).toEqual([1, 2]);
  });

  it('leaves nothing of a process that was killed while it wrote one', () => {
    const owner = owners.start();
    const killed = openJournals(folder.path, owner).open('/data/a.jsonl');
    killed.rewrite({ path: '/data/a.jsonl', session: 's', revision: 0 }, new PendingEdits().state);
    killed.close();
    owners.end(owner);
    const unsaved = join(folder.path, 'unsaved');
    const [name = ''] = readdirSync(unsaved);
    writeFileSync(join(unsaved, `${name}.partial`), '{"ki');
    const journal = openJournals(folder.path, owners.start()).open('/data/a.jsonl');
    expect(journal.takeLeft()).toHaveLength(1);
    journal.dropTaken();
    expect(readdirSync(unsaved)).toEqual([]);
  });

  it('is not adopted from a folder that others can write to', () => {
    const owner = owners.start();
    const path = '/data/planted.jsonl';
    openJournals(folder.path, owner)
      .open(path)
      .append({ kind: 'add', record: 1, before: encode('a'), after: null, label: 'Drop' }, () => [
        { path, session: 's', revision: 0 },
        new PendingEdits().state,
      ]);
    owners.end(owner);
    expect(openJournals(folder.path, owners.start(), false).open(path).takeLeft()).toEqual([]);
    expect(openJournals(folder.path, owners.start()).open(path).takeLeft()).toHaveLength(1);
  });

  it('stays until edits that fit nowhere are set aside, whatever the name of the file', async () => {
    const path = `/data/${'x'.repeat(240)}.jsonl`;
    const owner = owners.start();
    openJournals(folder.path, owner)
      .open(path)
      .append({ kind: 'add', record: 0, before: encode('a'), after: encode('b'), label: 'Edit' }, () => [
        { path, session: 's', revision: 0 },
        new PendingEdits().state,
      ]);
    owners.end(owner);
    const content = {
      stamp: { size: 1, mtimeMs: 1, ctimeMs: 1, inode: 1 },
      digest: undefined,
      bytesAt: () => encode('c'),
      find: async () => () => [],
    };
    // Nothing can be set aside if a file has the folder's name.
    const aside = join(folder.path, 'unsaved', 'set-aside');
    rmSync(aside, { recursive: true, force: true });
    writeFileSync(aside, '');
    const settle = async () => {
      const next = owners.start();
      const session = new EditSession(path, openJournals(folder.path, next).open(path));
      const settled = await session.settle(content);
      session.close();
      owners.end(next);
      return settled;
    };
    expect(await settle()).toMatchObject({ aside: [{}] });
    rmSync(aside);
    expect((await settle()).asidePath).toContain('set-aside');
    expect((await settle()).aside).toEqual([]);
  });

  it('is adopted by only one of two processes', () => {
    const owner = owners.start();
    const journal = openJournals(folder.path, owner).open('/data/a.jsonl');
    journal.append({ kind: 'add', record: 1, before: encode('a'), after: null, label: 'Drop' }, () => [
      { path: '/data/a.jsonl', session: 's', revision: 0 },
      new PendingEdits().state,
    ]);
    const other = openJournals(folder.path, owners.start()).open('/data/a.jsonl');
    expect(other.takeLeft()).toEqual([]);
    owners.end(owner);
    const taken = [other, openJournals(folder.path, owners.start()).open('/data/a.jsonl')].map(
      (one) => one.takeLeft().length,
    );
    expect(taken).toEqual([1, 0]);
  });
});

describe('a source on disk', () => {
  const owners = new Owners();
  const open = async (path: string, backup?: string) => {
    const owner = owners.start();
    const disk = openDisk(folder.path, HERE, owner);
    const source = new DiskSource('file:///a', await openFile(path), disk, { backup });
    let known = (await source.survey(DEFAULT_SETTINGS, never)) as DocumentSurvey;
    const refresh = (): void => {
      known = source.refresh(known)?.survey ?? known;
    };
    refresh();
    const text = (record: number): string => {
      refresh();
      const { byteStart, byteEnd } = known.facts.records;
      return decode(source.bytesOf(record, byteStart[record]!, byteEnd[record]!));
    };
    const end = (): void => {
      owners.end(owner);
      source.close();
    };
    return { source, refresh, text, end };
  };

  it('saves again without a drop that was undone during the save', async () => {
    const path = folder.write('a.jsonl', [0, 1, 2].map(goodRecord).join('\n'));
    const { source, refresh, end } = await open(path);
    const id = source.edit(1, null, 'Drop');
    source.edit(2, encode(goodRecord(20)), 'Edit');
    const saving = source.save(never, refresh);
    await setImmediate();
    const isTakenBack = source.retrace(id, 'undo');
    await saving;
    // A late undo is refused; either way the file holds exactly the wanted rows.
    const expected = isTakenBack ? [0, 1, 20] : [0, 20];
    expect(readFileSync(path, 'utf8')).toBe(expected.map(goodRecord).join('\n'));
    expect(source.unsavedCount).toBe(0);
    end();
  });

  it('a table that gains a column in a save keeps edits of other rows through a crash', async () => {
    const path = folder.write('a.parquet', await tableOf([0, 1, 2, 3].map(goodRecord)));
    const first = await open(path);
    const flipped = '{"prompt":"q1","chosen":"worse 1","rejected":"better 1"}';
    const id = first.source.edit(1, encode(flipped), 'Flip');
    first.source.edit(2, encode(goodRecord(2).replace('}', ',"margin":1.5}')), 'Margin');
    await first.source.save(never, first.refresh);
    expect(first.text(1)).toContain('"margin":null');
    expect(first.source.retrace(id, 'undo')).toBe(true);
    first.end();
    const second = await open(path);
    expect(second.source.takeSettled()).toMatchObject({ restored: 1, aside: [] });
    expect(second.text(1)).toBe(goodRecord(1));
    await second.source.save(never, second.refresh);
    expect(JSON.parse(second.text(1))).toEqual({ ...(JSON.parse(goodRecord(1)) as object), margin: null });
    expect(second.text(2)).toContain('"margin":1.5');
    second.end();
  });

  it('a record that is split moves the edits after it', async () => {
    const path = folder.write('a.jsonl', [0, 1, 2].map(goodRecord).join('\n'));
    const first = await open(path);
    first.source.edit(0, encode(`${goodRecord(10)}\n${goodRecord(11)}`), 'Repair');
    const saving = first.source.save(never);
    await setImmediate();
    first.source.edit(2, encode(goodRecord(22)), 'Edit');
    expect(await saving).toEqual({ count: 1, isCarried: false });
    first.end();
    const second = await open(path);
    expect([0, 1, 2, 3].map(second.text)).toEqual([10, 11, 1, 22].map(goodRecord));
    second.end();
  });

  it('keeps the edits of its backup in a new one before it is read, and refuses to save until then', async () => {
    const path = folder.write('a.jsonl', [0, 1].map(goodRecord).join('\n'));
    const [older, newer] = [join(folder.path, 'older'), join(folder.path, 'newer')];
    const first = await open(path);
    first.source.edit(1, encode(goodRecord(11)), 'Edit');
    await first.source.backup(older);
    first.source.discard();
    first.end();
    const owner = owners.start();
    const disk = openDisk(folder.path, HERE, owner);
    const unread = new DiskSource('file:///a', await openFile(path), disk, { backup: older });
    await unread.backup(newer);
    // An editor would take it as saved, and discard the backup.
    await expect(unread.save(never)).rejects.toThrow('is still reading the file');
    rmSync(older);
    unread.close();
    owners.end(owner);
    const second = await open(path, newer);
    expect(second.text(1)).toBe(goodRecord(11));
    second.end();
  });

  it('accepts edits if the journal cannot be written, says so once, and saves them', async () => {
    const path = folder.write('a.jsonl', [0, 1].map(goodRecord).join('\n'));
    const { source, refresh, end } = await open(path);
    // No folder can be created where a file exists.
    folder.write('unsaved', 'in the way');
    source.edit(1, encode(goodRecord(11)), 'Edit');
    const id = source.edit(0, null, 'Drop');
    expect(source.retrace(id, 'undo')).toBe(true);
    expect([typeof source.takeFault(), source.takeFault()]).toEqual(['string', undefined]);
    await source.save(never, refresh);
    expect(readFileSync(path, 'utf8')).toBe([0, 11].map(goodRecord).join('\n'));
    end();
  });

  it('resumes journaling once that is possible', async () => {
    const path = folder.write('a.jsonl', [0, 1].map(goodRecord).join('\n'));
    const first = await open(path);
    const inTheWay = folder.write('unsaved', 'in the way');
    first.source.edit(1, encode(goodRecord(11)), 'Edit');
    rmSync(inTheWay);
    first.source.edit(0, encode(goodRecord(10)), 'Edit');
    first.end();
    const second = await open(path);
    expect([0, 1].map(second.text)).toEqual([10, 11].map(goodRecord));
    second.end();
  });

  it('distinguishes a touch from a change, also after a save', async () => {
    const path = folder.write('a.jsonl', [0, 1].map(goodRecord).join('\n'));
    const { source, refresh, end } = await open(path);
    source.edit(1, encode(goodRecord(11)), 'Edit');
    await source.save(never, refresh);
    source.edit(0, encode(goodRecord(10)), 'Edit');
    // The digest of the saved file is computed in the background.
    for (let tries = 0; tries < 2000 && !source.isDigested; tries++) await setTimeout(5);
    utimesSync(path, 1_600_000_000, 1_600_000_000);
    expect([await source.isChanged(never), source.unsavedCount]).toEqual([false, 1]);
    writeFileSync(path, [0, 12].map(goodRecord).join('\n'));
    expect(await source.isChanged(never)).toBe(true);
    end();
  });
});
