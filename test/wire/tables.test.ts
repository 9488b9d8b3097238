// A Parquet file in an editor, and its edits: undo, redo, backup, save, save as, text.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CancellationTokenSource } from 'vscode-languageserver/node';

import { openFile } from '#node/files.ts';
import { alignLines } from '#node/parquet/textSave.ts';
import type { Converted } from '#protocol/editor/convert.ts';
import type { EditMade } from '#protocol/editor/edits.ts';
import type { Outcome } from '#protocol/editor/outcome.ts';
import type { RowsResult } from '#protocol/editor/rows.ts';
import type { PairView } from '#protocol/editor/views.ts';

import type { PlainClient } from '../fakes/client.ts';
import { goodRecord, testFolder } from '../fakes/files.ts';
import { ok, whyOf } from '../fakes/outcome.ts';
import { tableOf } from '../fakes/parquet.ts';
import { decode } from '../fakes/records.ts';
import { memoryServer } from '../fakes/wires.ts';

const folder = testFolder('tables');
const COUNT = 60;

let client: PlainClient;
let path: string;
let uri: string;
let made: EditMade[];

const ask = async <Result>(name: string, params: object = {}): Promise<Result> =>
  client.connection.sendRequest<Result>(`preflens/${name}`, { uri, ...params });

const rows = async (start = 0, end = COUNT, order = 'all'): Promise<RowsResult> =>
  ask('rows', { selection: { order, query: '' }, columns: [], start, end });

const status = () => client.statuses.findLast((one) => one.uri === uri);

async function start(): Promise<void> {
  client = memoryServer();
  made = [];
  client.connection.onNotification('preflens/edited', (edit: EditMade) => {
    made.push(edit);
  });
  await client.initialize({
    settings: { scoreOnOpen: false },
    cacheFolder: join(folder.path, `cache-${performance.now()}`),
  });
}

const read = async (): Promise<void> => {
  await client.until('the file to be read', () => (status()?.phase === 'unscored' ? true : undefined));
};

async function linesOf(at = path): Promise<string[]> {
  const lines: string[] = [];
  for await (const { bytes } of (await openFile(at)).records()) lines.push(decode(bytes));
  return lines;
}

beforeEach(async () => {
  const records = Array.from({ length: COUNT }, (_, i) => goodRecord(i));
  path = folder.write('pairs.parquet', await tableOf(records));
  uri = pathToFileURL(path).toString();
  await start();
});

afterEach(() => {
  client.connection.dispose();
});

const flip = async (record: number): Promise<EditMade> => {
  await ask('edit', { record, edit: { kind: 'flip' } });
  return client.until('the notification of the edit', () => made.at(-1));
};

