import type { Mapping } from '../mapping.ts';
import { ANY_PROMPT, BETTER_FIELDS, more, WORSE_FIELDS } from '../vocabulary.ts';
import { pair } from './parts.ts';

/** Rows for what no row above reads: any of the known names, in any shape. They are the last of the table. */
export const ANY_NAMES: readonly Mapping[] = [
  {
    id: 'prompt-and-pair',
    title: 'a prompt and two answers, under any of their usual names',
    also: ['openbmb/UltraInteract_pair', 'NeMo-Aligner DPO and RPO'],
    prompt: [ANY_PROMPT, more('input')],
    answers: pair('words', BETTER_FIELDS, WORSE_FIELDS),
    polarity: 'the name of a field says which answer is better, like "chosen" and "rejected"',
  },
];
