// The formats of trainers: what a pair becomes in each. Field names as the trainers' documents have them.
import type { Json, JsonObject } from '../model/json.ts';
import type { Turn } from '../model/pair.ts';

/** A comparison, as targets take it. Roles are system, user, assistant, or what else the dataset has. */
export interface Example {
  readonly prompt: readonly Turn[];
  readonly chosen: string;
  readonly rejected: string;
}

/** Told of what a target cannot say, in words that follow "N records: ". */
export type OnLoss = (words: string) => void;

export interface Target {
  readonly id: string;
  readonly title: string;
  /** A pair without a prompt is none to it. */
  readonly needsPrompt?: true;
  /** The records of one pair. */
  readonly write: (example: Example, onLoss: OnLoss) => readonly JsonObject[];
}

const message = (role: string, content: string): JsonObject => ({ role, content });

const messages = (turns: readonly Turn[]): Json[] => turns.map(({ role, text }) => message(role, text));

const assistant = (content: string): Json[] => [message('assistant', content)];

const MARKS: Readonly<Record<string, string>> = { user: 'Human', assistant: 'Assistant' };

/** A conversation as one text, in the manner of HH. */
function transcript(turns: readonly Turn[]): string {
  const parts = turns.map(({ role, text }) =>
    role === 'system' ? text : `\n\n${MARKS[role] ?? role}: ${text}`,
  );
  return `${parts.join('')}\n\nAssistant:`;
}

/** A single question as it stands, other conversations as a transcript. */
function flat(turns: readonly Turn[], onLoss: OnLoss): string {
  const [first] = turns;
  if (turns.length === 0) return '';
  if (turns.length === 1 && first?.role === 'user') return first.text;
  onLoss('a prompt of several turns is written as one text, "\\n\\nHuman: … \\n\\nAssistant:"');
  return transcript(turns);
}

const FROM: Readonly<Record<string, string>> = { user: 'human', assistant: 'gpt', system: 'system' };

/** The system turn, and the rest. */
function withoutSystem(turns: readonly Turn[]): {
  readonly system: JsonObject;
  readonly rest: readonly Turn[];
} {
  const [first, ...rest] = turns;
  return first?.role === 'system' ? { system: { system: first.text }, rest } : { system: {}, rest: turns };
}

/** Questions and answers before the last question, as Alpaca's history has them. */
function alpaca({ prompt, chosen, rejected }: Example, onLoss: OnLoss): JsonObject[] {
  const { system, rest } = withoutSystem(prompt);
  const history: Json[] = [];
  for (let i = 0; i + 1 < rest.length; i += 2) history.push([rest[i]?.text ?? '', rest[i + 1]?.text ?? '']);
  if (rest.length % 2 === 0 || rest.some(({ role }, i) => role !== (i % 2 === 0 ? 'user' : 'assistant')))
    onLoss('turns do not alternate between user and assistant, which the history of this format wants');
  const instruction = rest.length % 2 === 1 ? (rest.at(-1)?.text ?? '') : '';
  return [{ instruction, input: '', chosen, rejected, ...system, ...(history.length > 0 && { history }) }];
}

/** Names that trainers give a meaning of their own: a field of the dataset by one of them would be taken for it. */
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
  'tools',
  'images',
  'margin',
]);

export const TARGETS: readonly Target[] = [
  {
    id: 'trl-explicit',
    title: 'TRL, texts with a prompt',
    write: ({ prompt, chosen, rejected }, onLoss) => [{ prompt: flat(prompt, onLoss), chosen, rejected }],
  },
  {
    id: 'trl-implicit',
    title: 'TRL, transcripts that begin with their prompt',
    write({ prompt, chosen, rejected }) {
      const text = transcript(prompt);
      return [{ chosen: `${text} ${chosen}`, rejected: `${text} ${rejected}` }];
    },
  },
  {
    id: 'trl-messages',
    title: 'TRL, conversations with a prompt',
    needsPrompt: true,
    write: ({ prompt, chosen, rejected }) => [
      { prompt: messages(prompt), chosen: assistant(chosen), rejected: assistant(rejected) },
    ],
  },
  {
    id: 'trl-unpaired',
    title: 'TRL, single answers with a label (KTO)',
    needsPrompt: true,
    write: ({ prompt, chosen, rejected }) => [
      { prompt: messages(prompt), completion: assistant(chosen), label: true },
      { prompt: messages(prompt), completion: assistant(rejected), label: false },
    ],
  },
  {
    id: 'openrlhf',
    title: 'OpenRLHF, whole conversations',
    write: ({ prompt, chosen, rejected }) => [
      {
        chosen: [...messages(prompt), ...assistant(chosen)],
        rejected: [...messages(prompt), ...assistant(rejected)],
      },
    ],
  },
  {
    id: 'axolotl',
    title: 'axolotl, chat_template.default',
    needsPrompt: true,
    write: ({ prompt, chosen, rejected }) => [
      {
        messages: messages(prompt),
        chosen: message('assistant', chosen),
        rejected: message('assistant', rejected),
      },
    ],
  },
  {
    id: 'llamafactory',
    title: 'LLaMA-Factory, sharegpt ranking',
    needsPrompt: true,
    write({ prompt, chosen, rejected }) {
      const { system, rest } = withoutSystem(prompt);
      const from = ({ role, text }: Turn): JsonObject => ({ from: FROM[role] ?? role, value: text });
      return [
        {
          ...system,
          conversations: rest.map(from),
          chosen: { from: 'gpt', value: chosen },
          rejected: { from: 'gpt', value: rejected },
        },
      ];
    },
  },
  { id: 'llamafactory-alpaca', title: 'LLaMA-Factory, alpaca ranking', needsPrompt: true, write: alpaca },
];