describe('a table in an editor', () => {
  it('shows its first rows before the file is read, and the same ones after', async () => {
    const opened = ask('openFile');
    await opened;
    const early = await rows(0, 3);
    expect(early.total).toBe(COUNT);
    expect(early.rows.map(({ chosen }) => chosen)).toEqual(['better 0', 'better 1', 'better 2']);
    await read();
    expect((await rows(0, 3)).rows).toEqual(early.rows);
    expect((await rows(50, 500)).rows).toHaveLength(10);
    const pair = await ask<PairView>('pair', { record: 7, step: 'here' });
    expect([pair.chosen.text, pair.rejected.text]).toEqual(['better 7', 'worse 7']);
  });

  it('reads its first rows as preflens.json says, too', async () => {
    folder.write(
      'preflens.json',
      '{"mappings":[{"prompt":"prompt","chosen":"rejected","rejected":"chosen"}]}',
    );
    const opened = ask('openFile');
    await opened;
    const early = await rows(0, 2);
    expect(early.rows.map(({ rejected }) => rejected)).toEqual(['better 0', 'better 1']);
    await read();
    expect((await rows(0, 2)).rows).toEqual(early.rows);
  });

  it('undoes and redoes edits, and saves the rest', async () => {
    await ask('openFile');
    await read();
    const before = await linesOf();
    const [first, second] = [await flip(3), await flip(5)];
    await ask('edit', { record: 9, edit: { kind: 'drop' } });
    expect(first.label).toBe('Flip chosen and rejected');
    expect(await ask('undoEdit', { id: second.id })).toEqual(ok());
    const shown = (await rows()).rows;
    expect([3, 5, 9].map((i) => [shown[i]!.chosen, shown[i]!.isEdited, shown[i]!.isDropped])).toEqual([
      ['worse 3', true, false],
      ['better 5', false, false],
      ['', true, true],
    ]);
    expect(await ask('redoEdit', { id: second.id })).toEqual(ok());
    expect(await linesOf()).toEqual(before);
    expect(await ask<Outcome<number>>('saveFile')).toEqual(ok(3));
    const wanted = before.map((line, i) =>
      i === 3 || i === 5
        ? line.replace('better', 'x').replace('worse', 'better').replace('x', 'worse')
        : line,
    );
    expect(await linesOf()).toEqual(wanted.filter((_, i) => i !== 9));
    // The dropped row is gone for good; an edit of another row can still be undone, wherever that row is now.
    const { id } = await client.until('the drop', () => made.find(({ label }) => label === 'Drop record'));
    expect(whyOf(await ask<Outcome<number>>('undoEdit', { id }))).toContain('Can’t undo this edit');
    expect(await ask('undoEdit', { id: first.id })).toEqual(ok());
    await ask('saveFile');
    expect(await linesOf()).toEqual(before.with(5, wanted[5]!).filter((_, i) => i !== 9));
  });

  it('undoes a saved edit', async () => {
    await ask('openFile');
    await read();
    const before = readFileSync(path);
    const { id } = await flip(3);
    await ask('saveFile');
    await read();
    expect(readFileSync(path).equals(before)).toBe(false);
    expect(await ask('undoEdit', { id })).toEqual(ok());
    await ask('saveFile');
    expect((await linesOf())[3]).toBe(goodRecord(3));
  });

  it('continues from a backup in another session, and not on another file', async () => {
    await ask('openFile');
    await read();
    await flip(3);
    const backup = join(folder.path, 'backup');
    expect(await ask('backup', { path: backup })).toEqual(ok());
    client.connection.dispose();
    await start();
    await ask('openFile', { backup });
    await client.until('the edit to be restored', () => (status()?.unsavedCount === 1 ? true : undefined));
    expect((await rows(3, 4)).rows[0]!.chosen).toBe('worse 3');
    await client.connection.sendNotification('preflens/discardEdits', { uri });
    await client.until('no edit', () => (status()?.unsavedCount === 0 ? true : undefined));
    expect((await rows(3, 4)).rows[0]!.chosen).toBe('better 3');
  });

  it('is saved under another name, and continues with its edits under its own', async () => {
    await ask('openFile');
    await read();
    await flip(3);
    const other = join(folder.path, 'other.parquet');
    const before = await linesOf();
    expect(await ask('saveFileAs', { path: other })).toEqual(ok(1));
    expect((await linesOf(other))[3]).toContain('"chosen":"worse 3"');
    expect(await linesOf()).toEqual(before);
    await client.until('the edit to wait', () => (status()?.unsavedCount === 1 ? true : undefined));
  });

  it('is text, and saved from there: edited and removed lines, and no added ones', async () => {
    const read = await ask<Outcome<string>>('readText');
    const text = read.ok ? read.value : '';
    const lines = text.split('\n').slice(0, -1);
    expect(lines).toEqual(await linesOf());
    const edited = lines
      .map((line, i) => (i === 20 ? line.replace('better', 'much better') : line))
      .filter((_, i) => i !== 2);
    expect(await ask('writeText', { text: edited.join('\n') })).toEqual(ok(2));
    expect(await linesOf()).toEqual(edited);
    const refused = await ask<Outcome<number>>('writeText', { text: [...edited, ...edited].join('\n') });
    expect(whyOf(refused)).toContain('than the table has rows');
    const broken = await ask<Outcome<number>>('writeText', {
      text: edited.map((line, i) => (i === 4 ? '{"prompt":' : line)).join('\n'),
    });
    expect(whyOf(broken)).toContain('row 5 is not a JSON object');
    const wrong = await ask<Outcome<number>>('writeText', {
      text: edited.map((line, i) => (i === 4 ? '{"prompt":7}' : line)).join('\n'),
    });
    expect(whyOf(wrong)).toContain('7 is not a valid value for column prompt');
    expect(await linesOf()).toEqual(edited);
  });

  it('is not saved as text over pending edits of the dataset editor', async () => {
    await ask('openFile');
    await read();
    const before = await linesOf();
    await flip(3);
    const refused = await ask<Outcome<number>>('writeText', { text: before.slice(1).join('\n') });
    expect(whyOf(refused)).toContain('has unsaved edits to this file');
    expect(await linesOf()).toEqual(before);
  });

  it('finds removed lines among many quickly', () => {
    const before = Array.from({ length: 100_000 }, (_, i) => `line ${i % 7} ${i}`);
    const kept = before.filter((_, i) => i % 2 === 0);
    const begun = performance.now();
    expect(alignLines(before, kept)).toEqual(before.map((line, i) => (i % 2 === 0 ? line : undefined)));
    // Searching the rest for each line would take minutes.
    expect(performance.now() - begun).toBeLessThan(20_000);
    expect(alignLines(['a', 'b', 'c'], ['a', 'x'])).toEqual(['a', 'x', undefined]);
    expect(alignLines(['a', 'b', 'c'], ['c'])).toEqual([undefined, undefined, 'c']);
  });

  it('reports what is wrong with a file that is no table, or half of one', async () => {
    const whole = readFileSync(path);
    for (const [name, bytes, words] of [
      ['text.parquet', Buffer.from(`${goodRecord(1)}\n`.repeat(9)), 'not a Parquet file'],
      ['half.parquet', whole.subarray(0, whole.length / 2), 'incompletely written'],
      ['empty.parquet', Buffer.alloc(0), 'is empty'],
    ] as const) {
      uri = pathToFileURL(folder.write(name, bytes)).toString();
      await ask('openFile');
      const failed = await client.until(name, () => (status()?.phase === 'failed' ? status() : undefined));
      expect(failed.reason).toContain(words);
      expect(await rows()).toMatchObject({ rows: [], total: 0 });
    }
  });
});

