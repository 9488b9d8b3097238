import type { Label, Mapping, Verdicts } from '../mapping.ts';
import {
  ABOUT_NAMES,
  ANY_PROMPT,
  anyOf,
  ARENA,
  ARENA_POLARITY,
  FIRST_FIELDS,
  FURTHER_ANSWERS,
  joined,
  LABEL_FIELDS,
  more,
  SECOND_FIELDS,
  VERDICT_WORDS,
  WORSE_LABEL_NAMES,
} from '../vocabulary.ts';
import { any, messages, text } from './parts.ts';

const STEPS_OF_FIVE: Verdicts = {
  first: ['A-is-clearly-better', 'A-is-slightly-better'],
  second: ['B-is-clearly-better', 'B-is-slightly-better'],
  ties: ['Tie'],
};
const MULTIPREF_VOTES = ['normal_worker_annotations', 'expert_worker_annotations'];
const multipref = (each: string): Label => ({
  kind: 'votes',
  votes: MULTIPREF_VOTES,
  each,
  ...STEPS_OF_FIVE,
});

/** Scores of which the higher one is better. */
const SCORE_NAMES = ['score', 'rating', 'reward'];

/** A rank beside a score may show that low scores are good. */
const RANKS = anyOf(joined(['_a', '_A', '_1', '1'], ['rank', 'ranking']));

const ARGILLA_ANSWERS = {
  first: text('response1|response_1|response-1|response_a'),
  second: text('response2|response_2|response-2|response_b'),
};

/** Columns of a question which of two responses is better. */
const argillaFields = (ends: readonly string[]): string =>
  anyOf(
    joined(ends, ['preference', 'ranking', 'label', 'choice', 'chosen', 'winner', 'better', 'best']).map(
      (name) => JSON.stringify(name),
    ),
  );

/** Values of Argilla's question which of two responses is better. */
const ARGILLA_VOTES: Verdicts = {
  first: ['response1', 'response_1', 'response-1', 'response_a', '1', 'A'],
  second: ['response2', 'response_2', 'response-2', 'response_b', '2', 'B'],
  ties: ['tie', 'both', 'none'],
};

