// The comparison with the last commit, over the wire.
import { execFileSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';

import { expect, it } from 'vitest';

import type { ComparedVersions } from '#protocol/editor/history.ts';
import type { Outcome } from '#protocol/editor/outcome.ts';
import type { RowsResult } from '#protocol/editor/rows.ts';

import { goodRecord, testFolder } from '../fakes/files.ts';
import { memoryServer } from '../fakes/wires.ts';

const folder = testFolder('history-wire');

it('runs no git in a folder that nobody trusts', async () => {
  const path = folder.write('a.jsonl', [1, 2, 3].map(goodRecord).join('\n'));
  for (const args of [
    ['init', '-q'],
    ['add', '-A'],
    ['commit', '-q', '-m', 'first'],
  ])
    execFileSync(
      'git',
      ['-c', 'user.name=A', '-c', 'user.email=a@example.org', '-c', 'commit.gpgsign=false', ...args],
      {
        cwd: folder.path,
      },
    );
  const uri = pathToFileURL(path).toString();
  const client = memoryServer(undefined, `${folder.path}/cache`);
  const { connection } = client;
  await client.initialize({ settings: { scoreOnOpen: false }, trusted: false });
  client.open(uri, [1, 2, 4].map(goodRecord).join('\n'));
  await client.diagnostics(uri);
  const compare = async (): Promise<Outcome<ComparedVersions>> =>
    connection.sendRequest('preflens/compareWithHead', { uri });
  expect(await compare()).toEqual({ ok: false, why: expect.stringContaining('has to be trusted') as string });
  await connection.sendNotification('preflens/trusted', null);
  const compared = await compare();
  expect(compared.ok && compared.value.counts).toEqual({
    added: 1,
    removed: 1,
    flipped: 0,
    edited: 0,
    moved: 0,
  });
  const { rows } = await connection.sendRequest<RowsResult>('preflens/rows', {
    uri,
    selection: { order: 'all', query: 'change:*' },
    columns: [],
    start: 0,
    end: 9,
  });
  expect(rows.map(({ record }) => record)).toEqual([2]);
});
