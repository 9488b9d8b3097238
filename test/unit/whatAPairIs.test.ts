// An answer and a prompt are everything that the record holds of them, not only their words. Pairs that
// differ in any of it are different pairs, for keys, duplicates and repairs alike; different spellings of the
// same content are one pair.
import { describe, expect, it } from 'vitest';

import { findRelations } from '#core/checks/relations/relations.ts';
import { sketchesOf } from '#core/checks/relations/textSketches.ts';
import { resolveRules } from '#core/checks/settings.ts';
import { ALL_RULES } from '#core/checks/table.ts';
import { readRaw, Surveyor } from '#core/dataset/survey.ts';
import { fixRecord } from '#core/fix.ts';
import { formatKey } from '#core/hash.ts';
import { recognise } from '#core/mapping/recognise.ts';
import { SIDE_NAMES } from '#core/mapping/vocabulary.ts';
import { canonical } from '#core/model/canonical.ts';
import { kindOfField, PROMPT_NAMES, SYSTEM_NAMES } from '#core/model/fieldNames.ts';
import { identify, pairKey } from '#core/model/identity.ts';
import type { Json, JsonObject } from '#core/model/json.ts';
import { recordKey } from '#core/model/sameRecord.ts';

import { cut, encode, recordOf } from '../fakes/records.ts';
import { call, DIFFERENT, says, TEXT, user } from '../fakes/sameWords.ts';

function readAll(records: readonly JsonObject[]) {
  const recognition = recognise(records)!;
  return records.map((record) => readRaw(recordOf(JSON.stringify(record)), recognition)!.pairs[0]!);
}

const keyOf = (pair: ReturnType<typeof readAll>[number]): string => formatKey(pairKey(identify(pair)));

/** Findings of records and of the file, as "record rule". */
function findingsOf(records: readonly JsonObject[]): string[] {
  const surveyor = new Surveyor();
  const raws = cut(encode(records.map((record) => JSON.stringify(record)).join('\n')));
  for (const raw of raws) surveyor.add(raw);
  const survey = surveyor.end();
  const { recognition } = survey;
  if (!recognition) throw new Error('not recognised');
  const pairs = raws.flatMap((raw) => readRaw(raw, recognition)?.pairs ?? []);
  const [related] = findRelations([{ name: 'a', facts: survey.facts, recognition }], sketchesOf(pairs));
  return [...survey.findings, ...related!.findings].map(({ record, rule }) => `${record} ${rule}`);
}

/** These differ in a few words too: whether that counts as near is an estimate. */
const IN_WORDS = new Set(['the messages of an answer', 'the system message that only one of two copies has']);

describe.each(Object.entries(DIFFERENT))('%s', (what, make) => {
  it('makes two keys of two pairs, and one of equal ones', () => {
    const [a, b, again] = readAll([make('a'), make('b'), make('a')]);
    expect(keyOf(a!)).not.toBe(keyOf(b!));
    expect(keyOf(a!)).toBe(keyOf(again!));
  });

  it('is no duplicate, no contradiction and no near duplicate if it differs', () => {
    const related = findingsOf([make('a'), make('b')]).filter((one) => /duplicate|cycle/.test(one));
    const isAllowed = IN_WORDS.has(what) ? (one: string) => one === '1 near-duplicate-pair' : () => false;
    expect(related.filter((one) => !isAllowed(one))).toEqual([]);
    expect(findingsOf([make('a'), make('a')])).toContain('1 duplicate-pair');
  });
});

it('answers with the same words and different content are not identical; those with the same content are', () => {
  const pairOf = (chosen: JsonObject, rejected: JsonObject): JsonObject => ({
    prompt: user('Q'),
    chosen: says(chosen),
    rejected: says(rejected),
  });
  const others: readonly [JsonObject, JsonObject][] = [
    [call('Oslo'), call('Rome')],
    [{ reasoning_content: 'a' }, { reasoning_content: 'b' }],
    [{ thinking: 'a' }, {}],
    [
      { content: '', ...call('Oslo') },
      { content: '', ...call('Rome') },
    ],
    [
      { content: null, ...call('Oslo') },
      { content: null, ...call('Rome') },
    ],
  ];
  for (const [chosen, rejected] of others) expect(findingsOf([pairOf(chosen, rejected)])).toEqual([]);
  for (const [chosen] of others) expect(findingsOf([pairOf(chosen, chosen)])).toEqual(['0 identical-pair']);
});

