import type { Mapping, Verdicts } from '../mapping.ts';
import {
  ANY_PROMPT,
  anyOf,
  BETTER_FIELDS,
  FIRST_FIELDS,
  FURTHER_ANSWERS,
  joined,
  LABEL_FIELDS,
  more,
  SECOND_FIELDS,
  VERDICT_WORDS,
  WORSE_FIELDS,
  WORSE_LABEL_NAMES,
} from '../vocabulary.ts';
import { messages, pair, text } from './parts.ts';

/** Comparisons of A with B, as judges write them. */
const COMPARISONS: Verdicts = {
  first: ['A>B', 'A>>B', 'A > B', 'A >> B', '[[A>B]]', '[[A>>B]]', '[[A]]', 'B<A', 'B<<A'],
  second: ['B>A', 'B>>A', 'B > A', 'B >> A', '[[B>A]]', '[[B>>A]]', '[[B]]', 'A<B', 'A<<B'],
  ties: ['A=B', 'B=A', 'A = B', '[[A=B]]', '[[C]]', 'tie'],
};

const TWO_RESPONSES = {
  kind: 'choice',
  first: { at: FIRST_FIELDS, as: 'words' },
  second: { at: SECOND_FIELDS, as: 'words' },
} as const;

/** Whole conversations, of which the ends are compared. */
const conversations = (...ends: readonly string[]): string =>
  anyOf(joined(ends, ['messages', 'conversation', 'chat', 'dialogue', 'conversations']));

/** The answer in an object with more about it, such as its model. */
const textIn = (names: readonly string[]): string =>
  anyOf(joined(['.response', '.text', '.content', '.answer', '.output', '.completion'], names));

/** Rows for what no row above reads: any of the known names, in any shape. They are the last of the table. */
export const ANY_NAMES: readonly Mapping[] = [
  {
    id: 'prompt-and-pair',
    title: 'a prompt and two answers, under any of their usual names',
    also: ['openbmb/UltraInteract_pair', 'NeMo-Aligner DPO and RPO'],
    prompt: [ANY_PROMPT, more('input')],
    answers: pair('words', BETTER_FIELDS, WORSE_FIELDS),
    polarity: 'the name of a field says which answer is better, like "chosen" and "rejected"',
  },
  {
    id: 'better-and-worse',
    title: 'a prompt, and two texts under words such as "better" and "worse"',
    prompt: [ANY_PROMPT, more('input')],
    // The words may also name a person, a model or a letter: an answer has several words.
    answers: {
      kind: 'pair',
      chosen: { ...text('better|best|good|winner|win'), contains: ' ' },
      rejected: { ...text('worse|worst|bad|loser|lose'), contains: ' ' },
    },
    unless: [FIRST_FIELDS],
    polarity: 'the name of a field says which answer is better, like "better" and "worse"',
  },
  {
    id: 'sides-as-objects',
    title: 'two objects, each with an answer',
    prompt: [ANY_PROMPT, more('input')],
    answers: pair('text', textIn(['chosen', 'accepted', 'preferred']), textIn(['rejected', 'reject'])),
    polarity: 'the name of a field says which answer is better, like "chosen" and "rejected"',
  },
  {
    id: 'a-over-b',
    title: 'two responses and a comparison such as A>B',
    prompt: [ANY_PROMPT],
    answers: {
      ...TWO_RESPONSES,
      label: { kind: 'value', at: LABEL_FIELDS, ...COMPARISONS },
    },
    unless: FURTHER_ANSWERS,
    polarity:
      'the label compares: A>B and A>>B mean that the first response is better, B>A the second, A=B a tie',
  },
  {
    id: 'conversations-ab',
    title: 'two conversations, A and B or 1 and 2, with a winner',
    prompt: [],
    answers: {
      kind: 'choice',
      first: messages(conversations('_a', '_A', '_1', 'A', '1')),
      second: messages(conversations('_b', '_B', '_2', 'B', '2')),
      label: { kind: 'value', at: `${LABEL_FIELDS}|chosen`, ...VERDICT_WORDS },
    },
    polarity:
      'the label names the better conversation: a, 1 or model_a the first, b, 2 or model_b the second',
  },
  {
    id: 'winner-repeated',
    title: 'two responses, and the better one once more',
    prompt: [ANY_PROMPT],
    answers: {
      ...TWO_RESPONSES,
      label: { kind: 'named', at: `${LABEL_FIELDS}|chosen`, first: FIRST_FIELDS, second: SECOND_FIELDS },
    },
    unless: [WORSE_FIELDS, ...FURTHER_ANSWERS],
    polarity: 'the label repeats the text of the better response',
  },
  {
    id: 'loser',
    title: 'two responses, and the one that lost',
    prompt: [ANY_PROMPT],
    answers: {
      ...TWO_RESPONSES,
      label: {
        kind: 'value',
        at: anyOf(WORSE_LABEL_NAMES),
        ...VERDICT_WORDS,
        first: VERDICT_WORDS.second,
        second: VERDICT_WORDS.first,
      },
    },
    unless: FURTHER_ANSWERS,
    polarity: 'the label names the worse response: a or response_1 means that the second is better',
  },
];
