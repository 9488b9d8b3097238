// The trainers' formats and how each writes a pair. Field names are from the trainers' documentation.
import type { Json, JsonObject } from '../model/json.ts';
import type { Turn } from '../model/pair.ts';
import type { Example } from './example.ts';
import { joined, message, placedText, plainCalls, transcript } from './example.ts';

export interface ConvertTarget {
  readonly id: string;
  readonly title: string;
  /** The mapping that reads its records. */
  readonly readBy: string;
  /** Records need a prompt. */
  readonly needsPrompt?: true;
  /** Each answer is a separate record with a verdict. */
  readonly isUnpaired?: true;
  /** Fields besides prompt and answers that the trainer reads. */
  readonly columns: readonly string[];
  /** The roles that its trainer and chat templates know. */
  readonly roles: readonly string[];
  /** Messages are plain text. */
  readonly isOfTexts?: true;
  /** Expects tools as JSON text. */
  readonly hasToolsAsText?: true;
  /** Writes the records of one pair. */
  readonly write: (example: Example) => readonly JsonObject[];
  /** What its trainer ignores of a pair that the file contains in full. */
  readonly caveat?: (example: Example) => string | undefined;
}

const ROLES = ['system', 'user', 'assistant', 'tool'];

const MEDIA = ['images', 'videos', 'audios'];

/** A single question unchanged; any other conversation as a transcript. */
function flat(turns: readonly Turn[]): string {
  const [first] = turns;
  if (turns.length === 0) return '';
  return turns.length === 1 && first?.role === 'user' ? first.text : transcript(turns);
}

const FROM: Readonly<Record<string, string>> = {
  user: 'human',
  assistant: 'gpt',
  system: 'system',
  tool: 'observation',
};

/** The system turn, and the other turns. */
function withoutSystem(turns: readonly Turn[]): {
  readonly system: JsonObject;
  readonly rest: readonly Turn[];
} {
  const [first, ...rest] = turns;
  return first?.role === 'system' ? { system: { system: first.text }, rest } : { system: {}, rest: turns };
}

/** A LLaMA-Factory message. A call without text becomes a message of its own. */
function spoken(turn: Turn, media: Record<string, Json[]>): JsonObject {
  const calls = turn.text === '' ? plainCalls(turn) : undefined;
  if (calls !== undefined) return { from: 'function_call', value: calls };
  return { from: FROM[turn.role] ?? turn.role, value: placedText(turn, media) };
}

function spokenAnswer(turns: readonly Turn[], media: Record<string, Json[]>): JsonObject {
  const [only] = turns;
  if (turns.length === 1 && only) return spoken(only, media);
  return { from: 'gpt', value: joined(turns) };
}

function isAlternating(turns: readonly Turn[]): boolean {
  const asks = (role: string): boolean => role === 'user' || role === 'tool';
  const answers = (role: string): boolean => role === 'assistant' || role === 'function_call';
  return turns.length % 2 === 1 && turns.every(({ role }, i) => (i % 2 === 0 ? asks(role) : answers(role)));
}

const skipsUnordered = ({ prompt }: Example): string | undefined =>
  isAlternating(withoutSystem(prompt).rest)
    ? undefined
    : 'LLaMA-Factory skips a record whose messages do not alternate between user and assistant';

/** An Alpaca record: the earlier questions and answers go into its history. */
function alpaca({ prompt, chosen, rejected }: Example): JsonObject[] {
  const { system, rest } = withoutSystem(prompt);
  const media: Record<string, Json[]> = {};
  const texts = rest.map((turn) => placedText(turn, media));
  const history: Json[] = [];
  for (let i = 0; i + 1 < texts.length; i += 2) history.push([texts[i] ?? '', texts[i + 1] ?? '']);
  const instruction = texts.length % 2 === 1 ? (texts.at(-1) ?? '') : '';
  const answers = { chosen: joined(chosen), rejected: joined(rejected) };
  return [
    { instruction, input: '', ...answers, ...system, ...(history.length > 0 && { history }), ...media },
  ];
}

