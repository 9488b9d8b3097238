import type { Label, Mapping } from '../mapping.ts';
import {
  ANY_PROMPT,
  anyOf,
  ARENA,
  ARENA_POLARITY,
  FIRST_FIELDS,
  joined,
  LABEL_FIELDS,
  SECOND_FIELDS,
  VERDICT_WORDS,
} from '../vocabulary.ts';
import { any, messages, text } from './parts.ts';

/** Where the name of the model behind an answer stands. */
const modelFields = (letter: string, number: string): string =>
  anyOf(
    joined(
      [`_${letter}`, `_${letter.toUpperCase()}`, `_${number}`, number],
      ['model', 'generator', 'system'],
    ),
  );

/** The opinion of one judge. */
const dissected = (judge: string): Label => ({
  kind: 'value',
  at: judge
    .split('|')
    .map((name) => `preference_labels.${name}`)
    .join('|'),
  first: ['response_1'],
  second: ['response_2'],
});

/** What people, or models in their place, said about two or more answers. */
export const OPINIONS: readonly Mapping[] = [
  {
    id: 'search-arena',
    title: 'Search Arena',
    also: ['lmarena-ai/search-arena-24k'],
    prompt: [],
    answers: {
      kind: 'choice',
      first: messages('messages_a'),
      second: messages('messages_b'),
      label: { kind: 'value', at: 'winner', ...ARENA },
    },
    polarity: ARENA_POLARITY,
  },
  {
    id: 'ppe-human',
    title: 'PPE human preference',
    also: ['lmarena-ai/PPE-Human-Preference-V1'],
    prompt: [any('prompt')],
    answers: {
      kind: 'choice',
      first: any('response_1'),
      second: any('response_2'),
      label: { kind: 'value', at: 'winner', ...ARENA },
    },
    marks: ['model_a', 'model_b'],
    polarity: '"winner" model_a means response_1 is better, model_b response_2; "tie" is a tie',
  },
  {
    id: 'winner-by-name',
    title: 'the winner by the name of its model',
    prompt: [ANY_PROMPT],
    answers: {
      kind: 'choice',
      first: any(FIRST_FIELDS),
      second: any(SECOND_FIELDS),
      label: {
        kind: 'named',
        at: `winner_model|preferred_model|better_model|chosen_model|${LABEL_FIELDS}|chosen`,
        first: modelFields('a', '1'),
        second: modelFields('b', '2'),
        ties: ['tie', 'Tie', 'TIE', 'both_bad', 'tie (bothbad)'],
      },
    },
    polarity: 'the label repeats the name of the model in "model_a" or "model_b"',
  },
  {
    id: 'cardinalprefs',
    title: 'CardinalPrefs',
    prompt: [any('prompt')],
    answers: {
      kind: 'choice',
      first: any('response1'),
      second: any('response2'),
      label: { kind: 'strength', at: 'net_utility', positive: 'first', max: Number.MAX_VALUE },
    },
    polarity: '"net_utility" above 0 means response1 is better, below 0 response2, 0 a tie',
  },
  {
    id: 'community-alignment',
    title: 'Community Alignment, first turn',
    also: ['facebook/community-alignment-dataset'],
    prompt: [text('first_turn_prompt')],
    answers: {
      kind: 'candidates',
      from: { kind: 'fields', at: ['a', 'b', 'c', 'd'].map((letter) => `first_turn_response_${letter}`) },
      text: text(''),
      order: {
        kind: 'index',
        at: 'first_turn_preferred_response',
        values: ['response_a', 'response_b', 'response_c', 'response_d'],
      },
    },
    polarity: '"first_turn_preferred_response" names the best of four responses; the others are not ranked',
  },
  {
    id: 'llava-rlhf',
    title: 'LLaVA-RLHF human preferences',
    also: ['zhiqings/LLaVA-Human-Preference-10K'],
    prompt: [{ ...messages('conversations'), isReplaced: true }],
    answers: {
      kind: 'choice',
      first: { at: 'output_1', as: 'message' },
      second: { at: 'output_2', as: 'message' },
      label: { kind: 'value', at: 'preference', first: [1], second: [2] },
    },
    polarity:
      '"preference" is the number of the better output, counted from 1; both take the place of the last message of "conversations"',
  },
  {
    id: 'preference-dissection',
    title: 'Preference Dissection',
    also: ['GAIR/preference-dissection'],
    prompt: [text('query')],
    answers: {
      kind: 'choice',
      first: text('response_1.content'),
      second: text('response_2.content'),
      axis: 'human',
      label: dissected('human'),
      axes: { 'gpt-4': dissected('gpt-4-1106-preview|gpt-4-turbo') },
    },
    polarity:
      '"preference_labels.human" names the better response; the judges beside it have their own opinion',
  },
  {
    id: 'unified-feedback',
    title: 'Unified Feedback',
    also: ['llm-blender/Unified-Feedback'],
    prompt: [],
    answers: {
      kind: 'choice',
      first: messages('conv_A'),
      second: messages('conv_B'),
      label: { kind: 'scores', first: 'conv_A_rating', second: 'conv_B_rating' },
    },
    polarity: 'the conversation with the higher rating is better; equal ratings are a tie',
  },
  {
    id: 'align-anything',
    title: 'Align-Anything',
    also: ['PKU-Alignment/align-anything'],
    prompt: [text('question|prompt')],
    answers: {
      kind: 'choice',
      first: text('response_1'),
      second: text('response_2'),
      label: { kind: 'value', at: 'overall_response', first: [1, '1'], second: [2, '2'] },
    },
    polarity: '"overall_response" is the number of the better response, counted from 1',
  },
  {
    id: 'beavertails-v',
    title: 'BeaverTails-V',
    prompt: [text('question|prompt')],
    answers: {
      kind: 'choice',
      first: text('response_1'),
      second: text('response_2'),
      axis: 'helpful',
      label: { kind: 'value', at: 'more_helpful_response_id', first: [1], second: [2] },
      axes: { safe: { kind: 'value', at: 'more_safe_response_id', first: [1], second: [2] } },
    },
    polarity:
      '"more_helpful_response_id" is the number of the more helpful response, counted from 1; "more_safe_response_id" may disagree',
  },
  {
    id: 'hpd-v2',
    title: 'Human Preference Dataset, pictures',
    also: ['HPDv2'],
    prompt: [text('prompt')],
    answers: {
      kind: 'candidates',
      from: { kind: 'list', at: 'file_path|image_path' },
      text: { at: '', as: 'image' },
      order: { kind: 'list', at: 'human_preference', best: 'high' },
    },
    polarity: '"human_preference" is 1 for the better picture, 0 for the others',
    unscorable: 'the answers are pictures',
  },
  {
    id: 'left-or-right',
    title: 'two answers, and left or right',
    also: ['Label Studio pairwise, JSON-MIN'],
    prompt: [ANY_PROMPT],
    answers: {
      kind: 'choice',
      first: text(
        `${FIRST_FIELDS}|left|first|first_response|response_left|left_response|answer_left|left_answer`,
      ),
      second: text(
        `${SECOND_FIELDS}|right|second|second_response|response_right|right_response|answer_right|right_answer`,
      ),
      label: {
        kind: 'value',
        at: `comparison|pairwise|pw|${LABEL_FIELDS}|chosen`,
        first: ['left', 'first', 'Left', 'First', 'LEFT'],
        second: ['right', 'second', 'Right', 'Second', 'RIGHT'],
        ties: VERDICT_WORDS.ties ?? [],
      },
    },
    polarity:
      '"left" or "first" means the first of the two answers is better, "right" or "second" the second',
  },
  {
    id: 'label-studio',
    title: 'Label Studio pairwise',
    prompt: [text('data.prompt|data.question|data.instruction')],
    answers: {
      kind: 'choice',
      first: text('data.answer1|data.answer_1|data.text1|data.response1|data.response_1|data.output1'),
      second: text('data.answer2|data.answer_2|data.text2|data.response2|data.response_2|data.output2'),
      label: {
        kind: 'votes',
        votes: ['annotations'],
        each: 'result.0.value.selected',
        first: ['left'],
        second: ['right'],
      },
    },
    polarity: 'each annotation selects "left", the first answer, or "right", the second; the majority counts',
  },
];
