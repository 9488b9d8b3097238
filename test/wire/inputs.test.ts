// What an editor shows for files that are not JSON Lines, and what it offers for their lines.
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

describe('lines with several records or trailing commas', () => {
  const [A, B, C, D] = [1, 2, 3, 4].map(goodRecord) as [string, string, string, string];
  const SEPARATE = 'Put each record on its own line, without commas';

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

  it('are separated in a file opened from disk', async () => {
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

describe('a list of records over several lines', () => {
  const LIST = JSON.stringify(
    [1, 2].map((i) => JSON.parse(goodRecord(i)) as object),
    null,
    2,
  );

  it('is checked and edited like JSON Lines', async () => {
    const uri = 'file:///data/list.json';
    const client = await serverOn();
    client.open(uri, LIST.replace(/("chosen": ".*)"/, '$1<|im_end|>"'));
    const [found] = await client.diagnostics(uri, (list) => list.length === 1);
    expect(found).toMatchObject({ code: 'template-token-in-text', range: { start: { line: 3 } } });
    const actions = await client.codeActions(uri, 3, ['quickfix']);
    expect(actions.map(({ title }) => title)).toContain('Flip chosen and rejected');
    client.apply(actions[0]!.edit!);
    expect(client.text).toBe(LIST);
    expect(await client.diagnostics(uri, (list) => list.length === 0)).toEqual([]);
  });

  it('with a comma before its end is read, and the comma has a finding', async () => {
    const uri = 'file:///data/comma.json';
    const client = await serverOn();
    client.open(uri, LIST.replace(/\}\n\]$/, '},\n]'));
    const [found, ...more] = await client.diagnostics(uri, (list) => list.length > 0);
    expect(more).toEqual([]);
    expect(found).toMatchObject({
      code: 'invalid-json',
      range: { start: { line: 10, character: 3 } },
      message: expect.stringContaining('comma before the closing bracket') as string,
    });
  });
});

describe('a text that is not JSON Lines', () => {
  const COLUMNS = JSON.stringify({ prompt: ['q', 'r'], chosen: ['a', 'b'], rejected: ['c', 'd'] }, null, 2);

  it.each([
    ['columns.jsonl', COLUMNS, 'not-an-object', [0, 0], 'a JSON object of columns, not records'],
    ['pointer.jsonl', 'version https://git-lfs.github.com/spec/v1\n', 'invalid-json', [0, 0], 'git lfs pull'],
    ['page.jsonl', '\n<!DOCTYPE html>\n', 'invalid-json', [1, 0], 'a web page'],
  ] as const)(
    '%s: one diagnostic says what it is and what to do, and so does the status',
    async (name, text, code, at, words) => {
      const uri = `file:///data/${name}`;
      const client = await serverOn();
      client.open(uri, text);
      const [found, ...more] = await client.diagnostics(uri, (list) => list.length > 0);
      expect(more).toEqual([]);
      expect(found).toMatchObject({
        code: code === 'not-an-object' ? (expect.any(String) as string) : code,
        range: { start: { line: at[0], character: at[1] } },
      });
      expect(found!.message).toContain(words);
      const status = await client.until('the status', () =>
        client.statuses.find(({ phase }) => phase === 'unrecognised'),
      );
      expect(status.reason).toContain(words);
    },
  );

  it('is read as soon as it becomes JSON Lines', async () => {
    const uri = 'file:///data/typed.jsonl';
    const client = await serverOn();
    client.open(uri, '[\n');
    await client.diagnostics(uri, (list) => list.length === 1);
    client.edit([
      {
        range: { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } },
        newText: `${goodRecord(1)}\n`,
      },
    ]);
    expect(await client.diagnostics(uri, (list) => list.length === 0)).toEqual([]);
    await client.until('the status', () => client.statuses.find(({ phase }) => phase === 'unscored'));
  });

  it('with every line broken in one way has a place and a reason for each', async () => {
    const uri = 'file:///data/nan.jsonl';
    const client = await serverOn();
    client.open(uri, '{"prompt":"q","chosen":"a","rejected":"b","s":NaN}\n'.repeat(3));
    const found = await client.diagnostics(uri, (list) => list.length === 3);
    expect(found.map(({ range }) => [range.start.line, range.start.character])).toEqual([
      [0, 46],
      [1, 46],
      [2, 46],
    ]);
    expect(found[0]!.message).toContain('Write null');
    const status = await client.until('the status', () =>
      client.statuses.find(({ phase }) => phase === 'unrecognised'),
    );
    expect(status.reason).toContain('3 of 3 records are not JSON objects');
  });

  it('is reported for files opened from disk', async () => {
    const client = await serverOn();
    for (const [name, text, words] of [
      ['a.jsonl', COLUMNS, 'a JSON object of columns'],
      ['a.parquet', 'version https://git-lfs.github.com/spec/v1\n', 'git lfs pull'],
      ['a.jsonl.gz', 'BZh91AY&SY', 'bunzip2'],
    ] as const) {
      const uri = pathToFileURL(folder.write(name, text)).toString();
      await client.connection.sendRequest('preflens/openFile', { uri });
      const status = await client.until('the reason', () =>
        client.statuses.find((one) => one.uri === uri && one.phase === 'failed'),
      );
      expect(status.reason).toContain(words);
    }
  });
});
