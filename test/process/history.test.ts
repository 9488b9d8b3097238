// `preflens diff` and `merge`, alone and as drivers of git.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { beforeEach, describe, expect, it } from 'vitest';

import { testFolder } from '../fakes/files.ts';
import { tableOf } from '../fakes/parquet.ts';
import { CACHE, CLI, preflens } from './run.ts';

const folder = testFolder('history');

const record = (i: number, chosen = `good ${i}`, rejected = `bad ${i}`): string =>
  `{"prompt": "question ${i}", "chosen": "${chosen}", "rejected": "${rejected}", "source": "hh"}`;
const file = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
const RECORDS = Array.from({ length: 20 }, (_, i) => record(i));
const edited = (changes: Readonly<Record<number, string>>): string[] =>
  RECORDS.map((line, i) => changes[i] ?? line);

describe('preflens diff', () => {
  it('counts, lists and exits like diff', async () => {
    const old = folder.write('old.jsonl', file(RECORDS));
    const now = folder.write('new.jsonl', file([...edited({ 3: record(3, 'bad 3', 'good 3') }), record(20)]));
    const run = await preflens(['diff', old, now]);
    expect([run.code, run.err]).toEqual([1, '']);
    expect(run.out.split('\n')).toEqual([
      `${old} → ${now}: 1 flipped, 1 added; 19 the same`,
      `${now}:4: flipped: question 3`,
      '    chosen: good 3 → bad 3',
      `${now}:21: added: question 20`,
      '',
    ]);
    const same = await preflens(['diff', old, old]);
    expect([same.code, same.out]).toEqual([0, `${old} → ${old}: no differences in 20 records\n`]);
    const none = await preflens(['diff', old, join(folder.path, 'none.jsonl')]);
    expect([none.code, none.out]).toEqual([2, '']);
    expect((await preflens(['diff', old])).code).toBe(2);
  });

  it('compares files of other formats by what they say', async () => {
    const now = edited({ 5: record(5, 'better 5') });
    const old = folder.write('old.jsonl', file(RECORDS));
    for (const [name, content] of [
      ['new.parquet', await tableOf(now)],
      ['new.jsonl.gz', gzipSync(file(now))],
      ['new.json', `[\n${now.join(',\n')}\n]\n`],
    ] as const) {
      const { code, out } = await preflens(['diff', old, folder.write(name, content), '--format', 'json']);
      const { counts, changes } = JSON.parse(out) as { counts: object; changes: object[] };
      expect([name, code, counts]).toEqual([
        name,
        1,
        { added: 0, removed: 0, flipped: 0, edited: 1, moved: 0, same: 19 },
      ]);
      expect(changes).toMatchObject([
        {
          change: 'edited',
          new: { record: 5 },
          parts: [{ part: 'chosen', before: 'good 5', after: 'better 5' }],
        },
      ]);
    }
  });

  it('lists no more than --limit of each kind, and writes Markdown in which nothing is live', async () => {
    const old = folder.write('old.jsonl', file(RECORDS));
    const now = folder.write(
      'new.jsonl',
      file(
        [...RECORDS, record(21, '| <img src=x> @team `code`'), record(22), record(23)].map((line, i) =>
          i === 2 ? line.replace('good 2', 'x \\u001b[31m ::error::y') : line,
        ),
      ),
    );
    const { out } = await preflens(['diff', old, now, '--format', 'markdown', '--limit', '2']);
    expect(out).toContain('1 edited, 3 added; 19 the same');
    expect(out).toContain('| 3 | edited | question 2<br>chosen: `good 2` → `x ␛[31m ::error::y` |');
    expect(out).toContain('1 more change not listed (--limit)');
    expect(out).not.toContain('\u001b');
  });
});

