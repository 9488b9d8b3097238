// The server for browsers on an editor's file system that fails, changes and lies in every way.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { afterAll, afterEach, describe, expect, it } from 'vitest';

import { parseDecisions } from '#core/memory/decisions.ts';
import type { Outcome } from '#protocol/editor/outcome.ts';
import type { RowsResult } from '#protocol/editor/rows.ts';
import type { FileReply } from '#protocol/editor/web.ts';

import type { PlainClient } from '../fakes/client.ts';
import { ok, whyOf } from '../fakes/outcome.ts';
import { EditorFiles, fault, webServer } from '../fakes/webServer.ts';
import { writeModel } from '../models/folders.ts';

const PATH = '/data/pairs.jsonl';
const URI = `memfs:${PATH}`;

const LINES = Array.from({ length: 60 }, (_, i) =>
  JSON.stringify({
    prompt: `How do I get to place ${i}?`,
    chosen: `By road ${i}.`,
    rejected: `Over hill ${i}!`,
  }),
);
const TEXT = LINES.join('\n');

/** The text with the answers of some lines in each other's place. */
function flipped(...numbers: readonly number[]): string {
  const lines = LINES.map((line, i) => {
    const { prompt, chosen, rejected } = JSON.parse(line) as Record<string, string>;
    return numbers.includes(i) ? JSON.stringify({ prompt, chosen: rejected, rejected: chosen }) : line;
  });
  return lines.join('\n');
}

const model = mkdtempSync(join(tmpdir(), 'preflens-web-model-'));
afterAll(() => {
  rmSync(model, { recursive: true });
});

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function open(editor: EditorFiles, uri = URI, home = {}, settings?: object): Promise<PlainClient> {
  const { client, end } = await webServer(editor, home, settings);
  ends.push(end);
  await openIn(client, uri);
  return client;
}

async function openIn(client: PlainClient, uri: string, more: object = {}): Promise<void> {
  expect(await client.connection.sendRequest('preflens/openFile', { uri, ...more })).toEqual(ok());
  await client.until('the survey', () =>
    client.statuses.find((one) => one.uri === uri && one.phase !== 'reading'),
  );
}

const flip = async (client: PlainClient, record: number, uri = URI): Promise<unknown> =>
  client.execute('preflens.flip', { uri, record, pair: 0 });
const save = async (client: PlainClient, uri = URI): Promise<Outcome<number>> =>
  client.connection.sendRequest('preflens/saveFile', { uri });

const rows = async (client: PlainClient, query: string): Promise<RowsResult> =>
  client.connection.sendRequest('preflens/rows', {
    uri: URI,
    selection: { order: 'all', query },
    columns: [],
    start: 0,
    end: 100,
  });

/** Writes a part of the bytes, and then fails. */
const breakingOff =
  (editor: EditorFiles, share: number) =>
  (path: string, bytes: Uint8Array): FileReply<null> => {
    editor.put(path, bytes.slice(0, Math.floor(bytes.length * share)));
    return fault('EIO', 'the connection was lost');
  };

