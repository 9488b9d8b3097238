import { describe, expect, it } from 'vitest';

import { examine } from '#core/checks/examine.ts';
import { gramsOf } from '#core/checks/relations/benchmarkOverlap.ts';
import { resolveRules } from '#core/checks/settings.ts';
import { ALL_RULES } from '#core/checks/table.ts';
import { parseRecord } from '#core/json/parseRecord.ts';
import { resolvePlace } from '#core/json/place.ts';
import { MAPPINGS } from '#core/mapping/table.ts';

import type { RecordCase } from '../fakes/fixtures.ts';
import { casesOf, fixtureRules, mappingOf } from '../fakes/fixtures.ts';
import { decode, encode, recordOf, survey } from '../fakes/records.ts';

const explicit = MAPPINGS.find(({ id }) => id === 'trl-explicit')!;

function reportsOf({ line, record, rules = {}, benchmarks = [] }: RecordCase): string[] {
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

describe.each(fixtureRules('record'))('%s', (rule) => {
  it.each(casesOf('record', rule).map((one) => [one.line ?? JSON.stringify(one.record), one] as const))(
    '%s',
    (_, one) => {
      expect(reportsOf(one)).toEqual(one.expect);
    },
  );
});

it('names line and byte of broken JSON and of bad UTF-8', () => {
  const message = (line: string | Uint8Array): string => {
    const parsed = parseRecord(recordOf(line));
    return 'fault' in parsed ? parsed.fault.message : 'no fault';
  };
  expect(message('{"a":1,}')).toBe(
    'Not valid JSON at byte 8 of the line: expected a field name in double quotes. ' +
      'JSON allows no comma before a closing bracket. Remove it.',
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

it('continues after broken records, and counts more findings than it keeps', () => {
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

it('ends on texts made to slow it down', () => {
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
