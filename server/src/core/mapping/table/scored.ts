import type { Answers, Field, Mapping } from '../mapping.ts';
import {
  ANY_PROMPT,
  anyOf,
  FIRST_FIELDS,
  FOURTH_FIELDS,
  joined,
  SECOND_FIELDS,
  THIRD_FIELDS,
  WORSE_FIELDS,
} from '../vocabulary.ts';
import { text } from './parts.ts';

const LISTS = 'responses|completions|outputs|candidates|generations|answers|samples';

/** A label beside the scores of a list: it decides, and its number may count from 0 or from 1. */
const PICKED = anyOf(
  joined(
    ['', '_id', '_idx', '_index', '_response', '_answer'],
    ['winner', 'best', 'better', 'chosen', 'preferred', 'choice', 'selected', 'pick'],
  ),
);
/** The score in an answer, and the scores of several beside them. */
const SCORE = 'score|reward|rating|overall_score';
const SCORES = 'scores|rewards|ratings|reward|rm_scores|reward_scores';

const ANSWER_TEXT = text('response|text|completion|answer|output|content');

/** Names of the best answer in a list. A "choice" among answers may be that of an exam. */
const BEST = anyOf(
  joined(
    ['', '_id', '_idx', '_index', '_response', '_answer', '_completion', '_output', '_candidate'],
    ['winner', 'best', 'better', 'chosen', 'preferred'],
  ),
);
const LETTERS = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'];

/** The number or the letter of the best answer beside a list of answers, or of objects with an answer. */
const picked = (ending: string, title: string, answer: Field): readonly Mapping[] => {
  const from = { kind: 'list', at: LISTS } as const;
  const letters = (values: readonly string[]): Answers => ({
    kind: 'candidates',
    from,
    text: answer,
    order: { kind: 'index', at: BEST, values },
  });
  return [
    {
      id: `picked${ending}`,
      title: `${title}, and the number of the best`,
      prompt: [ANY_PROMPT],
      answers: { kind: 'candidates', from, text: answer, order: { kind: 'index', at: BEST, start: 0 } },
      convention: 'open',
      polarity:
        'the label is the number of the best answer; evidence decides whether it counts from 0 or from 1',
    },
    {
      id: `picked-by-letter${ending}`,
      title: `${title}, and the letter of the best`,
      prompt: [ANY_PROMPT],
      answers: letters(LETTERS),
      polarity: 'the label is the letter of the best answer: A is the first of the list',
    },
    {
      id: `picked-by-small-letter${ending}`,
      title: `${title}, and the small letter of the best`,
      prompt: [ANY_PROMPT],
      answers: letters(LETTERS.map((letter) => letter.toLowerCase())),
      polarity: 'the label is the letter of the best answer: a is the first of the list',
    },
  ];
};

/** Names of the model of the best answer. */
const BEST_MODEL = anyOf(
  joined(['_model', '_model_name', '_name'], ['winner', 'winning', 'best', 'better', 'chosen', 'preferred']),
);

/** An object of answers under the names of their models, and what says which is the best. */
const byModel = (ending: string, answer: Field): readonly Mapping[] => {
  const from = { kind: 'values', at: LISTS } as const;
  return [
    {
      id: `best-by-model${ending}`,
      title: 'answers under the names of their models, and the name of the best',
      prompt: [ANY_PROMPT],
      answers: {
        kind: 'candidates',
        from,
        text: answer,
        order: { kind: 'named', at: `${BEST}|${BEST_MODEL}` },
      },
      polarity: 'the field repeats the name under which the best answer stands; the others are not ranked',
    },
    {
      id: `scores-by-model${ending}`,
      title: 'answers and their scores under the names of their models',
      prompt: [ANY_PROMPT],
      answers: {
        kind: 'candidates',
        from,
        text: answer,
        order: { kind: 'list', at: SCORES, best: 'high' },
      },
      unless: [PICKED, BEST_MODEL],
      polarity: 'the answer with the higher number under its name is better',
    },
  ];
};

const word = (second: string): Answers => ({
  kind: 'candidates',
  from: { kind: 'list', at: LISTS },
  text: ANSWER_TEXT,
  order: { kind: 'words', at: 'label|verdict|preference|type|role', words: ['chosen', second] },
});

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
      order: { kind: 'list', at: SCORES, best: 'high' },
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
      order: { kind: 'number', at: [SCORE], best: 'high' },
    },
    unless: [PICKED],
    polarity: 'the answer with the higher score, reward or rating is better',
  },
  ...picked('', 'a list of answers', text('')),
  ...picked('-object', 'a list of objects with answers', ANSWER_TEXT),
  {
    id: 'answers-with-words',
    title: 'a list of answers, each called chosen or rejected',
    prompt: [ANY_PROMPT],
    answers: word('rejected'),
    polarity: 'the answer that is called "chosen" is better than the one called "rejected"',
  },
  {
    id: 'answers-with-marks',
    title: 'a list of answers, one of them marked as the best',
    prompt: [ANY_PROMPT],
    answers: {
      kind: 'candidates',
      from: { kind: 'list', at: LISTS },
      text: ANSWER_TEXT,
      order: {
        kind: 'words',
        at: 'chosen|is_chosen|preferred|is_preferred|accepted|is_accepted|selected|is_selected|is_best|best|winner|is_winner',
        words: [true, false],
      },
    },
    polarity: 'the answer whose mark is true is better than the others',
  },
  {
    id: 'best-repeated',
    title: 'a list of answers, and the best of them once more',
    prompt: [ANY_PROMPT],
    answers: {
      kind: 'candidates',
      from: { kind: 'list', at: LISTS },
      text: text(''),
      order: { kind: 'named', at: BEST, name: '' },
    },
    unless: [WORSE_FIELDS],
    polarity: 'the field repeats the text of the best answer; the others are not ranked',
  },
  {
    id: 'best-by-name',
    title: 'a list of answers with names, and the name of the best',
    prompt: [ANY_PROMPT],
    answers: {
      kind: 'candidates',
      from: { kind: 'list', at: LISTS },
      text: ANSWER_TEXT,
      order: { kind: 'named', at: `${BEST}|${BEST_MODEL}`, name: 'id|name|model|model_name|uid' },
    },
    polarity: 'the field repeats the name of the best answer; the others are not ranked',
  },
  ...byModel('', text('')),
  ...byModel('-objects', ANSWER_TEXT),
  {
    id: 'scored-by-model',
    title: 'answers under the names of their models, each with a score',
    prompt: [ANY_PROMPT],
    answers: {
      kind: 'candidates',
      from: { kind: 'values', at: LISTS },
      text: ANSWER_TEXT,
      order: { kind: 'number', at: [SCORE], best: 'high' },
    },
    unless: [PICKED, BEST_MODEL],
    polarity: 'the answer with the higher score, reward or rating is better',
  },
  {
    id: 'ranked-by-letters',
    title: 'answers a, b and more, and a ranking such as A > B > C',
    prompt: [ANY_PROMPT],
    answers: {
      kind: 'candidates',
      from: { kind: 'fields', at: [FIRST_FIELDS, SECOND_FIELDS], more: [THIRD_FIELDS, FOURTH_FIELDS] },
      text: { at: '', as: 'words' },
      order: {
        kind: 'letters',
        at: 'ranking|rankings|rank|ranks|preference_ranking|human_ranking|preference_order',
      },
    },
    polarity: 'the ranking names the answers by their letters, the best first',
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
