// The trainers' formats and how each writes a pair. Field names are from the trainers' documentation.
import type { Json, JsonObject } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import type { Turn } from '../model/pair.ts';
import type { Example } from './example.ts';
import { joined, message, placedText, plainCalls, transcript, transcriptAnswer } from './example.ts';

export interface ConvertTarget {
  readonly id: string;
  readonly title: string;
  /** The mapping that reads its records. */
  readonly readBy: string;
  /** Records need a prompt. */
  readonly needsPrompt?: true;
  /** Each answer is a separate record, with its verdict in this field. */
  readonly verdictAt?: 'label' | 'kto_tag';
  /**
   * What it can hold of an answer: one text, one whole message, a transcript, or any messages. A pair that does not fit
   * is left out and named; only several messages without a user's are joined to one text, which is named too.
   */
  readonly answers: 'text' | 'message' | 'transcript' | 'messages';
  /** Fields besides prompt and answers that the trainer reads. */
  readonly columns: readonly string[];
  /** The roles that its trainer and chat templates know. */
  readonly roles: readonly string[];
  /** Messages are plain text. */
  readonly isOfTexts?: true;
  /** A prompt of several messages is one text. */
  readonly hasFlatPrompt?: true;
  /** How its trainer expects tools: as JSON text or as a list. Absent if it reads both. */
  readonly tools?: 'text' | 'list';
  /** Writes the records of one pair. */
  readonly write: (example: Example) => readonly JsonObject[];
  /** Puts fields that were kept at the top of a record into their place. */
  readonly settle?: (made: JsonObject) => JsonObject;
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

/** LLaMA-Factory counts the marks of each answer against one list of pictures, so answers have none of their own. */
function spokenAnswer(turns: readonly Turn[]): JsonObject {
  const [only] = turns;
  if (turns.length !== 1 || !only) return { from: 'gpt', value: joined(turns) };
  return spoken({ ...only, more: { tool_calls: only.more?.['tool_calls'] } }, {});
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

type Write = ConvertTarget['write'];

const texts: Write = ({ prompt, chosen, rejected }) => [
  { prompt: flat(prompt), chosen: joined(chosen), rejected: joined(rejected) },
];

/** The prompt under another name, and a system message in a field of its own. */
function questionAnd(question: string, better: string, worse: string): Write {
  return ({ prompt, chosen, rejected }) => {
    const { system, rest } = withoutSystem(prompt);
    return [{ ...system, [question]: flat(rest), [better]: joined(chosen), [worse]: joined(rejected) }];
  };
}

const lists: Write = ({ prompt, chosen, rejected }) => [
  { prompt: prompt.map(message), chosen: chosen.map(message), rejected: rejected.map(message) },
];

/** Two whole conversations. */
function conversations(better: string, worse: string): Write {
  return ({ prompt, chosen, rejected }) => [
    { [better]: [...prompt, ...chosen].map(message), [worse]: [...prompt, ...rejected].map(message) },
  ];
}

function only(turns: readonly Turn[]): Json {
  const [turn] = turns;
  return turns.length === 1 && turn ? message(turn) : turns.map(message);
}

/** OpenAI keeps the tools with the messages of the prompt. */
function intoInput(made: JsonObject): JsonObject {
  const { input, tools, parallel_tool_calls: parallel, ...rest } = made;
  if (!isObject(input)) return made;
  const inner = {
    ...input,
    ...(tools !== undefined && { tools }),
    ...(parallel !== undefined && { parallel_tool_calls: parallel }),
  };
  return { input: inner, ...rest };
}

const isSeveral = ({ chosen, rejected }: Example): boolean => chosen.length > 1 || rejected.length > 1;

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
    answers: 'text',
    columns: ['images', 'margin'],
    roles: ROLES,
    isOfTexts: true,
    hasFlatPrompt: true,
    write: texts,
  },
  {
    id: 'trl-implicit',
    title: 'TRL, transcripts that begin with their prompt',
    readBy: 'hh-transcript',
    answers: 'transcript',
    columns: ['images', 'margin'],
    roles: ROLES,
    isOfTexts: true,
    write({ prompt, chosen, rejected }) {
      const isAsked = prompt.length > 0 || [chosen, rejected].some(([first]) => first?.role !== 'user');
      const start = isAsked ? `${transcript(prompt)} ` : '';
      return [{ chosen: start + transcriptAnswer(chosen), rejected: start + transcriptAnswer(rejected) }];
    },
  },
  {
    id: 'trl-messages',
    title: 'TRL, conversations with a prompt',
    readBy: 'trl-messages',
    needsPrompt: true,
    answers: 'messages',
    columns: ['images', 'tools', 'margin'],
    roles: ROLES,
    write: lists,
  },
  {
    id: 'trl-messages-implicit',
    title: 'TRL, whole conversations',
    readBy: 'trl-messages-implicit',
    answers: 'messages',
    columns: ['images', 'tools', 'margin'],
    roles: ROLES,
    write: conversations('chosen', 'rejected'),
  },
  {
    id: 'trl-unpaired',
    title: 'TRL, single answers with a label (KTO)',
    readBy: 'trl-unpaired',
    needsPrompt: true,
    verdictAt: 'label',
    answers: 'messages',
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
    answers: 'messages',
    columns: ['margin'],
    roles: ROLES,
    write: conversations('chosen', 'rejected'),
  },
  {
    id: 'axolotl',
    title: 'axolotl, chat_template.default',
    readBy: 'chat-template',
    needsPrompt: true,
    answers: 'messages',
    columns: [],
    roles: ROLES,
    write: ({ prompt, chosen, rejected }) => [
      { messages: prompt.map(message), chosen: only(chosen), rejected: only(rejected) },
    ],
    caveat: (example) =>
      isSeveral(example) ? 'axolotl trains only on the last message of an answer with several' : undefined,
  },
  {
    id: 'axolotl-prompt-pairs',
    title: 'axolotl, chatml.prompt_pairs',
    readBy: 'trl-explicit',
    answers: 'text',
    columns: [],
    roles: ROLES,
    isOfTexts: true,
    hasFlatPrompt: true,
    write: questionAnd('prompt', 'chosen', 'rejected'),
  },
  {
    id: 'axolotl-intel',
    title: 'axolotl, chatml.intel',
    readBy: 'orca-pairs',
    answers: 'text',
    columns: [],
    roles: ROLES,
    isOfTexts: true,
    hasFlatPrompt: true,
    write: questionAnd('question', 'chosen', 'rejected'),
  },
  {
    id: 'axolotl-icr',
    title: 'axolotl, chatml.icr',
    readBy: 'input-pairs',
    answers: 'text',
    columns: [],
    roles: ROLES,
    isOfTexts: true,
    hasFlatPrompt: true,
    write: questionAnd('input', 'chosen', 'rejected'),
  },
  {
    id: 'axolotl-argilla',
    title: 'axolotl, chatml.argilla',
    readBy: 'argilla-binarized',
    answers: 'text',
    columns: [],
    roles: ROLES,
    isOfTexts: true,
    hasFlatPrompt: true,
    write: questionAnd('instruction', 'chosen_response', 'rejected_response'),
  },
  {
    id: 'llamafactory',
    title: 'LLaMA-Factory, sharegpt ranking',
    readBy: 'llamafactory-sharegpt',
    needsPrompt: true,
    answers: 'text',
    columns: [...MEDIA, 'tools'],
    roles: [...ROLES, 'function_call'],
    tools: 'text',
    isOfTexts: true,
    write({ prompt, chosen, rejected }) {
      const { system, rest } = withoutSystem(prompt);
      const media: Record<string, Json[]> = {};
      const turns = rest.map((turn) => spoken(turn, media));
      const answers = { chosen: spokenAnswer(chosen), rejected: spokenAnswer(rejected) };
      return [{ ...system, conversations: turns, ...answers, ...media }];
    },
    caveat: skipsUnordered,
  },
  {
    id: 'llamafactory-alpaca',
    title: 'LLaMA-Factory, alpaca ranking',
    readBy: 'llamafactory-alpaca',
    needsPrompt: true,
    answers: 'text',
    columns: [...MEDIA, 'tools'],
    roles: ROLES,
    tools: 'text',
    isOfTexts: true,
    write: alpaca,
    caveat: skipsUnordered,
  },
  {
    id: 'llamafactory-kto',
    title: 'LLaMA-Factory, sharegpt with a verdict (KTO)',
    readBy: 'messages-unpaired',
    needsPrompt: true,
    verdictAt: 'kto_tag',
    answers: 'messages',
    columns: [...MEDIA, 'tools'],
    roles: [...ROLES, 'function_call'],
    tools: 'text',
    isOfTexts: true,
    write: ({ prompt, chosen, rejected }) =>
      [chosen, rejected].map((answer, i) => {
        const media: Record<string, Json[]> = {};
        const turns = [...prompt, ...answer].map((turn) => spoken(turn, media));
        return { conversations: turns, kto_tag: i === 0, ...media };
      }),
  },
  {
    id: 'ms-swift',
    title: 'ms-swift, messages and rejected messages',
    readBy: 'ms-swift-rejected-messages',
    answers: 'messages',
    columns: [...MEDIA, 'tools'],
    roles: [...ROLES, 'tool_call', 'tool_response'],
    write: conversations('messages', 'rejected_messages'),
  },
  {
    id: 'nemo-aligner',
    title: 'NeMo-Aligner DPO, messages',
    readBy: 'nemo-aligner-messages',
    needsPrompt: true,
    answers: 'message',
    columns: [],
    roles: ROLES,
    write: ({ prompt, chosen, rejected }) => [
      { prompt: prompt.map(message), chosen_response: only(chosen), rejected_response: only(rejected) },
    ],
  },
  {
    id: 'nemo-rl',
    title: 'NeMo-RL, ranked completions',
    readBy: 'nemo-rl',
    needsPrompt: true,
    answers: 'messages',
    columns: [],
    roles: ROLES,
    write: ({ prompt, chosen, rejected }) => [
      {
        context: prompt.map(message),
        completions: [chosen, rejected].map((answer, rank) => ({ rank, completion: answer.map(message) })),
      },
    ],
  },
  {
    id: 'torchtune',
    title: 'torchtune, preference dataset',
    readBy: 'torchtune',
    answers: 'messages',
    columns: [],
    roles: ROLES,
    write: conversations('chosen_conversations', 'rejected_conversations'),
  },
  {
    id: 'openai-preference',
    title: 'OpenAI, preference fine-tuning',
    readBy: 'openai-preference',
    needsPrompt: true,
    answers: 'messages',
    columns: ['tools', 'parallel_tool_calls'],
    tools: 'list',
    roles: [...ROLES, 'developer'],
    write: ({ prompt, chosen, rejected }) => [
      {
        input: { messages: prompt.map(message) },
        preferred_output: chosen.map(message),
        non_preferred_output: rejected.map(message),
      },
    ],
    settle: intoInput,
    caveat: (example) => (isSeveral(example) ? 'OpenAI takes one message for an answer' : undefined),
  },
  {
    id: 'verl',
    title: 'verl, texts with a prompt',
    readBy: 'trl-explicit',
    answers: 'text',
    columns: [],
    roles: ROLES,
    isOfTexts: true,
    hasFlatPrompt: true,
    write: texts,
  },
  {
    id: 'xtuner',
    title: 'XTuner, conversations with a prompt',
    readBy: 'trl-messages',
    needsPrompt: true,
    answers: 'messages',
    columns: [],
    roles: ROLES,
    write: lists,
  },
];
