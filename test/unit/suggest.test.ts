// Records that fit no schema: what would read them, and what is asked if the file does not say which answer is
// better.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { mappingOf } from '#core/config/config.ts';
import { suggest } from '#core/config/suggest.ts';
import { readRecord } from '#core/mapping/read.ts';
import { messages } from '#core/messages.ts';
import type { Json, JsonObject } from '#core/model/json.ts';

import { schema } from '../../server/src/cli/inspect.ts';
import { testCommand } from '../fakes/command.ts';

const GOOD = 'The valley floods in spring.';
const BAD = 'It is a hill, I think.';
const QUESTION = 'What about the valley?';

/** Records with a label: `[value, which of the two answers is the good one]`. */
function labelled(
  [first, second]: readonly [string, string],
  label: string,
  values: readonly (readonly [Json, 'first' | 'second' | 'tie'])[],
  prompt = 'ask',
): JsonObject[] {
  return values.map(([value, better], i) => ({
    [prompt]: `${QUESTION} ${i}`,
    [first]: better === 'second' ? BAD : GOOD,
    [second]: better === 'second' ? GOOD : BAD,
    [label]: value,
  }));
}

const pairOf = (chosen: string, rejected: string, prompt = 'q'): JsonObject[] => [
  { [prompt]: QUESTION, [chosen]: GOOD, [rejected]: BAD },
];

/** How sure the suggestion must be, and records in which the good answer is known. */
const CASES: Readonly<Record<string, readonly ['sure' | 'asks' | 'nothing', readonly JsonObject[]]>> = {
  'good and bad': ['sure', pairOf('good', 'bad', 'ask')],
  'camel case': ['sure', pairOf('betterAnswer', 'worseAnswer', 'userQuestion')],
  'preferred and not preferred': ['sure', pairOf('preferred_text', 'non_preferred_text')],
  'a misspelt name': ['sure', pairOf('chosen', 'rejcted', 'prompt')],
  'one level deeper': ['sure', [{ data: { 'user prompt': QUESTION, preferred: GOOD, dispreferred: BAD } }]],
  'with dots in names': ['sure', [{ 'q.text': QUESTION, 'a.best': GOOD, 'a.worst': BAD }]],
  'positive and negative': ['asks', pairOf('positive', 'negative', 'query')],
  'correct and incorrect': ['asks', pairOf('correct_answer', 'incorrect_answer')],
  'beside another pair': [
    'sure',
    [{ q: QUESTION, chosen_model: 'm-1', chosen_reply: GOOD, rejected_model: 'm-2', rejected_reply: BAD }],
  ],
  'a winner by letter': [
    'sure',
    labelled(['reply_x', 'reply_y'], 'winner', [
      ['x', 'first'],
      ['y', 'second'],
      ['tie', 'tie'],
    ]),
  ],
  'a winner by field name': [
    'sure',
    labelled(['text_one', 'text_two'], 'best', [
      ['text_two', 'second'],
      ['text_one', 'first'],
    ]),
  ],
  'a single letter in the sample': ['sure', labelled(['ans_a', 'ans_b'], 'preferred', [['B', 'second']])],
  'a single number in the sample': ['asks', labelled(['ans_1', 'ans_2'], 'preferred', [[1, 'first']])],
  'the worse one by letter': [
    'sure',
    labelled(['ans_a', 'ans_b'], 'loser', [
      ['B', 'first'],
      ['A', 'second'],
    ]),
  ],
  'A>B': [
    'sure',
    labelled(['ans_a', 'ans_b'], 'label', [
      ['A>B', 'first'],
      ['B>A', 'second'],
    ]),
  ],
  'a truth about one side': [
    'sure',
    labelled(['ans_a', 'ans_b'], 'a_is_better', [
      [true, 'first'],
      [false, 'second'],
    ]),
  ],
  'numbers that count from 0 beside names from 1': [
    'asks',
    labelled(['ans_1', 'ans_2'], 'better', [
      [0, 'first'],
      [1, 'second'],
    ]),
  ],
  'a label called label': [
    'asks',
    labelled(['ans_a', 'ans_b'], 'label', [
      ['a', 'first'],
      ['b', 'second'],
    ]),
  ],
  'a signed number': [
    'asks',
    labelled(['ans_a', 'ans_b'], 'preference', [
      [-2, 'first'],
      [3, 'second'],
    ]),
  ],
  rewards: ['sure', [{ q: QUESTION, ans_a: BAD, ans_b: GOOD, reward_a: 0.1, reward_b: 0.7 }]],
  scores: ['asks', [{ q: QUESTION, ans_a: BAD, ans_b: GOOD, score_a: 1, score_b: 7 }]],
  'ranks of candidates': [
    'sure',
    [
      {
        q: QUESTION,
        tries: [
          { reply: BAD, rank: 2 },
          { reply: GOOD, rank: 1 },
        ],
      },
    ],
  ],
  'a list of scores': ['asks', [{ q: QUESTION, tries: [BAD, GOOD, BAD], scores: [1, 3, 1] }]],
  'letters that name answers': [
    'nothing',
    [
      { q: QUESTION, chosen: 'A', rejected: 'B' },
      { q: QUESTION, chosen: 'B', rejected: 'A' },
    ],
  ],
  'a winner by the name of a model': [
    'nothing',
    ['m-1', 'm-2'].map((winner) => ({
      q: QUESTION,
      ans_a: GOOD,
      ans_b: BAD,
      model_a: 'm-1',
      model_b: 'm-2',
      winner,
    })),
  ],
  'three answers and a label': [
    'nothing',
    ['a', 'b', 'c'].map((winner) => ({ q: QUESTION, ans_a: GOOD, ans_b: BAD, ans_c: `${BAD}!`, winner })),
  ],
  'an exam': [
    'nothing',
    ['A', 'D'].map((answer) => ({ q: QUESTION, A: GOOD, B: BAD, C: `${BAD}!`, D: `${GOOD}!`, answer })),
  ],
  'one answer': ['nothing', [{ prompt: QUESTION, chosen: GOOD }]],
  'a log': ['nothing', [{ level: 1, text: 'started' }]],
};

