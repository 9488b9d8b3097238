import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { examine, parseRecord } from '#core/checks/examine.ts';
import { gramsOf } from '#core/checks/relations/benchmarkOverlap.ts';
import type { RulesConfig } from '#core/checks/settings.ts';
import { resolveRules } from '#core/checks/settings.ts';
import { ALL_RULES, ANSWER_CHECKS, PAIR_CHECKS, RECORD_CHECKS, RECORD_RULES } from '#core/checks/table.ts';
import { resolvePlace } from '#core/json/place.ts';
import type { Mapping } from '#core/mapping/mapping.ts';
import { recognise } from '#core/mapping/recognise.ts';
import { MAPPINGS } from '#core/mapping/table.ts';
import type { Json, JsonObject } from '#core/model/json.ts';
import { isObject } from '#core/model/json.ts';

import { decode, encode, recordOf, survey } from '../fakes/records.ts';

const FOLDER = join(import.meta.dirname, '..', 'fixtures', 'checks');
const explicit = MAPPINGS.find(({ id }) => id === 'trl-explicit')!;

interface Case {
  readonly expect: readonly string[];
  readonly record?: JsonObject;
  readonly line?: string;
  readonly rules?: RulesConfig;
  readonly benchmarks?: readonly { readonly name: string; readonly texts: readonly string[] }[];
}

/** The mapping of a record by its look; what nothing fits is read as a plain pair, as it would be among others. */
function mappingOf(line: string): Mapping {
  try {
    const value = JSON.parse(line) as Json;
    const found = isObject(value) ? recognise([value])?.mapping : undefined;
    return found && found.id !== 'no-prompt' ? found : explicit;
  } catch {
    return explicit;
  }
}

function reportsOf({ line, record, rules = {}, benchmarks = [] }: Case): string[] {
  const text = line ?? JSON.stringify(record);
  const raw = recordOf(text);
  const settings = resolveRules(
    [rules],
    benchmarks.map(({ name, texts }) => ({ name, grams: texts.flatMap(gramsOf) })),
  );
  return examine(parseRecord(raw), mappingOf(text), 0, settings).findings.map(({ rule, place }) => {
    const { byteStart, byteEnd } = resolvePlace(raw.bytes, place);
    return `${rule}@${decode(raw.bytes.subarray(byteStart, byteEnd))}`;
  });
}

const files = readdirSync(FOLDER);

it('has fixtures for every rule that needs no scorer', () => {
  const rules = [
    ...Object.keys(RECORD_RULES),
    ...[...ANSWER_CHECKS, ...PAIR_CHECKS, ...RECORD_CHECKS].map(({ id }) => id),
  ];
  expect(files.map((file) => file.replace('.jsonl', '')).sort()).toEqual(rules.sort());
});

it('gives every rule an id of its own, a title and help', () => {
  expect(new Set(ALL_RULES.map(({ id }) => id)).size).toBe(ALL_RULES.length);
  for (const { title, why, remedy } of ALL_RULES) {
    expect(title.length).toBeLessThan(80);
    expect(why.length).toBeGreaterThan(40);
    expect(remedy.length).toBeGreaterThan(10);
  }
});

describe.each(files)('%s', (file) => {
  const cases = readFileSync(join(FOLDER, file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Case);
  const rule = file.replace('.jsonl', '');
  it('is reported of some records and of others not', () => {
    const isReported = ({ expect: expected }: Case): boolean =>
      expected.some((one) => one.startsWith(`${rule}@`));
    expect(cases.some(isReported)).toBe(true);
    expect(cases.every(isReported)).toBe(false);
  });
  it.each(cases.map((one) => [one.line ?? JSON.stringify(one.record), one] as const))('%s', (_, one) => {
    expect(reportsOf(one)).toEqual(one.expect);
  });
});

it('names line and byte of broken JSON and of bad UTF-8', () => {
  const message = (line: string | Uint8Array): string => {
    const parsed = parseRecord(recordOf(line));
    return 'fault' in parsed ? parsed.fault.message : 'no fault';
  };
  expect(message('{"a":1,}')).toBe(
    'Not valid JSON at byte 8 of the line: a field name in double quotes expected. ' +
      'JSON has no comma before a closing bracket: take it out.',
  );
  expect(message('{"a":"x')).toMatch(
    /^Not valid JSON at byte 8 of the line: the text ends inside a string\. The line breaks off/,
  );
  const bytes = new Uint8Array([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]);
  expect(message(bytes)).toMatch(/^Invalid UTF-8 at byte 7 of the line\. .*iconv/);
  const late = new Uint8Array(100_000).fill(0x20);
  late.set(encode('"'));
  late.set(encode('\ufffd'), 5);
  late[77_777] = 0xe2;
  expect(message(late)).toContain('Invalid UTF-8 at byte 77778 of the line.');
});

it('goes on after broken records, and counts more findings than it keeps', () => {
  const good = '{"prompt":"Q","chosen":"a","rejected":"b"}';
  const { facts, counts, findings } = survey([good, '{broken', good, '[]', good].join('\n'));
  expect([facts.recordCount, facts.pairCount]).toEqual([5, 3]);
  expect(Object.fromEntries(counts)).toEqual({ 'invalid-json': 1, 'not-an-object': 1 });
  expect(findings.map(({ record }) => record)).toEqual([1, 3]);
  const many = survey(
    `${good}\n`.repeat(12_000) + '{"prompt":"Q","chosen":"","rejected":"b"}\n'.repeat(11_000),
  );
  expect(many.counts.get('empty-response')).toBe(11_000);
  expect(many.findings.length).toBe(10_000);
});

it('ends on texts that are made to hold it up', () => {
  const off = Object.fromEntries(
    ALL_RULES.map(({ id, severity }) => [id, severity === 'off' ? 'warning' : severity]),
  );
  const long = (part: string): string => part.repeat(Math.ceil(120_000 / part.length));
  const hostile = [
    ' ',
    '\n',
    '\n \n',
    '</s> ',
    '<|im_end|>x',
    '[',
    '**a',
    '`',
    '# ',
    'a@',
    'a.b-',
    '1-',
    '(1',
    'eyJ',
    'sk-ant-',
    'â€',
    'Human',
    '\nHuman',
    '- ',
    '"',
    'I am an ',
    '\ud83d',
    '，',
    'w, ',
    'DE12 ',
  ];
  for (const part of hostile) {
    for (const text of [
      long(part),
      `${long(part)}<|im_end|>`,
      `${long(part)}é`,
      `x. y. z. ${long(part)} the`,
    ]) {
      const line = JSON.stringify({ prompt: text.slice(0, 40), chosen: text, rejected: `${text}.` });
      const found = examine(parseRecord(recordOf(line)), explicit, 0, resolveRules([off]));
      expect(found.pairs).toHaveLength(1);
    }
  }
});