it('preflens rows selects by what changed', async () => {
  const old = folder.write('old.jsonl', file(RECORDS));
  const now = folder.write('new.jsonl', file([...edited({ 3: record(3, 'bad 3', 'good 3') }), record(20)]));
  const rows = async (...more: string[]): Promise<string> =>
    (await preflens(['rows', now, '--against', old, '--format', 'records', ...more])).out;
  expect(await rows('--where', 'change:flipped')).toBe(file([record(3, 'bad 3', 'good 3')]));
  expect(await rows('--where', 'change:*')).toBe(file([record(3, 'bad 3', 'good 3'), record(20)]));
  expect(await rows('--where', '-change:*', '--limit', '1')).toBe(file(RECORDS.slice(0, 1)));
  const alone = await preflens(['rows', now, '--where', 'change:*']);
  expect([alone.code, alone.err]).toEqual([2, expect.stringContaining('--against')]);
});

/** A repository with both drivers. */
function git(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, {
    cwd: folder.path,
    encoding: 'utf8',
    env: {
      ...process.env,
      GIT_CONFIG_GLOBAL: join(folder.path, 'no-config'),
      GIT_CONFIG_NOSYSTEM: '1',
      PREFLENS_CACHE: CACHE,
    },
  });
  if (status !== 0 && args[0] !== 'merge') throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout;
}

const PREFLENS = `"${process.execPath}" "${CLI}"`;

function commit(name: string, content: string | Uint8Array, message: string): void {
  folder.write(name, content);
  git('add', '-A');
  git('commit', '-q', '-m', message);
}

