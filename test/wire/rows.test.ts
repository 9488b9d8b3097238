// Queries over the wire: rows, fields, completion, places, and the notifications of a search.
import { expect, it } from 'vitest';

import type { Found, RowSelection, RowsResult } from '#protocol/editor/rows.ts';

import { testFolder } from '../fakes/files.ts';
import { memoryServer } from '../fakes/wires.ts';

const folder = testFolder('rows-wire');
const URI = 'file:///data/rows.jsonl';
const TEXT = Array.from({ length: 50 }, (_, i) =>
  JSON.stringify({
    prompt: `q${i}`,
    chosen: i % 10 === 3 ? 'a needle' : 'hay',
    rejected: 'w',
    source: `s${i % 2}`,
  }),
).join('\n');

it('answers at once with what is known, and tells when a search found more', async () => {
  const client = memoryServer(undefined, folder.path);
  const { connection } = client;
  const found: Found[] = [];
  let wake = (): void => undefined;
  connection.onNotification('preflens/found', (one: Found) => {
    found.push(one);
    wake();
  });
  await client.initialize({ settings: { scoreOnOpen: false }, status: true });
  client.open(URI, TEXT);
  await client.diagnostics(URI);
  const ask = async <Result>(name: string, params: object): Promise<Result> =>
    connection.sendRequest<Result>(`preflens/${name}`, { uri: URI, ...params });
  const rows = async (selection: Partial<RowSelection>): Promise<RowsResult> =>
    ask('rows', {
      selection: { order: 'all', query: '', ...selection },
      columns: ['source'],
      start: 0,
      end: 9,
    });

  const first = await rows({ query: 'needle' });
  expect(first).toMatchObject({ rows: [], total: 0, search: { hits: 0 } });
  while (!found.some(({ isOver }) => isOver)) await new Promise<void>((resolve) => (wake = resolve));
  expect(found.at(-1)).toMatchObject({ uri: URI, key: first.key, total: 5, hits: 5, done: 1, isOver: true });
  const then = await rows({ query: 'needle' });
  expect(then.rows.map(({ record, cells }) => [record, cells.source?.text])).toEqual([
    [3, 's1'],
    [13, 's1'],
    [23, 's1'],
    [33, 's1'],
    [43, 's1'],
  ]);
  expect([then.search, then.fault, then.revision]).toEqual([undefined, undefined, first.revision]);
  const selection = { order: 'all', query: 'needle' };
  expect(await ask('place', { selection, record: 23, pair: 0 })).toEqual({ index: 2 });
  expect(await ask('place', { selection, record: 24, pair: 0 })).toEqual({ index: -1 });
  const { items } = await ask<{ items: { insert: string }[] }>('complete', { query: 'source:', offset: 7 });
  expect(items.map(({ insert }) => insert)).toEqual(['s0', 's1', '*']);
  const { fields } = await ask<{ fields: { name: string }[] }>('columns', {});
  expect(fields.map(({ name }) => name)).toEqual(['prompt', 'chosen', 'rejected', 'source']);
  expect((await rows({ query: 'a (b' })).fault).toEqual({
    message: 'This parenthesis is never closed. Add a ) after the last term.',
    start: 2,
    end: 3,
  });
});
