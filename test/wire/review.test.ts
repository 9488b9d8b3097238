// What the user sees of a place in a file, and where the next and the previous finding are.
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import type { PairRequest, RowsResult } from '#protocol/editor/rows.ts';
import type { RecordView } from '#protocol/editor/views.ts';

import type { PlainClient } from '../fakes/client.ts';
import { goodRecord, testFolder } from '../fakes/files.ts';
import { memoryServer } from '../fakes/wires.ts';

const folder = testFolder('review');
const URI = 'file:///data/review.jsonl';

const record = (prompt: string, chosen: string, rejected = 'Somewhere else.'): string =>
  JSON.stringify({ prompt, chosen, rejected });

/** Findings at the lines 1, 3 and 5. */
const LINES = [
  goodRecord(0),
  record('Where?', 'By the bridge.<|im_end|>'),
  goodRecord(2),
  record('Where is it?', 'In the cafÃ© street.'),
  goodRecord(4),
  record('When?', ''),
];

async function serverOn(): Promise<PlainClient> {
  const client = memoryServer(undefined, folder.path);
  await client.initialize({ settings: { scoreOnOpen: false } });
  return client;
}

const view = async (client: PlainClient, request: PairRequest): Promise<RecordView> =>
  client.connection.sendRequest('preflens/pair', request);

const phaseOf = async (client: PlainClient, uri: string): Promise<string> =>
  client.until('the file to be read', () => {
    const phase = client.statuses.findLast((one) => one.uri === uri)?.phase;
    return phase === 'reading' ? undefined : phase;
  });

async function opened(text: string, uri = URI): Promise<PlainClient> {
  const client = await serverOn();
  client.open(uri, text);
  await phaseOf(client, uri);
  return client;
}

async function openedFromDisk(name: string, content: string | Uint8Array) {
  const client = await serverOn();
  const uri = pathToFileURL(folder.write(name, content)).toString();
  const answered = await client.connection.sendRequest('preflens/openFile', { uri });
  return { client, uri, answered };
}

describe('the review of a file', () => {
  it('starts at the first finding, or at the last one when it goes backwards', async () => {
    const client = await opened(LINES.join('\n'));
    const places: RecordView[] = [];
    for (const step of ['next', 'previous'] as const)
      places.push(await view(client, { uri: URI, record: -2, step }));
    expect(places.map((place) => [place.record, place.findingNumber, place.findingCount])).toEqual([
      [1, 1, 3],
      [5, 3, 3],
    ]);
    // A record without a finding has no place of its own in the review.
    expect((await view(client, { uri: URI, record: 2, step: 'next' })).findingNumber).toBe(1);
  });

  it.each(['document', 'disk'])('continues where it was after an edit of a %s', async (kind) => {
    let client: PlainClient;
    let uri = URI;
    if (kind === 'document') client = await opened(LINES.join('\n'));
    else {
      ({ client, uri } = await openedFromDisk('review.jsonl', LINES.join('\n')));
      await phaseOf(client, uri);
    }
    const first = await view(client, { uri, record: -2, step: 'next' });
    const second = await view(client, { uri, record: first.record, pair: 0, shownAs: 1, step: 'next' });
    expect([first.record, second.record, second.findingNumber]).toEqual([1, 3, 2]);
    // Its finding goes away when the characters are repaired.
    if (kind === 'disk')
      await client.connection.sendRequest('preflens/edit', { uri, record: 3, edit: { kind: 'repair' } });
    else {
      const [repair] = await client.codeActions(uri, 3);
      client.apply(repair!.edit!);
    }
    const here = await view(client, { uri, record: 3, step: 'here' });
    expect([here.findingNumber, here.findingCount]).toEqual([0, 2]);
    const from = { uri, record: 3, pair: 0, shownAs: 2 };
    expect((await view(client, { ...from, step: 'next' })).record).toBe(5);
    expect((await view(client, { ...from, step: 'previous' })).record).toBe(1);
  });

  it('includes unreadable records and whole-file findings, and wraps around', async () => {
    const bad = JSON.stringify({ prompt: 'q', completion: 'a', label: false });
    const text = ['{broken', ...Array.from({ length: 300 }, () => bad), '{"prompt":"q","label":true}'].join(
      '\n',
    );
    const client = await opened(text);
    await client.diagnostics(URI, (found) => found.some(({ code }) => code === 'label-imbalance'));
    const seen: [number, string][] = [];
    let at: RecordView | undefined;
    do {
      at = await view(client, {
        uri: URI,
        record: at?.record ?? -2,
        ...(at && { shownAs: at.findingNumber }),
        step: 'next',
      });
      seen.push([at.record, at.kind]);
    } while (at.findingNumber + at.findingsHere <= at.findingCount && seen.length < 100);
    expect(seen).toContainEqual([0, 'empty']);
    expect(seen).toContainEqual([301, 'empty']);
    expect(seen).toContainEqual([-1, 'empty']);
    const round = await view(client, { uri: URI, record: at.record, step: 'next' });
    expect([round.record, round.findingNumber]).toEqual([seen[0]![0], 1]);
  });

  it('says so if there is nothing to review', async () => {
    const client = await opened(goodRecord(0));
    expect(await view(client, { uri: URI, record: -2, step: 'next' })).toMatchObject({
      kind: 'empty',
      why: expect.stringContaining('no findings') as string,
    });
  });
});

