import type { Mapping } from '../mapping.ts';
import { messages, pair, text } from './parts.ts';

/** Datasets that name the better and the worse answer in a way of their own. */
export const SIDES: readonly Mapping[] = [
  {
    id: 'when2call',
    title: 'When2Call preferences',
    also: ['nvidia/When2Call'],
    prompt: [messages('messages')],
    answers: pair('message', 'chosen_response', 'rejected_response'),
    polarity: '"chosen_response" is the better answer',
  },
  {
    id: 'helpsteer3-edit-quality',
    title: 'HelpSteer3 edit quality',
    also: ['nvidia/HelpSteer3 edit_quality'],
    prompt: [messages('context')],
    answers: pair('text', 'good_edited_response', 'bad_edited_response'),
    polarity: '"good_edited_response" is the better answer',
  },
  {
    id: 'stack-exchange-paired',
    title: 'Stack Exchange, paired',
    also: ['lvwerra/stack-exchange-paired'],
    prompt: [text('question')],
    answers: pair('text', 'response_j', 'response_k'),
    polarity: '"response_j" is the better answer, "response_k" the worse one',
  },
  {
    id: 'cvalues',
    title: 'CValues comparison',
    prompt: [text('prompt')],
    answers: pair('text', 'pos_resp', 'neg_resp'),
    polarity: '"pos_resp" is the better answer, "neg_resp" the worse one',
  },
  {
    id: 'context-and-message',
    title: 'a conversation as context, and one message for each side',
    also: ['hh_rlhf_cn'],
    prompt: [messages('context')],
    answers: pair('message'),
    polarity: '"chosen" is the better answer',
  },
  {
    id: 'step-dpo',
    title: 'Step-DPO',
    also: ['xinlai/Math-Step-DPO-10K'],
    prompt: [text('prompt'), { ...text('initial_reason_steps|prefix'), role: 'assistant', optional: true }],
    answers: pair('text'),
    marks: ['initial_reason_steps|prefix', 'original_chosen|full_chosen'],
    polarity: '"chosen" is the better next step after the steps in the prompt',
  },
  {
    id: 'rejected-conversations',
    title: 'conversations and rejected conversations',
    also: ['POVID'],
    prompt: [],
    answers: { ...pair('messages', 'conversations', 'rejected_conversations'), mark: 'rejected' },
    polarity: '"conversations" is the better conversation, "rejected_conversations" the worse one',
  },
  {
    id: 'chosen-messages',
    title: 'chosen messages and rejected messages',
    also: ['LLaMA-Factory 1.0'],
    prompt: [],
    answers: pair('messages', 'chosen_messages', 'rejected_messages'),
    polarity: '"chosen_messages" is the better conversation',
  },
  {
    id: 'text-and-image-pairs',
    title: 'texts with pictures, better and worse',
    also: ['Align-Anything, text and image to text and image'],
    prompt: [text('input_text')],
    answers: pair('text', 'better_text', 'worse_text'),
    polarity: '"better_text" is the better answer, with "better_img"',
  },
];
