// A pending edit removes the findings that it fixes, and nothing else. Every count shows the same number.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { beforeEach, describe, expect, it } from 'vitest';

import type { RangeRunner } from '#node/threads.ts';
import type { RecordEdit } from '#protocol/editor/edits.ts';
import type { FindingsResult } from '#protocol/editor/findings.ts';
import type { RowsResult } from '#protocol/editor/rows.ts';

import { generatePairs } from '../bench/generate.ts';
import type { PlainClient } from '../fakes/client.ts';
import { testFolder } from '../fakes/files.ts';
import { ok } from '../fakes/outcome.ts';
import { HERE } from '../fakes/threads.ts';
import { memoryServer } from '../fakes/wires.ts';

const folder = testFolder('untouched');

interface Flat {
  prompt: string;
  chosen: string;
  rejected: string;
}
const PAIRS = [...generatePairs(150, 11, 60)].map((line) => JSON.parse(line) as Flat);
const lineOf = (pair: object): string => JSON.stringify(pair);
const near = ({ prompt, chosen, rejected }: Flat, word: string): Flat => ({
  prompt: `${prompt} ${word}`,
  chosen,
  rejected,
});
const flipped = ({ prompt, chosen, rejected }: Flat): Flat => ({
  prompt,
  chosen: rejected,
  rejected: chosen,
});

/**
 * Records 0 to 149 as they are, with the longer answers chosen; then copies with small differences, and exact
 * ones.
 */
const LONG = PAIRS.map((pair) => ({ ...pair, chosen: `${pair.chosen} ${'and so on '.repeat(30)}` }));
const RECORDS = [
  ...LONG,
  near(LONG[1]!, 'please'),
  near(LONG[2]!, 'thanks'),
  near(LONG[3]!, 'now'),
  LONG[5]!,
  LONG[6]!,
  flipped(LONG[7]!),
  { prompt: 'Say hi.', chosen: 'Hi!\n\nHuman: And now?', rejected: 'No.' },
];
const [NEAR_1, NEAR_2, , SAME_5, , OPPOSITE_7, MARKED] = RECORDS.map((_, i) => i).slice(150);
const TEXT = RECORDS.map((record) => `${lineOf(record)}\n`).join('');

let searches = 0;
const counted: RangeRunner = {
  width: 1,
  async run(work, task, onBytes, signal) {
    const result = await HERE.run(work, structuredClone(task), onBytes, signal);
    if (work === 'relate') searches++;
    return result;
  },
};
beforeEach(() => {
  searches = 0;
});

/** Waits for the result of one more search. */
async function searched(client: PlainClient, before: number): Promise<void> {
  await client.until('a search', () => (searches > before ? true : undefined));
  const told = client.statuses.length;
  await client
    .until('its status', () => (client.statuses.length > told ? true : undefined), 500)
    .catch(() => undefined);
}

async function openServer(): Promise<PlainClient> {
  const client = memoryServer(undefined, join(folder.path, 'cache'), counted);
  await client.initialize({ settings: { scoreOnOpen: false } });
  return client;
}

interface Found {
  readonly all: string[];
  readonly total: number;
}

