import type { Mapping } from './mapping.ts';

const CHOSEN_WINS = '"chosen" is the better answer';

/** Every schema that is recognised without setup. The first row that fits a record wins. */
export const MAPPINGS: readonly Mapping[] = [
  {
    id: 'hh-transcript',
    title: 'HH transcript',
    prompt: 'absent',
    side: 'transcript',
    polarity: CHOSEN_WINS,
  },
  { id: 'trl-explicit', title: 'TRL explicit prompt', prompt: 'text', side: 'text', polarity: CHOSEN_WINS },
  {
    id: 'trl-messages',
    title: 'TRL messages, explicit prompt',
    prompt: 'messages',
    side: 'messages',
    polarity: CHOSEN_WINS,
  },
  {
    id: 'trl-messages-implicit',
    title: 'TRL messages, implicit prompt',
    prompt: 'absent',
    side: 'messages',
    polarity: CHOSEN_WINS,
  },
  {
    id: 'prompt-and-messages',
    title: 'text prompt, message answers',
    prompt: 'text',
    side: 'messages',
    polarity: CHOSEN_WINS,
  },
  {
    id: 'no-prompt',
    title: 'answers without a prompt',
    prompt: 'absent',
    side: 'text',
    polarity: CHOSEN_WINS,
  },
];
