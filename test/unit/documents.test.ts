// JSON documents that are not JSON Lines: what they are, where their fault is, and their records byte for
// byte.
import { describe, expect, it } from 'vitest';

import type { Obstacle } from '#core/input/obstacle.ts';
import { obstacleMessage, TextInspector } from '#core/input/obstacle.ts';
import { documentRecords, oneLine } from '#core/json/documentRecords.ts';
import { seededRandom } from '#core/score/random.ts';

import { decode, encode, streamOf } from '../fakes/records.ts';

type Fields = Readonly<Record<string, unknown>>;
const RECORDS: Fields[] = [1, 2, 3].map((i) => ({
  instruction: `Q ${i}: {"a": [1, 2]}, \\ and "quotes" é 🐦`,
  input: '',
  chosen: `better ${i}\n`,
  rejected: `worse, ${i}]`,
}));
const LINES = RECORDS.map((one) => JSON.stringify(one));

function inspect(
  text: string | Uint8Array,
  size = 7,
): { obstacle: Obstacle | undefined; inspector: TextInspector } {
  const bytes = typeof text === 'string' ? encode(text) : text;
  const inspector = new TextInspector();
  for (let at = 0; at < bytes.length; at += size) if (!inspector.push(bytes.subarray(at, at + size))) break;
  return { obstacle: inspector.obstacle(bytes), inspector };
}

async function recordsOf(text: string, size = 7): Promise<string[]> {
  const { shape } = inspect(text, size).inspector.end();
  if (!shape) throw new Error('no document');
  const found: string[] = [];
  for await (const { bytes } of documentRecords(streamOf(encode(text), size)(), shape.form))
    found.push(decode(bytes));
  return found;
}

const indented = JSON.stringify(RECORDS, null, 2);
const columns = Object.fromEntries(
  Object.keys(RECORDS[0]!).map((name) => [name, RECORDS.map((one) => one[name])]),
);
const indexed = Object.fromEntries(
  Object.keys(RECORDS[0]!).map((name) => [name, Object.fromEntries(RECORDS.map((one, i) => [i, one[name]]))]),
);

describe('a document', () => {
  it.each([
    ['an indented list', indented, 'a JSON list of 3 records over lines 1 to 20'],
    ['a list on one line', `[${LINES.join(', ')}]\n`, 'this is a JSON list of 3 records on line 1'],
    ['a record a line', `[\n${LINES.join(',\n')}\n]\n`, 'a JSON list of 3 records over lines 1 to 5'],
    [
      'a list that begins on its first record',
      `[${LINES.join(',\n')}]`,
      'a JSON list of 3 records over lines 1 to 3',
    ],
    ['a byte order mark and CRLF', `\ufeff${indented.replaceAll('\n', '\r\n')}`, 'a JSON list of 3 records'],
    ['two lists', `[${LINES[0]},${LINES[1]}]\n[${LINES[2]}]\n`, '2 JSON lists of 3 records in all'],
    [
      'records one after the other',
      RECORDS.map((one) => JSON.stringify(one, null, 2)).join('\n'),
      '(record 1 spans lines 1 to 6)',
    ],
    [
      'records between commas',
      RECORDS.map((one) => JSON.stringify(one, null, 1)).join(',\n'),
      '3 JSON documents one after the other',
    ],
    ['records on one line', LINES.join(' '), '3 JSON documents one after the other on line 1'],
    ['one record over lines', JSON.stringify(RECORDS[0], null, 2), 'a single JSON object over lines 1 to 6'],
    [
      'a list under "data"',
      JSON.stringify({ version: 1, data: RECORDS }, null, 2),
      'a JSON object with a list of records under "data"',
    ],
    [
      'a list under another name, on one line',
      JSON.stringify({ mine: RECORDS }),
      'a list of records under "mine"',
    ],
    [
      'lists under names of splits',
      JSON.stringify({ train: RECORDS, test: RECORDS }, null, 2),
      'under "train", "test", 6 records in all',
    ],
    [
      'records by name',
      JSON.stringify(Object.fromEntries(RECORDS.map((one, i) => [`r${i}`, one]))),
      'a JSON object with a key for each of its 3 records',
    ],
    [
      'columns',
      JSON.stringify(columns),
      'columns, not records: "instruction", "input", "chosen", "rejected", 3 rows',
    ],
    ['columns over lines', JSON.stringify(columns, null, 1), 'columns, not records'],
    ['columns by row', JSON.stringify(indexed), 'columns, not records'],
    ['a list that breaks off', indented.slice(0, -60), 'the end is missing'],
  ])('%s: is named, with how to convert it to JSON Lines', (_, text, words) => {
    for (const size of [1, 7, 1 << 20]) {
      const { obstacle } = inspect(text, size);
      expect(obstacle).toMatchObject({ kind: 'document', hasPairs: true });
      const said = obstacleMessage('data/my file.json', obstacle!);
      expect(said).toContain(words);
      expect(said).toContain("preflens convert 'data/my file.json' --out 'data/my file.jsonl'");
    }
  });

  it.each([
    ['a comma before the end', `[\n${LINES.join(',\n')},\n]`, { line: 3, column: LINES[2]!.length }],
    [
      'a comma before the end of one line',
      `[${LINES.join(',')},]`,
      { line: 0, column: LINES.join(',').length + 1 },
    ],
    ['a missing comma', `[\n${LINES.join('\n')}\n]`, { line: 2, column: 0 }],
  ])('%s: its fault has a place, and no record is lost', async (_, text, at) => {
    expect(inspect(text).obstacle?.at).toEqual(at);
    expect(await recordsOf(text)).toEqual(LINES);
  });

  it.each([
    ['lines', LINES.join('\n')],
    ['one line', LINES[0]!],
    ['a broken first line', `{"prompt": "a\n${LINES.join('\n')}`],
    ['a first line that breaks off outside of a string', `{"prompt": "a",\n${LINES.join('\n')}`],
    ['two records on the first line', `${LINES[0]}${LINES[1]}\n${LINES[2]}`],
    ['lists of strings', '["a","b"]\n["c"]'],
    ['conversations', '[{"role":"user","content":"a"}]\n[{"role":"user","content":"b"}]'],
    ['Python', "{'prompt': 'a'}\n{'prompt': 'b'}"],
    ['a line of NaN', '{"prompt": NaN}\n'],
    ['a comma at each end', LINES.join(',\n')],
    ['raw line ends in strings', LINES.map((one) => one.replace('better', 'bet\nter')).join('\n')],
    ['several answers of one prompt', '{"prompt":"q","chosen":["a","b"],"rejected":["c","d"]}'],
    ['nothing', ''],
    [
      'a record that holds messages',
      '{"messages":[{"role":"user","content":"a"}],"chosen":[{"role":"a","content":"x"}],"rejected":[{"role":"a","content":"y"}]}',
    ],
  ])('is not: %s', (_, text) => {
    for (const size of [1, 1 << 20]) expect(inspect(text, size).obstacle).toBeUndefined();
  });

  it("without records says so, and LLaMA-Factory's list of datasets is not one", () => {
    const info = { mine: { file_name: 'a.json', ranking: true }, other: { hf_hub_url: 'x/y' } };
    expect(inspect(JSON.stringify(info, null, 2)).obstacle).toMatchObject({
      what: expect.stringContaining("LLaMA-Factory's list of datasets") as string,
      next: expect.stringContaining('"a.json"') as string,
      hasPairs: false,
    });
    expect(inspect('{\n "a": 1,\n "b": {"c": 2}\n}').obstacle).toMatchObject({
      what: expect.stringContaining('without a list of records: its fields are "a", "b"') as string,
    });
  });
});