describe('a save in a browser', () => {
  it.each([
    ['with times', true, 'memfs:', '', TEXT],
    ['without times', false, 'memfs:', '', TEXT],
    ['of a host', true, 'vscode-vfs://github', 'github', TEXT],
  ])('reaches a file system %s, and nothing else changes there', async (_, hasTimes, prefix, authority) => {
    const editor = new EditorFiles({ [PATH]: TEXT, '/data/preflens.json': '{}' }, hasTimes);
    const uri = `${prefix}${PATH}`;
    const client = await open(editor, uri, { prefix, authority });
    await flip(client, 7, uri);
    expect(editor.text(PATH)).toBe(TEXT);
    expect(await save(client, uri)).toEqual(ok(1));
    expect(editor.text(PATH)).toBe(flipped(7));
    await flip(client, 9, uri);
    expect(await save(client, uri)).toEqual(ok(1));
    expect(editor.text(PATH)).toBe(flipped(7, 9));
    expect([...editor.files.keys()].sort()).toEqual([PATH, '/data/preflens.json']);
  });

  it('of two files in one folder at once: each has its own edits, also if one is refused', async () => {
    const others = ['/data/b.jsonl', '/data/c.jsonl'];
    const editor = new EditorFiles({ [PATH]: TEXT, [others[0]!]: TEXT, [others[1]!]: TEXT });
    const client = await open(editor);
    for (const path of others) await openIn(client, `memfs:${path}`);
    const uris = [URI, ...others.map((path) => `memfs:${path}`)];
    for (const [i, uri] of uris.entries()) await flip(client, i, uri);
    const { replace } = editor;
    editor.replace = (path, bytes) =>
      path === others[0] ? fault('EACCES', 'it is protected') : replace(path, bytes);
    const [first, second, third] = await Promise.all(uris.map(async (uri) => save(client, uri)));
    expect([first, third]).toEqual([ok(1), ok(1)]);
    expect(whyOf(second!)).toContain('EACCES');
    expect([PATH, ...others].map((path) => editor.text(path))).toEqual([flipped(0), TEXT, flipped(2)]);
    // What was refused is still pending, and is saved once it may be.
    editor.replace = replace;
    expect(await save(client, uris[1])).toEqual(ok(1));
    expect(editor.text(others[0]!)).toBe(flipped(1));
  });

  it.each([
    [
      'changed',
      (editor: EditorFiles) => {
        editor.put(PATH, flipped(1));
      },
      flipped(1),
    ],
    ['removed', (editor: EditorFiles) => editor.files.delete(PATH), undefined],
  ])('does not touch a file that another program %s, at whatever moment', async (_, act, left) => {
    for (const moment of ['before', 'at the last look'] as const) {
      const editor = new EditorFiles({ [PATH]: TEXT }, moment === 'before');
      const client = await open(editor);
      await flip(client, 7);
      const { replace, stat } = editor;
      let isWritten = false;
      editor.replace = (path, bytes) => {
        isWritten = true;
        return replace(path, bytes);
      };
      if (moment === 'before') act(editor);
      else {
        // From the first look of the save on, which is before its bytes are made.
        editor.stat = (path) => {
          if (path === PATH) act(editor);
          return stat(path);
        };
      }
      expect(whyOf(await save(client))).toMatch(/another program changed the file|no such file/);
      expect([isWritten, editor.text(PATH)]).toEqual([false, left]);
    }
  });

  it('goes through if the file was only touched', async () => {
    const editor = new EditorFiles({ [PATH]: TEXT });
    const client = await open(editor);
    await flip(client, 7);
    editor.put(PATH, TEXT);
    expect(await save(client)).toEqual(ok(1));
    expect(editor.text(PATH)).toBe(flipped(7));
  });

  it('that is refused leaves the file and the edits, and says why', async () => {
    const editor = new EditorFiles({ [PATH]: TEXT });
    const client = await open(editor);
    await flip(client, 7);
    const { replace } = editor;
    editor.replace = () => fault('EROFS', 'this workspace is read-only');
    expect(whyOf(await save(client))).toContain('EROFS');
    expect(editor.text(PATH)).toBe(TEXT);
    editor.replace = replace;
    expect(await save(client)).toEqual(ok(1));
    expect(editor.text(PATH)).toBe(flipped(7));
  });

  it.each([0, 0.6])('that breaks off after %d of the bytes puts the old file back', async (share) => {
    const editor = new EditorFiles({ [PATH]: TEXT });
    const client = await open(editor);
    await flip(client, 7);
    const { replace } = editor;
    const broken = breakingOff(editor, share);
    editor.replace = (path, bytes) => {
      editor.replace = replace;
      return broken(path, bytes);
    };
    expect(whyOf(await save(client))).toContain('the connection was lost');
    expect(editor.text(PATH)).toBe(TEXT);
    expect(await save(client)).toEqual(ok(1));
    expect(editor.text(PATH)).toBe(flipped(7));
  });

  it.each([
    ['in part', 0.5],
    ['not at all', 0],
    ['and then removed', -1],
  ])(
    'that breaks off while the editor is away, with the file written %s, loses nothing',
    async (_, share) => {
      const editor = new EditorFiles({ [PATH]: TEXT });
      const client = await open(editor);
      await flip(client, 7);
      const { replace, stat, read } = editor;
      editor.replace = (path, bytes) => {
        if (share < 0) editor.files.delete(path);
        else breakingOff(editor, share)(path, bytes);
        editor.stat = () => fault('EIO', 'nobody is there');
        editor.read = () => fault('EIO', 'nobody is there');
        return fault('EIO', 'the connection was lost');
      };
      expect(whyOf(await save(client))).toContain('PrefLens still holds the old file and your edits');
      Object.assign(editor, { replace, stat, read });
      // Makes the server look at the file.
      expect(await client.connection.sendRequest('preflens/openFile', { uri: URI })).toEqual(ok());
      expect(await save(client)).toEqual(ok(1));
      expect(editor.text(PATH)).toBe(flipped(7));
    },
  );

  it('that arrived though the editor says that it failed counts', async () => {
    const editor = new EditorFiles({ [PATH]: TEXT });
    const client = await open(editor);
    await flip(client, 7);
    const { replace } = editor;
    editor.replace = (path, bytes) => {
      replace(path, bytes);
      return fault('EIO', 'too late');
    };
    expect(await save(client)).toEqual(ok(1));
    expect(editor.text(PATH)).toBe(flipped(7));
  });
});

