import type { Mapping } from '../mapping.ts';
import { more } from '../vocabulary.ts';
import { messages, pair, text } from './parts.ts';

/** Benchmarks of judges and reward models, and people's judgements that served to make them. */
export const BENCHMARKS: readonly Mapping[] = [
  {
    id: 'judgebench',
    title: 'JudgeBench',
    also: ['ScalerLab/JudgeBench'],
    prompt: [text('question')],
    answers: {
      kind: 'choice',
      first: text('response_A'),
      second: text('response_B'),
      label: {
        kind: 'value',
        at: 'label',
        first: ['A>B', 'A>>B'],
        second: ['B>A', 'B>>A'],
        ties: ['A=B', 'B=A'],
      },
    },
    polarity: '"label" A>B means response_A is better, B>A response_B, A=B a tie',
  },
  {
    id: 'auto-j',
    title: 'Auto-J pairs',
    also: ['GAIR-NLP/auto-j'],
    prompt: [text('prompt')],
    answers: {
      kind: 'choice',
      first: text('response 1'),
      second: text('response 2'),
      label: { kind: 'value', at: 'label', first: [0], second: [1], ties: [2] },
    },
    marks: ['scenario'],
    polarity: '"label" 0 means response 1 is better, 1 response 2, 2 a tie',
  },
  {
    id: 'rubricbench',
    title: 'RubricBench',
    prompt: [text('instruction')],
    answers: {
      kind: 'choice',
      first: text('response_a'),
      second: text('response_b'),
      label: { kind: 'value', at: 'label', first: [0], second: [1] },
    },
    marks: ['rubrics', 'case_id'],
    polarity: '"label" 0 means response_a is better, 1 means response_b is',
  },
  {
    id: 'preference-collection',
    title: 'Preference Collection',
    also: ['prometheus-eval/Preference-Collection'],
    prompt: [text('orig_instruction')],
    answers: {
      kind: 'choice',
      first: text('orig_response_A'),
      second: text('orig_response_B'),
      label: { kind: 'value', at: 'orig_preference', first: ['A'], second: ['B'], ties: ['tie'] },
    },
    // The judge's whole task, which holds the prompt and both answers.
    marks: ['instruction', 'orig_criteria'],
    polarity: '"orig_preference" names the better response, A or B',
  },
  {
    id: 'feedback-collection',
    title: 'Feedback Collection',
    also: ['prometheus-eval/Feedback-Collection'],
    prompt: [text('orig_instruction')],
    answers: { kind: 'unpaired', response: text('orig_response'), verdict: { at: 'orig_score' } },
    polarity: '"orig_score" from 1 to 5 rates one response; a record has no pair',
  },
  {
    id: 'rmb-pairs',
    title: 'RMB pairs',
    prompt: [messages('conversation_input')],
    answers: pair('text', 'chosen.answer', 'reject.answer'),
    polarity: '"chosen" holds the better answer, "reject" the worse one',
  },
  {
    id: 'rmb-best-of-n',
    title: 'RMB best of n',
    prompt: [messages('conversation_input')],
    answers: { kind: 'lists', chosen: 'bon_best', rejected: 'loser_list', text: 'answer' },
    polarity: '"bon_best" is better than every answer in "loser_list"',
  },
  {
    id: 'vl-rewardbench',
    title: 'VL-RewardBench',
    also: ['MMInstruction/VL-RewardBench'],
    prompt: [text('query')],
    answers: {
      kind: 'candidates',
      from: { kind: 'list', at: 'response' },
      text: text(''),
      order: { kind: 'list', at: 'human_ranking', best: 'low' },
    },
    polarity: '"human_ranking" has a rank for each response; 0 is the best',
  },
  {
    id: 'alpaca-eval',
    title: 'AlpacaEval annotations',
    prompt: [text('instruction'), more('input')],
    answers: {
      kind: 'choice',
      first: text('output_1'),
      second: text('output_2'),
      label: { kind: 'between', at: 'preference', min: 1, max: 2, ties: [0] },
    },
    marks: ['generator_1|annotator', 'generator_2|annotator'],
    polarity:
      '"preference" below 1.5 means output_1 is better, above 1.5 output_2; 1.5 is a tie, and 0 in old files',
  },
  {
    id: 'alpaca-farm',
    title: 'AlpacaFarm preferences',
    also: ['tatsu-lab/alpaca_farm', 'LLaVA-RLHF'],
    prompt: [{ at: 'instruction|conversations', as: 'words' }, more('input')],
    answers: {
      kind: 'choice',
      first: text('output_1'),
      second: text('output_2'),
      label: { kind: 'between', at: 'preference', min: 1, max: 2 },
    },
    polarity: '"preference" 1 means output_1 is better, 2 output_2; between them, 1.5 is a tie',
  },
  {
    id: 'judgelm',
    title: 'JudgeLM',
    also: ['BAAI/JudgeLM-100K'],
    prompt: [text('question_body')],
    answers: {
      kind: 'choice',
      first: text('answer1_body'),
      second: text('answer2_body'),
      label: { kind: 'scores', first: 'score.0', second: 'score.1' },
    },
    // What the judge said.
    marks: ['text'],
    polarity: '"score" has one score for each answer, the higher one is better; equal scores are a tie',
  },
  {
    id: 'lfqa',
    title: 'LFQA, preferences of experts',
    prompt: [text('question')],
    answers: {
      kind: 'choice',
      first: text('answer_a'),
      second: text('answer_b'),
      label: { kind: 'strength', at: 'overall_preference', positive: 'second', max: 1 },
    },
    polarity: '"overall_preference" −1 means answer_a is better, 1 answer_b, 0 a tie',
  },
  {
    id: 'hhh-alignment',
    title: 'HHH alignment',
    also: ['HuggingFaceH4/hhh_alignment'],
    prompt: [text('input')],
    answers: {
      kind: 'candidates',
      from: { kind: 'list', at: 'targets.choices' },
      text: text(''),
      order: { kind: 'list', at: 'targets.labels', best: 'high' },
    },
    polarity: 'the choice with label 1 is better than the one with label 0',
  },
];
