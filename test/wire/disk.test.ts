// The server on files that no editor holds, and whole-file findings.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import type { Outcome } from '#protocol/editor/outcome.ts';
import type { PairView } from '#protocol/editor/views.ts';

import { generatePairs } from '../bench/generate.ts';
import type { PlainClient } from '../fakes/client.ts';
import { goodRecord, testFolder } from '../fakes/files.ts';
import { ok, whyOf } from '../fakes/outcome.ts';
import { memoryServer } from '../fakes/wires.ts';

const folder = testFolder('wire-disk');

interface PairJson {
  readonly rejected: string;
}

const LINES = [...generatePairs(120, 8, 30)].map((line) => line.trimEnd());

async function serverOn(): Promise<PlainClient> {
  const client = memoryServer(undefined, join(folder.path, 'cache'));
  await client.initialize({ settings: { scoreOnOpen: false } });
  return client;
}

async function openFromDisk(client: PlainClient, path: string): Promise<string> {
  const uri = pathToFileURL(path).toString();
  expect(await client.connection.sendRequest('preflens/openFile', { uri })).toEqual(ok());
  await client.until('the survey', () =>
    client.statuses.find((one) => one.uri === uri && one.phase !== 'reading'),
  );
  return uri;
}

const pairAt = async (client: PlainClient, uri: string, record: number): Promise<PairView> =>
  client.connection.sendRequest('preflens/pair', { uri, record, step: 'here' });
const save = async (client: PlainClient, uri: string): Promise<Outcome<number>> =>
  client.connection.sendRequest('preflens/saveFile', { uri });

