// Repairs of records: the result of each, that none is left to make after it, and that nothing else changes.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { examine } from '#core/checks/examine.ts';
import type { RulesConfig } from '#core/checks/settings.ts';
import { resolveRules } from '#core/checks/settings.ts';
import { fixRecord } from '#core/fix.ts';
import { parseRecord } from '#core/json/parseRecord.ts';
import type { Mapping } from '#core/mapping/mapping.ts';
import { recognise } from '#core/mapping/recognise.ts';
import type { JsonObject } from '#core/model/json.ts';

import { decode, recordOf } from '../fakes/records.ts';

const FOLDER = join(import.meta.dirname, '..', 'fixtures', 'checks');
const mappingOf = (record: JsonObject): Mapping => recognise([record])!.mapping;

function fixed(line: string, rule: string, review = true): string | null | undefined {
  const made = fixRecord(recordOf(line), mappingOf(JSON.parse(line) as JsonObject), resolveRules([]), {
    rules: new Set([rule]),
    review,
  });
  return made?.bytes && decode(made.bytes);
}

it.each([
  [
    'template-token-in-text',
    '{"prompt": "Q", "chosen": "Hi!<|im_end|>\\n", "rejected":"b"}',
    '{"prompt": "Q", "chosen": "Hi!", "rejected":"b"}',
  ],
  [
    'turn-marker-in-response',
    '{"prompt":"Q","chosen":"Hi é!\\n\\nHuman: x","rejected":"b"}',
    '{"prompt":"Q","chosen":"Hi é!","rejected":"b"}',
  ],
  [
    'mojibake',
    '{"prompt":"Q","chosen":"cafÃ© itâ€™s","rejected":"b"}',
    '{"prompt":"Q","chosen":"café it’s","rejected":"b"}',
  ],
  [
    'lone-surrogate',
    '{"prompt":"Q","chosen":"x \\ud83d y","rejected":"b"}',
    '{"prompt":"Q","chosen":"x  y","rejected":"b"}',
  ],
  [
    'prompt-repeated-in-response',
    '{"prompt":"What is the capital of France, and since when?","chosen":"What is the capital of France, and since when? Paris.","rejected":"b"}',
    '{"prompt":"What is the capital of France, and since when?","chosen":"Paris.","rejected":"b"}',
  ],
  [
    'unknown-role',
    '{"prompt":[{"role":"user","content":"Hi"}],"chosen":[{"role":"asistant","content":"a"}],"rejected":[{"role":"assistant","content":"b"}]}',
    '{"prompt":[{"role":"user","content":"Hi"}],"chosen":[{"role":"assistant","content":"a"}],"rejected":[{"role":"assistant","content":"b"}]}',
  ],
  ['identical-pair', '{"prompt":"Q","chosen":"a","rejected":"a "}', null],
])('%s', (rule, line, expected) => {
  expect(fixed(line, rule)).toBe(expected);
});

it('makes only safe repairs by default', () => {
  expect(fixed('{"prompt":"Q","chosen":"a \\ud83d b","rejected":"b"}', 'lone-surrogate', false)).toContain(
    '"a  b"',
  );
  expect(
    fixed('{"prompt":"Q","chosen":"Write <|im_end|>","rejected":"b"}', 'template-token-in-text', false),
  ).toBeUndefined();
  expect(fixed('{"prompt":"Q","chosen":"a","rejected":"a"}', 'identical-pair', false)).toBeUndefined();
  expect(fixed('{"prompt":"Q","chosen":"cafÃ©","rejected":"b"}', 'mojibake', false)).toBeUndefined();
  expect(fixed('{"prompt":"Q","chosen":"","rejected":"b"}', 'empty-response', false)).toBeUndefined();
});

it('never flips a label by itself, and never drops a record of several pairs as safe', () => {
  const contradicted = '{"prompt":"Q","chosen":"a","rejected":"b","score_chosen":1,"score_rejected":9}';
  expect(fixed(contradicted, 'score-contradicts-label')).toBeUndefined();
  const several = '{"prompt":"Q","chosen":["c","a"],"rejected":["a"]}';
  expect(fixed(several, 'identical-pair', false)).toBeUndefined();
});

describe.each(readdirSync(FOLDER))('every fixture of %s', (file) => {
  const cases = readFileSync(join(FOLDER, file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { record?: JsonObject; rules?: RulesConfig });
  const rule = file.replace('.jsonl', '');
  it('is repaired by its rule in one step, or not at all', () => {
    for (const { record, rules = {} } of cases) {
      const mapping = record && recognise([record])?.mapping;
      if (!record || !mapping) continue;
      const settings = resolveRules([rules]);
      const scope = { rules: new Set([rule]), review: true };
      const made = fixRecord(recordOf(JSON.stringify(record)), mapping, settings, scope);
      if (!made?.bytes) continue;
      const again = recordOf(made.bytes);
      expect(fixRecord(again, mapping, settings, scope)).toBeUndefined();
      const left = examine(parseRecord(again), mapping, 0, settings).findings.filter(
        (one) => one.rule === rule,
      );
      expect(left.filter(({ replace }) => replace)).toEqual([]);
    }
  });
});
