// Parquet files with empty row groups, and files without rows: valid, and Arrow writes them for empty
// batches.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parquetReadObjects } from 'hyparquet';
import { ByteWriter, parquetWrite } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';

import { testFolder } from '../fakes/files.ts';
import { EMPTY_GROUPS, withEmptyGroups } from '../fakes/tables.ts';
import { preflens } from './run.ts';

const folder = testFolder('empty-tables');

/** Six pairs in three row groups, with indexes; as message lists if nested. */
function table(isNested = false): Uint8Array {
  const writer = new ByteWriter();
  const text = (name: string, make: (i: number) => string) => ({
    name,
    type: 'STRING' as const,
    data: Array.from({ length: 6 }, (_, i) => make(i)),
    offsetIndex: true,
    columnIndex: true,
  });
  const prompts = Array.from({ length: 6 }, (_, i) => [{ role: 'user', content: `Question ${i}?` }]);
  void parquetWrite({
    writer,
    columnData: [
      isNested ? { name: 'prompt', data: prompts } : text('prompt', (i) => `Question ${i}?`),
      text('chosen', (i) => `A good answer, number ${i}.`),
      text('rejected', (i) => `bad ${i}`),
    ],
    rowGroupSize: 2,
  });
  return writer.getBytes();
}

const rowsOf = async (path: string): Promise<Record<string, unknown>[]> => {
  const bytes = readFileSync(path);
  // hyparquet itself fails on groups without columns.
  return (await parquetReadObjects({ file: new Uint8Array(bytes).buffer })) as Record<string, unknown>[];
};

const EVERYWHERE = [0, 1, 2, 3];

describe('empty row groups', () => {
  it.each([
    ['first', [0], 'zero'],
    ['in the middle', [1], 'zero'],
    ['last', [3], 'zero'],
    ...EMPTY_GROUPS.map((kind) => ['everywhere', EVERYWHERE, kind] as const),
  ] as const)('%s: can be read and edited', async (_, at, kind) => {
    const path = folder.write('a.parquet', withEmptyGroups(table(), at, kind));
    const { code, err, out } = await preflens(['check', '--no-score', path]);
    expect([code, out]).toEqual([0, '']);
    expect(err).toContain('6 pairs in 6 records');
    const edits = folder.write(
      'edits.jsonl',
      '{"record":0,"edit":"flip"}\n{"record":3,"edit":"margin","margin":2}\n{"record":5,"edit":"drop"}\n',
    );
    expect((await preflens(['apply', path, '--edits', edits])).err).toContain(
      '3 edits change 3 records; saved',
    );
    const rows = await rowsOf(path);
    expect(rows.map(({ prompt }) => prompt)).toEqual([0, 1, 2, 3, 4].map((i) => `Question ${i}?`));
    expect(rows[0]).toMatchObject({ chosen: 'bad 0', rejected: 'A good answer, number 0.' });
    expect(rows[3]).toMatchObject({ chosen: 'A good answer, number 3.', margin: 2 });
    expect((await preflens(['check', '--no-score', path])).err).toContain('5 pairs in 5 records');
  });

  it.each([
    ['zero', false],
    ['absent', true],
    ['bare', true],
  ] as const)('only empty groups (%s): the file is empty, not damaged', async (kind, isNested) => {
    const path = folder.write('only.parquet', withEmptyGroups(table(isNested), [0], kind, false));
    for (const command of ['check', 'stats', 'schema']) {
      const { code, err } = await preflens([command, path]);
      expect([code, err.includes('the file is empty')], command).toEqual([2, true]);
      expect(err).not.toContain('damaged');
    }
  });

  it('do not affect the other shards', async () => {
    mkdirSync(join(folder.path, 'data'));
    const name = (i: number): string => join('data', `train-0000${i}-of-00003.parquet`);
    folder.write(name(0), table());
    folder.write(name(1), withEmptyGroups(table(), [0], 'zero', false));
    folder.write(name(2), withEmptyGroups(table(), [1], 'zero'));
    const { code, err } = await preflens(['check', '--no-score', join(folder.path, 'data')]);
    expect(err).toContain('12 pairs in 12 records');
    // Both files hold the same pairs.
    expect(code).toBe(1);
  });
});
