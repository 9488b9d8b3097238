// What a conversion reports as lost: everything in a record is in the new records, or the report names it.
// The checker knows nothing about mappings: it looks for every value of the record.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { convertToLines, readSource } from '#core/convert/convert.ts';
import { Losses } from '#core/convert/losses.ts';
import type { ConvertTarget } from '#core/convert/targets.ts';
import { TARGETS } from '#core/convert/targets.ts';
import { recognise } from '#core/mapping/recognise.ts';
import type { Json, JsonObject } from '#core/model/json.ts';
import { isObject } from '#core/model/json.ts';

import type { Leaf } from '../fakes/comparisons.ts';
import { COMPARISONS, leavesOf } from '../fakes/comparisons.ts';
import { recogniseFixture } from '../fakes/mappingFixtures.ts';
import { cut, decode, encode } from '../fakes/records.ts';

const FOLDER = join(import.meta.dirname, '..', 'fixtures', 'mappings');
const FIXTURES = Object.fromEntries(
  readdirSync(FOLDER)
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => [
      name,
      decode(readFileSync(join(FOLDER, name)))
        .split('\n')
        .filter((line) => line.trim() !== ''),
    ]),
);
const FILES: Readonly<Record<string, readonly string[]>> = { ...COMPARISONS, ...FIXTURES };

interface Converted {
  readonly source: string;
  readonly made: readonly string[];
  /** For this record only. */
  readonly report: readonly string[];
}

function readFile(lines: readonly string[], name: string) {
  const records = cut(encode(`${lines.join('\n')}\n`));
  const values = records.map((raw) => JSON.parse(decode(raw.bytes)) as Json).filter(isObject);
  return { records, recognition: recogniseFixture(name, values) };
}

/** Every target reads the same files: each is recognised once. */
const read = new Map<readonly string[], ReturnType<typeof readFile>>();

function convertFile(target: ConvertTarget, lines: readonly string[], name = ''): Converted[] {
  const { records, recognition } = read.get(lines) ?? readFile(lines, name);
  read.set(lines, { records, recognition });
  return records.map((raw) => {
    const losses = new Losses();
    const source = readSource(raw, recognition, raw.record);
    if (!source) losses.add('the record cannot be read and is left out', raw.record);
    const made = source ? convertToLines(target, source, { losses, caveats: new Losses() }) : [];
    return { source: decode(raw.bytes), made, report: losses.lines() };
  });
}

const ROLES = new Set(['role', 'from']);
/** Fields with the verdict on a single answer. */
const VERDICTS = ['label', 'kto_tag', 'kto_label', 'thumbs_up', 'accepted', 'is_safe'];
const SPEAKERS: Readonly<Record<string, readonly string[]>> = {
  user: ['user', 'human', 'prompter'],
  assistant: ['assistant', 'gpt', 'model', 'bot'],
  system: ['system', 'developer'],
  tool: ['tool', 'observation', 'tool_call', 'tool_response'],
};

/** Sentences about the whole record or one of its pairs. */
const OF_PAIRS =
  /^a tie|^a pair|^an? (?:single answer|answer without|rating)|^the record has no pair|cannot be read|a field name is repeated/;

