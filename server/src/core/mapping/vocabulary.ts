// The names under which datasets store the same thing. All rows of the table take them from here, so that each name
// is known to all rows or to none. The names of prompts are in `model/fieldNames.ts`, which knows the words in all names.
import { PROMPT_NAMES, SYSTEM_NAMES } from '../model/fieldNames.ts';
import type { FieldRef } from './field.ts';
import type { PromptPart, Verdicts } from './mapping.ts';

/** One reference to the first of several names. */
export const anyOf = (names: readonly string[]): FieldRef => names.join('|');

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

/** Names of an answer, before the word that tells the two apart. */
const ANSWER_NAMES = ['response', 'answer', 'output', 'completion'] as const;

/** Fields that say which of two answers is better, by a word or a number. */
export const LABEL_NAMES = [
  'winner',
  'preference',
  'preferred',
  'better',
  'best',
  'choice',
  'selected',
  'pick',
  ...ANSWER_NAMES.flatMap((name) => [
    `preferred_${name}`,
    `better_${name}`,
    `chosen_${name}`,
    `${name}_preference`,
    `better_${name}_id`,
    `safer_${name}_id`,
  ]),
  ...['winner', 'better', 'preferred', 'chosen', 'choice', 'best'].flatMap((name) => [
    `${name}_id`,
    `${name}_idx`,
    `${name}_index`,
  ]),
  'safer',
  'human_preference',
  'overall_preference',
  'preference_strength',
  'preference_label',
  'preference_score',
  'human_label',
  'vote',
  'judgement',
  'judgment',
  'verdict',
  'annotation',
  'comparison',
  'label',
  'labels',
] as const;

/** Fields that name the worse of two answers. */
export const WORSE_LABEL_NAMES = [
  'loser',
  'worse',
  'worst',
  'rejected',
  'worse_response',
  'worse_answer',
  'rejected_index',
] as const;

/** Fields with the difference of two answers: their sign says which is better. */
export const DIFFERENCE_NAMES = ['margin', 'score_diff', 'net_utility'] as const;

/** Fields about one answer: "a_is_better", "prefers_a", "prob_a". */
const aboutSide = (side: string): readonly string[] => [
  `${side}_is_better`,
  `is_${side}_better`,
  `${side}_better`,
  `${side}_wins`,
  `${side}_won`,
  `prefer_${side}`,
  `prefers_${side}`,
  `preferred_${side}`,
  `prob_${side}`,
  `p_${side}`,
];

export const ABOUT_NAMES: readonly string[] = [
  ...['a', 'b', 'first', 'second', 'left', 'right'],
  ...['response', 'answer', 'output'].flatMap((name) =>
    ['a', 'b', '0', '1', '2'].map((end) => `${name}_${end}`),
  ),
].flatMap(aboutSide);

export const LABEL_FIELDS = anyOf(LABEL_NAMES);
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

/** Each name of an answer with each of the ends. */
export const joined = (ends: readonly string[], names: readonly string[] = ANSWER_NAMES): readonly string[] =>
  ends.flatMap((end) => names.map((name) => name + end));

/** Fields with the first and the second of two answers. */
export const FIRST_FIELDS = anyOf(joined(['_a', '_A', '_1', '1']));
export const SECOND_FIELDS = anyOf(joined(['_b', '_B', '_2', '2']));

/** Other answers than the first two: a record with one of them compares more than two. */
export const FURTHER_ANSWERS: readonly FieldRef[] = [anyOf(joined(['_c', '_C', '_3', '3']))];

/** Words for the first and the second of two answers, and for neither. A 'C' beside A and B means a tie. */
export const VERDICT_WORDS: Verdicts = {
  first: ['a', 'A', 'model_a', ...joined(['_a', '_A', '_1', '1'])],
  second: ['b', 'B', 'model_b', ...joined(['_b', '_B', '_2', '2'])],
  ties: [
    'tie',
    'Tie',
    'TIE',
    'tied',
    'draw',
    'equal',
    'both',
    'neither',
    'none',
    'both_good',
    'both_bad',
    'bothbad',
    'both bad',
    'tie (bothbad)',
    'tie (both bad)',
    'tie_both_bad',
    'C',
    'c',
  ],
};

/** The winner of a battle in an arena. */
export const ARENA: Verdicts = { ...VERDICT_WORDS, first: ['model_a'], second: ['model_b'] };
export const ARENA_POLARITY =
  '"winner" names the better of model_a and model_b; "tie" and "both bad" are ties';

/** Verdicts on a single answer. */
export const GOOD_OR_BAD: Verdicts = {
  first: [true, 1, 'true', 'True', 'desirable', 'good'],
  second: [false, 0, 'false', 'False', 'undesirable', 'bad'],
};