describe('a record without a pair', () => {
  it('shows single answers with their labels, which a flip inverts', async () => {
    const client = await opened(
      [
        '{"prompt":"q","completion":"a good one","label":true}',
        '{"prompt":"q","completion":"b","label":false}',
      ].join('\n'),
    );
    const shown = await view(client, { uri: URI, record: 0, step: 'here' });
    expect(shown).toMatchObject({
      kind: 'judged',
      canFlip: true,
      prompt: [{ role: 'user', text: 'q' }],
      judgements: [{ text: 'a good one', verdict: { kind: 'good', words: 'called good' } }],
    });
    await client.execute('preflens.flip', { uri: URI, record: 0 });
    const flipped = await view(client, { uri: URI, record: 0, step: 'here' });
    expect(flipped).toMatchObject({ judgements: [{ verdict: { kind: 'bad' } }] });
    const { rows } = await client.connection.sendRequest<RowsResult>('preflens/rows', {
      uri: URI,
      selection: { order: 'all', query: '' },
      columns: [],
      start: 0,
      end: 2,
    });
    expect(rows.map(({ prompt, chosen, verdict }) => [prompt, chosen, verdict?.words])).toEqual([
      ['q', 'a good one', 'called bad'],
      ['q', 'b', 'called bad'],
    ]);
  });

  it('waits until a compressed file is read, and appears as soon as that is done', async () => {
    const text = '{"prompt":"q","completion":"a","label":true}\n';
    const { client, uri } = await openedFromDisk('kto.jsonl.gz', gzipSync(text));
    const early = await view(client, { uri, record: 0, step: 'here' });
    if (early.kind === 'empty')
      expect(early).toMatchObject({
        isPending: true,
        why: expect.stringContaining('Still reading') as string,
      });
    await phaseOf(client, uri);
    expect((await view(client, { uri, record: 0, step: 'here' })).kind).toBe('judged');
  });

  it.each([
    [
      'a schema that is not known',
      '{"level":"info","time":1}',
      0,
      'No preference pairs recognised. The records have the fields "level", "time".',
    ],
    ['an empty file', '', 0, 'This file is empty'],
    ['blank lines alone', '\n\n', 0, 'This file is empty'],
    [
      'no JSON',
      [goodRecord(0), goodRecord(1), '{"prompt":"q",'].join('\n'),
      2,
      'This record cannot be read. Fix its text',
    ],
    ['no object', [goodRecord(0), '7'].join('\n'), 1, 'but no object'],
    [
      'a missing field',
      [goodRecord(0), goodRecord(1), '{"prompt":"q","chosen":"a"}'].join('\n'),
      2,
      'it has no "rejected"',
    ],
    [
      'a field of another type',
      [goodRecord(0), goodRecord(1), '{"prompt":"q","chosen":"a","rejected":7}'].join('\n'),
      2,
      'it needs "rejected" to be',
    ],
    ['a record that is gone', goodRecord(0), 4, 'There is no record 5 in this file any more'],
    [
      'answers of one rank',
      Array.from(
        { length: 3 },
        (_, i) =>
          `{"prompt":"q","answers":[{"answer":"a","rank":1},{"answer":"b","rank":${i === 2 ? 1 : 2}}]}`,
      ).join('\n'),
      2,
      '',
    ],
  ])('says why: %s', async (_name, text, at, why) => {
    const client = await opened(text);
    const shown = await view(client, { uri: URI, record: at, step: 'here' });
    if (why === '') return;
    expect(shown).toMatchObject({ kind: 'empty', isPending: false });
    expect('why' in shown && shown.why).toContain(why);
  });

  it('says why: the file is not open, or the record is dropped', async () => {
    const client = await serverOn();
    const closed = await view(client, { uri: URI, record: 0, step: 'here' });
    expect(closed).toMatchObject({ kind: 'empty', isPending: true });
    expect('why' in closed && closed.why).toContain('review.jsonl is not open');
    const disk = await openedFromDisk('drop.jsonl', LINES.join('\n'));
    await phaseOf(disk.client, disk.uri);
    await disk.client.connection.sendRequest('preflens/edit', {
      uri: disk.uri,
      record: 0,
      edit: { kind: 'drop' },
    });
    const dropped = await view(disk.client, { uri: disk.uri, record: 0, step: 'here' });
    expect('why' in dropped && dropped.why).toContain('Dropped');
  });
});

