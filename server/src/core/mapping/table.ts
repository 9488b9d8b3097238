import type { Mapping } from './mapping.ts';
import { ANY_NAMES } from './table/anyNames.ts';
import { BENCHMARKS } from './table/benchmarks.ts';
import { CANDIDATES } from './table/candidates.ts';
import { CHOICES } from './table/choices.ts';
import { CONVERSATIONS } from './table/conversations.ts';
import { FLAT } from './table/flat.ts';
import { JUDGEMENTS } from './table/judgements.ts';
import { OPEN } from './table/open.ts';
import { OPINIONS } from './table/opinions.ts';
import { SCORED } from './table/scored.ts';
import { SIDES } from './table/sides.ts';
import { TRAINERS } from './table/trainers.ts';
import { VENDORS } from './table/vendors.ts';
import { SYSTEM } from './vocabulary.ts';

/** Any row may have a system message beside its prompt. */
function withSystem(mapping: Mapping): Mapping {
  return { ...mapping, prompt: [SYSTEM, ...mapping.prompt] };
}

/**
 * All recognised schemas. If several match a record, the one that requires the most fields wins; if equal, the
 * first.
 */
export const MAPPINGS: readonly Mapping[] = [
  ...FLAT,
  ...CONVERSATIONS,
  ...CHOICES,
  ...CANDIDATES,
  ...JUDGEMENTS,
  ...TRAINERS,
  ...VENDORS,
  ...SIDES,
  ...BENCHMARKS,
  ...OPINIONS,
  ...SCORED,
  ...OPEN,
  ...ANY_NAMES,
].map(withSystem);

export function mappingById(id: string): Mapping | undefined {
  return MAPPINGS.find((mapping) => mapping.id === id);
}

/** The labels that a mapping offers, default first. Empty if there is only one. */
export function axesOf({ answers }: Mapping): readonly string[] {
  return answers.kind === 'choice' && answers.axis !== undefined
    ? [answers.axis, ...Object.keys(answers.axes ?? {})]
    : [];
}

/** The mapping with another of its labels; undefined if it has no such label. */
export function withAxis(mapping: Mapping, axis: string): Mapping | undefined {
  const { answers } = mapping;
  if (answers.kind !== 'choice') return undefined;
  if (axis === answers.axis) return mapping;
  const label = answers.axes?.[axis];
  return label && { ...mapping, title: `${mapping.title}, by ${axis}`, answers: { ...answers, axis, label } };
}