describe('a table that is converted', () => {
  const csv = (count: number): string =>
    `prompt,chosen,rejected\n${Array.from({ length: count }, (_, i) => `q${i},"better, ${i}",worse ${i}\n`).join('')}`;

  it('becomes JSON Lines, and the client learns what differs', async () => {
    const from = folder.write('pairs.csv', csv(3));
    const out = join(folder.path, 'pairs.jsonl');
    const made = await ask<Outcome<Converted | null>>('convert', {
      uri: pathToFileURL(from).toString(),
      path: out,
    });
    expect(made).toMatchObject({ ok: true, value: { read: 3, written: 3, lost: [] } });
    expect(readFileSync(out, 'utf8').split('\n')[1]).toBe(
      '{"prompt":"q1","chosen":"better, 1","rejected":"worse 1"}',
    );
    expect(whyOf(await ask<Outcome>('convert', { uri: pathToFileURL(from).toString(), path: from }))).toMatch(
      /does not write CSV/,
    );
  });

  it('leaves nothing behind if the person stops it', async () => {
    const from = folder.write('long.csv', csv(200_000));
    const out = join(folder.path, 'long.jsonl');
    const source = new CancellationTokenSource();
    const asked = client.connection.sendRequest(
      'preflens/convert',
      { uri: pathToFileURL(from).toString(), path: out },
      source.token,
    );
    setTimeout(() => {
      source.cancel();
    }, 20);
    expect(await asked.catch(() => 'cancelled')).toSatisfy(
      (result: unknown) =>
        result === 'cancelled' || (result as Outcome<unknown> & { value: unknown }).value === null,
    );
    expect(existsSync(out)).toBe(false);
    expect(readdirSync(folder.path).filter((name) => name.includes('long.jsonl'))).toEqual([]);
  });
});