describe('a file that is open from disk', () => {
  it.each(['.jsonl', '.jsonl.gz'])('%s: is read, flipped, saved in place, and read again', async (suffix) => {
    const text = `${LINES.join('\r\n')}\r\n{"prompt":"q","chosen":"","rejected":"b"}\r\n`;
    const path = folder.write(`a${suffix}`, suffix.endsWith('.gz') ? gzipSync(text) : text);
    const client = await serverOn();
    const uri = await openFromDisk(client, path);
    const found = await client.diagnostics(uri, (list) => list.length > 0);
    expect(found.map(({ code, range }) => [code, range.start.line, range.start.character])).toEqual([
      ['empty-response', 120, 23],
    ]);
    const before = await pairAt(client, uri, 7);
    await client.execute('preflens.flip', { uri, record: 7, pair: 0 });
    const after = await pairAt(client, uri, 7);
    expect([after.chosen.text, after.rejected.text]).toEqual([before.rejected.text, before.chosen.text]);
    expect(readFileSync(path).equals(suffix.endsWith('.gz') ? gzipSync(text) : Buffer.from(text))).toBe(true);
    await client.until('the unsaved edit', () => client.statuses.find((one) => one.unsavedCount === 1));

    expect(await save(client, uri)).toEqual(ok(1));
    const bytes = readFileSync(path);
    const saved = (suffix.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().split('\r\n');
    const expected = text.split('\r\n');
    const { prompt, chosen, rejected } = JSON.parse(expected[7]!) as Record<string, string>;
    expected[7] = JSON.stringify({ prompt, chosen: rejected, rejected: chosen });
    expect(saved).toEqual(expected);
    await client.until('the survey of the saved file', () =>
      client.statuses.at(-1)?.unsavedCount === 0 && client.statuses.at(-1)?.phase === 'unscored'
        ? true
        : undefined,
    );
    expect((await pairAt(client, uri, 7)).chosen.text).toBe(before.rejected.text);
  });

  it('keeps unsaved edits through a crash, and drops what was flipped twice', async () => {
    const path = folder.write('a.jsonl', LINES.join('\n'));
    const first = await serverOn();
    const uri = await openFromDisk(first, path);
    const before = await pairAt(first, uri, 3);
    for (const record of [3, 5, 5]) await first.execute('preflens.flip', { uri, record, pair: 0 });
    // Abandon the first server, as a crash would.
    const second = await serverOn();
    await openFromDisk(second, path);
    expect((await pairAt(second, uri, 3)).chosen.text).toBe(before.rejected.text);
    expect(second.messages).toEqual(['PrefLens: 1 unsaved edit of an earlier session restored.']);
    expect(await save(second, uri)).toEqual(ok(1));
    const third = await serverOn();
    await openFromDisk(third, path);
    expect(third.messages).toEqual([]);
  });

  it('keeps edits with their records in a file that another program wrote, and sets aside those of missing records', async () => {
    const path = folder.write('a.jsonl', LINES.join('\n'));
    const first = await serverOn();
    const uri = await openFromDisk(first, path);
    const before = await pairAt(first, uri, 3);
    await first.execute('preflens.flip', { uri, record: 3, pair: 0 });
    await first.execute('preflens.flip', { uri, record: 5, pair: 0 });
    const others = LINES.filter((_, i) => i !== 5).toReversed();
    writeFileSync(path, others.join('\n'));
    expect(whyOf(await save(first, uri))).toContain('another program changed the file during the save');
    const second = await serverOn();
    await openFromDisk(second, path);
    const message = await second.until('the message', () =>
      second.messages.find((one) => one.includes('could not be kept')),
    );
    expect(message).toContain('1 unsaved edit could not be kept: another program changed the records.');
    const kept = /stand in (.*)\.$/.exec(message)?.[1] ?? '';
    const { before: was, after } = JSON.parse(readFileSync(kept, 'utf8')) as Record<string, string>;
    expect(was).toBe(LINES[5]);
    expect(JSON.parse(after!)).toMatchObject({ chosen: (JSON.parse(was!) as PairJson).rejected });
    expect((await pairAt(second, uri, 115)).chosen.text).toBe(before.rejected.text);
    expect(readFileSync(path, 'utf8')).toBe(others.join('\n'));
    expect(await save(second, uri)).toEqual(ok(1));
  });

  it('notices lines that others append', async () => {
    const path = folder.write('a.jsonl', `${LINES.join('\n')}\n`);
    const client = await serverOn();
    const uri = await openFromDisk(client, path);
    appendFileSync(path, `${goodRecord(1)}\n`);
    await client.until('the appended record', () =>
      client.statuses.find((one) => one.uri === uri && one.recordCount === 121),
    );
  });

  it('says what to do about a missing file', async () => {
    const client = await serverOn();
    const uri = pathToFileURL(join(folder.path, 'none.jsonl')).toString();
    expect(await client.connection.sendRequest('preflens/openFile', { uri })).toEqual({
      ok: false,
      why: expect.stringContaining('no such file') as string,
    });
  });
});

describe('whole-file findings', () => {
  const URI = 'file:///data/related.jsonl';

  it('duplicates and contradictions become diagnostics, and go away when they are fixed', async () => {
    const client = await serverOn();
    const flipped = '{"prompt":"q1","chosen":"worse 1","rejected":"better 1"}';
    client.open(URI, [goodRecord(1), goodRecord(2), goodRecord(1), flipped].join('\n'));
    const codes = (list: { code?: unknown; range: { start: { line: number } } }[]): string[] =>
      list.map(({ code, range }) => `${String(code)} ${range.start.line}`).sort();
    const found = await client.diagnostics(URI, (list) => list.length === 3);
    expect(codes(found)).toEqual(['duplicate-pair 2', 'opposite-duplicate 0', 'opposite-duplicate 3']);
    // A line above moves the findings; fixing the last one removes two.
    client.edit([
      { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, newText: '\n' },
    ]);
    const moved = await client.diagnostics(
      URI,
      (list) => list.length === 3 && list.some(({ range }) => range.start.line === 4),
    );
    expect(codes(moved)).toEqual(['duplicate-pair 3', 'opposite-duplicate 1', 'opposite-duplicate 4']);
    await client.execute('preflens.flip', { uri: URI, record: 3 });
    const repaired = await client.diagnostics(
      URI,
      (list) => list.length === 2 && list.every(({ code }) => code === 'duplicate-pair'),
    );
    expect(codes(repaired)).toEqual(['duplicate-pair 3', 'duplicate-pair 4']);
  });

  it('several pairs in a record are listed, and each can be compared and flipped', async () => {
    const client = await serverOn();
    const line =
      '{"prompt":"q","answers":[{"answer":"a","rank":2},{"answer":"b","rank":1},{"answer":"c","rank":3}]}';
    client.open(URI, line);
    await client.diagnostics(URI);
    const hover = await client.hover(URI, 0);
    expect(hover).toContain('3 pairs in this record');
    expect(hover).toContain('answer 2 over answer 1');
    const view: PairView = await client.connection.sendRequest('preflens/pair', {
      uri: URI,
      record: 0,
      pair: 1,
      step: 'here',
    });
    expect([view.chosen.text, view.rejected.text, view.pair, view.pairCount]).toEqual(['a', 'c', 1, 3]);
    const after = await client.execute('preflens.flip', { uri: URI, record: 0, pair: 1 });
    expect(after).toMatchObject({ uri: URI, record: 0, pair: 1 });
    expect(client.text).toBe(
      line.replace('"a","rank":2', '"a","rank":3').replace('"c","rank":3', '"c","rank":2'),
    );
  });

  it('a broken record can be removed, and fixes name their finding', async () => {
    const client = await serverOn();
    client.open(URI, [goodRecord(1), '{broken', goodRecord(1), goodRecord(2)].join('\n'));
    await client.diagnostics(URI, (list) => list.length === 2);
    const answered = async (line: number): Promise<string[]> =>
      (await client.codeActions(URI, line)).map(
        ({ title, diagnostics }) => `${title}: ${(diagnostics ?? []).map(({ code }) => String(code)).join()}`,
      );
    expect(await answered(2)).toEqual(['Flip chosen and rejected: ', 'Drop this record: duplicate-pair']);
    expect(await answered(1)).toEqual(['Drop this record: invalid-json']);
    client.apply((await client.codeActions(URI, 1))[0]!.edit!);
    expect(client.text).toBe([goodRecord(1), goodRecord(1), goodRecord(2)].join('\n'));
  });

  it('a tie is called one, and a single label can be inverted', async () => {
    const client = await serverOn();
    client.open(URI, '{"prompt":"q","completion_a":"a","completion_b":"b","preference":"tie"}');
    await client.diagnostics(URI);
    expect(await client.hover(URI, 0)).toContain('calls both answers equal');
    const kto = 'file:///data/kto.jsonl';
    client.open(kto, '{"prompt":"q","completion":"a","label":true}');
    await client.diagnostics(kto);
    expect(await client.hover(kto, 0)).toContain('One answer, called good');
    const [turn] = await client.codeActions(kto, 0);
    expect(turn!.title).toBe('Flip good/bad');
    client.apply(turn!.edit!);
    expect(client.text).toBe('{"prompt":"q","completion":"a","label":false}');
  });
});
