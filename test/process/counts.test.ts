// Every place that shows the number of findings shows the same number.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

import { expect, it } from 'vitest';

import type { FindingsResult } from '#protocol/editor/findings.ts';
import type { RowsResult } from '#protocol/editor/rows.ts';
import type { RecordView } from '#protocol/editor/views.ts';

import { testFolder } from '../fakes/files.ts';
import { memoryServer } from '../fakes/wires.ts';
import { preflens, SAMPLE } from './run.ts';

const folder = testFolder('counts');

/**
 * The sample plus what it lacks: invalid JSON lines, duplicates, several findings on one pair, label
 * imbalance.
 */
function manyKinds(): string {
  const lines = readFileSync(SAMPLE, 'utf8').trimEnd().split('\n');
  const pair = (chosen: string, rejected: string): string =>
    JSON.stringify({ prompt: 'Where is it, please?', chosen, rejected });
  return [
    ...lines,
    '{"prompt": "q", "chosen"',
    '[1]',
    '{"prompt":"q","chosen":"a"}',
    lines[3]!,
    pair('In the cafÃ© street.<|im_end|>', ''),
    pair('By the bridge, and then to the left.', 'In the old town, and then to the left.'),
    pair('In the old town, and then to the left.', 'By the bridge, and then to the left.'),
    '',
  ].join('\n');
}

it('is the same in the status, the compare view, both lists, the tree and on the command line', async () => {
  const path = folder.write('many.jsonl', manyKinds());
  // A decision about a pair that no longer exists is a finding of the whole file.
  const gone = {
    key: '0'.repeat(16),
    rule: 'mojibake',
    decision: 'keep',
    reason: 'r',
    by: 'b',
    at: '2026-01-01',
  };
  folder.write('.preflens/decisions.jsonl', `${JSON.stringify({ ...gone, file: 'many.jsonl' })}\n`);
  const uri = pathToFileURL(path).toString();
  const client = memoryServer(undefined, folder.path);
  await client.initialize();
  client.open(uri, readFileSync(path, 'utf8'));
  await client.until('scores', () => client.statuses.find(({ phase }) => phase === 'scored'));
  await client.diagnostics(uri, (list) =>
    ['likely-mislabeled', 'opposite-duplicate', 'unused-suppression'].every((rule) =>
      list.some(({ code }) => code === rule),
    ),
  );
  const ask = async <Result>(name: string, params: object): Promise<Result> =>
    client.connection.sendRequest<Result>(`preflens/${name}`, params);

  const problems = client.published.get(uri)!;
  // The server sends problems first, then the status that belongs to them.
  const { findingCount } = await client.until('the status of these problems', () =>
    client.statuses.at(-1)?.findingCount === problems.length ? client.statuses.at(-1) : undefined,
  );
  expect(new Set(problems.map(({ code }) => code)).size).toBeGreaterThan(8);

  const listed = await ask<FindingsResult>('findings', {
    by: 'rule',
    filter: '',
    start: 0,
    end: 100,
  });
  const inGroups = listed.groups.reduce((sum, { count }) => sum + count, 0);
  expect([listed.findingCount, inGroups]).toEqual([findingCount, findingCount]);

  const list = await ask<RowsResult>('rows', {
    uri,
    selection: { order: 'findings', query: '' },
    columns: [],
    start: 0,
    end: 500,
  });
  // Every record or file with findings is a row; one of them has three.
  expect(list.rows).toHaveLength(list.total);
  expect(list.rows.some(({ findings }) => findings.length > 2)).toBe(true);

  let next = 1;
  let view: RecordView | undefined;
  for (let place = 0; place < list.total; place++) {
    const at = view && { record: view.record, pair: view.pair, shownAs: view.findingNumber };
    view = await ask<RecordView>('pair', { uri, record: -2, ...at, step: 'next' });
    expect([view.reviewIndex, view.findingNumber, view.findingCount]).toEqual([place, next, findingCount]);
    expect(list.rows[place]).toMatchObject({ record: view.record, pair: view.pair });
    next += view.findingsHere;
  }
  expect(next - 1).toBe(findingCount);

  const checked = await preflens(['check', path, '--format', 'json']);
  const report = JSON.parse(checked.out) as { total: number; files: { findings: unknown[] }[] };
  expect([report.total, report.files[0]!.findings.length]).toEqual([findingCount, findingCount]);
  expect(checked.err).toContain(`, ${findingCount} findings (`);
});
