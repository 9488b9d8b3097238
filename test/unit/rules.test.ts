// Every rule has what its page needs, has a fixture, and finds what is planted for it. The small form of
// bench:checks.
import { describe, expect, it } from 'vitest';

import { ALL_RULES } from '#core/checks/table.ts';

import { NOT_PLANTED, plantedCounts } from '../bench/planted.ts';
import type { FixtureStage } from '../fakes/fixtures.ts';
import { FIXTURE_FOLDERS, fixtureRules } from '../fakes/fixtures.ts';
import { missingInRule } from '../tools/missingInRule.ts';

const countOf = plantedCounts(3);
const ids = ALL_RULES.map(({ id }) => id);

it('gives every rule a unique id', () => {
  expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
});

it('has no fixture without a rule', () => {
  const stages = Object.keys(FIXTURE_FOLDERS) as FixtureStage[];
  expect(stages.flatMap(fixtureRules).filter((id) => !ids.includes(id))).toEqual([]);
});

describe.each(ALL_RULES.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  it('is complete', () => {
    const missing = missingInRule(rule, countOf(id));
    if (missing.length > 0) expect.fail(missing.join('\n'));
  });

  it.skipIf(NOT_PLANTED.has(id))('finds what is planted, and nothing in clean records', () => {
    const count = countOf(id);
    if (!count) return expect.fail('Nothing is planted.');
    const { planted, found, onClean } = count;
    expect(planted).toBeGreaterThanOrEqual(20);
    expect(found / planted).toBeGreaterThan(0.9);
    expect(onClean / planted).toBeLessThan(0.1);
  });
});
