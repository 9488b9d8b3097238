// Several records on one line, and commas around records: repairs keep every byte of every record.
import { describe, expect, it } from 'vitest';

import { examine } from '#core/checks/examine.ts';
import { resolveRules } from '#core/checks/settings.ts';
import { fixRecord } from '#core/fix.ts';
import { parseRecord } from '#core/json/parseRecord.ts';
import { recognise } from '#core/mapping/recognise.ts';

import { decode, recordOf, survey } from '../fakes/records.ts';

const A = '{"prompt":"q1","chosen":"a, {b}","rejected":"c"}';
const B = '{ "prompt": "q2", "chosen": "d é 🐦", "rejected": 1e400 }';
const C = '{"rejected":"\\u00e9","chosen":"g","prompt":"q3"}';
const { mapping } = recognise([JSON.parse(A)])!;
const RULES = resolveRules([]);
const SAFE = { review: false };

const fixed = (line: string, newline?: '\n' | '\r\n'): string | null | undefined => {
  const made = fixRecord(recordOf(line), mapping, RULES, SAFE, newline && { newline });
  return made?.bytes && decode(made.bytes);
};

describe('several records on one line', () => {
  it.each([
    ['fused', `${A}${B}`, `${A}\n${B}`],
    ['with a space', `${A} ${B}`, `${A}\n${B}`],
    ['with a comma', `${A}, ${B}`, `${A}\n${B}`],
    ['three, and a comma at the end', `${A},${B}${C},`, `${A}\n${B}\n${C}`],
    ['joined before a byte order mark', `${A}\ufeff${B}`, `${A}\n${B}`],
    ['a comma at the end', `${A},`, A],
    ['a comma and space at the end', `${A} , `, `${A} `],
    ['a comma at the start', `,${A}`, A],
    ['a byte order mark at the start', `\ufeff${A}`, A],
    ['indented', `  ${A},`, `  ${A}`],
  ])('%s: are put on separate lines', (_, line, expected) => {
    expect(fixed(line)).toBe(expected);
    for (const one of expected.split('\n')) expect('value' in parseRecord(recordOf(one))).toBe(true);
  });

  it('get the line ends of their file', () => {
    expect(fixed(`${A}${C}`, '\r\n')).toBe(`${A}\r\n${C}`);
  });

  it.each([
    ['a broken record beside a good one', `${A}{"prompt":`],
    ['a word', `${A} x`],
    ['a list', `${A} []`],
    ['the start of a list', `[${A},`],
    ['a comma alone', ','],
    ['a comma inside a record', '{"prompt":"q",}'],
  ])('%s: is left to the user', (_, line) => {
    const parsed = parseRecord(recordOf(line));
    expect(parsed).toMatchObject({ fault: { message: expect.stringContaining('Not valid JSON') as string } });
    expect('fault' in parsed && parsed.fault.separate).toBeUndefined();
    expect(fixed(line)).toBeUndefined();
  });

  it('is reported where the second record begins, with what to do', () => {
    const [finding] = examine(parseRecord(recordOf(`${A}${B}`)), mapping, 0, RULES).findings;
    expect(finding).toMatchObject({ rule: 'invalid-json', place: { bytes: [A.length, A.length + 1] } });
    expect(finding!.message).toContain('it holds 2 records; each needs its own line');
  });

  it('is no fault any more once an edit put line ends between them', () => {
    const [finding] = examine(parseRecord(recordOf(`${A}\n${C}`)), mapping, 0, RULES).findings;
    expect(finding!.message).toContain('saving puts each on its own line');
    expect(finding!.separate).toBeUndefined();
  });
});

it('a file whose every line ends in a comma is recognised', () => {
  const { recognition, counts } = survey(`${A},\n${C},\n`);
  expect(recognition?.mapping.id).toBe(mapping.id);
  expect([...counts]).toEqual([['invalid-json', 2]]);
});
