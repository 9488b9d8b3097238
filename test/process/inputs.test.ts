// Imperfect real-world files: an unreadable part is reported with its place and the remedy, and no good
// record is lost.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { goodRecord, testFolder } from '../fakes/files.ts';
import { preflens } from './run.ts';

const folder = testFolder('inputs');

describe('lines with several records or trailing commas', () => {
  it.each([
    ['LF', '', '\n'],
    ['CRLF and a byte order mark', '\ufeff', '\r\n'],
  ])('`fix` puts each record on its own line and keeps all its bytes: %s', async (_, start, end) => {
    const records = [1, 2, 3, 4, 5, 6, 7].map(goodRecord);
    const [a, b, c, d, e, f, g] = records;
    const text = start + [`${a}${b}`, `${c},`, d, `${e} , ${f},`, g].join(end) + end;
    const path = folder.write('a.jsonl', text);
    const checked = await preflens(['check', '--no-score', path]);
    expect(checked.code).toBe(1);
    expect(checked.out.match(/invalid-json/g)).toHaveLength(3);
    expect(checked.out).toContain(`a.jsonl:1:${a!.length + 1}: error invalid-json`);
    const { code } = await preflens(['fix', path]);
    expect(code).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe(start + records.join(end) + end);
    expect((await preflens(['check', '--no-score', path])).code).toBe(0);
  });

  it('`fix` ends the last line like the first', async () => {
    const [a, b, c] = [1, 2, 3].map(goodRecord);
    const path = folder.write('a.jsonl', `${a}\r\n${b}${c}`);
    await preflens(['fix', path]);
    expect(readFileSync(path, 'utf8')).toBe(`${a}\r\n${b}\r\n${c}`);
  });

  it('`fix` repairs a file whose every line ends in a comma', async () => {
    const records = [1, 2, 3].map(goodRecord);
    const path = folder.write('a.jsonl', records.join(',\n') + ',\n');
    await preflens(['fix', path]);
    expect(readFileSync(path, 'utf8')).toBe(records.join('\n') + '\n');
  });
});

const RECORDS = [1, 2, 3].map((i) => ({
  instruction: `Q${i}`,
  input: '',
  chosen: `a ${i}`,
  rejected: `b ${i}`,
}));
const LINES = RECORDS.map((one) => `${JSON.stringify(one)}\n`).join('');
const GOOD = [1, 2, 3].map((i) => `${goodRecord(i)}\n`).join('');
/** Every line is broken in the same way. */
const BROKEN = [1, 2, 3]
  .map((i) => `{"prompt":"q","chosen":"a","rejected":"b","score":NaN,"n":${i}}\n`)
  .join('');