/** Names with a special meaning in trainers: a dataset field of that name would be misread. */
export const RESERVED: ReadonlySet<string> = new Set([
  'prompt',
  'chosen',
  'rejected',
  'completion',
  'label',
  'messages',
  'conversations',
  'instruction',
  'input',
  'output',
  'question',
  'system',
  'history',
]);

export const TARGETS: readonly ConvertTarget[] = [
  {
    id: 'trl-explicit',
    title: 'TRL, texts with a prompt',
    readBy: 'trl-explicit',
    columns: ['images', 'margin'],
    roles: ROLES,
    isOfTexts: true,
    write: ({ prompt, chosen, rejected }) => [
      { prompt: flat(prompt), chosen: joined(chosen), rejected: joined(rejected) },
    ],
  },
  {
    id: 'trl-implicit',
    title: 'TRL, transcripts that begin with their prompt',
    readBy: 'hh-transcript',
    columns: ['images', 'margin'],
    roles: ROLES,
    isOfTexts: true,
    write({ prompt, chosen, rejected }) {
      const text = transcript(prompt);
      return [{ chosen: `${text} ${joined(chosen)}`, rejected: `${text} ${joined(rejected)}` }];
    },
  },
  {
    id: 'trl-messages',
    title: 'TRL, conversations with a prompt',
    readBy: 'trl-messages',
    needsPrompt: true,
    columns: ['images', 'tools', 'margin'],
    roles: ROLES,
    write: ({ prompt, chosen, rejected }) => [
      { prompt: prompt.map(message), chosen: chosen.map(message), rejected: rejected.map(message) },
    ],
  },
  {
    id: 'trl-unpaired',
    title: 'TRL, single answers with a label (KTO)',
    readBy: 'trl-unpaired',
    needsPrompt: true,
    isUnpaired: true,
    columns: ['images', 'tools'],
    roles: ROLES,
    write: ({ prompt, chosen, rejected }) => [
      { prompt: prompt.map(message), completion: chosen.map(message), label: true },
      { prompt: prompt.map(message), completion: rejected.map(message), label: false },
    ],
  },
  {
    id: 'openrlhf',
    title: 'OpenRLHF, whole conversations',
    readBy: 'trl-messages-implicit',
    columns: ['margin'],
    roles: ROLES,
    write: ({ prompt, chosen, rejected }) => [
      { chosen: [...prompt, ...chosen].map(message), rejected: [...prompt, ...rejected].map(message) },
    ],
  },
  {
    id: 'axolotl',
    title: 'axolotl, chat_template.default',
    readBy: 'chat-template',
    needsPrompt: true,
    columns: [],
    roles: ROLES,
    write({ prompt, chosen, rejected }) {
      const answer = (turns: readonly Turn[]): Json => {
        const [only] = turns;
        return turns.length === 1 && only ? message(only) : turns.map(message);
      };
      return [{ messages: prompt.map(message), chosen: answer(chosen), rejected: answer(rejected) }];
    },
    caveat: ({ chosen, rejected }) =>
      chosen.length > 1 || rejected.length > 1
        ? 'axolotl trains only on the last message of an answer with several'
        : undefined,
  },
  {
    id: 'llamafactory',
    title: 'LLaMA-Factory, sharegpt ranking',
    readBy: 'llamafactory-sharegpt',
    needsPrompt: true,
    columns: [...MEDIA, 'tools'],
    roles: [...ROLES, 'function_call'],
    hasToolsAsText: true,
    isOfTexts: true,
    write({ prompt, chosen, rejected }) {
      const { system, rest } = withoutSystem(prompt);
      const media: Record<string, Json[]> = {};
      const conversations = rest.map((turn) => spoken(turn, media));
      const answers = {
        chosen: spokenAnswer(chosen, media),
        rejected: spokenAnswer(rejected, media),
      };
      return [{ ...system, conversations, ...answers, ...media }];
    },
    caveat: skipsUnordered,
  },
  {
    id: 'llamafactory-alpaca',
    title: 'LLaMA-Factory, alpaca ranking',
    readBy: 'llamafactory-alpaca',
    needsPrompt: true,
    columns: [...MEDIA, 'tools'],
    roles: ROLES,
    hasToolsAsText: true,
    isOfTexts: true,
    write: alpaca,
    caveat: skipsUnordered,
  },
];