describe('commands that cannot act', () => {
  const ask = async (client: PlainClient, name: string, params: object): Promise<unknown> =>
    client.connection.sendRequest(`preflens/${name}`, params);

  it('say why, and what to do', async () => {
    const client = await opened('{"level":"info"}\n');
    const unknown = expect.stringContaining('Map Fields') as string;
    expect(await ask(client, 'recordAt', { uri: URI, line: 0 })).toMatchObject({ value: { record: 0 } });
    expect(await ask(client, 'recordAt', { uri: URI, line: 5 })).toEqual({ ok: false, why: unknown });
    expect(await client.execute('preflens.score', URI)).toEqual(unknown);
    expect(await ask(client, 'checkFile', { uri: URI })).toEqual({ ok: false, why: unknown });
    const other = 'file:///notes.txt';
    const notRead = expect.stringContaining('notes.txt is no file that PrefLens reads') as string;
    expect(await client.execute('preflens.score', other)).toEqual(notRead);
    expect(await ask(client, 'checkFile', { uri: other })).toEqual({ ok: false, why: notRead });
    expect(await client.execute('preflens.cancelScoring', other)).toContain('Nothing is being scored');
  });

  it('say why a record is not edited', async () => {
    const client = await opened([goodRecord(0), '{broken'].join('\n'));
    const before = client.text;
    for (const [at, words] of [
      [1, 'cannot be read'],
      [7, 'no record 8'],
    ] as const) {
      expect(await client.execute('preflens.flip', { uri: URI, record: at })).toBeNull();
      await client.until(words, () => client.messages.find((one) => one.includes(words)));
    }
    expect(client.text).toBe(before);
  });

  it('keep the status of a file without pairs, with the reason', async () => {
    for (const [text, why] of [
      ['', 'This file is empty'],
      ['{"level":"info"}', 'No preference pairs recognised. The records have the fields "level".'],
    ] as const) {
      const client = await opened(text);
      const status = client.statuses.findLast(({ uri }) => uri === URI);
      expect([status?.phase, status?.reason]).toEqual(['unrecognised', expect.stringContaining(why)]);
    }
  });
});
