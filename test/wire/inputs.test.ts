// What an editor is told of files that are not JSON Lines, and what it offers for their lines.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { describe, expect, it } from 'vitest';

import type { PlainClient } from '../fakes/client.ts';
import { goodRecord, testFolder } from '../fakes/files.ts';
import { memoryServer } from '../fakes/wires.ts';

const folder = testFolder('wire-inputs');

async function serverOn(): Promise<PlainClient> {
  const client = memoryServer(undefined, join(folder.path, 'cache'));
  await client.initialize({ settings: { scoreOnOpen: false } });
  return client;
}

describe('fused and comma-ended lines', () => {
  const [A, B, C, D] = [1, 2, 3, 4].map(goodRecord) as [string, string, string, string];
  const SEPARATE = 'Put each record on a line of its own, without commas';

  it('are separated by a quick fix and by fix-all, with the line ends of the document', async () => {
    const uri = 'file:///data/fused.jsonl';
    const client = await serverOn();
    client.open(uri, `${A}${B}\r\n${C},\r\n${D}\r\n`);
    const found = await client.diagnostics(uri, (list) => list.length === 2);
    expect(found.map(({ range }) => [range.start.line, range.start.character])).toEqual([
      [0, A.length],
      [1, C.length],
    ]);
    const actions = await client.codeActions(uri, 0, ['quickfix']);
    expect(actions.map(({ title }) => title)).toEqual([SEPARATE, 'Drop this record']);
    client.apply(actions[0]!.edit!);
    expect(client.text).toBe(`${A}\r\n${B}\r\n${C},\r\n${D}\r\n`);
    await client.diagnostics(uri, (list) => list.length === 1);
    const [all] = await client.codeActions(uri, 0, ['source.fixAll']);
    client.apply(all!.edit!);
    expect(client.text).toBe([A, B, C, D].map((one) => `${one}\r\n`).join(''));
    expect(await client.diagnostics(uri, (list) => list.length === 0)).toEqual([]);
  });

  it('are separated in a file that is open from disk', async () => {
    const path = folder.write('fused.jsonl', `${A},${B},\r\n${C}\r\n`);
    const uri = pathToFileURL(path).toString();
    const client = await serverOn();
    await client.connection.sendRequest('preflens/openFile', { uri });
    await client.diagnostics(uri, (list) => list.length === 1);
    await client.connection.sendRequest('preflens/edit', { uri, record: 0, edit: { kind: 'repair' } });
    await client.until('the edit', () => client.statuses.find((one) => one.unsavedCount === 1));
    await client.connection.sendRequest('preflens/saveFile', { uri });
    expect(readFileSync(path, 'utf8')).toBe([A, B, C].map((one) => `${one}\r\n`).join(''));
    await client.until('the survey', () => client.statuses.find((one) => one.recordCount === 3));
  });
});
