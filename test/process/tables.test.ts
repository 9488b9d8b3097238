// Parquet on the command line: the same output as for the same records in JSON Lines.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ByteWriter, parquetWrite } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';

import { ParquetFile } from '#formats/parquet/rows.ts';
import { pageCodecs } from '#node/parquet/codecs.ts';

import { generatePairs } from '../bench/generate.ts';
import { testFolder } from '../fakes/files.ts';
import { tableOf } from '../fakes/parquet.ts';
import { sourceOf } from '../fakes/tables.ts';
import { preflens } from './run.ts';

const folder = testFolder('process-tables');

const lines = (count: number, seed: number): string[] =>
  [...generatePairs(count, seed, 40)].map((line) => line.trimEnd());

/** A broken pair among the others, and a duplicate pair. */
const PAIRS = [...lines(300, 5), '{"prompt":"q","chosen":"","rejected":"b"}', lines(1, 5)[0]!];

/** Output of a command on a file, without the file's name. */
async function outputOf(command: readonly string[], path: string): Promise<string> {
  const { out, err } = await preflens(command.map((word) => (word === 'FILE' ? path : word)));
  return `${out}${err}`.replaceAll(path, 'FILE');
}

describe('a Parquet file', () => {
  it.each([
    ['check', ['check', 'FILE']],
    ['schema', ['schema', 'FILE', '--json']],
    ['stats', ['stats', 'FILE', '--json']],
    ['score', ['score', 'FILE', '--out', '-']],
    ['selftest', ['selftest', 'FILE', '--json']],
  ])('gives the %s of the same records as JSON Lines', async (_, command) => {
    const text = folder.write('pairs.jsonl', PAIRS.map((line) => `${line}\n`).join(''));
    const table = folder.write('pairs.parquet', await tableOf(PAIRS));
    const wanted = await outputOf(command, text);
    // A finding in a table names the row, in a text the line.
    expect(await outputOf(command, table)).toBe(wanted.replace('Duplicate of line', 'Duplicate of row'));
    expect(wanted.length).toBeGreaterThan(100);
  });

  it('is read by several threads, and from the cache the next time', async () => {
    const many = lines(30_000, 8);
    const table = folder.write('many.parquet', await tableOf(many));
    const text = folder.write('many.jsonl', many.map((line) => `${line}\n`).join(''));
    const env = { PREFLENS_CACHE: join(folder.path, 'cache') };
    const index = async (path: string): Promise<Record<string, unknown>> =>
      JSON.parse((await preflens(['index', path, '--json'], undefined, undefined, env)).out) as Record<
        string,
        unknown
      >;
    const [first, again, plain] = [await index(table), await index(table), await index(text)];
    expect(first).toMatchObject({ records: 30_000, pairs: 30_000, source: 'whole' });
    expect(again).toMatchObject({ records: 30_000, pairs: 30_000, source: 'cache' });
    expect(first.findings).toEqual(plain.findings);
  });

  it('can be one of several shards, or a split of its own', async () => {
    for (const [name, from, to] of [
      ['train-00000-of-00003', 0, 100],
      ['train-00002-of-00003', 100, 200],
      ['test-00000-of-00001', 90, 110],
    ] as const)
      folder.write(join('data', `${name}.parquet`), await tableOf(PAIRS.slice(from, to)));
    const data = join(folder.path, 'data');
    const { out, err } = await preflens(['check', data, '--no-score']);
    expect(err).toContain('220 pairs in 220 records of 3 files');
    expect(err).toContain('1 shard of 3 missing: 00001.');
    expect(out.match(/split-leak/g)).toHaveLength(20);
  });

  it('is edited in place, all edits or none, and the command says what prevents it', async () => {
    const path = folder.write('pairs.parquet', await tableOf(PAIRS));
    const edits = folder.write(
      'edits.jsonl',
      '{"record":3,"edit":"flip"}\n{"record":4,"edit":"margin","margin":2}\n',
    );
    expect((await preflens(['apply', path, '--edits', edits])).err).toContain(
      '2 edits change 2 records; saved',
    );
    const out = join(folder.path, 'out.jsonl');
    expect((await preflens(['convert', path, '--out', out])).err).toContain('Nothing is lost');
    const after = readFileSync(out, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const before = PAIRS.map((line) => JSON.parse(line) as Record<string, unknown>);
    const wanted = before.map((pair, i) => ({
      ...pair,
      ...(i === 3 && { chosen: pair.rejected, rejected: pair.chosen }),
      margin: i === 4 ? 2 : null,
    }));
    expect(after).toEqual(wanted);
    const bytes = readFileSync(path);
    const wrong = folder.write('wrong.jsonl', '{"record":3,"edit":"flip"}\n{"record":9999,"edit":"flip"}\n');
    const refused = await preflens(['apply', path, '--edits', wrong]);
    expect([refused.code, refused.err.includes('there is no record 9999')]).toEqual([2, true]);
    expect(readFileSync(path).equals(bytes)).toBe(true);
    writeFileSync(path, bytes.subarray(0, -9));
    const torn = await preflens(['check', path]);
    expect([torn.code, torn.err.includes('does not begin and end with PAR1')]).toEqual([2, true]);
  });
});

describe('a damaged Parquet file', () => {
  it('loses only the rows of the damaged page, and can be edited elsewhere', async () => {
    const count = 12_000;
    const pairs = lines(count, 4).map((line, i) =>
      JSON.stringify({ id: i, ...(JSON.parse(line) as object) }),
    );
    const bytes = await tableOf(pairs);
    const path = folder.write('damaged.parquet', bytes);
    const [, page] = new ParquetFile(sourceOf(bytes), pageCodecs).table(0, 2).pages;
    bytes.fill(0xff, page!.offset + page!.headerLength, page!.offset + page!.headerLength + 50);
    writeFileSync(path, bytes);
    const { code, out, err } = await preflens(['check', path]);
    expect(code).toBe(1);
    const broken = out.split('\n').filter((line) => line.includes('invalid-json'));
    expect(broken.length).toBe(page!.rows);
    expect(broken[0]).toMatch(/The row can’t be read: the file is damaged: column chosen has a page/);
    expect(err).toContain(
      `${(count - page!.rows).toLocaleString('en')} pairs in ${count.toLocaleString('en')} records`,
    );
    const apply = async (record: number) => {
      const edits = folder.write('edits.jsonl', `{"record":${record},"edit":"flip"}\n`);
      return preflens(['apply', path, '--edits', edits]);
    };
    const refused = await apply(page!.firstRow);
    expect([refused.code, refused.err.includes('has nothing to edit')]).toEqual([2, true]);
    const drop = folder.write('drop.jsonl', `{"record":${page!.firstRow + 1},"edit":"drop"}\n`);
    const undropped = await preflens(['apply', path, '--edits', drop]);
    expect(undropped.err).toMatch(/this file is damaged: column chosen has a page that is not valid snappy/);
    expect(undropped.err).not.toContain('    at ');
    expect((await apply(page!.firstRow - 1)).err).toContain('1 edit changes 1 record; saved');
    const again = await preflens(['check', path, '--no-score']);
    expect(again.out.split('\n').filter((line) => line.includes('invalid-json'))).toHaveLength(broken.length);
  });
});

describe('convert', () => {
  it('reports what is lost, writes nothing on a dry run, and refuses to overwrite its input', async () => {
    const votes = [
      '{"source":"a","prompt":"q","completion_a":"aa","completion_b":"b","preference":"a-is-better"}',
      '{"source":"b","prompt":"q","completion_a":"aa","completion_b":"b","preference":"tie"}',
    ];
    const path = folder.write('votes.jsonl', votes.map((line) => `${line}\n`).join(''));
    const out = join(folder.path, 'out.parquet');
    const dry = await preflens(['convert', path, '--to', 'trl-messages', '--out', out, '--dry-run']);
    expect(dry.err).toContain('1 would be written as TRL, conversations with a prompt');
    expect(dry.err).toContain('1 record, first in record 2: a tie is left out');
    expect(() => readFileSync(out)).toThrow('ENOENT');
    expect((await preflens(['convert', path, '--to', 'trl-messages', '--out', out])).code).toBe(0);
    expect((await preflens(['schema', out])).out).toContain('TRL messages');
    const { out: text } = await preflens(['convert', path, '--to', 'axolotl', '--out', '-']);
    expect(JSON.parse(text)).toEqual({
      messages: [{ role: 'user', content: 'q' }],
      chosen: { role: 'assistant', content: 'aa' },
      rejected: { role: 'assistant', content: 'b' },
      source: 'a',
      preference: 'a-is-better',
    });
    const same = await preflens(['convert', path, '--out', path]);
    expect([same.code, same.err.includes('would overwrite the dataset')]).toEqual([2, true]);
  });

  it('names tool calls that a format has no place for, and claims no loss only if there is none', async () => {
    const ask = (name: string): string =>
      JSON.stringify({
        prompt: [{ role: 'user', content: 'Where?' }],
        chosen: [{ role: 'assistant', content: null, tool_calls: [{ function: { name, arguments: {} } }] }],
        rejected: [{ role: 'assistant', content: 'No idea.' }],
      });
    const path = folder.write('calls.jsonl', `${ask('lookup')}\n${ask('search')}\n`);
    const flat = await preflens(['convert', path, '--to', 'trl-explicit', '--out', '-']);
    expect(flat.err).toContain(
      '2 records, first in record 1: tool calls ("tool_calls") of an answer are left out; trl-explicit has no place for them, trl-messages has.',
    );
    expect(flat.err).not.toContain('Nothing is lost');
    expect(flat.out).not.toContain('lookup');
    const whole = await preflens(['convert', path, '--to', 'trl-messages', '--out', '-']);
    expect(whole.err).toContain('Nothing is lost');
    expect(whole.out).toContain('"content":"","tool_calls":[{"function":{"name":"lookup","arguments":{}}}]');
  });

  it('says which columns of a table become texts', async () => {
    const writer = new ByteWriter();
    const column = (name: string, value: unknown) => ({ name, data: [value] });
    void parquetWrite({
      writer,
      schema: [
        { name: 'root', num_children: 4 },
        ...['prompt', 'chosen', 'rejected'].map((name) => ({
          name,
          type: 'BYTE_ARRAY' as const,
          converted_type: 'UTF8' as const,
        })),
        { name: 'image', type: 'BYTE_ARRAY' },
      ],
      columnData: [
        column('prompt', 'A hill?'),
        column('chosen', 'Yes.'),
        column('rejected', 'No.'),
        column('image', new Uint8Array([0xff, 0xd8, 0xff, 0])),
      ],
    });
    const path = folder.write('bytes.parquet', new Uint8Array(writer.getBytes()));
    const { err } = await preflens(['convert', path, '--out', join(folder.path, 'bytes.jsonl')]);
    expect(err).toContain(
      '1 record, first in record 1: the column "image" holds bytes, which are written as text',
    );
    expect(err).not.toContain('Nothing is lost');
  });

  it('exits with 2 and creates no file if nothing could be written, and says why', async () => {
    const verdicts = folder.write('verdicts.jsonl', '{"prompt":"q","completion":"a","label":true}\n');
    for (const name of ['none.jsonl', 'none.jsonl.gz', 'none.parquet']) {
      const out = join(folder.path, name);
      const { code, err } = await preflens(['convert', verdicts, '--to', 'trl-messages', '--out', out]);
      expect([code, existsSync(out)]).toEqual([2, false]);
      expect(err).toContain('none of its records could be converted');
      expect(err).toContain('a single answer with its verdict is left out');
      expect(err).not.toContain('    at ');
    }
    const kept = folder.write('kept.jsonl', 'kept');
    expect((await preflens(['convert', verdicts, '--to', 'axolotl', '--out', kept])).code).toBe(2);
    expect(readFileSync(kept, 'utf8')).toBe('kept');
  });
});
