import type { Mapping } from '../mapping.ts';
import { ANY_PROMPT, MAYBE_PROMPT, more, PROMPT_FIELDS } from '../vocabulary.ts';
import { CHOSEN_WINS, pair, text } from './parts.ts';

/** Pairs of plain texts. */
export const FLAT: readonly Mapping[] = [
  {
    id: 'hh-transcript',
    title: 'HH transcript',
    also: [
      'Anthropic HH-RLHF',
      'TRL implicit prompt',
      'conversations in a chat template: ChatML, Llama, Gemma, Zephyr and others',
    ],
    prompt: [],
    answers: pair('transcript'),
    polarity: CHOSEN_WINS,
  },
  {
    id: 'trl-explicit',
    title: 'TRL explicit prompt',
    also: ['axolotl chatml.prompt_pairs', 'axolotl user_defined.default', 'OpenRLHF'],
    prompt: [text('prompt')],
    answers: pair('text'),
    polarity: CHOSEN_WINS,
  },
  {
    id: 'no-prompt',
    title: 'answers without a prompt',
    also: ['TRL implicit prompt, text'],
    prompt: [MAYBE_PROMPT],
    answers: pair('text'),
    polarity: CHOSEN_WINS,
  },
  {
    id: 'asked-by-user',
    title: 'what a user says, chosen, rejected',
    // "user" may also be the name of a person: a question has several words.
    prompt: [{ ...text('human|user|task_description'), contains: ' ' }],
    answers: pair('text'),
    unless: [PROMPT_FIELDS],
    polarity: CHOSEN_WINS,
  },
  {
    id: 'orca-pairs',
    title: 'Orca DPO pairs',
    also: ['Intel/orca_dpo_pairs', 'axolotl chatml.intel', 'axolotl llama3.intel'],
    prompt: [text('question')],
    answers: pair('text'),
    polarity: CHOSEN_WINS,
  },
  {
    id: 'llamafactory-alpaca',
    title: 'LLaMA-Factory alpaca ranking',
    prompt: [{ at: 'history', as: 'exchanges', optional: true }, text('instruction'), more('input')],
    answers: pair('text'),
    polarity: CHOSEN_WINS,
  },
  {
    id: 'input-pairs',
    title: 'input, chosen, rejected',
    also: ['axolotl chatml.icr', 'axolotl bradley_terry.chat_template'],
    prompt: [text('input')],
    answers: pair('text'),
    polarity: CHOSEN_WINS,
  },
  {
    id: 'distilabel-orca',
    title: 'distilabel Orca pairs',
    also: ['argilla/distilabel-intel-orca-dpo-pairs'],
    prompt: [text('input')],
    answers: {
      ...pair('text'),
      ties: { at: 'status', values: ['tie'] },
      also: [{ kind: 'value', at: 'status', first: ['unchanged'], second: ['swapped'] }],
    },
    marks: ['status', 'generations|original_chosen'],
    polarity: '"chosen" is the better answer unless "status" is "tie"',
  },
  {
    id: 'argilla-binarized',
    title: 'Argilla binarized',
    also: ['argilla/ultrafeedback-binarized-preferences', 'axolotl chatml.argilla'],
    prompt: [text('instruction')],
    answers: pair('text', 'chosen_response', 'rejected_response'),
    polarity: '"chosen_response" is the better answer',
  },
  {
    id: 'rewardbench',
    title: 'RewardBench',
    prompt: [text('prompt')],
    answers: pair('text'),
    marks: ['subset', 'chosen_model', 'rejected_model'],
    polarity: CHOSEN_WINS,
  },
  {
    id: 'rlaif-v',
    title: 'RLAIF-V, with pictures',
    prompt: [{ at: 'image|image_path', as: 'image', role: 'image', optional: true }, text('question')],
    answers: pair('text'),
    marks: ['image|image_path', 'ds_name|origin_dataset'],
    polarity: CHOSEN_WINS,
  },
  {
    id: 'accepted-rejected',
    title: 'accepted and rejected code',
    also: ['Vezora code preference pairs'],
    prompt: [ANY_PROMPT, more('input')],
    answers: pair('text', 'accepted', 'rejected'),
    polarity: '"accepted" is the better answer',
  },
  {
    id: 'hh-strength',
    title: 'HH with preference strength',
    also: ['fnlp/hh-rlhf-strength-cleaned'],
    prompt: [MAYBE_PROMPT],
    answers: {
      ...pair('any'),
      also: [
        { kind: 'strength', at: 'mean preference difference', positive: 'first', max: Number.MAX_VALUE },
      ],
    },
    marks: ['mean preference difference'],
    polarity: '"chosen" is the better answer; a "mean preference difference" below 0 doubts it',
  },
  {
    id: 'llamafactory-alpaca-list',
    title: 'LLaMA-Factory alpaca ranking, old form',
    prompt: [text('instruction'), more('input')],
    answers: pair('text', 'output.0', 'output.1'),
    onlyNamed: 'two texts in "output" may also be two right answers',
    polarity: 'the first of "output" is the better answer',
  },
];