describe('records of a document', () => {
  const BIG =
    '{ "id": 12345678901234567890, "x": -0.0, "b": 1e400, "esc": "\\u00e9\\/\\n", "a": [ 1,2 ],"a":{} }';

  it.each([
    ['list', `[${BIG},\n ${BIG}\n]`],
    ['sequence', `${BIG}\n{\n}`],
    ['columns', JSON.stringify(columns)],
  ])('keep their bytes: %s', async (kind, text) => {
    if (kind === 'columns')
      expect((await recordsOf(text)).map((one) => JSON.parse(one) as Fields)).toEqual(RECORDS);
    else if (kind === 'list') expect(await recordsOf(text)).toEqual([BIG, BIG]);
    else expect(oneLine(encode(BIG))).toEqual(encode(BIG));
  });

  it('lose the line ends between their parts, and no other byte', () => {
    const line = (text: string): string => decode(oneLine(encode(text)));
    expect(line('{\n  "a": 1,\r\n  "b":\n [\n ]\n}')).toBe('{"a": 1, "b": []}');
    expect(line('{ "a" : "x\\n  y" ,  "b": 2 }')).toBe('{ "a" : "x\\n  y" ,  "b": 2 }');
    expect(line('{"a": "\\\\",\n"b": "{\\"\n')).toBe('{"a": "\\\\", "b": "{\\"\n');
  });

  it('are the same however the document is formatted and chunked', async () => {
    const random = seededRandom(7);
    for (let round = 0; round < 60; round++) {
      const records = Array.from({ length: 1 + Math.floor(random() * 5) }, (_, i) => ({
        prompt: pick(random),
        chosen: `${i} ${pick(random)}`,
        rejected: pick(random),
        more: { [pick(random)]: [pick(random), null, 1.5] },
      }));
      const indent = Math.floor(random() * 3);
      const text =
        random() < 0.5
          ? JSON.stringify(records, null, indent)
          : JSON.stringify({ data: records, n: 1 }, null, 1 + indent);
      const found = await recordsOf(text, 1 + Math.floor(random() * 40));
      expect(found.map((one) => JSON.parse(one) as unknown)).toEqual(records);
      expect(found.some((one) => one.includes('\n'))).toBe(false);
    }
  });
});

const PIECES = ['', 'a', '"', '\\', '{', '}', '[', ']', ',', ':', '\n', 'é', '🐦', '\t', 'word '];
const pick = (random: () => number): string =>
  Array.from({ length: Math.floor(random() * 6) }, () => PIECES[Math.floor(random() * PIECES.length)]!).join(
    '',
  );