describe('with git', () => {
  beforeEach(() => {
    git('init', '-q', '-b', 'main');
    for (const [name, value] of [
      ['user.name', 'A'],
      ['user.email', 'a@example.org'],
      ['commit.gpgsign', 'false'],
      ['diff.preflens.command', `${PREFLENS} diff --driver`],
      ['merge.preflens.name', 'records of a dataset'],
      ['merge.preflens.driver', `${PREFLENS} merge %O %A %B --path %P --marker-size %L`],
    ] as const)
      git('config', name, value);
    commit('.gitattributes', '*.jsonl diff=preflens merge=preflens\n*.parquet diff=preflens\n', 'attributes');
  });

  it('git diff says what happened to records, also of a new, a renamed and a removed file', async () => {
    commit('data/a.jsonl', file(RECORDS), 'first');
    commit('data/table.parquet', await tableOf(RECORDS), 'table');
    folder.write('data/a.jsonl', file(edited({ 3: record(3, 'bad 3', 'good 3') })));
    folder.write('data/table.parquet', await tableOf(RECORDS.slice(1)));
    expect(git('diff')).toBe(
      [
        'a/data/a.jsonl → b/data/a.jsonl: 1 flipped; 19 the same',
        'b/data/a.jsonl:4: flipped: question 3',
        '    chosen: good 3 → bad 3',
        'a/data/table.parquet → b/data/table.parquet: 1 removed; 19 the same',
        'a/data/table.parquet:1: removed: question 0',
        '',
      ].join('\n'),
    );
    git('checkout', '-q', '.');
    folder.write('data/new.jsonl', file(RECORDS.slice(0, 1)));
    git('add', '-A');
    expect(git('diff', '--cached')).toContain('/dev/null → b/data/new.jsonl: 1 added; 0 the same');
    git('commit', '-q', '-m', 'new');
    git('mv', 'data/a.jsonl', 'data/b.jsonl');
    folder.write('data/b.jsonl', file(RECORDS.slice(0, 19)));
    git('add', '-A');
    expect(git('diff', '--cached', '-M')).toContain(
      'a/data/a.jsonl → b/data/b.jsonl: 1 removed; 19 the same',
    );
    rmSync(join(folder.path, 'data/new.jsonl'));
    expect(git('diff')).toContain('b/data/new.jsonl → /dev/null'.replace('b/', 'a/'));
  });

  it('git goes on after a file that cannot be compared', () => {
    commit('a.jsonl', file(RECORDS), 'first');
    commit('b.jsonl', file(RECORDS), 'second');
    folder.write('a.jsonl', '\u0000\u0001 no dataset at all \u0000');
    folder.write('b.jsonl', file(RECORDS.slice(1)));
    const said = git('diff');
    expect(said).toContain('b.jsonl: 1 removed; 19 the same');
    expect(said).toContain('a.jsonl');
  });

  it('compares a file with a revision, and says why it cannot', async () => {
    commit('data/a.jsonl', file(RECORDS), 'first');
    const path = folder.write('data/a.jsonl', file(RECORDS.slice(2)));
    const run = await preflens(['diff', '--git', 'HEAD', path]);
    expect([run.code, run.out.split('\n')[0]]).toEqual([1, `HEAD:${path} → ${path}: 2 removed; 18 the same`]);
    for (const revision of ['nowhere', '--textconv', '']) {
      const refused = await preflens(['diff', `--git=${revision}`, path]);
      expect([refused.code, refused.out]).toEqual([2, '']);
      expect(refused.err).toContain(`git has no such file in "${revision}"`);
    }
    const untracked = await preflens(['diff', '--git', 'HEAD', folder.write('c.jsonl', file(RECORDS))]);
    expect(untracked.code).toBe(2);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('preflens-git-'))).toEqual([]);
  });

  it('runs no program that a repository names', async () => {
    commit('a.jsonl', file(RECORDS), 'first');
    const made = join(folder.path, 'made');
    const program = folder.write('program.sh', `#!/bin/sh\ntouch "${made}"\ncat\n`);
    execFileSync('chmod', ['+x', program]);
    for (const name of [
      'core.fsmonitor',
      'core.pager',
      'filter.x.smudge',
      'filter.x.clean',
      'core.sshCommand',
      'diff.x.textconv',
    ])
      git('config', name, program);
    folder.write('.gitattributes', '*.jsonl filter=x diff=x\n');
    expect((await preflens(['diff', '--git', 'HEAD', join(folder.path, 'a.jsonl')])).code).toBe(0);
    expect(readdirSync(folder.path)).not.toContain('made');
  });

  const branch = (name: string, lines: readonly string[]): void => {
    git('checkout', '-q', '-b', name, 'main');
    commit('data/a.jsonl', file(lines), name);
  };

  it('git merge takes records from both branches', () => {
    mkdirSync(join(folder.path, 'data'));
    commit('data/a.jsonl', file(RECORDS), 'first');
    // A merge of lines would see a conflict in neighbours and at the end.
    branch('ours', [...edited({ 3: record(3, 'bad 3', 'good 3') }), record(20)]);
    branch('theirs', [...edited({ 4: record(4, 'better 4') }).slice(1), record(21)]);
    git('checkout', '-q', 'ours');
    git('merge', '-q', '--no-edit', 'theirs');
    expect(git('status', '--porcelain')).toBe('');
    expect(readFileSync(join(folder.path, 'data/a.jsonl'), 'utf8')).toBe(
      file([
        ...edited({ 3: record(3, 'bad 3', 'good 3'), 4: record(4, 'better 4') }).slice(1),
        record(20),
        record(21),
      ]),
    );
  });

  it('git merge leaves a conflict in the record that both changed', () => {
    commit('data/a.jsonl', file(RECORDS), 'first');
    const [ours, theirs] = [record(3, 'ours'), record(3, 'theirs')];
    branch('ours', edited({ 3: ours }));
    branch('theirs', edited({ 3: theirs, 7: record(7, 'also theirs') }));
    git('checkout', '-q', 'ours');
    git('merge', '-q', '--no-edit', 'theirs');
    expect(git('status', '--porcelain')).toBe('UU data/a.jsonl\n');
    const text = readFileSync(join(folder.path, 'data/a.jsonl'), 'utf8');
    expect(text).toBe(
      file(
        edited({
          3: ['<<<<<<< ours', ours, '=======', theirs, '>>>>>>> theirs'].join('\n'),
          7: record(7, 'also theirs'),
        }),
      ),
    );
    expect(git('diff')).toContain('++<<<<<<< ours');
  });

  it('keeps our version of a file that is no JSON Lines', async () => {
    const paths = ['base', 'ours', 'theirs'].map((name) => folder.write(name, file(RECORDS)));
    const before = readFileSync(paths[1]!);
    const run = await preflens(['merge', ...paths, '--path', 'data.parquet']);
    expect([run.code, run.err]).toEqual([2, expect.stringContaining('only JSON Lines can be merged')]);
    expect(readFileSync(paths[1]!).equals(before)).toBe(true);
    expect(dirname(paths[1]!)).toBe(folder.path);
  });
});
