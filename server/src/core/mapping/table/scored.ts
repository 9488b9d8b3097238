import type { Mapping } from '../mapping.ts';
import { ANY_PROMPT, anyOf, joined } from '../vocabulary.ts';
import { text } from './parts.ts';

const LISTS = 'responses|completions|outputs|candidates|generations|answers';

/** A label beside the scores of a list: it decides, and its number may count from 0 or from 1. */
const PICKED = anyOf(
  joined(
    ['', '_id', '_idx', '_index', '_response', '_answer'],
    ['winner', 'best', 'better', 'chosen', 'preferred', 'choice', 'selected', 'pick'],
  ),
);
const ANSWER_TEXT = text('response|text|completion|answer|output|content');

/** Several answers to a prompt with scores or ranks. */
export const SCORED: readonly Mapping[] = [
  {
    id: 'ultrafeedback-overall',
    title: 'UltraFeedback, overall score',
    prompt: [text('instruction')],
    answers: {
      kind: 'candidates',
      from: { kind: 'list', at: 'completions' },
      text: text('response'),
      order: { kind: 'number', at: ['overall_score'], best: 'high' },
    },
    polarity: 'the higher overall_score is better',
  },
  {
    id: 'gpt-4-llm',
    title: 'GPT-4-LLM comparisons',
    prompt: [text('user_input')],
    answers: {
      kind: 'candidates',
      from: { kind: 'list', at: 'responses_and_scores' },
      text: text('response'),
      order: { kind: 'number', at: ['score'], best: 'high' },
    },
    polarity: 'the higher score is better',
  },
  {
    id: 'answers-and-scores',
    title: 'answers and their scores in two lists',
    also: ['NeMo-Aligner RPO', 'best-of-n samples'],
    prompt: [ANY_PROMPT],
    answers: {
      kind: 'candidates',
      from: { kind: 'list', at: LISTS },
      text: text(''),
      order: { kind: 'list', at: 'scores|rewards|ratings|reward|rm_scores|reward_scores', best: 'high' },
    },
    unless: [PICKED],
    polarity: 'the answer with the higher number is better',
  },
  {
    id: 'answers-and-ranks',
    title: 'answers and their ranks in two lists',
    prompt: [ANY_PROMPT],
    answers: {
      kind: 'candidates',
      from: { kind: 'list', at: LISTS },
      text: text(''),
      order: { kind: 'list', at: 'ranks|rank', best: 'low' },
    },
    convention: 'open',
    polarity: 'the answer with the lower rank is better',
  },
  {
    id: 'scored-answers',
    title: 'a list of answers with scores',
    prompt: [ANY_PROMPT],
    answers: {
      kind: 'candidates',
      from: { kind: 'list', at: LISTS },
      text: ANSWER_TEXT,
      order: { kind: 'number', at: ['score|reward|rating|overall_score'], best: 'high' },
    },
    unless: [PICKED],
    polarity: 'the answer with the higher score, reward or rating is better',
  },
  {
    id: 'ranked-answers',
    title: 'a list of answers with ranks',
    prompt: [ANY_PROMPT],
    answers: {
      kind: 'candidates',
      from: { kind: 'list', at: LISTS },
      text: ANSWER_TEXT,
      order: { kind: 'number', at: ['rank'], best: 'low' },
    },
    convention: 'open',
    polarity: 'the answer with the lower rank is better',
  },
];