/** Waits until near copies are found: a search whose file changed meanwhile is dropped, and another one follows. */
async function related(client: PlainClient): Promise<void> {
  const request = { by: 'rule', filter: '', start: 0, end: 500 };
  for (;;) {
    const { groups } = await client.connection.sendRequest<FindingsResult>('preflens/findings', request);
    if (groups.some(({ key }) => key === 'near-duplicate-pair')) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The findings of a file from the list of all findings, checked against every other count. */
async function findingsIn(client: PlainClient, uri: string): Promise<Found> {
  const all: string[] = [];
  const request = { by: 'rule', filter: '', start: 0, end: 500 };
  const { groups, findingCount: total } = await client.connection.sendRequest<FindingsResult>(
    'preflens/findings',
    request,
  );
  for (const { key } of groups) {
    const { items } = await client.connection.sendRequest<FindingsResult>('preflens/findings', {
      ...request,
      group: key,
    });
    for (const { rule, record } of items) all.push(`${rule} ${record}`);
  }
  expect(all.length).toBe(total);
  await client.until('a status with this number', () =>
    client.statuses.findLast((one) => one.uri === uri)?.findingCount === total ? true : undefined,
  );
  const published = await client.diagnostics(uri, (list) => list.length === total);
  expect(published.length).toBe(total);
  return { all: all.sort(), total };
}

const changes = (before: Found, after: Found): { gone: string[]; came: string[] } => ({
  gone: before.all.filter((one) => !after.all.includes(one)),
  came: after.all.filter((one) => !before.all.includes(one)),
});

/** Opens it and waits for its relations. */
async function openAs(kind: 'disk' | 'document', client: PlainClient): Promise<string> {
  const path = folder.write('a.jsonl', TEXT);
  const uri = pathToFileURL(path).toString();
  if (kind === 'document') client.open(uri, TEXT);
  else expect(await client.connection.sendRequest('preflens/openFile', { uri })).toEqual(ok());
  await related(client);
  return uri;
}

describe.each(['disk', 'document'] as const)('an edit of a file opened as %s', (kind) => {
  const edit = async (client: PlainClient, uri: string, record: number, what: RecordEdit): Promise<void> => {
    expect(await client.connection.sendRequest('preflens/edit', { uri, record, edit: what })).not.toBeNull();
  };

  it('keeps every finding that it does not touch, at once and after the next search', async () => {
    const client = await openServer();
    const uri = await openAs(kind, client);
    const before = await findingsIn(client, uri);
    expect(before.all).toEqual(
      expect.arrayContaining([
        'duplicate-pair 153',
        'duplicate-pair 154',
        'length-bias -1',
        'near-duplicate-pair 150',
        'near-duplicate-pair 151',
        'near-duplicate-pair 152',
        'opposite-duplicate 155',
        'opposite-duplicate 7',
        'turn-marker-in-response 156',
      ]),
    );
    const seen = searches;
    // A plain record, and the two near copies.
    for (const record of [20, NEAR_1!, 2]) {
      await edit(client, uri, record, { kind: 'flip' });
      expect(changes(before, await findingsIn(client, uri))).toEqual({ gone: [], came: [] });
    }
    await searched(client, seen);
    expect(changes(before, await findingsIn(client, uri))).toEqual({ gone: [], came: [] });
    const rows = await client.connection.sendRequest<RowsResult>('preflens/rows', {
      uri,
      selection: { order: 'findings', query: '' },
      columns: [],
      start: 0,
      end: 500,
    });
    // The whole file counts as a place of its own.
    const records = new Set(before.all.map((one) => one.split(' ')[1]));
    expect(rows.total).toBe(records.size);
  });

  it('reports at once what a flip makes of copies: the same pair with the opposite label', async () => {
    const client = await openServer();
    const uri = await openAs(kind, client);
    const before = await findingsIn(client, uri);
    const seen = searches;
    await edit(client, uri, SAME_5!, { kind: 'flip' });
    await edit(client, uri, OPPOSITE_7!, { kind: 'flip' });
    const expected = {
      gone: ['duplicate-pair 153', 'opposite-duplicate 155', 'opposite-duplicate 7'],
      came: ['duplicate-pair 155', 'opposite-duplicate 153', 'opposite-duplicate 5'],
    };
    expect(changes(before, await findingsIn(client, uri))).toEqual(expected);
    await searched(client, seen);
    expect(changes(before, await findingsIn(client, uri))).toEqual(expected);
    await edit(client, uri, SAME_5!, { kind: 'flip' });
    await edit(client, uri, OPPOSITE_7!, { kind: 'flip' });
    expect(changes(before, await findingsIn(client, uri))).toEqual({ gone: [], came: [] });
  });

  it('removes a near copy with the text that it was close to, and finds it again in the next search', async () => {
    const client = await openServer();
    const uri = await openAs(kind, client);
    const before = await findingsIn(client, uri);
    const seen = searches;
    await edit(client, uri, MARKED!, { kind: 'repair' });
    const repaired = { gone: ['turn-marker-in-response 156'], came: [] };
    expect(changes(before, await findingsIn(client, uri))).toEqual(repaired);
    await searched(client, seen);
    expect(changes(before, await findingsIn(client, uri))).toEqual(repaired);
    if (kind === 'document') return;
    const own = before.all.filter((one) => one.endsWith(' 2'));
    const gone = [...own, `near-duplicate-pair ${NEAR_2!}`, 'turn-marker-in-response 156'].sort();
    await edit(client, uri, 2, { kind: 'drop' });
    expect(changes(before, await findingsIn(client, uri)).gone).toEqual(gone);
    await edit(client, uri, 1, { kind: 'flip' });
    await searched(client, seen + 1);
    expect(changes(before, await findingsIn(client, uri)).gone).toEqual(gone);
  });
});

describe('edits of an earlier session', () => {
  it('hide no near copy when the file is opened with them', async () => {
    const first = await openServer();
    const uri = await openAs('disk', first);
    const before = await findingsIn(first, uri);
    await first.connection.sendRequest('preflens/edit', { uri, record: NEAR_1!, edit: { kind: 'flip' } });
    await first.connection.sendNotification('preflens/closeFile', { uri });
    const second = await openServer();
    expect(await second.connection.sendRequest('preflens/openFile', { uri })).toEqual(ok());
    await related(second);
    expect(second.statuses.at(-1)!.unsavedCount).toBe(1);
    expect(changes(before, await findingsIn(second, uri))).toEqual({ gone: [], came: [] });
  });
});