/** True if a rule reads the good answer as the better one of every record with a direction. */
function isRight(rule: Parameters<typeof mappingOf>[0], records: readonly JsonObject[]): boolean {
  return records.every((record) => {
    const outcome = readRecord(mappingOf(rule), record);
    if ('problem' in outcome || outcome.pairs.length === 0) return false;
    const pairs = outcome.pairs.filter(({ isTie }) => !isTie);
    return (
      pairs.every(
        ({ prompt, chosen }) => chosen.text === GOOD && prompt.some(({ text }) => text.startsWith(QUESTION)),
      ) || pairs.every(({ chosen, rejected }) => chosen.text === BAD && rejected.text === BAD)
    );
  });
}

describe('records that fit no schema', () => {
  it.each(Object.keys(CASES))('%s', (name) => {
    const [how, records] = CASES[name]!;
    const { readings } = suggest(records);
    expect(readings.length, JSON.stringify(readings)).toBe({ sure: 1, asks: 2, nothing: 0 }[how]);
    const right = readings.filter(({ rule }) => isRight(rule, records.slice(0, 1)));
    expect(right).toHaveLength(how === 'nothing' ? 0 : 1);
    if (how === 'sure') expect(isRight(readings[0]!.rule, records)).toBe(true);
    const { message } = messages.unrecognised('data/x.jsonl', Object.keys(records[0]!), suggest(records));
    expect(message).toContain('{"mappings":[{"files":"x.jsonl"');
    expect(message.includes('does not say')).toBe(how === 'asks');
  });

  it('names the nearest schemas, three at most, with what is missing or wrong in each', () => {
    const { nearest } = suggest([{ prompt: QUESTION, chosen: GOOD, rejected: ['bad'], completions: 7 }]);
    expect(nearest.length).toBeGreaterThan(0);
    expect(nearest.length).toBeLessThanOrEqual(3);
    expect(nearest[0]).toMatchObject({
      id: 'trl-explicit',
      faults: ['have "rejected" as list of texts, not as a string'],
    });
  });

  it('describes the fields: types, how many records have them, an example without a key', () => {
    const key = `hf_${'qWeRtZuIoPaS'.repeat(3).slice(0, 34)}`;
    const { fields } = suggest([
      {
        id: 1,
        text: `my ${key}`,
        long: 'x'.repeat(200),
        turns: [{ role: 'user', content: '\u001b[31mred' }],
      },
      { id: 2, text: 'none', python: "[{'role': 'user', 'content': 'x'}]" },
    ]);
    expect(fields.map(({ ref, types, share }) => [ref, types[0], share])).toEqual([
      ['id', 'number', 1],
      ['text', 'text', 1],
      ['long', 'text', 0.5],
      ['turns', 'messages', 0.5],
      ['python', 'Python text', 0.5],
    ]);
    expect(JSON.stringify(fields)).not.toContain(key);
    expect(fields[2]?.example.length).toBeLessThan(70);
    expect(fields[3]?.example).toContain('\\u001b');
  });

  it('stays small, whatever the records hold', () => {
    const wide = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`f${i}`, { a: [{ b: i }] }]));
    let deep: Json = 'x';
    for (let i = 0; i < 3000; i++) deep = i % 2 === 0 ? [deep] : { deep };
    const { fields } = suggest([wide, { deep }, { ['x'.repeat(100_000)]: 'y'.repeat(100_000) }]);
    expect(JSON.stringify(fields).length).toBeLessThan(400_000);
  });
});

