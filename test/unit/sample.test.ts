import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { survey } from '../fakes/records.ts';
import { makeSample } from '../tools/sample.ts';

const ROOT = join(import.meta.dirname, '..', '..');

it('the sample is up to date, and has exactly the planted faults', () => {
  const { text, planted } = makeSample();
  expect(readFileSync(join(ROOT, 'media', 'sample', 'support.jsonl'), 'utf8')).toBe(text);
  expect(JSON.parse(readFileSync(join(ROOT, 'test', 'fixtures', 'sample.planted.json'), 'utf8'))).toEqual(
    planted,
  );
  const { findings } = survey(text);
  const found: Record<string, number[]> = {};
  for (const { rule, record } of findings) (found[rule] ??= []).push(record);
  // A prefix of an answer may stop in the middle: then two rules report the same fault.
  const { 'cut-off-ending': cutOff = [], ...rest } = found;
  expect(planted.faults['prefix-pair']).toEqual(expect.arrayContaining(cutOff));
  expect(rest).toEqual(planted.faults);
});
