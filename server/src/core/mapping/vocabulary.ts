// The names under which datasets store the same thing. All rows of the table take them from here, so that each name
// is known to all rows or to none. The names of prompts are in `model/fieldNames.ts`, which knows the words in all names.
import { PROMPT_NAMES, SYSTEM_NAMES } from '../model/fieldNames.ts';
import type { FieldRef } from './field.ts';
import type { PromptPart, Verdicts } from './mapping.ts';

/** One reference to the first of several names. */
export const anyOf = (names: readonly string[]): FieldRef => names.join('|');

/** Names of an answer, before or after the word that tells the two apart. */
export const ANSWER_NAMES = [
  'response',
  'answer',
  'output',
  'completion',
  'reply',
  'summary',
  'generation',
  'candidate',
  'solution',
  'translation',
  'assistant',
  'text',
] as const;

/** Words for the better and the worse answer. Alone, most of them may also name a person or a model. */
const SIDE_WORDS: readonly (readonly [better: string, worse: string])[] = [
  ['chosen', 'rejected'],
  ['accepted', 'rejected'],
  ['preferred', 'dispreferred'],
  ['preferred', 'non_preferred'],
  ['better', 'worse'],
  ['best', 'worst'],
  ['good', 'bad'],
  ['winning', 'losing'],
  ['winner', 'loser'],
  ['preferred', 'unpreferred'],
];

/** Names of the better and the worse answer. Nothing else in a record says which is better. */
export const SIDE_NAMES: readonly (readonly [better: string, worse: string])[] = [
  ['chosen', 'rejected'],
  ...SIDE_WORDS.flatMap(([better, worse]) =>
    [...ANSWER_NAMES, 'message'].flatMap((name) => [
      [`${better}_${name}`, `${worse}_${name}`] as const,
      [`${name}_${better}`, `${name}_${worse}`] as const,
    ]),
  ),
  ['accepted', 'rejected'],
  ['accept', 'reject'],
  ['chosen', 'reject'],
  ['preferred', 'dispreferred'],
  ['preferred', 'non_preferred'],
  ['preferred', 'unpreferred'],
  ['y_w', 'y_l'],
  ['yw', 'yl'],
];

