import type { Mapping } from '../mapping.ts';
import { any, messages, text } from './parts.ts';

const RATING = (aspect: string): string => `annotations.${aspect}.Rating`;

const VL_RATINGS = ['Helpfulness.Rating', '"Ethical Considerations".Rating', '"Visual Faithfulness".Rating'];

const argillaField = (number: number): string => `response${number}|response-${number}|response_${number}`;

/** Ranked lists, rated candidates, trees and dialogues: several pairs per record. */
export const CANDIDATES: readonly Mapping[] = [
  {
    id: 'ultrafeedback',
    title: 'UltraFeedback',
    also: ['openbmb/UltraFeedback'],
    prompt: [text('instruction')],
    answers: {
      kind: 'candidates',
      from: { kind: 'list', at: 'completions' },
      text: text('response'),
      order: {
        kind: 'number',
        at: ['instruction_following', 'honesty', 'truthfulness', 'helpfulness'].map(RATING),
        best: 'high',
      },
    },
    polarity: 'the higher mean of the four ratings is better; "N/A" counts as no rating',
  },
  {
    id: 'nectar',
    title: 'Nectar',
    also: ['berkeley-nest/Nectar', 'axolotl zephyr.nectar'],
    prompt: [any('prompt')],
    answers: {
      kind: 'candidates',
      from: { kind: 'list', at: 'answers' },
      text: text('answer'),
      order: { kind: 'number', at: ['rank'], best: 'low' },
    },
    polarity: 'rank 1 is the best answer',
  },
  {
    id: 'nemo-rl',
    title: 'NeMo-RL completions',
    prompt: [messages('context')],
    answers: {
      kind: 'candidates',
      from: { kind: 'list', at: 'completions' },
      text: messages('completion'),
      order: { kind: 'number', at: ['rank'], best: 'low' },
    },
    polarity: 'the lower rank is better',
  },
  {
    id: 'scored-samples',
    title: 'scored samples',
    prompt: [],
    answers: {
      kind: 'candidates',
      from: { kind: 'list', at: 'samples' },
      text: messages('messages'),
      order: { kind: 'number', at: ['evals.score'], best: 'high' },
    },
    polarity: 'the higher score is better',
  },
  {
    id: 'stack-exchange',
    title: 'Stack Exchange preferences',
    prompt: [text('question')],
    answers: {
      kind: 'candidates',
      from: { kind: 'list', at: 'answers' },
      text: text('text'),
      order: { kind: 'number', at: ['pm_score'], best: 'high' },
    },
    polarity: 'the higher pm_score is better',
  },
  {
    id: 'distilabel-generations',
    title: 'distilabel generations with ratings',
    prompt: [text('instruction|input|prompt')],
    answers: {
      kind: 'candidates',
      from: { kind: 'list', at: 'generations' },
      text: text(''),
      order: { kind: 'list', at: 'ratings|rating', best: 'high' },
    },
    polarity: 'the higher rating is better',
  },
  {
    id: 'argilla-1-export',
    title: 'Argilla 1 export',
    prompt: [any('prompt|instruction')],
    answers: {
      kind: 'candidates',
      from: {
        kind: 'fields',
        at: [1, 2].map(argillaField),
        more: [3, 4, 5, 6, 7, 8].map(argillaField),
      },
      text: text(''),
      order: { kind: 'rankings', at: 'ranking|preference|quality|response_ranking|preference_ranking' },
    },
    polarity:
      'rank 1 is the best; of two responses, the one that most submitted rankings put first is better',
  },
  {
    id: 'argilla-2-rankings',
    title: 'Argilla 2 export, rankings',
    prompt: [any('prompt|instruction|question')],
    answers: {
      kind: 'candidates',
      from: {
        kind: 'fields',
        at: [1, 2].map(argillaField),
        more: [3, 4, 5, 6, 7, 8].map(argillaField),
      },
      text: text(''),
      order: {
        kind: 'rankings',
        at: '"ranking.responses"|"preference.responses"',
        status: '"ranking.responses.status"|"preference.responses.status"',
      },
    },
    polarity:
      'a ranking lists the names of the responses, the best first; of two responses, the one that most submitted rankings put first is better',
  },
  {
    id: 'code-ultrafeedback',
    title: 'CodeUltraFeedback',
    also: ['coseal/CodeUltraFeedback'],
    prompt: [text('instruction')],
    answers: {
      kind: 'candidates',
      from: { kind: 'list', at: 'responses' },
      text: text('response'),
      order: { kind: 'list', at: 'annotations', best: 'high', each: ['rating'], same: 'model' },
    },
    polarity: 'the response with the higher "rating" in "annotations" is better',
  },
  {
    id: 'vlfeedback',
    title: 'VLFeedback',
    also: ['MMInstruction/VLFeedback'],
    prompt: [text('prompt')],
    answers: {
      kind: 'candidates',
      from: { kind: 'list', at: 'completions.response' },
      text: text(''),
      order: { kind: 'list', at: 'completions.annotations', best: 'high', each: VL_RATINGS },
    },
    polarity: 'the higher mean of the three ratings is better',
  },
  {
    id: 'vlfeedback-list',
    title: 'VLFeedback, a list of completions',
    prompt: [text('prompt')],
    answers: {
      kind: 'candidates',
      from: { kind: 'list', at: 'completions' },
      text: text('response'),
      order: { kind: 'number', at: VL_RATINGS.map((at) => `annotations.${at}`), best: 'high' },
    },
    polarity: 'the higher mean of the three ratings is better',
  },
  {
    id: 'image-reward',
    title: 'ImageReward',
    also: ['THUDM/ImageRewardDB, the file for training'],
    prompt: [text('prompt')],
    answers: {
      kind: 'candidates',
      from: { kind: 'list', at: 'generations' },
      text: { at: '', as: 'image' },
      order: { kind: 'list', at: 'ranking', best: 'low' },
    },
    polarity: '"ranking" has a rank for each picture; the lower one is better, equal ones are a tie',
    unscorable: 'the answers are pictures',
  },
  {
    id: 'model-solutions',
    title: 'solutions of four models, right or wrong',
    also: ['GSM8K example model solutions'],
    prompt: [text('question')],
    answers: {
      kind: 'candidates',
      from: {
        kind: 'fields',
        at: ['6b_finetuning', '6b_verification', '175b_finetuning', '175b_verification'],
      },
      text: text('solution'),
      order: { kind: 'number', at: ['is_correct'], best: 'high' },
    },
    polarity: 'a solution with "is_correct" true is better than one without',
  },
  {
    id: 'lm-human-preferences',
    title: 'lm-human-preferences',
    prompt: [{ at: 'query', as: 'ids' }],
    answers: {
      kind: 'candidates',
      from: { kind: 'fields', at: ['sample0', 'sample1', 'sample2', 'sample3'] },
      text: { at: '', as: 'ids' },
      order: { kind: 'index', at: 'best' },
    },
    polarity: '"best" is the number of the best sample, counted from 0',
    unscorable: 'the answers are token numbers of a vocabulary that the file does not hold',
  },
  {
    id: 'rm-bench',
    title: 'RM-Bench',
    prompt: [text('prompt')],
    answers: { kind: 'lists', chosen: 'chosen', rejected: 'rejected' },
    polarity: 'every answer in "chosen" is better than every one in "rejected"',
  },
  {
    id: 'rewardbench-2',
    title: 'RewardBench 2',
    prompt: [text('prompt')],
    answers: { kind: 'lists', chosen: 'chosen', rejected: 'rejected' },
    marks: ['subset', 'num_correct|total_completions'],
    polarity: 'every answer in "chosen" is better than every one in "rejected"',
  },
  {
    id: 'oasst-tree',
    title: 'OpenAssistant trees',
    prompt: [],
    answers: {
      kind: 'candidates',
      from: { kind: 'tree', at: 'prompt', children: 'replies', role: 'role', answers: 'assistant' },
      text: text('text'),
      order: { kind: 'number', at: ['rank'], best: 'low' },
    },
    polarity: 'of the replies to one message, rank 0 is the best',
  },
  {
    id: 'prism-conversations',
    title: 'PRISM conversations',
    prompt: [],
    answers: {
      kind: 'candidates',
      from: {
        kind: 'dialogue',
        at: 'conversation_history',
        turn: 'turn',
        role: 'role',
        answers: 'model',
        chosen: 'if_chosen',
      },
      text: text('content'),
      order: { kind: 'number', at: ['score'], best: 'high' },
    },
    polarity: 'of the answers to one turn, the higher score is better',
  },
];
