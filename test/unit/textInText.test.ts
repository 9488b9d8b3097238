// Messages stored as text: JSON is read through, Python is named with the command that makes JSON of it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { suggest } from '#core/config/suggest.ts';
import { readRaw } from '#core/dataset/survey.ts';
import { readRecord } from '#core/mapping/read.ts';
import { recognise } from '#core/mapping/recognise.ts';
import { messages } from '#core/messages.ts';
import type { JsonObject } from '#core/model/json.ts';

import { recordOf } from '../fakes/records.ts';

const user = (content: string): JsonObject => ({ role: 'user', content });
const says = (content: string): JsonObject => ({ role: 'assistant', content });
const [CHOSEN, REJECTED] = [[says('Up.')], [says('Down.')]];

/** The schema of the same record with lists, and the record. */
const RECORDS: readonly (readonly [string, JsonObject])[] = [
  ['prompt-and-messages', { prompt: 'Where?', chosen: CHOSEN, rejected: REJECTED }],
  ['trl-messages', { prompt: [user('Where?')], chosen: CHOSEN, rejected: REJECTED }],
  ['trl-messages-implicit', { chosen: [user('Where?'), ...CHOSEN], rejected: [user('Where?'), ...REJECTED] }],
  ['chat-template', { messages: [user('Where?')], chosen: says('Up.'), rejected: says('Down.') }],
];

const asText = (record: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(record).map(([name, value = null]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );

it.each(RECORDS)('JSON text in the fields of %s is read through', (id, record) => {
  const read = (one: JsonObject) => {
    const recognition = recognise([one]);
    expect(recognition?.mapping.id).toBe(id);
    const outcome = readRecord(recognition!.mapping, one);
    if ('problem' in outcome) throw new Error(outcome.problem.expected);
    return outcome.pairs.map(({ prompt, chosen, rejected }) => [prompt, chosen.turns, rejected.turns]);
  };
  expect(read(asText(record))).toEqual(read(record));
});

it('an answer that is JSON by chance stays text, where the others are texts', () => {
  const records = ['Up.', 'Down.', JSON.stringify([user('A chat as JSON')])].map((chosen) => ({
    prompt: 'Write a chat as JSON.',
    chosen,
    rejected: 'No.',
  }));
  const recognition = recognise(records);
  expect(recognition?.mapping.id).toBe('trl-explicit');
  const pairs = records.flatMap((one) => readRaw(recordOf(JSON.stringify(one)), recognition!)?.pairs ?? []);
  expect(pairs.map(({ chosen }) => chosen.text)).toEqual(records.map(({ chosen }) => chosen));
});

it('Python text is no answer: the message has a command that writes it as JSON', () => {
  const python = "[{'role': 'assistant', 'content': \"It's up.\\n\", 'x': None}]";
  const record = { prompt: 'Where?', chosen: python, rejected: python.replace('up', 'down') };
  expect(recognise([record])).toBeUndefined();
  const folder = mkdtempSync(join(tmpdir(), 'preflens python '));
  try {
    const path = join(folder, "it's.jsonl");
    writeFileSync(path, `${JSON.stringify(record)}\n`);
    const { message } = messages.unrecognised(path, Object.keys(record), suggest([record]));
    expect(message).toContain('"chosen", "rejected" hold messages as Python text');
    const command = message.slice(message.indexOf('python3 -c'), message.lastIndexOf('. `preflens schema'));
    try {
      execFileSync('python3', ['--version']);
    } catch {
      return; // Without Python the command can't be tried.
    }
    execFileSync('bash', ['-c', command]);
    const fixed = JSON.parse(readFileSync(join(folder, "it's.fixed.jsonl"), 'utf8')) as JsonObject;
    expect(fixed.chosen).toEqual([{ role: 'assistant', content: "It's up.\n", x: null }]);
    expect(recognise([fixed])?.mapping.id).toBe('prompt-and-messages');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