describe('on the command line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'preflens-suggest-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const write = (name: string, records: readonly JsonObject[]): string => {
    const path = join(folder, name);
    writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
    return path;
  };
  const config = join(folder, 'preflens.json');

  it('--suggest prints the entry, --write writes it, and the file is recognised', async () => {
    const path = write('sure.jsonl', CASES['good and bad']![1]);
    const shown = testCommand();
    await schema(shown, path, { json: false, suggest: true });
    expect(shown.out.text).toContain(
      '{ "files": "sure.jsonl", "prompt": "ask", "chosen": "good", "rejected": "bad" }',
    );
    const command = testCommand();
    await schema(command, path, { json: false, write: true });
    expect(readFileSync(config, 'utf8')).toContain('"chosen": "good"');
    expect(command.out.text).toContain('set in preflens.json');
    // The second time there is nothing to do.
    const again = testCommand();
    const before = readFileSync(config, 'utf8');
    await schema(again, path, { json: false, write: true });
    expect(again.err.text).toContain('needs no entry');
    expect(readFileSync(config, 'utf8')).toBe(before);
  });

  it('if the polarity is uncertain, --write needs --better and writes nothing in silence', async () => {
    const path = write('asks.jsonl', CASES['a label called label']![1]);
    const before = readFileSync(config, 'utf8');
    const run = async (better?: string): Promise<string> => {
      const command = testCommand();
      await schema(command, path, { json: false, write: true, ...(better !== undefined && { better }) });
      return command.out.text;
    };
    await expect(run()).rejects.toThrow(/--write --better a=ans_a` if .*--write --better b=ans_a` if/);
    await expect(run('ans_c')).rejects.toThrow(/none of the possible readings: a=ans_a, b=ans_a/);
    expect(readFileSync(config, 'utf8')).toBe(before);
    expect(await run('b=ans_a')).toContain('set in preflens.json');
    expect(readFileSync(config, 'utf8')).toContain('"better": { "first": ["b"], "second": ["a"] }');
  });

  it('without --suggest the error has the entry and no command to run it again', async () => {
    const path = write('plain.jsonl', CASES['good and bad']![1]);
    await expect(schema(testCommand(), path, { json: false })).rejects.toThrow(
      /"chosen":"good".*Add --suggest/,
    );
    await expect(schema(testCommand(), path, { json: false })).rejects.not.toThrow(/preflens schema/);
  });
});

/** What each file of other data looks like: the words before the colon. Nothing where a schema comes near. */
const KINDS: Readonly<Record<string, string>> = {
  'binary-choice': 'multiple-choice questions',
  'classified-completions': 'answers with a class',
  'classified-messages': 'texts with a class (sequence classification)',
  completions: 'instruction data',
  'conversations-sharegpt': 'instruction data',
  conversations: 'instruction data',
  extraction: 'texts with a class (sequence classification)',
  images: 'texts with a class (sequence classification)',
  instructions: 'instruction data',
  logs: 'plain texts',
  'multiple-choice-five-options': 'multiple-choice questions',
  'multiple-choice-four': 'multiple-choice questions',
  'multiple-choice-letters': 'multiple-choice questions',
  'natural-language-inference': 'natural language inference',
  'open-questions': 'questions with several answers, none of them called better (references)',
  'question-answering': 'question answering',
  'reference-outputs': 'questions with several answers, none of them called better (references)',
  'triplets-with-anchor': 'triplets for retrieval',
  similarity: 'pairs of texts and how similar they are',
  summaries: 'summaries',
  text: 'plain texts',
  'tool-calls': 'instruction data',
  translation: 'translations',
};

const OTHERS = join(import.meta.dirname, '..', 'fixtures', 'not-preferences');

describe('files that hold no preference', () => {
  it.each(readdirSync(OTHERS))('says what %s looks like', (name) => {
    const records = readFileSync(join(OTHERS, name), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as JsonObject);
    const { kind, nearest } = suggest(records);
    expect(kind?.split(':')[0]).toBe(KINDS[name.replace('.jsonl', '')]);
    if (kind !== undefined) expect(nearest).toEqual([]);
  });

  it('says it in every message, and names no schema as the nearest', () => {
    const suggestion = suggest([{ question: QUESTION, choices: [GOOD, BAD, 'No.'], answer: 0 }]);
    const names = ['question', 'choices', 'answer'];
    for (const { message } of [
      messages.unrecognised('x.jsonl', names, suggestion),
      messages.unrecognisedShort(names, suggestion),
    ]) {
      expect(message).toContain('It looks like multiple-choice questions');
      expect(message).toContain('no preference data');
      expect(message).not.toContain('nearest');
    }
  });

  it.each([
    ['a pair without its second side', [{ prompt: QUESTION, chosen: GOOD }]],
    [
      'a verdict of two values under another name',
      [true, false].map((label) => ({ prompt: QUESTION, reply_text: GOOD, label })),
    ],
    ['answers without a label', [{ prompt: QUESTION, response_a: GOOD, response_b: BAD }]],
  ])('still names the nearest schema for %s', (_, records) => {
    const { kind, nearest } = suggest(records);
    expect(kind).toBeUndefined();
    expect(nearest).not.toEqual([]);
  });
});