function missing({ source, made, report }: Converted): string[] {
  const words = report.map((line) => line.replace(/^[\d,]+ records?, first in record [\d,]+: /, ''));
  if (words.some((line) => OF_PAIRS.test(line))) return [];
  const found = made.flatMap(leavesOf);
  const texts = found.flatMap(({ text, isNumber }) => (isNumber ? [] : [text]));
  const all = texts.join('\n');
  // The blank after a marker at the end of the prompt belongs to the marker.
  const isOpen = leavesOf(source).some(({ text }) => text.endsWith('\n\nAssistant:'));
  const numbers = new Set(found.flatMap(({ name, text, isNumber }) => (isNumber ? [`${name} ${text}`] : [])));
  const isNamed = (name: string): boolean =>
    words.some((line) => line.includes(`${name}"`) && line.includes('"'));
  const isThere = ({ name, text, isNumber }: Leaf): boolean => {
    // A strength becomes a margin, a field may be renamed, and a text may hold a call.
    if (isNumber)
      return (
        numbers.has(`${name} ${text}`) ||
        numbers.has(`kept_${name} ${text}`) ||
        (VERDICTS.includes(name) && VERDICTS.some((one) => numbers.has(`${one} ${text}`))) ||
        all.includes(`"${name}":${text}`)
      );
    const speaker = ROLES.has(name)
      ? Object.keys(SPEAKERS).find((one) => SPEAKERS[one]?.includes(text.toLowerCase()))
      : undefined;
    // A text or a separate field marks the speaker; such formats report all other messages.
    if (speaker !== undefined && speaker !== 'tool') return true;
    if (
      speaker === 'tool' &&
      words.some((line) => /several messages|message in .* is written as|different messages/.test(line))
    )
      return true;
    if (ROLES.has(name) && words.some((line) => line.includes(`a "${text}" message in `))) return true;
    if (speaker && texts.some((own) => SPEAKERS[speaker]?.includes(own))) return true;
    if (all.includes(text) || (isOpen && all.includes(text.replace(/^ /, '')))) return true;
    if (all.includes(JSON.stringify(text).slice(1, -1))) return true;
    // A transcript, or a list in a text, is split; blanks around its texts are reported.
    const isTrimmed = words.some((line) => line.startsWith('blanks'));
    const parts = text
      .split(/\n\n(?:Human|Assistant):/)
      .map((part) => (isTrimmed ? part.trim() : part.replace(/^ /, '')));
    if (parts.length > 1 && parts.every((part) => all.includes(part))) return true;
    return /^[[{]/.test(text) && leavesOf(text).every(isThere);
  };
  return leavesOf(source).flatMap((leaf) => {
    const { name, text, isNull } = leaf;
    // Null counts as missing.
    if (isNull) return [];
    if (isThere(leaf) || isNamed(name)) return [];
    // What the sentences of a report mean, beyond field names.
    if (name === 'type' && words.some((line) => /list of texts|tool calls|parts of a message/.test(line)))
      return [];
    if (words.some((line) => line.startsWith('numbers in messages stored as JSON')) && text.startsWith('['))
      return [];
    if (words.some((line) => line.startsWith('token numbers')) && leaf.isNumber) return [];
    if (words.some((line) => /^(?:tool calls|parts of a message) .* left out/.test(line)))
      return isInPart(source, text) ? [] : [`${name}: ${text}`];
    if (words.some((line) => /^tool calls .* with only names and arguments/.test(line)) && name === 'id')
      return [];
    return [`${name}: ${text}`];
  });
}

/** The roles of messages whose text is a call. */
const CALL_ROLES: ReadonlySet<Json | undefined> = new Set(['tool_call', 'function_call']);

/** True for a value inside a call or a message part. */
function isInPart(source: string, text: string): boolean {
  const within: string[] = [];
  const walk = (value: Json, isIn: boolean): void => {
    if (Array.isArray(value))
      value.forEach((item: Json) => {
        walk(item, isIn);
      });
    else if (isObject(value))
      for (const [name, item = null] of Object.entries(value))
        walk(
          item,
          isIn ||
            name === 'tool_calls' ||
            CALL_ROLES.has(value.role ?? value.from) ||
            (name === 'content' && Array.isArray(item)),
        );
    else if (isIn) within.push(typeof value === 'string' ? value : JSON.stringify(value));
  };
  walk(JSON.parse(source) as Json, false);
  // Parsing rounds numbers the same way on both sides.
  return within.includes(text) || within.includes(String(Number(text)));
}

describe.each(TARGETS)('the report of $id', (target) => {
  it.each(Object.keys(FILES))('names everything that is not kept of: %s', (name) => {
    for (const converted of convertFile(target, FILES[name] ?? [], name))
      expect(missing(converted), `${converted.made.join('\n')}\n${converted.report.join('\n')}`).toEqual([]);
  });

  it('does not mention what it keeps', () => {
    const plain = ['{"prompt":"Where?","chosen":"Up.","rejected":"Down.","id":7}'];
    expect(convertFile(target, plain)[0]?.report).toEqual([]);
  });
});

const KEEP_ALL = ['trl-messages', 'trl-unpaired', 'openrlhf', 'axolotl'];

describe('the checker', () => {
  const converted = convertFile(TARGETS[0]!, [
    '{"prompt":"Where?","chosen":"Up.","rejected":"Down.","id":7,"tag":"x-1"}',
  ])[0]!;
  it.each(['"id":7', '"tag":"x-1"', 'Where?', 'Up.'])('notices %s if it is dropped silently', (what) => {
    const made = converted.made.map((line) => line.replace(what, '"other":0'));
    expect(missing(converted)).toEqual([]);
    expect(missing({ ...converted, made })).toHaveLength(1);
  });
});

describe('a conversation', () => {
  const cases = [
    'tool calls',
    'tool calls with numbers that no double holds',
    'calls before the answer',
    'reasoning',
    'pictures in messages',
    'pictures as answers',
    'several messages in an answer',
  ].flatMap((name) => KEEP_ALL.map((id) => [name, id] as const));

  it.each(cases)('with %s is kept whole by %s', (name, id) => {
    const target = TARGETS.find((one) => one.id === id)!;
    for (const { source, made, report } of convertFile(target, COMPARISONS[name] ?? [])) {
      expect(report).toEqual([]);
      const numbers = (json: string): string[] =>
        leavesOf(json).flatMap(({ text, isNumber, isNull }) => (isNumber && !isNull ? [text] : []));
      for (const number of numbers(source)) expect(made.flatMap(numbers)).toContain(number);
      for (const line of made) expect(line).not.toMatch(/null|\[image_url\]/);
    }
  });

  it('stays several messages, and a missing content becomes an empty one', () => {
    const [first] = convertFile(
      TARGETS.find(({ id }) => id === 'trl-messages')!,
      COMPARISONS['several messages in an answer']!,
    );
    const { chosen } = JSON.parse(first?.made[0] ?? '') as { chosen: JsonObject[] };
    expect(chosen.map(({ role, content }) => [role, content])).toEqual([
      ['assistant', ''],
      ['tool', 'north'],
      ['assistant', 'Up north.'],
    ]);
    const calls = convertFile(
      TARGETS.find(({ id }) => id === 'axolotl')!,
      COMPARISONS['tool calls']!,
    );
    expect(
      calls.map(({ made }) => (JSON.parse(made[0] ?? '') as { chosen: JsonObject }).chosen.content),
    ).toEqual(['Wait.', '', '']);
  });

  it('loses its calls in a text format, with the count, the first record and the alternative', () => {
    const target = TARGETS.find(({ id }) => id === 'trl-explicit')!;
    const losses = new Losses();
    const records = cut(encode(COMPARISONS['tool calls']!.join('\n')));
    const recognition = recognise(records.map((raw) => JSON.parse(decode(raw.bytes)) as JsonObject))!;
    for (const raw of records)
      convertToLines(target, readSource(raw, recognition, raw.record)!, { losses, caveats: new Losses() });
    expect(losses.lines()).toEqual([
      '3 records, first in record 1: tool calls ("tool_calls") of an answer are left out; trl-explicit has no place for them, trl-messages has.',
      '2 records, first in record 1: both answers are written as the same text: what sets them apart is left out.',
      '2 records, first in record 2: an answer is written as an empty text.',
    ]);
  });

  it('has its tools and pictures in the columns that the trainer reads', () => {
    const madeBy = (id: string): JsonObject[] =>
      convertFile(
        TARGETS.find((one) => one.id === id)!,
        COMPARISONS['an OpenAI file']!,
      ).flatMap(({ made }) => made.map((line) => JSON.parse(line) as JsonObject));
    expect(Array.isArray(madeBy('trl-messages')[0]?.tools)).toBe(true);
    expect(typeof madeBy('llamafactory')[0]?.tools).toBe('string');
    const pictures = convertFile(
      TARGETS.find(({ id }) => id === 'llamafactory')!,
      COMPARISONS['pictures in messages']!,
    );
    const first = JSON.parse(pictures[0]?.made[0] ?? '') as { conversations: JsonObject[]; images: Json };
    expect([first.conversations[0]?.value, first.images]).toEqual([
      '<image>A hill?',
      ['http://example.org/hill.png'],
    ]);
  });

  it('keeps an unread prompt as a field, and says so', () => {
    for (const target of TARGETS)
      for (const { made, report } of convertFile(target, COMPARISONS['unread prompts']!)) {
        expect(report.join()).toContain('looks like part of the prompt but is not read');
        expect(made.join()).toMatch(/A long text about the hill|What is asked in this one/);
      }
  });

  it('nested deeper than the stack is left out with a message', () => {
    const deep = `{"prompt":"Q","chosen":"a","rejected":"b","deep":${'['.repeat(50_000)}1${']'.repeat(50_000)}}`;
    const [converted] = convertFile(TARGETS[0]!, ['{"prompt":"Q","chosen":"a","rejected":"b"}', deep]).slice(
      1,
    );
    expect(converted?.made).toEqual([]);
    expect(converted?.report.join()).toContain('nested too deeply');
  });
});

/** The fields of answers in all formats; both lists have one order. */
const BETTER = [
  'chosen',
  'chosen_response',
  'chosen_conversations',
  'preferred_output',
  'messages',
  'completion',
  'completions',
  'conversations',
];
const WORSE = [
  'rejected',
  'rejected_response',
  'rejected_conversations',
  'non_preferred_output',
  'rejected_messages',
];
const PROMPTS = ['prompt', 'question', 'instruction', 'input', 'context'];

function ranked(completions: readonly JsonObject[]): JsonObject[] {
  return completions.map((one) => ({ ...one, rank: 1 - Number(one.rank) }));
}

/** Ways to write records incorrectly. */
const MUTATIONS: Readonly<Record<string, (made: JsonObject) => JsonObject>> = {
  'an answer is cut': (made) => replaceTexts(made, BETTER, (text) => text.replace(/\S$/, '')),
  'the answers change places': (made) => {
    if ('label' in made) return { ...made, label: made.label !== true };
    if ('kto_tag' in made) return { ...made, kto_tag: made.kto_tag !== true };
    if ('completions' in made) return { ...made, completions: ranked(made.completions as JsonObject[]) };
    const at = BETTER.findIndex((name) => name in made);
    const [own, other] = [BETTER[at] ?? '', WORSE[at] ?? ''];
    return { ...made, [own]: made[other], [other]: made[own] };
  },
  'the prompt has other words': (made) =>
    replaceTexts(made, [...PROMPTS, ...BETTER], (text) => text.replace('Where', 'Who')),
  'a message is gone': (made) =>
    mapValues(made, (value) =>
      Array.isArray(value) && value.every(isObject) && value.length > 1 ? value.slice(1) : value,
    ),
  'fields of messages are gone': (made) =>
    mapValues(made, (value) =>
      Array.isArray(value) ? value.map(bare) : isObject(value) ? bare(value) : value,
    ),
  'an answer is missing': (made) =>
    Object.fromEntries(
      Object.entries(made).filter(
        ([name]) => ![...WORSE, 'completion', 'completions', 'conversations'].includes(name),
      ),
    ),
};

function bare(value: Json): Json {
  if (!isObject(value)) return value;
  const names = new Set(['role', 'from', 'content', 'value', 'text']);
  return Object.fromEntries(Object.entries(value).filter(([name]) => names.has(name)));
}

function mapValues(made: JsonObject, change: (value: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(made).map(([name, value = null]) => [name, change(value)]));
}

function replaceTexts(
  made: JsonObject,
  fields: readonly string[],
  change: (text: string) => string,
): JsonObject {
  const deep = (value: Json): Json => {
    if (typeof value === 'string') return change(value);
    if (Array.isArray(value)) return value.map(deep);
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, one = null]) => [
        name,
        name === 'role' || name === 'from' ? one : deep(one),
      ]),
    );
  };
  return Object.fromEntries(
    Object.entries(made).map(([name, value = null]) => [name, fields.includes(name) ? deep(value) : value]),
  );
}

describe('a format that writes incorrectly', () => {
  const cases = TARGETS.flatMap((target) => Object.keys(MUTATIONS).map((name) => [target.id, name] as const));

  it.each(cases)('is caught by the comparison: %s, when %s', (id, name) => {
    const target = TARGETS.find((one) => one.id === id)!;
    const mutated: ConvertTarget = {
      ...target,
      write: (example) => target.write(example).map(MUTATIONS[name]!),
    };
    let changed = 0;
    for (const lines of Object.values(COMPARISONS)) {
      const right = convertFile(target, lines);
      for (const [i, wrong] of convertFile(mutated, lines).entries()) {
        if (wrong.made.join('\n') === right[i]?.made.join('\n')) continue;
        changed++;
        expect(wrong.report, wrong.made.join('\n')).not.toEqual(right[i]?.report);
      }
    }
    if (name !== 'fields of messages are gone' && name !== 'a message is gone')
      expect(changed).toBeGreaterThan(5);
  });
});
