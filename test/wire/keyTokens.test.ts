// The keys of a pair have colours of their own: in any layout of a document, by what the schema reads.
import { join } from 'node:path';

import { expect, it } from 'vitest';

import type { PlainClient } from '../fakes/client.ts';
import { goodRecord, testFolder } from '../fakes/files.ts';
import { memoryServer } from '../fakes/wires.ts';

const folder = testFolder('wire-tokens');

const TYPES = ['prompt', 'chosen', 'rejected'];

/** The tokens of a text as `line: "key" type`, from and to these lines. */
async function tokensIn(
  client: PlainClient,
  uri: string,
  text: string,
  from = 0,
  to = 10_000,
): Promise<string[]> {
  const range = { start: { line: from, character: 0 }, end: { line: to, character: 0 } };
  const { data } = await client.connection.sendRequest<{ data: number[] }>(
    'textDocument/semanticTokens/range',
    {
      textDocument: { uri },
      range,
    },
  );
  const lines = text.split('\n');
  const found: string[] = [];
  let [line, character] = [0, 0];
  for (let i = 0; i < data.length; i += 5) {
    const [down = 0, right = 0, length = 0, type = 0] = data.slice(i, i + 4);
    character = down === 0 ? character + right : right;
    line += down;
    found.push(`${line}: ${lines[line]?.slice(character, character + length)} ${TYPES[type]}`);
  }
  return found;
}

async function open(name: string, text: string): Promise<(from?: number, to?: number) => Promise<string[]>> {
  const client = memoryServer(undefined, join(folder.path, 'cache'));
  await client.initialize({ settings: { scoreOnOpen: false } });
  const uri = `file:///data/${name}`;
  client.open(uri, text);
  await client.diagnostics(uri, () => true);
  return async (from, to) => tokensIn(client, uri, text, from, to);
}

const RECORDS = [1, 2].map((i) => JSON.parse(goodRecord(i)) as object);
const LIST = JSON.stringify(RECORDS, null, 2);

it('have tokens in an indented list, for the lines of the request', async () => {
  const tokens = await open('list.json', LIST);
  expect(await tokens()).toEqual([
    '2: "prompt" prompt',
    '3: "chosen" chosen',
    '4: "rejected" rejected',
    '7: "prompt" prompt',
    '8: "chosen" chosen',
    '9: "rejected" rejected',
  ]);
  expect(await tokens(3, 4)).toContain('4: "rejected" rejected');
  expect(await tokens(7, 9)).toContain('9: "rejected" rejected');
  expect(await tokens(0, 1)).not.toContain('7: "prompt" prompt');
});

it.each([
  ['a list on one line', 'line.json', JSON.stringify(RECORDS)],
  ['JSON Lines', 'lines.jsonl', RECORDS.map((one) => JSON.stringify(one)).join('\n')],
  ['a list under a key', 'data.json', JSON.stringify({ data: RECORDS })],
])('have tokens in %s', async (_, name, text) => {
  const tokens = await open(name, text);
  const found = await tokens();
  expect(found.map((one) => one.replace(/^\d+: /, ''))).toEqual(
    RECORDS.flatMap(() => ['"prompt" prompt', '"chosen" chosen', '"rejected" rejected']),
  );
});

it('follow the label, and say nothing of a tie or of lists of answers', async () => {
  const battle = (winner: string): object => ({
    question: 'Why?',
    response_a: 'É 🎈',
    response_b: 'No.',
    winner,
  });
  const tokens = await open('battles.json', JSON.stringify(['a', 'b', 'tie'].map(battle), null, 1));
  expect(await tokens()).toEqual([
    '2: "question" prompt',
    '3: "response_a" chosen',
    '4: "response_b" rejected',
    '8: "question" prompt',
    '9: "response_a" rejected',
    '10: "response_b" chosen',
    '14: "question" prompt',
  ]);
  const lists = await open(
    'lists.json',
    JSON.stringify([{ prompt: 'q', responses: ['a', 'b'], scores: [1, 2] }]),
  );
  expect(await lists()).toEqual(['0: "prompt" prompt']);
});

it('are none in a file that holds no pairs, and none of an answer if the label is unsure', async () => {
  const none = await open('other.jsonl', '{"question":"q","choices":["a","b","c"],"answer":0}\n');
  expect(await none()).toEqual([]);
  const rows = [0, 1, 0, 1].map((label) => ({ input: 'q', output_1: 'one', output_2: 'two', label }));
  const unsure = await open('unsure.jsonl', rows.map((row) => JSON.stringify(row)).join('\n'));
  expect(new Set((await unsure()).map((one) => one.replace(/^\d+: /, '')))).toEqual(
    new Set(['"input" prompt']),
  );
});
