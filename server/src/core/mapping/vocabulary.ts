// The names under which datasets store the same thing. All rows of the table take them from here, so that each name
// is known to all rows or to none. The names of prompts are in `model/fieldNames.ts`, which knows the words in all names.
import { PROMPT_NAMES, SYSTEM_NAMES } from '../model/fieldNames.ts';
import type { FieldRef } from './field.ts';
import type { PromptPart } from './mapping.ts';

/** One reference to the first of several names. */
const anyOf = (names: readonly string[]): FieldRef => names.join('|');

/** Names of the better and the worse answer. Nothing else in a record says which is better. */
export const SIDE_NAMES: readonly (readonly [better: string, worse: string])[] = [
  ['chosen', 'rejected'],
  ['chosen_response', 'rejected_response'],
  ['response_chosen', 'response_rejected'],
  ['chosen_answer', 'rejected_answer'],
  ['answer_chosen', 'answer_rejected'],
  ['chosen_output', 'rejected_output'],
  ['output_chosen', 'output_rejected'],
  ['chosen_completion', 'rejected_completion'],
  ['accepted', 'rejected'],
  ['preferred', 'dispreferred'],
  ['preferred_response', 'dispreferred_response'],
  ['preferred_output', 'non_preferred_output'],
  ['better_response', 'worse_response'],
  ['better_answer', 'worse_answer'],
];

export const PROMPT_FIELDS = anyOf(PROMPT_NAMES);
export const SYSTEM_FIELDS = anyOf(SYSTEM_NAMES);
export const BETTER_FIELDS = anyOf([...new Set(SIDE_NAMES.map(([better]) => better))]);
export const WORSE_FIELDS = anyOf([...new Set(SIDE_NAMES.map(([, worse]) => worse))]);

/** An optional system message. */
export const SYSTEM: PromptPart = { at: SYSTEM_FIELDS, as: 'text', role: 'system', optional: true };

/** The prompt under any of its names. */
export const ANY_PROMPT: PromptPart = { at: PROMPT_FIELDS, as: 'words' };

/** The same where the sides usually repeat the prompt, or have none. */
export const MAYBE_PROMPT: PromptPart = { ...ANY_PROMPT, optional: true };

/** Text that continues the turn before, like the `input` of an instruction. */
export const more = (at: FieldRef): PromptPart => ({ at, as: 'text', isMore: true, optional: true });