describe('in a browser', () => {
  it('the default scorer finds wrong labels, and a model says what it needs; the checks stay', async () => {
    const lines = Array.from({ length: 200 }, (_, i) => {
      const answers = [
        `Take the path by the river to place ${i}, and look at its ${i + 3} arches.`,
        `No idea ${i}`,
      ];
      const [chosen, rejected] = i % 9 === 4 ? answers.toReversed() : answers;
      return JSON.stringify({ prompt: `How do I get to place ${i}?`, chosen, rejected });
    });
    lines.push('{"prompt":"q","chosen":"","rejected":"b"}');
    const editor = new EditorFiles({ [PATH]: lines.join('\n') });
    const client = await open(editor, URI, {}, {});
    const isWrong = ({ code }: { code?: unknown }): boolean => code === 'likely-mislabeled';
    const found = await client.diagnostics(URI, (list) => list.some(isWrong));
    for (const { range } of found.filter(isWrong)) expect(range.start.line % 9).toBe(4);

    editor.put('/data/preflens.json', JSON.stringify({ scorers: [{ kind: 'onnx', model: 'house-rm' }] }));
    writeModel(model, { kind: 'bpe', isChat: true, sizes: { positions: 512 } });
    for (const name of readdirSync(model))
      editor.put(`/data/house-rm/${name}`, new Uint8Array(readFileSync(join(model, name))));
    const second = await open(editor, URI, {}, {});
    const { reason } = await second.until('the reason', () =>
      second.statuses.find((one) => one.reason?.includes('browser')),
    );
    expect(reason).toContain('models do not run in a browser. Open the folder in VS Code on a computer');
    expect(second.statuses.at(-1)?.findingCount).toBeGreaterThan(0);
  });

  it('unsaved edits go into the backup of the editor, and come back from it in another window', async () => {
    const editor = new EditorFiles({ [PATH]: TEXT });
    const first = await open(editor);
    await flip(first, 7);
    const backup = `/.preflens-elsewhere/${encodeURIComponent('vscode-userdata:/backups/1')}`;
    expect(await first.connection.sendRequest('preflens/backup', { uri: URI, path: backup })).toEqual(ok());
    expect(editor.files.has(backup)).toBe(true);
    const { client: second, end } = await webServer(editor);
    ends.push(end);
    await openIn(second, URI, { backup });
    expect(await save(second)).toEqual(ok(1));
    expect(editor.text(PATH)).toBe(flipped(7));
  });

  it('a file with a backup opens with its edits or not at all, also while the editor is not ready', async () => {
    const editor = new EditorFiles({ [PATH]: TEXT });
    const first = await open(editor);
    await flip(first, 7);
    const backup = `/.preflens-elsewhere/${encodeURIComponent('vscode-userdata:/backups/1')}`;
    expect(await first.connection.sendRequest('preflens/backup', { uri: URI, path: backup })).toEqual(ok());
    const { list, read } = editor;
    editor.list = () => fault('EIO', 'not ready');
    let attempts = 0;
    editor.read = (path) => (path === backup && ++attempts === 1 ? fault('EIO', 'not ready') : read(path));
    const { client: second, end } = await webServer(editor);
    ends.push(end);
    await openIn(second, URI, { backup });
    editor.list = list;
    expect([await save(second), editor.text(PATH)]).toEqual([ok(1), flipped(7)]);

    Object.assign(editor, {
      read: (path: string) => (path === backup ? fault('EIO', 'gone') : read(path)),
    });
    const { client: third, end: endThird } = await webServer(editor);
    ends.push(endThird);
    const opened = third.connection.sendRequest<Outcome>('preflens/openFile', { uri: URI, backup });
    expect(whyOf(await opened)).toContain('The backup of the unsaved edits can’t be read');
  });

  it('a backup that the editor refuses is no backup', async () => {
    const editor = new EditorFiles({ [PATH]: TEXT });
    const client = await open(editor);
    await flip(client, 7);
    editor.replace = () => fault('EIO', 'the storage is full');
    const path = `/.preflens-elsewhere/${encodeURIComponent('vscode-userdata:/backups/1')}`;
    const said = await client.connection.sendRequest<Outcome>('preflens/backup', { uri: URI, path });
    expect(whyOf(said)).toContain('the storage is full');
  });

  it('decisions of two windows stand in one file', async () => {
    const empty = ['p', 'q'].map((prompt) => JSON.stringify({ prompt, chosen: '', rejected: 'b' }));
    const editor = new EditorFiles({ [PATH]: [...empty, ...LINES].join('\n') });
    const windows = [await open(editor), await open(editor)];
    for (const [record, client] of windows.entries()) {
      const rule = 'empty-response';
      await client.diagnostics(URI, (list) => list.some(({ range }) => range.start.line === record));
      const finding = { uri: URI, record, pair: 0, rule, reason: 'meant', by: `reviewer ${record}` };
      expect(await client.connection.sendRequest('preflens/keep', finding)).toEqual(ok());
    }
    const read = parseDecisions(editor.text('/data/.preflens/decisions.jsonl')!);
    expect([read.bad, read.decisions.map(({ by }) => by).sort()]).toEqual([[], ['reviewer 0', 'reviewer 1']]);
  });

  it('a regular expression that never ends is stopped and names its record; the next query works', async () => {
    const lines = [...LINES, JSON.stringify({ prompt: 'b', chosen: `${'a'.repeat(40)}!`, rejected: 'c' })];
    const editor = new EditorFiles({ [PATH]: lines.join('\n') });
    const client = await open(editor);
    await flip(client, 7);
    const found = async (query: string): Promise<RowsResult> => {
      for (;;) {
        const result = await rows(client, query);
        if (!result.search || result.fault) return result;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    expect((await found('chosen:/road 1\\d/')).rows.map(({ record }) => record)).toEqual(
      Array.from({ length: 10 }, (_, i) => 10 + i),
    );
    const { fault: why } = await found('chosen:/^(a+)+$/');
    expect(why?.message).toContain('took more than 2 seconds on record 61');
    // An edited record, and the others.
    expect((await found('chosen:/^Over/')).rows.map(({ record }) => record)).toEqual([7]);
    expect(await save(client)).toEqual(ok(1));
  });

  it('a compressed file is read and saved, whole members after one another too', async () => {
    const path = '/data/pairs.jsonl.gz';
    const [one, two] = [TEXT.slice(0, 1000), TEXT.slice(1000)].map((part) => gzipSync(part));
    const editor = new EditorFiles({ [path]: new Uint8Array(Buffer.concat([one!, two!])) });
    const client = await open(editor, `memfs:${path}`);
    expect(client.statuses.at(-1)?.recordCount).toBe(60);
  });

  it('a file above the limit, or one that cannot be read, is named, and the others of its folder are checked', async () => {
    const editor = new EditorFiles({
      [PATH]: TEXT,
      '/data/good.jsonl': TEXT,
      '/data/huge.jsonl': TEXT,
      '/data/secret.jsonl': TEXT,
    });
    const { stat, read } = editor;
    editor.stat = (path) => {
      const reply = stat(path);
      return reply.ok && path.includes('huge')
        ? { ok: true, value: { ...reply.value, size: 300 * 2 ** 20 } }
        : reply;
    };
    editor.read = (path) => (path.includes('secret') ? fault('EACCES', 'it is protected') : read(path));
    const client = await open(editor);
    const { files, errors } = await client.connection.sendRequest<{ files: number; errors: string[] }>(
      'preflens/checkWorkspace',
      null,
    );
    expect([files, errors.length]).toEqual([1, 2]);
    expect(errors.join('\n')).toContain('huge.jsonl: in a browser, PrefLens reads files up to 256 MB');
    expect(errors.join('\n')).toContain('EACCES');
  });

  it.each([
    ['smaller than it is', 100],
    ['larger than it is', 1_000_000],
    ['nothing', 0],
  ])('a file whose size is said to be %s is read as it is, and saved whole', async (_, size) => {
    const editor = new EditorFiles({ [PATH]: TEXT });
    const { stat } = editor;
    editor.stat = (path) => {
      const reply = stat(path);
      return reply.ok && !reply.value.isFolder ? { ok: true, value: { ...reply.value, size } } : reply;
    };
    const client = await open(editor);
    expect(client.statuses.at(-1)?.recordCount).toBe(60);
    await flip(client, 7);
    expect(await save(client)).toEqual(ok(1));
    expect(editor.text(PATH)).toBe(flipped(7));
  });

  it('a listing with names that lead elsewhere leads nowhere, and the good ones of it are checked', async () => {
    const secret = '/secret/pairs.jsonl';
    const editor = new EditorFiles({ [PATH]: TEXT, '/data/good.jsonl': TEXT, [secret]: TEXT });
    const read: string[] = [];
    const { list, read: readFile } = editor;
    editor.read = (path) => {
      read.push(path);
      return readFile(path);
    };
    editor.list = (path) => {
      const names = [
        '..',
        '.',
        '',
        '../secret',
        '../secret/pairs.jsonl',
        'a/b.jsonl',
        'nul\0.jsonl',
        '/secret',
      ];
      const reply = list(path);
      const hostile = names.flatMap((name) => [[name, true] as const, [name, false] as const]);
      return reply.ok ? { ok: true, value: [...hostile, ...reply.value] } : reply;
    };
    const client = await open(editor);
    const { files } = await client.connection.sendRequest<{ files: number }>('preflens/checkWorkspace', null);
    expect(files).toBe(1);
    expect(read.filter((path) => !path.startsWith('/data/'))).toEqual([]);
  });
});