it('one key for the same content: nulls of a table, the order of fields, a text as one part', () => {
  const plain = { prompt: user('Q'), chosen: says({}), rejected: [{ role: 'assistant', content: 'No.' }] };
  const filled = {
    prompt: user([{ type: 'text', text: 'Q', image: null }]),
    chosen: [{ content: [{ text: TEXT, type: 'text' }], tool_calls: null, role: 'assistant', images: [] }],
    rejected: [{ role: 'assistant', reasoning_content: '', content: 'No.' }],
    tools: null,
  };
  const [a, b] = readAll([plain, filled]);
  expect(keyOf(a!)).toBe(keyOf(b!));
  expect(canonical({ b: [1, null], a: { d: null, c: 2 } })).toBe(canonical({ a: { c: 2 }, b: [1, null] }));
});

it("keeps a turn of the prompt that the answers repeat as another speaker's", () => {
  const turn = (role: string, content: string, more = {}): JsonObject => ({ role, content, ...more });
  const pairOf = (prompt: JsonObject[], head: JsonObject[]): JsonObject => ({
    prompt,
    chosen: [...head, turn('assistant', 'A')],
    rejected: [...head, turn('assistant', 'B')],
  });
  const [echo] = readAll([pairOf([turn('user', 'ping')], [turn('assistant', 'ping')])]);
  expect(echo!.prompt.map(({ role }) => role)).toEqual(['user', 'assistant']);
  const talk = (own: string, other: string): JsonObject =>
    pairOf(
      [turn('user', 'Do it'), turn('assistant', '', call(own)), turn('tool', 'ok')],
      [turn('assistant', '', call(other)), turn('tool', 'ok')],
    );
  const [one, two] = readAll([talk('Oslo', 'Rome'), talk('Oslo', 'Bonn')]);
  expect(keyOf(one!)).not.toBe(keyOf(two!));
  const [twice] = readAll([pairOf([turn('human', 'Q')], [turn('user', 'Q', { name: 'n' })])]);
  expect(twice!.prompt).toEqual([{ role: 'user', text: 'Q', more: { name: 'n' } }]);
});

it('reads the field of a message that holds its words, and a message without words', () => {
  const [filled] = readAll([
    {
      prompt: [
        { role: 'system', content: null },
        { role: 'user', content: 'Q' },
      ],
      chosen: [{ from: 'gpt', value: 'Yes', content: '' }],
      rejected: [{ role: 'assistant', content: null, tool_calls: null }],
    },
  ]);
  expect([filled!.prompt.length, filled!.chosen.text, filled!.rejected.text]).toEqual([2, 'Yes', '']);
  expect(filled!.chosen.turns).toEqual([{ role: 'gpt', text: 'Yes' }]);
});

it('every entry of a name table means what the table says', () => {
  const samples = {
    prompt: 'hypothesis queries stories premises',
    about: 'status md5 categories ids num_images',
    media: 'image images photos videos',
    tools: 'tools functions',
    label: 'best_answer winner',
    source: 'source topics',
    other: 'foo q',
  };
  for (const [kind, names] of Object.entries(samples))
    for (const name of names.split(' ')) expect([name, kindOfField(name)]).toEqual([name, kind]);
});

it('pairs whose answers contain a picture are near duplicates only if it is the same picture', () => {
  const pictured = (picture: string): JsonObject => ({
    prompt: 'Q',
    chosen: `${TEXT} Yes.`,
    rejected: `${TEXT} No.`,
    image_chosen: picture,
    image_rejected: picture,
  });
  expect(
    findingsOf([pictured('a.png'), pictured('b.png')]).filter((one) => one.includes('duplicate')),
  ).toEqual([]);
});

it('leaves out what says which answer is better, also if it names a picture', () => {
  const labelled = (winner: string): JsonObject => ({
    prompt: 'Q',
    response_a: 'Yes.',
    response_b: 'No.',
    winner,
    best_image: `${winner}.png`,
  });
  const [own, flipped] = readAll([labelled('a'), labelled('b')]);
  expect(keyOf(own!)).toBe(keyOf(flipped!));
});

it('determines what a record holds at any nesting depth', () => {
  const deep = JSON.parse(`${'{"a":['.repeat(100_000)}1${']}'.repeat(100_000)}`) as Json;
  expect(canonical(deep)).toHaveLength(100_000 * 10 + 1);
});

