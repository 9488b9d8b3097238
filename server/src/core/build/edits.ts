// Drafts and what a person made of them, as pairs.
import { changedShare } from '../compare/overlap.ts';
import type { Mapping, PromptPart } from '../mapping/mapping.ts';
import { PROMPT_FIELDS, SYSTEM } from '../mapping/vocabulary.ts';
import type { Pair } from '../model/pair.ts';
import { beyondText, isEmptyAnswer } from '../model/pair.ts';
import type { EditsStep } from './recipe.ts';

/** Names of a draft and of the edited text. The first two that a record has are read. */
export const EDIT_NAMES: readonly (readonly [draft: string, edited: string])[] = [
  ['draft', 'edited'],
  ['draft', 'revised'],
  ['draft', 'revision'],
  ['draft', 'final'],
  ['model_output', 'edited_output'],
  ['model_output', 'user_edit'],
  ['model_response', 'edited_response'],
  ['original_response', 'edited_response'],
  ['original_output', 'edited_output'],
  ['response', 'edited_response'],
  ['output', 'edited_output'],
  ['completion', 'edited_completion'],
  ['initial_response', 'revised_response'],
  ['response', 'revised_response'],
  ['original', 'edited'],
  ['original', 'revised'],
  ['original', 'revision'],
  ['mt', 'pe'],
];

/** A conversation that ends with the draft is the prompt without it. */
const PROMPT: PromptPart = { at: PROMPT_FIELDS, as: 'words', optional: true, isReplaced: true };

function mappingOf(draft: string, edited: string): Mapping {
  return {
    id: 'edits',
    title: 'a draft and what a person made of it',
    prompt: [SYSTEM, PROMPT],
    answers: { kind: 'pair', chosen: { at: edited, as: 'any' }, rejected: { at: draft, as: 'any' } },
    polarity: `"${edited}" is chosen, "${draft}" rejected`,
  };
}

/** Reads drafts and edited texts as pairs: the fields that the step names, or those with known names. */
export function editMapping({ draft, edited }: EditsStep): Mapping {
  const names = draft !== undefined && edited !== undefined ? [[draft, edited] as const] : EDIT_NAMES;
  const [first, ...others] = names.map((pair) => mappingOf(...pair)) as [Mapping, ...Mapping[]];
  return others.length === 0 ? first : { ...first, others };
}

const plain = (text: string): string => text.replaceAll(/\s+/gu, '');

/** Why an edit makes no pair; undefined if it makes one. */
export function whyNoEdit({ chosen, rejected }: Pair, { least = 0 }: EditsStep): string | undefined {
  if (isEmptyAnswer(rejected)) return 'the draft is empty';
  if (isEmptyAnswer(chosen)) return 'the edited text is empty';
  if (beyondText(chosen) !== beyondText(rejected)) return undefined;
  if (chosen.text === rejected.text) return 'the edit changes nothing';
  if (plain(chosen.text) === plain(rejected.text)) return 'the edit changes only white space';
  if (least === 0) return undefined;
  const share = changedShare(rejected.text, chosen.text);
  if (share === undefined) return 'the texts are too long to count changed words';
  return share < least ? `the edit changes less than ${100 * least} % of the words` : undefined;
}
