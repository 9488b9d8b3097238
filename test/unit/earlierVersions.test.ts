// An open file beside its last commit: which rows changed, through edits, undo and saves.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';

import { beforeEach, describe, expect, it } from 'vitest';

import type { ComparedVersions } from '#protocol/editor/history.ts';
import { compareWithRevision } from '#session/compareVersions.ts';
import type { Session } from '#session/session.ts';

import { never } from '../fakes/files.ts';
import { flip, rowsIn, sessionsIn } from '../fakes/openSessions.ts';
import { tableOf } from '../fakes/parquet.ts';
import { HERE } from '../fakes/threads.ts';

const { folder, newHost, ofFile } = sessionsIn('earlier');

const line = (i: number, chosen = `good ${i}`, rejected = `bad ${i}`): string =>
  JSON.stringify({ prompt: `question ${i}`, chosen, rejected, source: 'hh' });
const OLD = Array.from({ length: 12 }, (_, i) => line(i));
/** The second is flipped, the fourth edited, the sixth gone, and there is one more. */
const NEW = [
  ...OLD.map((one, i) => (i === 1 ? line(1, 'bad 1', 'good 1') : i === 3 ? line(3, 'better') : one)),
  line(20),
].toSpliced(5, 1);

const git = (...args: readonly string[]): string =>
  execFileSync(
    'git',
    ['-c', 'user.name=A', '-c', 'user.email=a@example.org', '-c', 'commit.gpgsign=false', ...args],
    {
      cwd: folder.path,
      encoding: 'utf8',
    },
  );

beforeEach(() => {
  git('init', '-q');
});

function commit(name: string, content: string | Uint8Array): void {
  folder.write(name, content);
  git('add', '-A');
  git('commit', '-q', '-m', 'first');
}

const compare = async (session: Session): Promise<ComparedVersions> =>
  compareWithRevision(session.dataset, 'HEAD', HERE, never);

function rows(session: Session, query: string): number[] {
  session.update();
  const { rows: found, fault } = rowsIn(session, 100, { query });
  expect(fault).toBeUndefined();
  return found.map(({ record }) => record);
}

const FILES: Readonly<Record<string, (lines: readonly string[]) => Promise<string | Uint8Array>>> = {
  'a.jsonl': async (lines) => Promise.resolve(lines.join('\n')),
  'a.jsonl.gz': async (lines) => Promise.resolve(gzipSync(lines.join('\n'))),
  'a.json': async (lines) => Promise.resolve(`[\n${lines.join(',\n')}\n]`),
  'a.parquet': async (lines) => tableOf(lines),
};

describe.each(Object.keys(FILES))('%s', (name) => {
  const open = async (): Promise<Session> => {
    commit(name, await FILES[name]!(OLD));
    const { session } = await ofFile(name, await FILES[name]!(NEW));
    return session;
  };

  it('knows what changed since the last commit', async () => {
    const session = await open();
    expect(rows(session, 'change:*')).toEqual([]);
    const { counts, report } = await compare(session);
    expect(counts).toEqual({ added: 1, removed: 1, flipped: 1, edited: 1, moved: 0 });
    expect(report).toEqual([
      `HEAD:${name} → ${name}: 1 flipped, 1 edited, 1 added, 1 removed; 9 the same`,
      expect.stringMatching(/: flipped: question 1$/),
      '    chosen: good 1 → bad 1',
      expect.stringMatching(/: edited: question 3$/),
      '    chosen: good 3 → better',
      expect.stringMatching(/: added: question 20$/),
      expect.stringMatching(/^HEAD:.*: removed: question 5$/),
    ]);
    expect(rows(session, 'change:*')).toEqual([1, 3, 11]);
    expect(rows(session, 'change:flipped')).toEqual([1]);
    expect(rows(session, 'change:chosen OR change:added')).toEqual([3, 11]);
    expect(rows(session, '-change:* record<4')).toEqual([0, 2]);
    expect(rowsIn(session, 5, { query: 'change:*' }).note).toContain('1 removed since HEAD');
  });

  it('follows edits, undo and a save', async () => {
    const session = await open();
    await compare(session);
    await flip(session, 1);
    expect(rows(session, 'change:flipped')).toEqual([]);
    const again = await flip(session, 7);
    expect(rows(session, 'change:flipped')).toEqual([7]);
    expect(await session.retrace(again.id, 'undo')).toBe(true);
    expect(rows(session, 'change:*')).toEqual([3, 11]);
    await session.edit({ uri: session.uri, record: 2 }, { kind: 'drop' });
    expect(rows(session, 'change:*')).toEqual([3, 11]);
    await session.save(never);
    await session.whenRead();
    // A compressed file is read again from its start, which ends the comparison.
    const isOver = name.endsWith('.gz');
    expect(rows(session, 'change:*')).toEqual(isOver ? [] : [2, 10]);
    const counted = { added: 1, removed: 2, flipped: 0, edited: 1, moved: 0 };
    expect(session.dataset.earlier?.counts).toEqual(isOver ? undefined : counted);
    // As if it was compared now.
    const { counts } = await compare(session);
    expect(counts).toEqual({ added: 1, removed: 2, flipped: 0, edited: 1, moved: 0 });
    expect(rows(session, 'change:*')).toEqual([2, 10]);
  });
});

it('compares a text with its unsaved changes, and follows lines that come and go', async () => {
  commit('a.jsonl', OLD.join('\n'));
  const host = newHost();
  const uri = pathToFileURL(`${folder.path}/a.jsonl`).toString();
  host.sessions.openDocument(uri, 1, NEW.join('\n'));
  await host.until(uri, ({ phase }) => phase !== 'reading');
  const session = host.sessions.get(uri)!;
  await compare(session);
  expect(rows(session, 'change:*')).toEqual([1, 3, 11]);
  const at = { line: 0, character: 0 };
  host.sessions.changeDocument(uri, [{ range: { start: at, end: at }, text: `${line(30)}\n` }], 2);
  expect(rows(session, 'change:added')).toEqual([0, 12]);
  expect(rows(session, 'change:flipped')).toEqual([2]);
  host.sessions.changeDocument(uri, [{ range: { start: at, end: { line: 3, character: 0 } }, text: '' }], 3);
  expect(rows(session, 'change:*')).toEqual([1, 9]);
  expect(session.dataset.earlier!.counts.removed).toBe(3);
  // The line that was flipped comes back as it was in the commit.
  host.sessions.changeDocument(uri, [{ range: { start: at, end: at }, text: `${OLD[1]}\n` }], 4);
  expect(rows(session, 'change:*')).toEqual([2, 10]);
  expect(session.dataset.earlier!.counts.removed).toBe(2);
});

it('says why there is nothing to compare with', async () => {
  const { session } = await ofFile('b.jsonl', OLD.join('\n'));
  await expect(compare(session)).rejects.toThrow('git has no such file in "HEAD"');
  writeFileSync(
    `${folder.path}/pointer.jsonl`,
    'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n',
  );
  git('add', '-A');
  git('commit', '-q', '-m', 'pointer');
  const other = await ofFile('pointer.jsonl', OLD.join('\n'));
  await expect(compare(other.session)).rejects.toThrow(/git lfs/);
});
