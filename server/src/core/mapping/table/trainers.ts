import type { Mapping } from '../mapping.ts';
import { any, messages, pair, text } from './parts.ts';

const LAST_WINS = 'the end of "messages" is the better answer, "rejected_response" the worse one';

/** Formats of trainers with fields of their own. */
export const TRAINERS: readonly Mapping[] = [
  {
    id: 'autotrain',
    title: 'AutoTrain DPO, ORPO and reward modelling',
    prompt: [{ ...any('prompt'), optional: true }],
    answers: pair('any', 'text', 'rejected_text'),
    polarity: '"text" is the better answer, "rejected_text" the worse one',
  },
  {
    id: 'ms-swift',
    title: 'ms-swift, rejected response',
    prompt: [],
    answers: {
      ...pair('text', 'messages', 'rejected_response'),
      chosen: messages('messages|conversations'),
      isEnding: true,
      mark: 'rejected',
    },
    polarity: LAST_WINS,
  },
  {
    id: 'ms-swift-messages',
    title: 'ms-swift, rejected response as messages',
    prompt: [],
    answers: {
      ...pair('messages', 'messages|conversations', 'rejected_response'),
      isEnding: true,
      mark: 'rejected',
    },
    polarity: LAST_WINS,
  },
  {
    id: 'ms-swift-several',
    title: 'ms-swift, several rejected responses',
    prompt: [],
    answers: { kind: 'lists', chosen: 'messages', rejected: 'rejected_response', isEnding: true },
    polarity: 'the last of "messages" is better than every one of "rejected_response"',
  },
  {
    id: 'ms-swift-rejected-messages',
    title: 'ms-swift, rejected messages',
    prompt: [],
    answers: { ...pair('messages', 'messages', 'rejected_messages'), mark: 'rejected' },
    polarity: '"messages" is the better conversation, "rejected_messages" the worse one',
  },
  {
    id: 'ms-swift-rejected-images',
    title: 'ms-swift, rejected pictures',
    prompt: [],
    answers: { ...pair('messages', 'messages', 'messages'), mark: 'rejected' },
    polarity: '"images" belongs to the better side, "rejected_images" to the worse one',
    unscorable: 'the two sides differ only in their pictures',
  },
  {
    id: 'response-and-rejected',
    title: 'response and rejected response',
    also: ['ms-swift 2', 'H2O LLM Studio'],
    prompt: [
      { at: 'history', as: 'exchanges', optional: true },
      text('query|prompt|instruction|question|input'),
    ],
    answers: {
      ...pair('text', 'response|output|answer', 'rejected_response|rejected_answer'),
      mark: 'rejected',
    },
    polarity: '"response" is the better answer, "rejected_response" the worse one',
  },
  {
    id: 'nemo-aligner',
    title: 'NeMo-Aligner DPO',
    also: ['NeMo-Aligner RPO', 'NeMo-RL binary preference'],
    prompt: [text('prompt')],
    answers: pair('text', 'chosen_response', 'rejected_response'),
    polarity: '"chosen_response" is the better answer',
  },
  {
    id: 'nemo-aligner-messages',
    title: 'NeMo-Aligner DPO, messages',
    prompt: [messages('prompt')],
    answers: pair('message', 'chosen_response', 'rejected_response'),
    polarity: '"chosen_response" is the better answer',
  },
  {
    id: 'torchtune',
    title: 'torchtune preference dataset',
    prompt: [],
    answers: pair('messages', 'chosen_conversations', 'rejected_conversations'),
    polarity: '"chosen_conversations" is the better conversation',
  },
  {
    id: 'medicalgpt',
    title: 'MedicalGPT reward data',
    prompt: [{ at: 'history', as: 'exchanges', optional: true }, text('question')],
    answers: pair('text', 'response_chosen', 'response_rejected'),
    polarity: '"response_chosen" is the better answer',
  },
  {
    id: 'colossal-chat',
    title: 'ColossalChat preference data',
    prompt: [messages('context')],
    answers: pair('messages'),
    polarity: '"chosen" is the better answer',
  },
  {
    id: 'paddlenlp',
    title: 'PaddleNLP preference data',
    prompt: [{ at: 'src', as: 'any', replies: 'tgt' }],
    answers: {
      kind: 'candidates',
      from: { kind: 'list', at: 'response' },
      // A list of texts is a conversation that the assistant begins.
      text: any(''),
      order: { kind: 'list', at: 'sort', best: 'high' },
    },
    polarity: 'the response with the higher number in "sort" is better',
  },
  {
    id: 'tinker',
    title: 'Tinker comparisons',
    prompt: [messages('comparison.prompt_conversation')],
    answers: {
      kind: 'choice',
      first: messages('comparison.completion_A'),
      second: messages('comparison.completion_B'),
      label: { kind: 'value', at: 'label', first: ['A'], second: ['B'], ties: ['Tie'] },
    },
    polarity: '"label" names the better completion, A or B; "Tie" is a tie',
  },
  {
    id: 'halos-pairs',
    title: 'HALOs pairwise feedback',
    prompt: [messages('prompt')],
    answers: {
      kind: 'choice',
      first: messages('output_A'),
      second: messages('output_B'),
      label: { kind: 'value', at: 'label', first: [1], second: [0] },
    },
    marks: ['type', 'reward_A'],
    polarity: '"label" 1 means output_A is better, 0 means output_B is',
  },
  {
    id: 'halos-binary',
    title: 'HALOs binary feedback',
    prompt: [messages('prompt')],
    answers: {
      kind: 'unpaired',
      response: messages('output'),
      verdict: { at: 'label', first: [1], second: [0] },
    },
    marks: ['type', 'reward'],
    polarity: '"label" 1 means a good output, 0 a bad one',
  },
];