/** Answers that a label names: "preferred_response". */
const LABELLED_NAMES = ['response', 'answer', 'output', 'completion', 'summary'] as const;

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
  ...LABELLED_NAMES.flatMap((name) => [
    `preferred_${name}`,
    `better_${name}`,
    `best_${name}`,
    `winning_${name}`,
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
  'human_choice',
  'human_vote',
  'gold_label',
  'decision',
  'outcome',
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
  `prob_${side}_better`,
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

/** What follows the name of the first answer, of the second, of the third and of the fourth. */
const ENDS = [
  ['_a', '_A', '_1', '1', 'A', 'a', '-1', '-a', ' A', ' a', ' 1'],
  ['_b', '_B', '_2', '2', 'B', 'b', '-2', '-b', ' B', ' b', ' 2'],
  ['_c', '_C', '_3', '3', 'C', 'c', '-3', '-c', ' C', ' c', ' 3'],
  ['_d', '_D', '_4', '4', 'D', 'd', '-4', '-d', ' D', ' d', ' 4'],
] as const;

const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);

const CAPITALS = ANSWER_NAMES.map(capital);

/** Fields with the first and the second of two answers. */
export const FIRST_FIELDS = anyOf([...joined(ENDS[0]), ...joined([' A', ' 1', '_A', 'A'], CAPITALS)]);
export const SECOND_FIELDS = anyOf([...joined(ENDS[1]), ...joined([' B', ' 2', '_B', 'B'], CAPITALS)]);

export const THIRD_FIELDS = anyOf([...joined(ENDS[2]), ...joined([' C', ' 3', '_C', 'C'], CAPITALS)]);
export const FOURTH_FIELDS = anyOf([...joined(ENDS[3]), ...joined([' D', ' 4', '_D', 'D'], CAPITALS)]);

/** Other answers than the first two: a record with one of them compares more than two. */
export const FURTHER_ANSWERS: readonly FieldRef[] = [THIRD_FIELDS];

/** What a verdict names. */
const NAMED = ['model', ...ANSWER_NAMES, 'option', 'system'];

/** How much better an answer is, as scales of annotators say it. */
const DEGREES = [
  ...['', 'much ', 'far ', 'significantly ', 'clearly ', 'strongly ', 'moderately '],
  ...['somewhat ', 'slightly ', 'a bit ', 'a little ', 'marginally '],
];

/** "A is slightly better than B", "Response 1 much better". */
function comparisons(name: string, other: string): readonly string[] {
  return DEGREES.flatMap((degree) => [
    `${name} is ${degree}better`,
    `${name} is ${degree}better than ${other}`,
    ...(degree === '' ? [] : [`${name} ${degree}better`, `${name} ${degree}better`.replaceAll(' ', '_')]),
    `${name} is ${degree}preferred`,
  ]);
}

/** "A" and "B", "Response A" and "Response B": names in sentences. */
const namesIn = (letter: string, number: string): readonly string[] => [
  ...[letter, letter.toUpperCase(), number],
  ...joined(
    [` ${letter.toUpperCase()}`, ` ${number}`],
    SPOKEN.flatMap((name) => [name, capital(name)]),
  ),
];

/** What sentences call an answer. */
const SPOKEN = ['response', 'answer', 'output', 'completion', 'model', 'option', 'assistant', 'summary'];

/** "a", "response_a", "Response A", "A is better" for an answer with this letter and number, beside the other one. */
function wordsFor(
  [letter, number]: readonly [string, string],
  other: readonly [string, string],
): readonly string[] {
  const upper = letter.toUpperCase();
  const ends = [`_${letter}`, `_${upper}`, `_${number}`, number, `-${letter}`, `-${number}`, upper];
  const spaced = [` ${letter}`, ` ${upper}`, ` ${number}`];
  const short = [
    letter,
    upper,
    ...joined([...ends, ...spaced], NAMED),
    ...joined(spaced.slice(1), NAMED.map(capital)),
  ];
  const others = namesIn(...other);
  const sentences = namesIn(letter, number).flatMap((name, i) => comparisons(name, others[i] ?? ''));
  return [
    ...new Set([...short, ...short.flatMap((word) => [`${word} is better`, `${word} wins`]), ...sentences]),
  ];
}

/** Words for neither answer, as people spell them. */
const TIE_WORDS = [
  'tie',
  'tied',
  'draw',
  'equal',
  'equals',
  'same',
  'both',
  'neither',
  'none',
  'both good',
  'both bad',
  'bothbad',
  'both are good',
  'both are bad',
  'tie (bothbad)',
  'tie (both bad)',
  'tie(bothbad)',
  'tie both bad',
  'no preference',
  'about the same',
  'both are about the same',
  'they are about the same',
  'roughly the same',
  'about equal',
  'no difference',
  'equally good',
  'equally bad',
].flatMap((words) => [words, capital(words), words.toUpperCase(), words.replaceAll(' ', '_')]);

/** The letter and the number of each answer. */
const A = ['a', '1'] as const;
const B = ['b', '2'] as const;

/** Words for the first and the second of two answers, and for neither. A 'C' beside A and B means a tie. */
export const VERDICT_WORDS: Verdicts = {
  first: wordsFor(A, B),
  second: wordsFor(B, A),
  ties: [...new Set(TIE_WORDS), 'C', 'c'],
};

/** The winner of a battle in an arena. */
export const ARENA: Verdicts = { ...VERDICT_WORDS, first: ['model_a'], second: ['model_b'] };
export const ARENA_POLARITY =
  '"winner" names the better of model_a and model_b; "tie" and "both bad" are ties';

/** Names of a verdict on a single answer. Any other label may be a class. */
export const VERDICT_NAMES =
  'kto_tag|kto_label|desirable|is_desirable|thumbs_up|accepted|is_accepted|approved|liked|is_good';

/** Verdicts on a single answer in words, which need no name that says what they are about. */
export const GOOD_OR_BAD_WORDS = {
  first: ['desirable', 'good', 'thumbs_up', 'up', 'accept', 'chosen', 'like', 'liked', 'accepted', '👍'],
  second: [
    'undesirable',
    'bad',
    'thumbs_down',
    'down',
    'reject',
    'rejected',
    'dislike',
    'disliked',
    'not accepted',
    '👎',
  ],
} satisfies Verdicts;

/** Verdicts on a single answer. */
export const GOOD_OR_BAD: Verdicts = {
  first: [true, 1, 'true', 'True', ...GOOD_OR_BAD_WORDS.first],
  second: [false, 0, 'false', 'False', ...GOOD_OR_BAD_WORDS.second],
};
