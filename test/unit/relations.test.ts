import { describe, expect, it } from 'vitest';

import type { RuleSettings } from '#core/checks/check.ts';
import { splitOf } from '#core/checks/relations/leaks.ts';
import { findRelations } from '#core/checks/relations/relations.ts';
import { sketchesOf } from '#core/checks/relations/textSketches.ts';
import { resolveRules } from '#core/checks/settings.ts';
import { ruleById } from '#core/checks/table.ts';
import { readRaw } from '#core/dataset/survey.ts';

import { plantNearDuplicates } from '../bench/plant.ts';
import type { RelationCase } from '../fakes/fixtures.ts';
import { casesOf, fixtureRules } from '../fakes/fixtures.ts';
import { cut, encode, survey } from '../fakes/records.ts';

/** This rule is on, whatever its default. */
const withRule = (rule: string): RuleSettings =>
  resolveRules([ruleById(rule)?.severity === 'off' ? { [rule]: 'warning' } : {}]);

function relationsOf(given: RelationCase['files'], rules: RuleSettings): string[] {
  const surveyed = Object.entries(given).map(([name, records]) => {
    const bytes = encode(records.map((record) => JSON.stringify(record)).join('\n'));
    return { name, bytes, ...survey(bytes) };
  });
  const pairs = surveyed.flatMap(({ bytes, recognition }) =>
    cut(bytes).flatMap((raw) => readRaw(raw, recognition!)?.pairs ?? []),
  );
  const facts = surveyed.map(({ name, facts: own, recognition }) => ({
    name,
    facts: own,
    recognition: recognition!,
  }));
  const found = findRelations(facts, sketchesOf(pairs), rules);
  return found.flatMap(({ findings, counts }, i) => {
    expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(findings.length);
    return findings.map(({ record, rule, message }) => {
      const other = /(?:\S+, )?(?:line|row) \d+/i.exec(message)?.[0];
      return `${surveyed[i]!.name}:${record + 1} ${rule} ${other?.replace(/^[LR]/, (first) => first.toLowerCase()) ?? message}`;
    });
  });
}

describe.each(fixtureRules('relation'))('%s', (rule) => {
  it.each(casesOf('relation', rule).map((one, i) => [i, one] as const))('case %i', (_, one) => {
    expect(relationsOf(one.files, withRule(rule)).sort()).toEqual([...one.expect].sort());
  });
});

it.each([
  ['data/train.jsonl', 'train'],
  ['train/test.jsonl', 'held-out'],
  ['test/train-00000-of-00001.jsonl', 'train'],
  ['x/train_test.jsonl', undefined],
  ['restrained.jsonl', undefined],
  ['contest.jsonl', undefined],
  ['dev/part.jsonl.gz', 'held-out'],
])('%s belongs to the split %s', (path, split) => {
  expect(splitOf(path)).toBe(split);
});

it('finds nearly all planted near duplicates and no false ones', () => {
  const { near, far } = plantNearDuplicates(1500, 400, 21);
  expect(near.planted).toBeGreaterThan(80);
  expect(near.found / near.planted).toBeGreaterThan(0.97);
  expect(far.found).toBe(0);
});