/** Two answers and a label, a strength, two scores or several votes. */
export const CHOICES: readonly Mapping[] = [
  {
    id: 'shp',
    title: 'SHP',
    also: ['stanfordnlp/SHP'],
    prompt: [text('history')],
    answers: {
      kind: 'choice',
      first: text('human_ref_A'),
      second: text('human_ref_B'),
      label: { kind: 'value', at: 'labels', first: [1], second: [0] },
    },
    polarity: '"labels" 1 means human_ref_A is better, 0 means human_ref_B is',
  },
  {
    id: 'webgpt',
    title: 'WebGPT comparisons',
    also: ['openai/webgpt_comparisons'],
    prompt: [text('question.full_text')],
    answers: {
      kind: 'choice',
      first: text('answer_0'),
      second: text('answer_1'),
      label: { kind: 'scores', first: 'score_0', second: 'score_1', tie: 0 },
    },
    polarity: 'the answer with the higher score is better; equal scores are a tie',
  },
  {
    id: 'summarize-comparisons',
    title: 'Summaries compared',
    also: ['openai/summarize_from_feedback comparisons'],
    prompt: [text('info.post|info.article')],
    answers: {
      kind: 'choice',
      first: text('summaries.0.text'),
      second: text('summaries.1.text'),
      label: { kind: 'value', at: 'choice', first: [0], second: [1] },
    },
    polarity: '"choice" is the position of the better summary, counted from 0',
  },
  {
    id: 'helpsteer2-preference',
    title: 'HelpSteer2 preference',
    prompt: [text('prompt')],
    answers: {
      kind: 'choice',
      first: text('response_1'),
      second: text('response_2'),
      label: { kind: 'strength', at: 'preference_strength', positive: 'second', max: 3 },
    },
    polarity: '"preference_strength" +3 means response_2 is much better, −3 response_1, 0 a tie',
  },
  {
    id: 'helpsteer3-preference',
    title: 'HelpSteer3 preference',
    prompt: [messages('context')],
    answers: {
      kind: 'choice',
      first: text('response1'),
      second: text('response2'),
      label: { kind: 'strength', at: 'overall_preference', positive: 'second', max: 3 },
    },
    polarity: '"overall_preference" +3 means response2 is much better, −3 response1, 0 a tie',
  },
  {
    id: 'pku-saferlhf',
    title: 'PKU-SafeRLHF',
    prompt: [text('prompt')],
    answers: {
      kind: 'choice',
      first: text('response_0'),
      second: text('response_1'),
      axis: 'better',
      label: { kind: 'value', at: 'better_response_id', first: [0], second: [1] },
      axes: { safer: { kind: 'value', at: 'safer_response_id', first: [0], second: [1] } },
    },
    polarity:
      '"better_response_id" is the number of the more helpful response, counted from 0; "safer_response_id" may disagree',
  },
  {
    id: 'arena-100k',
    title: 'Arena human preference 100k',
    prompt: [],
    answers: {
      kind: 'choice',
      first: { at: 'conversation_a', as: 'json' },
      second: { at: 'conversation_b', as: 'json' },
      label: { kind: 'value', at: 'winner', ...ARENA },
    },
    polarity: ARENA_POLARITY,
  },
  {
    id: 'arena',
    title: 'Chatbot Arena',
    also: [
      'lmsys/chatbot_arena_conversations',
      'lmsys/mt_bench_human_judgments',
      'lmarena-ai/webdev-arena-preference-10k',
      'lmarena-ai/VisionArena-Battle',
    ],
    prompt: [],
    answers: {
      kind: 'choice',
      first: messages('conversation_a'),
      second: messages('conversation_b'),
      label: { kind: 'value', at: 'winner', ...ARENA },
    },
    polarity: ARENA_POLARITY,
  },
  {
    id: 'arena-140k',
    title: 'Arena human preference 140k',
    prompt: [],
    answers: {
      kind: 'choice',
      first: messages('conversation_a'),
      second: messages('conversation_b'),
      label: { kind: 'value', at: 'winner', ...ARENA },
    },
    marks: ['evaluation_session_id'],
    polarity: ARENA_POLARITY,
  },
  {
    id: 'arena-55k',
    title: 'Arena human preference 55k',
    prompt: [{ at: 'prompt', as: 'any' }],
    answers: {
      kind: 'choice',
      first: any('response_a'),
      second: any('response_b'),
      isWoven: true,
      label: { kind: 'one-hot', first: 'winner_model_a', second: 'winner_model_b', tie: 'winner_tie' },
    },
    polarity: 'the one of "winner_model_a", "winner_model_b" and "winner_tie" that is 1 decides',
  },
  {
    id: 'multipref',
    title: 'MultiPref',
    also: ['allenai/multipref'],
    prompt: [text('text')],
    answers: {
      kind: 'choice',
      first: text('completion_a'),
      second: text('completion_b'),
      axis: 'overall',
      label: multipref('overall_pref'),
      axes: {
        helpful: multipref('helpful_pref'),
        truthful: multipref('truthful_pref'),
        harmless: multipref('harmless_pref'),
      },
    },
    polarity: 'the completion that most annotators rate as better overall; equal numbers are a tie',
  },
  {
    id: 'pick-a-pic',
    title: 'Pick-a-Pic',
    prompt: [text('caption')],
    answers: {
      kind: 'choice',
      first: { at: 'image_0_url|jpg_0', as: 'image' },
      second: { at: 'image_1_url|jpg_1', as: 'image' },
      label: { kind: 'scores', first: 'label_0', second: 'label_1', tie: 0.5 },
    },
    polarity: 'the picture with the higher label is better, counted from 0; 0.5 and 0.5 are a tie',
    unscorable: 'the answers are pictures',
  },
  {
    id: 'pandalm',
    title: 'PandaLM, three annotators',
    prompt: [text('instruction'), more('input')],
    answers: {
      kind: 'choice',
      first: text('response1'),
      second: text('response2'),
      label: {
        kind: 'votes',
        votes: ['annotator1', 'annotator2', 'annotator3'],
        first: [1],
        second: [2],
        ties: [0],
      },
    },
    polarity: 'each annotator says 1 for response1, 2 for response2, 0 for a tie; the majority counts',
  },
  {
    id: 'llmbar',
    title: 'LLMBar',
    prompt: [text('input|instruction')],
    answers: {
      kind: 'choice',
      first: text('output_1'),
      second: text('output_2'),
      label: { kind: 'value', at: 'label', first: [1], second: [2] },
    },
    polarity: '"label" is the number of the better output, counted from 1',
  },
  {
    id: 'a-is-better',
    title: 'completions a and b with a preference',
    also: ['Tulu human evaluation'],
    prompt: [text('prompt')],
    answers: {
      kind: 'choice',
      first: text('completion_a'),
      second: text('completion_b'),
      label: {
        kind: 'value',
        at: 'preference',
        first: ['a-is-better', 'a-is-slightly-better', 'a-is-clearly-better'],
        second: ['b-is-better', 'b-is-slightly-better', 'b-is-clearly-better'],
        ties: ['tie'],
      },
    },
    polarity: '"preference" names the better completion',
  },
  {
    id: 'two-scores',
    title: 'two responses with a score each',
    also: ['Vicuna answers reviewed by GPT-4'],
    prompt: [ANY_PROMPT],
    answers: {
      kind: 'choice',
      first: { at: FIRST_FIELDS, as: 'words' },
      second: { at: SECOND_FIELDS, as: 'words' },
      label: {
        kind: 'scores',
        first: anyOf(joined(['_a', '_A', '_1', '1'], SCORE_NAMES)),
        second: anyOf(joined(['_b', '_B', '_2', '2'], SCORE_NAMES)),
      },
    },
    unless: [
      LABEL_FIELDS,
      anyOf([...WORSE_LABEL_NAMES, ...ABOUT_NAMES]),
      'chosen',
      RANKS,
      ...FURTHER_ANSWERS,
    ],
    polarity: 'the response with the higher score is better; equal scores are a tie',
  },
  {
    id: 'response-ab',
    title: 'two responses, A and B or 1 and 2, with a winner',
    prompt: [ANY_PROMPT],
    answers: {
      kind: 'choice',
      first: { at: FIRST_FIELDS, as: 'words' },
      second: { at: SECOND_FIELDS, as: 'words' },
      label: {
        kind: 'value',
        at: `${LABEL_FIELDS}|chosen`,
        ...VERDICT_WORDS,
      },
    },
    unless: FURTHER_ANSWERS,
    polarity:
      'the label names the better response: a, response_1 or model_a the first, b, response_2 or model_b the second',
  },
  {
    id: 'argilla-2-export',
    title: 'Argilla 2 export',
    prompt: [ANY_PROMPT],
    answers: {
      kind: 'choice',
      ...ARGILLA_ANSWERS,
      label: {
        kind: 'votes',
        votes: [argillaFields(['.responses', '.suggestion'])],
        status: argillaFields(['.responses.status']),
        ...ARGILLA_VOTES,
      },
    },
    polarity: 'the response that most submitted votes name is better; as many for each is a tie',
  },
  {
    id: 'argilla-1-votes',
    title: 'Argilla 1 export, one of two',
    prompt: [ANY_PROMPT],
    answers: {
      kind: 'choice',
      ...ARGILLA_ANSWERS,
      label: {
        kind: 'votes',
        votes: ['preference|label|choice'],
        each: 'value',
        status: 'status',
        ...ARGILLA_VOTES,
      },
    },
    marks: ['external_id|preference-suggestion|label-suggestion|choice-suggestion'],
    polarity: 'the response that most submitted votes name is better; as many for each is a tie',
  },
];
