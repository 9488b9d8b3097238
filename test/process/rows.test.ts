// `preflens rows`: what a query selects, as rows and byte for byte.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

import { expect, it } from 'vitest';

import { testFolder } from '../fakes/files.ts';
import { tableOf } from '../fakes/parquet.ts';
import { preflens } from './run.ts';

const folder = testFolder('rows');

const LINES = Array.from(
  { length: 30 },
  (_, i) =>
    `{"prompt": "q ${i}",  "chosen": "${i % 3 === 0 ? 'Sorry' : 'Yes'} \\u00e9 ${i}", "rejected": "${'n'.repeat(i)}x", "source": "${i % 2 === 0 ? 'a' : 'b'}", "n": ${30 - i}.0}`,
);

async function rows(
  path: string,
  ...options: string[]
): Promise<{ code: number | null; out: string; err: string }> {
  return preflens(['rows', path, ...options]);
}

it('counts, lists, sorts and samples', async () => {
  const path = folder.write('a.jsonl', LINES.join('\n'));
  expect((await rows(path, '--where', 'sorry source:a', '--count')).out).toBe('5\n');
  const shown = await rows(path, '--where', 'sorry', '--sort', 'n', '--limit', '2', '--columns', 'n,source');
  expect(shown.out).toBe(`${path}:28  3  |  b\n${path}:25  6  |  a\n`);
  expect(shown.err).toContain('10 rows of 30 records, the first 2 are shown (--limit)');
  const longest = await rows(
    path,
    '--sort',
    'rejected_length',
    '--descending',
    '--limit',
    '1',
    '--format',
    'jsonl',
  );
  expect(JSON.parse(longest.out)).toEqual({
    record: 29,
    pair: 0,
    line: 30,
    prompt: 'q 29',
    chosen: 'Yes é 29',
    rejected: `${'n'.repeat(29)}x`,
  });
  const sample = [
    '--sample',
    '6',
    '--by',
    'source',
    '--seed',
    '2',
    '--format',
    'json',
    '--columns',
    'source',
  ];
  const drawn = JSON.parse((await rows(path, ...sample)).out) as { source: string }[];
  expect(drawn.map(({ source }) => source).sort()).toEqual(['a', 'a', 'a', 'b', 'b', 'b']);
  expect(JSON.parse((await rows(path, '--where', 'nothing', '--format', 'json')).out)).toEqual([]);
});

it('writes the records byte for byte, from every kind of file', async () => {
  const wanted = LINES.filter((_, i) => i % 3 === 0);
  const out = folder.write('out.jsonl', '');
  const made = async (name: string, content: string | Uint8Array): Promise<string> => {
    const run = await rows(folder.write(name, content), '--where', 'chosen:"sorry é"', '--out', out);
    expect([run.code, run.err]).toEqual([0, expect.stringContaining('10 rows of 30 records')]);
    return readFileSync(out, 'utf8');
  };
  expect(await made('a.jsonl', `\ufeff${LINES.join('\n')}`)).toBe(`${wanted.join('\n')}\n`);
  expect(await made('b.jsonl', LINES.join('\r\n'))).toBe(`${wanted.join('\r\n')}\r\n`);
  expect(await made('a.jsonl.gz', gzipSync(LINES.join('\n')))).toBe(`${wanted.join('\n')}\n`);
  expect(await made('a.json', `[${LINES.join(',\n')}]`)).toBe(`[\n${wanted.join(',\n')}\n]\n`);
  const table = (await made('a.parquet', await tableOf(LINES))).trim().split('\n');
  expect(table.map((line): unknown => JSON.parse(line))).toEqual(
    wanted.map((line): unknown => JSON.parse(line)),
  );
});

it('names records and pairs as `apply` does, in every kind of file', async () => {
  const made: readonly (readonly [string, string | Uint8Array])[] = [
    ['a.jsonl', `\n${LINES.join('\n\n')}`],
    ['a.json', `[${LINES.join(',')}]`],
    ['a.parquet', await tableOf(LINES)],
  ];
  for (const [name, content] of made) {
    const path = folder.write(name, content);
    const found = await rows(path, '--where', 'prompt:"q 7"', '--format', 'jsonl');
    const edit = { ...(JSON.parse(found.out) as object), edit: 'flip' };
    const edits = folder.write('edits.jsonl', JSON.stringify(edit));
    expect(await preflens(['apply', path, '--edits', edits])).toMatchObject({ code: 0 });
    const flipped = await rows(path, '--where', 'rejected:/^(Yes|Sorry)/', '--format', 'jsonl');
    expect(JSON.parse(flipped.out)).toMatchObject({ record: 7, prompt: 'q 7' });
  }
});

it('finds by findings and margins', async () => {
  const path = folder.write(
    'a.jsonl',
    [...LINES, '{"prompt":"q","chosen":"same","rejected":"same"}'].join('\n'),
  );
  const found = await rows(
    path,
    '--where',
    'rule:identical-pair',
    '--format',
    'jsonl',
    '--columns',
    'prompt',
  );
  expect(JSON.parse(found.out)).toMatchObject({
    record: 30,
    line: 31,
    rules: ['identical-pair'],
    prompt: 'q',
  });
});

it('names what is wrong, and the place', async () => {
  const path = folder.write('a.jsonl', LINES.join('\n'));
  const wrong = await rows(path, '--where', 'source:a margn<0');
  expect(wrong.code).toBe(2);
  expect(wrong.err).toContain('Did you mean `margin`?');
  expect((await rows(path, '--sort', 'chosen')).err).toContain('chosen_length');
  expect((await rows(folder.path)).code).toBe(0);
  folder.write('b.jsonl', LINES.join('\n'));
  expect((await rows(folder.path)).err).toContain('Name one of them');
});

it('ends a regular expression that would take for ever, and names the record', async () => {
  const hostile = JSON.stringify({ prompt: 'q', chosen: `${'a'.repeat(60)}!`, rejected: 'x' });
  const path = folder.write('a.jsonl', [...LINES, hostile].join('\n'));
  const run = await rows(path, '--where', '/^(a+)+$/', '--count');
  expect([run.code, run.out]).toEqual([2, '']);
  expect(run.err).toContain('more than 2 seconds on record 31');
});