describe('a JSON document', () => {
  it('of records is read by every command, and converted to JSON Lines', async () => {
    const text = JSON.stringify(RECORDS, null, 2);
    const path = folder.write('list.json', text);
    for (const [command, words] of [
      ['check', '3 pairs in 3 records'],
      ['schema', 'llamafactory-alpaca'],
      ['stats', '3 pairs in 3 records'],
      ['fix', '0 records changed'],
      ['index', '3 pairs in 3 records'],
    ] as const) {
      const { code, out, err } = await preflens([command, path]);
      expect(code, command).toBe(0);
      expect(`${out}${err}`, command).toContain(words);
    }
    expect(readFileSync(path, 'utf8')).toBe(text);
    // The pairs are read; they are only too few.
    expect((await preflens(['score', path, '--out', '-'])).err).toContain('3 pairs are too few to score');
    const out = join(folder.path, 'list.jsonl');
    const { code, err } = await preflens(['convert', path, '--out', out]);
    expect([code, err.includes('3 records read, 3 written. Nothing is lost.')]).toEqual([0, true]);
    const written = readFileSync(out, 'utf8');
    expect(
      written
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(RECORDS);
    expect((await preflens(['check', '--no-score', out])).err).toContain('3 pairs in 3 records');
  });

  it('with all records on one line is read; with commas between them, `fix` splits it', async () => {
    const path = folder.write('one.jsonl', LINES.replaceAll('\n', ' '));
    expect((await preflens(['check', '--no-score', path])).err).toContain('3 pairs in 3 records');
    folder.write('one.jsonl', `${LINES.trimEnd().replaceAll('\n', ', ')} `);
    const checked = await preflens(['check', '--no-score', path]);
    expect([checked.code, checked.err.includes('3 JSON documents one after the other on line 1')]).toEqual([
      2,
      true,
    ]);
    expect(checked.out).toContain('one.jsonl:1:');
    expect((await preflens(['fix', path])).code).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe(`${LINES.trimEnd()} `);
  });

  it('in standard input is read; what is refused names no file of ours', async () => {
    const list = folder.write('piped.json', JSON.stringify({ train: RECORDS, test: RECORDS }));
    const { err } = await preflens(['check', '-', '--no-score'], undefined, list);
    expect(err).toContain('standard input: train 3 pairs in 1 file; test 3 pairs in 1 file.');
    const columns = folder.write(
      'columns.json',
      '{"prompt":["q","r"],"chosen":["a","b"],"rejected":["c","d"]}',
    );
    const refused = await preflens(['check', '-', '--format', 'json'], undefined, columns);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('standard input: this is a JSON object of columns');
    expect(refused.err).toContain('preflens convert FILE --out FILE.jsonl');
    expect(`${refused.out}${refused.err}`).not.toContain('stdin.');
  });

  it('is found in a folder if it holds pairs, and other JSON is ignored', async () => {
    folder.write('data/demo.json', JSON.stringify(RECORDS, null, 1));
    folder.write('data/dataset_info.json', JSON.stringify({ demo: { file_name: 'demo.json' } }, null, 2));
    folder.write('data/config.json', '{"a": 1}');
    const { code, err } = await preflens(['check', join(folder.path, 'data')]);
    expect([code, err.trim().split('\n').length]).toEqual([0, 1]);
    expect(err).toContain('data: 3 pairs in 3 records');
    const out = join(folder.path, 'out.jsonl');
    expect((await preflens(['convert', join(folder.path, 'data'), '--out', out])).err).toContain('3 written');
  });

  it.each([
    ['under a key', JSON.stringify({ data: RECORDS, version: 1 }, null, 1), 'left out: version'],
    [
      'in columns',
      JSON.stringify({ prompt: ['q', 'r'], chosen: ['a', 'b'], rejected: ['c', 'd'], score_chosen: [1] }),
      '2 written',
    ],
    [
      'in a list that breaks off',
      JSON.stringify(RECORDS).slice(0, -30),
      '1 record, first in record 3: the record is not a JSON object and is left out',
    ],
  ])('%s: `convert` writes its records and reports what it leaves out', async (_, text, words) => {
    const path = folder.write('x.json', text);
    const { code, err } = await preflens(['convert', path, '--out', join(folder.path, 'x.jsonl')]);
    expect(code).toBe(0);
    expect(err).toContain(words);
  });
});

describe('a folder with a card', () => {
  it('is read and converted by the splits that the card names', async () => {
    folder.write(
      'hub/README.md',
      '---\nconfigs:\n- config_name: default\n  data_files:\n  - split: train\n    path: data/train-*\n  - split: test\n    path: data/test-*\n---\n# A set\n',
    );
    folder.write('hub/data/train-00000-of-00001.jsonl', GOOD);
    folder.write('hub/data/test-00000-of-00001.jsonl', `${goodRecord(9)}\n`);
    folder.write('hub/draft.jsonl', BROKEN);
    const hub = join(folder.path, 'hub');
    const checked = await preflens(['check', '--no-score', hub]);
    expect(checked.err).toContain('test 1 pair in 1 file; train 3 pairs in 1 file.');
    expect(checked.err).toContain('README.md does not name 1 file, left out: draft.jsonl.');
    const converted = await preflens(['convert', hub, '--out', join(folder.path, 'hub.jsonl')]);
    expect([checked.code, converted.code]).toEqual([0, 0]);
    expect(converted.err).toContain('4 records read, 4 written.');
  });
});

describe('a file without records', () => {
  it.each([
    ['an empty table', 'a.parquet', '', 'this file is empty. If it should contain records'],
    ['an empty file', 'a.json', '', 'the file is empty. If it should contain records'],
    ['a bracket', 'a.json', '[', 'a JSON list on line 1 without records; the end is missing'],
    ['objects without fields', 'a.json', '[{}, {}]', 'the records have no fields'],
  ])('says so: %s', async (_, name, text, words) => {
    const { code, err } = await preflens(['check', '--no-score', folder.write(name, text)]);
    expect([code, err.includes(words)], err).toEqual([2, true]);
  });
});

it('a list whose first record is longer than the start that is looked at is read like any other', async () => {
  const long = { prompt: 'q', chosen: 'a', rejected: 'b '.repeat(1_000_000) };
  const path = folder.write('a.json', JSON.stringify([long, ...RECORDS.slice(0, 1)]));
  expect((await preflens(['schema', path])).out).toContain('recognised');
  expect((await preflens(['check', '--no-score', path])).err).toContain('in 2 records');
});

describe('a table with very many columns', () => {
  it('is described in a line that can be read', async () => {
    const names = Array.from({ length: 10_000 }, (_, i) => `c${i}`);
    const text = `prompt,chosen,rejected,${names.join(',')}\nWhy?,Rain.,No.,${names.map(() => 1).join(',')}\n`;
    const { code, err } = await preflens([
      'convert',
      folder.write('a.csv', text),
      '--out',
      join(folder.path, 'a.jsonl'),
    ]);
    expect([code, err.includes('Read c0, c1, c2 and 9,997 more as numbers')]).toEqual([0, true]);
  });
});

describe('`convert`', () => {
  it.each([
    ['of nothing', 'a.jsonl', ''],
    ['of broken lines', 'a.jsonl', BROKEN],
    ['of a list of texts', 'a.json', '["a",\n"b"]'],
    ['of settings', 'a.json', '{\n "a": 1\n}'],
    ['of a pointer', 'a.jsonl', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\n'],
  ])('%s writes no empty file and exits with 2', async (_, name, text) => {
    const out = join(folder.path, 'out.jsonl');
    const { code, err } = await preflens(['convert', folder.write(name, text), '--out', out]);
    expect([code, existsSync(out)]).toEqual([2, false]);
    expect(err).toContain(name);
  });
});

describe('an unreadable file', () => {
  it('is reported in every format with its lines, and the others are checked: exit 2', async () => {
    folder.write('data/a.jsonl', GOOD);
    const broken = folder.write('data/b.jsonl', BROKEN);
    folder.write('data/c.jsonl.gz', 'not gzip');
    folder.write('data/d.parquet', 'version https://git-lfs.github.com/spec/v1\n');
    folder.write('data/e.jsonl', '');
    for (const format of ['text', 'json', 'markdown', 'github', 'sarif', 'html']) {
      const { code, out, err } = await preflens([
        'check',
        '--no-score',
        '--format',
        format,
        join(folder.path, 'data'),
      ]);
      expect(code, format).toBe(2);
      expect(err).toContain('3 pairs in 3 records');
      expect(err).toContain('e.jsonl: the file is empty');
      for (const name of ['b.jsonl', 'c.jsonl.gz', 'd.parquet']) {
        expect(err).toContain(name);
        if (format !== 'text') expect(out.replaceAll('\\', ''), format).toContain(name);
      }
      expect(out).toContain('Write null');
      if (format === 'text') expect(out).toContain(`${broken}:2:51: error invalid-json`);
      if (format !== 'sarif') continue;
      const [run] = (JSON.parse(out) as { runs: { invocations: object[] }[] }).runs;
      expect(run!.invocations[0]).toMatchObject({ executionSuccessful: false });
    }
  });

  it('does not stop other commands over the folder: exit 2', async () => {
    folder.write('data/a.jsonl', GOOD);
    folder.write('data/b.jsonl', BROKEN);
    folder.write('data/c.jsonl.gz', 'not gzip');
    const data = join(folder.path, 'data');
    for (const [args, words] of [
      [['stats', data], '3 pairs'],
      [['index', data], '3 pairs'],
      [['fix', data], '0 records changed'],
      [['baseline', '--no-score', data], '0 findings of 1 file'],
    ] as const) {
      const { code, out, err } = await preflens(args);
      expect(code, args[0]).toBe(2);
      expect(`${out}${err}`).toContain(words);
      expect(err).toContain('c.jsonl.gz: the gzip data is damaged');
    }
    const pruned = await preflens(['baseline', '--prune', '--no-score', data]);
    expect([pruned.code, pruned.err.includes('Nothing was removed')]).toEqual([2, true]);
  });

  it('is reported where no file of a folder can be read: exit 2, and SARIF says so', async () => {
    folder.write('data/a.jsonl', BROKEN);
    folder.write('data/b.jsonl', JSON.stringify({ prompt: ['q'], chosen: ['a'], rejected: ['b'] }));
    const { code, out } = await preflens(['check', '--format', 'sarif', join(folder.path, 'data')]);
    expect(code).toBe(2);
    const [run] = (
      JSON.parse(out) as { runs: { invocations: { toolExecutionNotifications: unknown[] }[] }[] }
    ).runs;
    expect(run!.invocations[0]).toMatchObject({ executionSuccessful: false });
    expect(run!.invocations[0]!.toolExecutionNotifications).toHaveLength(2);
  });
});

it('every command names the field that records of a known schema lack', async () => {
  const path = folder.write('x.jsonl', '{"prompt":"q","chosen":"a"}\n');
  for (const command of ['check', 'schema', 'stats']) {
    const { code, err } = await preflens([command, path]);
    expect(code).toBe(2);
    expect(err).toContain(
      'The nearest schema is TRL explicit prompt (trl-explicit): the records lack "rejected".',
    );
    expect(err.includes('preflens schema')).toBe(command !== 'schema');
  }
});
