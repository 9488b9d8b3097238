// Whole files in every trainer's format: what is written is read as the same pairs, and a loss is named. Then what single formats do with calls, pictures and markers.
import { appendFileSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { dialogueTurns, isDialogue, plainRole } from '#core/convert/example.ts';
import type { ConvertTarget } from '#core/convert/targets.ts';
import { TARGETS } from '#core/convert/targets.ts';
import { readRaw } from '#core/dataset/survey.ts';
import type { Recognition } from '#core/mapping/recognise.ts';
import { recognise } from '#core/mapping/recognise.ts';
import { canonical } from '#core/model/canonical.ts';
import type { Json, JsonObject } from '#core/model/json.ts';
import type { Side, Turn } from '#core/model/pair.ts';
import type { RawRecord } from '#core/model/record.ts';
import type { Converted } from '#node/convertFile.ts';
import { convertDataset } from '#node/convertFile.ts';
import { openFile } from '#node/files.ts';
import { withRecords } from '#node/inspect.ts';
import { recogniseFile } from '#node/surveyFile.ts';

import { testFolder } from '../fakes/files.ts';
import { cut, decode } from '../fakes/records.ts';

const CASES = join(import.meta.dirname, '..', '..', '..', 'shared', 'cases');

const folder = testFolder('convert-files');
const { signal } = new AbortController();

function targetOf(id: string): ConvertTarget {
  return TARGETS.find((one) => one.id === id)!;
}

type Outcome =
  | { readonly converted: Converted; readonly bytes: Uint8Array }
  | { readonly error: string; readonly notes: readonly string[] };

async function convert(path: string, target: ConvertTarget): Promise<Outcome> {
  const notes: string[] = [];
  const parts: Uint8Array[] = [];
  const ports = {
    signal,
    write: async (bytes: AsyncIterable<Uint8Array>) => {
      for await (const part of bytes) parts.push(part);
    },
    note: (line: string) => notes.push(line),
  };
  const out = join(folder.path, 'out.jsonl');
  try {
    const converted = await convertDataset({ path, out, target, codec: 'snappy' }, ports);
    return { converted, bytes: new Uint8Array(Buffer.concat(parts)) };
  } catch (error) {
    return { error: (error as Error).message, notes };
  }
}

/** A conversation as a text to compare; the blank after a marker belongs to the marker. */
function spelt(turns: readonly Turn[]): string {
  return canonical(
    turns.map(({ role, text, more }) => {
      const own: JsonObject = { role: plainRole(role), text: text.replace(/^ /, '') };
      return more && Object.keys(more).length > 0 ? { ...own, more } : own;
    }),
  );
}

interface Content {
  readonly ties: number;
  /** Two conversations for each pair. */
  readonly pairs: readonly string[];
  /** A conversation and its verdict. */
  readonly verdicts: readonly string[];
  readonly isSure: boolean;
}

async function contentOf(path: string): Promise<Content> {
  const file = await withRecords(await openFile(path));
  return contentOfRecords(file.records(), await recogniseFile(file));
}

/** What the next reader makes of JSON Lines, without configuration. */
function contentOfLines(bytes: Uint8Array): Promise<Content> {
  const records = cut(bytes);
  const recognition = recognise(records.map((raw) => JSON.parse(decode(raw.bytes)) as JsonObject));
  return contentOfRecords(records, recognition!);
}

async function contentOfRecords(
  records: Iterable<RawRecord> | AsyncIterable<RawRecord>,
  recognition: Recognition,
): Promise<Content> {
  const pairs: string[] = [];
  const verdicts: string[] = [];
  let ties = 0;
  for await (const raw of records) {
    const read = readRaw(raw, recognition);
    for (const { prompt, chosen, rejected, isTie } of read?.pairs ?? []) {
      const isMarked = recognition.mapping.id === 'hh-transcript';
      const of = ({ text, turns }: Side): string => {
        const talk = isMarked ? dialogueTurns(text) : turns;
        return spelt([...prompt, ...(isDialogue(talk) ? talk : turns)]);
      };
      if (isTie) ties++;
      else pairs.push(of(chosen), of(rejected));
    }
    for (const { prompt, response, verdict } of read?.judgements ?? [])
      verdicts.push(`${spelt([...prompt, ...response.turns])} ${verdict}`);
  }
  return { ties, pairs, verdicts, isSure: recognition.polarity?.isSure !== false };
}

const FILES = existsSync(CASES)
  ? readdirSync(CASES, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(?:jsonl|json|parquet)$/.test(name))
      .sort()
  : ['../shared/cases is not there'];

/** A sentence of a report about whole pairs that are not written. */
const PAIRS_LEFT_OUT = /: (?:a tie|a pair|a single answer|an answer|a rating|the record) .*left out/;

describe.skipIf(!existsSync(CASES))('a file of the shared cases (needs ../shared/cases)', () => {
  it.each(FILES)('%s is the same in every format, or the report names what is not', async (name) => {
    const path = join(CASES, name);
    const own = await contentOf(path).catch(() => undefined);
    for (const target of TARGETS) {
      const outcome = await convert(path, target);
      const where = `${target.id}: ${JSON.stringify(outcome)}`;
      if ('error' in outcome) {
        expect(outcome.error, where).toContain(path);
        // Either the file as a whole is refused, or each of its pairs has a reason.
        if (outcome.error.includes('for the reasons above'))
          expect(
            outcome.notes.some((line) => PAIRS_LEFT_OUT.test(line)),
            where,
          ).toBe(true);
        else expect(own?.isSure ?? false, where).toBe(false);
        continue;
      }
      const { written, lost } = outcome.converted;
      expect(written, where).toBeGreaterThan(0);
      expect(own, where).toBeDefined();
      const back = await contentOfLines(outcome.bytes);
      expect(back.isSure, where).toBe(true);
      const hasAll = !lost.some((line) => PAIRS_LEFT_OUT.test(line));
      if (hasAll) {
        expect(own?.ties, where).toBe(0);
        expect(written, where).toBe(
          target.verdictAt === undefined ? own!.pairs.length / 2 : own!.pairs.length + own!.verdicts.length,
        );
      }
      if (lost.length > 0) continue;
      const wanted =
        target.verdictAt === undefined
          ? own!.pairs
          : [...own!.pairs.map((one, i) => `${one} ${i % 2 === 0}`), ...own!.verdicts];
      expect(target.verdictAt === undefined ? back.pairs : back.verdicts, where).toEqual(wanted);
    }
  });
});

/** Converts records; returns what was written and the report. */
async function made(
  records: readonly Json[],
  id: string,
): Promise<{ lines: readonly JsonObject[]; lost: readonly string[] }> {
  const path = folder.write('in.jsonl', records.map((one) => `${JSON.stringify(one)}\n`).join(''));
  const outcome = await convert(path, targetOf(id));
  if ('error' in outcome) throw new Error(outcome.error);
  const lines = decode(outcome.bytes).trimEnd().split('\n');
  return { lines: lines.map((line) => JSON.parse(line) as JsonObject), lost: outcome.converted.lost };
}

const user = (content: string): JsonObject => ({ role: 'user', content });
const says = (content: string): JsonObject => ({ role: 'assistant', content });
const CALL = { name: 'look', arguments: { at: 'hill' } };
const TOOL_CALLS = [{ type: 'function', function: CALL }];

/** ms-swift's form of a call. */
const agent = (role: string, call: Json): JsonObject => ({
  messages: [
    user('Rain?'),
    { role, content: JSON.stringify(call) },
    { role: 'tool', content: 'wet' },
    says('Yes.'),
  ],
  rejected_messages: [user('Rain?'), says('No idea.')],
});

describe('a message whose text is a call', () => {
  it.each(['trl-messages', 'openrlhf', 'nemo-rl', 'torchtune', 'axolotl', 'openai-preference', 'xtuner'])(
    'becomes a call of the assistant in %s',
    async (id) => {
      for (const call of [CALL, [CALL]]) {
        const { lines, lost } = await made([agent('tool_call', call)], id);
        expect(JSON.stringify(lines)).toContain(
          JSON.stringify({ role: 'assistant', content: '', tool_calls: TOOL_CALLS }),
        );
        expect(lost).toEqual([
          '1 record, first in record 1: a "tool_call" message in an answer is written as "tool_calls" of the assistant.',
        ]);
      }
    },
  );

  it('keeps its name in a format that knows it, and is renamed in one with a name of its own', async () => {
    const own = agent('tool_call', CALL);
    expect(await made([own], 'ms-swift')).toEqual({ lines: [own], lost: [] });
    const { lines, lost } = await made([own], 'llamafactory-kto');
    const [, call] = lines[0]!.conversations as JsonObject[];
    expect(call).toEqual({ from: 'function_call', value: JSON.stringify([CALL]) });
    expect(lost).toEqual([
      '1 record, first in record 1: a "tool_call" message in a conversation is written as "function_call".',
    ]);
  });

  it('is left out of a text, with a word', async () => {
    const { lines, lost } = await made([agent('tool_call', CALL)], 'trl-explicit');
    expect(lines).toEqual([{ prompt: 'Rain?', chosen: 'wet\n\nYes.', rejected: 'No idea.' }]);
    expect(lost).toEqual([
      '1 record, first in record 1: several messages of an answer ("tool_call", "tool", "assistant") are written as one text.',
      '1 record, first in record 1: tool calls ("tool_call") of an answer are left out; trl-explicit has no place for them, trl-messages has.',
    ]);
  });

  it('stays as it is if its text is no call', async () => {
    const { lines } = await made([agent('tool_call', 'look at the hill')], 'trl-messages');
    expect((lines[0]!.chosen as JsonObject[])[0]).toEqual({
      role: 'tool_call',
      content: '"look at the hill"',
    });
  });

  it('keeps digits that no double holds', async () => {
    const record = agent('tool_call', null);
    (record.messages as JsonObject[])[1] = {
      role: 'tool_call',
      content: '{"name":"look","arguments":{"id":9007199254740993,"at":1.0}}',
    };
    const outcome = await convert(
      folder.write('in.jsonl', `${JSON.stringify(record)}\n`),
      targetOf('trl-messages'),
    );
    expect('bytes' in outcome ? decode(outcome.bytes) : outcome).toContain(
      '{"id":9007199254740993,"at":1.0}',
    );
  });
});

describe('a format that has no place for what sets the answers apart', () => {
  const calls = (more: JsonObject): JsonObject => ({ ...says(''), ...more });
  it('says that both are the same, or empty', async () => {
    const record = {
      prompt: [user('Rain?')],
      chosen: [calls({ tool_calls: TOOL_CALLS })],
      rejected: [calls({ tool_calls: [{ type: 'function', function: { name: 'guess', arguments: {} } }] })],
    };
    const { lost } = await made([record, { ...record, rejected: [says('No.')] }], 'trl-explicit');
    expect(lost).toContain('2 records, first in record 1: an answer is written as an empty text.');
    expect(lost).toContain(
      '1 record, first in record 1: both answers are written as the same text: what sets them apart is left out.',
    );
  });

  it('does not say so of answers that are the same', async () => {
    const { lost } = await made(
      [{ prompt: [user('Rain?')], chosen: [says('Yes.')], rejected: [says('Yes.')] }],
      'trl-explicit',
    );
    expect(lost).toEqual([]);
  });
});

describe('LLaMA-Factory', () => {
  const picture = (image: string): JsonObject => ({ type: 'image', image });
  it('counts the marks of each answer against one list, so answers get no marks', async () => {
    const record = {
      prompt: [{ role: 'user', content: [picture('hill.png'), { type: 'text', text: 'Draw it.' }] }],
      chosen: [{ role: 'assistant', content: [picture('a.png')] }],
      rejected: [{ role: 'assistant', content: [picture('b.png')] }],
    };
    const { lines, lost } = await made([record], 'llamafactory');
    expect(lines[0]).toEqual({
      conversations: [{ from: 'human', value: '<image>Draw it.' }],
      chosen: { from: 'gpt', value: '' },
      rejected: { from: 'gpt', value: '' },
      images: ['hill.png'],
    });
    expect(lost.join()).toContain('parts of a message ("image") of an answer are left out');
  });
});

describe('a prompt that ends with a marker', () => {
  const record = {
    prompt: '\n\nHuman: Hi\n\nAssistant: Hello\n\nHuman: Rain?\n\nAssistant:',
    chosen: ' Yes.',
    rejected: ' No idea.',
  };
  it('has the blank of the marker at the start of the answers', async () => {
    const { lines, lost } = await made([record], 'trl-messages');
    expect([lines[0]!.chosen, lines[0]!.rejected, lost]).toEqual([[says('Yes.')], [says('No idea.')], []]);
    const transcripts = await made([record], 'trl-implicit');
    expect(transcripts.lines[0]!.chosen).toBe(`${record.prompt} Yes.`);
  });
  it('stays as it is where the prompt is one text', async () => {
    expect((await made([record], 'trl-explicit')).lines).toEqual([record]);
  });
  it('has no blank to give if one answer has none', async () => {
    const { lines } = await made([{ ...record, rejected: 'No idea.' }], 'trl-messages');
    expect(lines[0]!.chosen).toEqual([says(' Yes.')]);
  });
});

it('tools in a JSON text become the list that OpenAI reads', async () => {
  const tools = [{ type: 'function', function: { name: 'look' } }];
  const record = { prompt: [user('Rain?')], chosen: [says('Yes.')], rejected: [says('No.')] };
  const { lines, lost } = await made([{ ...record, tools: JSON.stringify(tools) }], 'openai-preference');
  expect((lines[0]!.input as JsonObject).tools).toEqual(tools);
  expect(lost).toEqual([
    '1 record, first in record 1: the field "tools" is written as a list, which openai-preference reads.',
  ]);
});

it('a file that changes meanwhile is named so, also if nothing can be written', async () => {
  const path = folder.write('in.jsonl', '{"prompt":"Q","completion":"A","label":true}\n');
  const converted = convertDataset(
    { path, out: join(folder.path, 'out.jsonl'), target: targetOf('trl-explicit'), codec: 'snappy' },
    {
      signal,
      write: async (bytes) => {
        for await (const part of bytes) expect(part).toBeUndefined();
      },
      note: () => undefined,
      onProgress: () => {
        appendFileSync(path, '\n');
      },
    },
  );
  await expect(converted).rejects.toThrow(/changed/);
});
