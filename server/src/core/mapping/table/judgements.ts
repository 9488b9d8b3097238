import type { Mapping } from '../mapping.ts';
import { ANY_PROMPT, GOOD_OR_BAD, GOOD_OR_BAD_WORDS, more, VERDICT_NAMES } from '../vocabulary.ts';
import { any, messages, text } from './parts.ts';

/** Names of a verdict in words. */
const WORD_NAMES = 'label|feedback|verdict|preference|thumbs|vote|rating';

/** Single answers with a verdict, steps with verdicts, and files with neither pairs nor verdicts. */
export const JUDGEMENTS: readonly Mapping[] = [
  {
    id: 'trl-unpaired',
    title: 'TRL unpaired (KTO)',
    also: ['argilla/kto-mix-14k', 'axolotl KTO'],
    prompt: [ANY_PROMPT],
    answers: {
      kind: 'unpaired',
      response: any('completion'),
      verdict: { at: `label|${VERDICT_NAMES}`, ...GOOD_OR_BAD },
    },
    polarity: '"label" true or 1 means a good completion, false or 0 a bad one',
  },
  {
    id: 'messages-unpaired',
    title: 'messages with a verdict (KTO)',
    also: ['LLaMA-Factory KTO, messages'],
    prompt: [],
    answers: {
      kind: 'unpaired',
      response: messages('messages|conversations|conversation'),
      verdict: { at: `label|${VERDICT_NAMES}`, ...GOOD_OR_BAD },
    },
    polarity: 'true or 1 means a good last message, false or 0 a bad one',
  },
  {
    id: 'messages-in-words',
    title: 'messages called good or bad (KTO)',
    prompt: [],
    answers: {
      kind: 'unpaired',
      response: messages('messages|conversations|conversation|dialogue|dialog|chat'),
      verdict: { at: WORD_NAMES, ...GOOD_OR_BAD_WORDS },
    },
    polarity:
      'words such as "good", "chosen" or "thumbs_up" mean a good last message, their opposites a bad one',
  },
  {
    id: 'alpaca-unpaired',
    title: 'LLaMA-Factory alpaca KTO',
    prompt: [text('instruction'), more('input')],
    answers: { kind: 'unpaired', response: text('output'), verdict: { at: 'kto_tag', ...GOOD_OR_BAD } },
    polarity: '"kto_tag" true means a good output, false a bad one',
  },
  {
    id: 'answer-unpaired',
    title: 'an answer with a verdict (KTO)',
    prompt: [ANY_PROMPT, more('input')],
    answers: {
      kind: 'unpaired',
      response: any('response|answer|output|generation|text'),
      verdict: { at: VERDICT_NAMES, ...GOOD_OR_BAD },
    },
    polarity: 'true or 1 means a good answer, false or 0 a bad one',
  },
  {
    id: 'answer-in-words',
    title: 'an answer called good or bad (KTO)',
    prompt: [ANY_PROMPT, more('input')],
    answers: {
      kind: 'unpaired',
      response: any('response|completion|answer|output|generation'),
      verdict: { at: WORD_NAMES, ...GOOD_OR_BAD_WORDS },
    },
    polarity: 'words such as "good", "chosen" or "thumbs_up" mean a good answer, their opposites a bad one',
  },
  ...(['zero', 'minus-one'] as const).map((bad): Mapping => ({
    id: `answer-one-or-${bad}`,
    title: `an answer with a label, 1 or ${bad === 'zero' ? 0 : -1} (KTO, if it is a verdict)`,
    prompt: [ANY_PROMPT, more('input')],
    answers: {
      kind: 'unpaired',
      response: any('response|output|generation|model_response|model_output|completion'),
      verdict: {
        at: 'label|labels|verdict|feedback|thumbs|vote|preference',
        first: bad === 'zero' ? [1, '1', true, 'true', 'True'] : [1, '1'],
        second: bad === 'zero' ? [0, '0', false, 'false', 'False'] : [-1, '-1'],
      },
    },
    convention: 'open',
    polarity: 'a person decides whether 1 means a good answer',
  })),
  {
    id: 'helpsteer-ratings',
    title: 'HelpSteer ratings',
    prompt: [text('prompt')],
    answers: { kind: 'unpaired', response: text('response'), verdict: { at: 'helpfulness' } },
    marks: ['correctness', 'coherence'],
    polarity: '"helpfulness" from 0 to 4 rates one response; a record has no pair',
  },
  {
    id: 'summarize-axis',
    title: 'Summaries rated',
    also: ['openai/summarize_from_feedback axis'],
    prompt: [text('info.post|info.article')],
    answers: { kind: 'unpaired', response: text('summary.text'), verdict: { at: 'summary.axes.overall' } },
    polarity: '"axes.overall" rates one summary; a record has no pair',
  },
  {
    id: 'prism-utterances',
    title: 'PRISM utterances',
    prompt: [text('user_prompt')],
    answers: { kind: 'unpaired', response: text('model_response'), verdict: { at: 'score' } },
    polarity: '"score" from 1 to 100 rates one response; a record has no pair',
  },
  {
    id: 'trl-stepwise',
    title: 'TRL stepwise',
    also: ['axolotl stepwise_supervised'],
    prompt: [any('prompt')],
    answers: { kind: 'steps', steps: 'completions', labels: 'labels' },
    polarity: '"labels" says whether each step is right',
  },
  {
    id: 'prm800k',
    title: 'PRM800K',
    prompt: [text('question.problem')],
    answers: { kind: 'steps', steps: 'label.steps' },
    polarity: 'each step has a rating: 1 right, 0 neutral, −1 wrong',
  },
  {
    id: 'beavertails',
    title: 'BeaverTails',
    also: ['PKU-Alignment/BeaverTails'],
    prompt: [text('prompt')],
    answers: {
      kind: 'unpaired',
      response: text('response'),
      verdict: { at: 'is_safe', first: [true], second: [false] },
    },
    marks: ['category'],
    polarity: '"is_safe" true means a safe response, which may be of no help',
  },
  {
    id: 'verl',
    title: 'verl prompts for reinforcement learning',
    prompt: [],
    answers: {
      kind: 'none',
      fields: [messages('prompt')],
      why: 'a record is a prompt and the reference for a reward function; a model gives the answers in training',
    },
    marks: ['data_source', 'reward_model'],
    polarity: '"reward_model" holds the reference for a reward function, not a verdict on an answer',
  },
  {
    id: 'math-shepherd',
    title: 'Math-Shepherd',
    prompt: [],
    answers: {
      kind: 'none',
      fields: [{ ...text('input'), contains: 'ки' }, text('label')],
      why: 'the verdicts are + and − inside one text',
    },
    marks: ['task'],
    polarity: '+ marks a right step',
  },
  {
    id: 'big-bench',
    title: 'BIG-bench multiple choice',
    prompt: [],
    answers: {
      kind: 'none',
      fields: [text('input')],
      why: 'the answers are the names of fields under "target_scores", and a name can’t change places with another',
    },
    marks: ['target_scores'],
    polarity: '"target_scores" has a score for each choice',
  },
  {
    id: 'red-team',
    title: 'Red-team attempts',
    also: ['Anthropic red-team-attempts'],
    prompt: [],
    answers: {
      kind: 'none',
      fields: [text('transcript')],
      why: 'a record is one conversation with a rating of the attack, not a pair',
    },
    marks: ['rating', 'min_harmlessness_score_transcript|red_team_member_id'],
    polarity: '"rating" says how far the attack succeeded, not which answer is better',
  },
  {
    id: 'oasst-messages',
    title: 'OpenAssistant messages',
    prompt: [],
    answers: {
      kind: 'none',
      fields: [text('text'), text('role')],
      why: 'a record is one message; its alternatives are in other records. The tree file of the same dataset has the pairs',
    },
    marks: ['message_id', 'message_tree_id'],
    polarity: 'rank 0 is the best of the replies to one message',
  },
];
