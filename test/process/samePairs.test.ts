// `fix` and fix-all leave records alone that have the same words but differ in anything else.
import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { testFolder } from '../fakes/files.ts';
import { DIFFERENT } from '../fakes/sameWords.ts';
import { memoryServer } from '../fakes/wires.ts';
import { preflens } from './run.ts';

const folder = testFolder('process-same-pairs');
const kinds = Object.entries(DIFFERENT).map(([what, make], i) => {
  const lines = ['a', 'b'].map((which) => `${JSON.stringify(make(which))}\n`);
  return { what, path: folder.write(`kind${i}.jsonl`, lines.join('')), content: lines.join('') };
});

it('changes no byte of any kind, one file at a time and all together', async () => {
  const paths = kinds.map(({ path }) => path);
  const together = await preflens(['fix', ...paths]);
  const told = together.err.split('\n').filter((line) => !line.includes(' 0 records changed'));
  expect([together.code, told]).toEqual([0, ['']]);
  for (const { path, content, what } of kinds) expect(readFileSync(path, 'utf8'), what).toBe(content);
});

it('offers no fix-all in the editor', async () => {
  const client = memoryServer(undefined, folder.path);
  await client.initialize({ settings: { scoreOnOpen: false } });
  for (const { path, content, what } of kinds) {
    const uri = `file://${path}`;
    client.open(uri, content);
    await client.diagnostics(uri);
    expect(await client.codeActions(uri, 1, ['source.fixAll.preflens']), what).toEqual([]);
  }
});

it('reports an unread prompt once each in check, schema and status', async () => {
  const { path, content } = kinds.find(({ what }) => what.startsWith('a prompt in a field'))!;
  const message = '"my_words" looks like part of the prompt, but the schema does not read it.';
  const checked = await preflens(['check', '--no-score', path]);
  expect(checked.out.split('prompt-not-read')).toHaveLength(2);
  expect(checked.out).toContain(message);
  expect((await preflens(['schema', path])).out).toContain(message);
  const client = memoryServer(undefined, folder.path);
  await client.initialize({ settings: { scoreOnOpen: false } });
  client.open(`file://${path}`, content);
  await client.diagnostics(`file://${path}`);
  // The server sends the status after the diagnostics, and before it answers the next request.
  await client.codeActions(`file://${path}`, 0);
  expect(client.statuses.findLast(({ phase }) => phase !== 'reading')?.unread).toContain(message);
});