it('reports an unread prompt once per file, and not if the field repeats what is read', () => {
  const unread = Array.from({ length: 5 }, (_, i) => ({
    chosen: 'Yes, it is.',
    rejected: 'No, it is not.',
    my_words: `Is ${i} a number?`,
  }));
  expect(findingsOf(unread)).toEqual(['-1 prompt-not-read']);
  const repeated = {
    prompt: 'Is it warm?',
    chosen: [
      { role: 'user', content: 'Is it warm?' },
      { role: 'assistant', content: 'Yes.' },
    ],
    rejected: [
      { role: 'user', content: 'Is it warm?' },
      { role: 'assistant', content: 'No.' },
    ],
    messages: [
      { role: 'user', content: 'Is it warm?' },
      { role: 'assistant', content: 'Yes.' },
    ],
    source: 'people of the town',
    turn: 2,
  };
  expect(findingsOf([repeated])).toEqual([]);
});

it('drops a duplicate as safe only if another record is completely equal, whatever the pair says', () => {
  const record = { prompt: 'Q', chosen: 'a b', rejected: 'c', score_chosen: 4, id: 1 };
  const mapping = recognise([record])!.mapping;
  const finding = {
    rule: 'duplicate-pair',
    severity: 'warning',
    record: 1,
    place: { path: [], part: 'value' },
    message: '',
    twin: 0,
  } as const;
  const drop = (twin: object | undefined, review = false): boolean => {
    const scope = { rules: new Set(['duplicate-pair']), review };
    const raw = { ...recordOf(JSON.stringify(record)), record: 1 };
    const key = twin && recordKey(encode(JSON.stringify(twin)));
    return (
      fixRecord(raw, mapping, resolveRules([]), scope, { others: [finding], keyOf: () => key })?.bytes ===
      null
    );
  };
  expect(drop(record)).toBe(true);
  expect(drop({ ...record, id: 'another' })).toBe(true);
  expect(drop({ rejected: 'c', chosen: 'a b', prompt: 'Q', score_chosen: 4.0, id: 1 })).toBe(true);
  expect(drop({ ...record, score_chosen: 5 })).toBe(false);
  expect(drop({ ...record, tools: ['x'] })).toBe(false);
  expect(drop({ ...record, annotator: 'B' })).toBe(false);
  expect(drop(undefined)).toBe(false);
  expect(drop({ ...record, score_chosen: 5 }, true)).toBe(true);
});

it('every safe repair says why it is safe, and only that of a full copy drops a record', () => {
  for (const { id, repairs = [] } of ALL_RULES) {
    for (const repair of repairs) {
      if (repair.grade === 'review') continue;
      expect(repair.because.length, id).toBeGreaterThan(20);
      if (repair.edit === 'drop') expect(repair.grade, id).toBe('twin');
    }
  }
  const twins = ALL_RULES.filter(({ repairs = [] }) => repairs.some(({ grade }) => grade === 'twin'));
  expect(twins.map(({ id }) => id)).toEqual(['duplicate-pair']);
});

it('cuts an answer of several messages in the message with the fault, or not at all', () => {
  const record = {
    prompt: user('Q'),
    chosen: [
      { role: 'assistant', content: 'One half \ud83d of it.' },
      { role: 'tool', content: 'found' },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Done' },
          { type: 'text', text: ' \ud83d.' },
        ],
      },
    ],
    rejected: [{ role: 'assistant', content: 'No.' }],
  };
  const mapping = recognise([record])!.mapping;
  const scope = { rules: new Set(['lone-surrogate']), review: false };
  const fixed = fixRecord(recordOf(JSON.stringify(record)), mapping, resolveRules([]), scope);
  expect(JSON.parse(new TextDecoder().decode(fixed!.bytes!))).toEqual({
    ...record,
    chosen: [
      { role: 'assistant', content: 'One half  of it.' },
      { role: 'tool', content: 'found' },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Done' },
          { type: 'text', text: ' .' },
        ],
      },
    ],
  });
});

it('every name in the vocabulary of fields has the words of its kind', () => {
  for (const name of [...PROMPT_NAMES, ...SYSTEM_NAMES])
    expect([name, ['prompt', 'thought'].includes(kindOfField(name))]).toEqual([name, true]);
  for (const name of SIDE_NAMES.flat())
    expect([name, ['about', 'label'].includes(kindOfField(name))]).toEqual([name, true]);
});
