// The small form of bench:checks: every rule finds what is planted for it, and nothing in records without a fault.
import { expect, it } from 'vitest';

import { ALL_RULES } from '#core/checks/table.ts';

import { measurePlanted, NOT_PLANTED } from '../bench/planted.ts';

const counts = measurePlanted(3);

it.each(ALL_RULES.map(({ id }) => id).filter((id) => !NOT_PLANTED.has(id)))('%s', (id) => {
  const { planted, found, onClean } = counts.get(id)!;
  expect(planted).toBeGreaterThanOrEqual(20);
  expect(found / planted).toBeGreaterThan(0.9);
  expect(onClean / planted).toBeLessThan(0.1);
});
