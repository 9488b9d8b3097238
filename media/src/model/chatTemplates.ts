// The token strings of common chat templates, as the tokenizers of their models write them. Each is held against the published
// template in a test.
import type { Conversation } from '#protocol/editor/templates.ts';
import type { AnswerView, TurnView } from '#protocol/editor/views.ts';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly text: string;
}

export interface ChatTemplate {
  readonly id: string;
  readonly title: string;
  /** Special tokens, which its tokenizer reads as one token wherever they stand. */
  readonly tokens: readonly string[];
  readonly render: (messages: readonly ChatMessage[]) => string;
}

const joined = (messages: readonly ChatMessage[], write: (message: ChatMessage) => string): string =>
  messages.map(write).join('');

/** Puts the system message into the first message of the user. */
function llama2(messages: readonly ChatMessage[]): string {
  const [first, ...rest] = messages;
  const system = first?.role === 'system' ? `<<SYS>>\n${first.text}\n<</SYS>>\n\n` : '';
  const talk = first?.role === 'system' ? rest : messages;
  return talk
    .map(({ role, text }, i) =>
      role === 'user'
        ? `<s>[INST] ${`${i === 0 ? system : ''}${text}`.trim()} [/INST]`
        : ` ${text.trim()} </s>`,
    )
    .join('');
}

export const CHAT_TEMPLATES: readonly ChatTemplate[] = [
  {
    id: 'chatml',
    title: 'ChatML',
    tokens: ['<|im_start|>', '<|im_end|>'],
    render: (messages) => joined(messages, ({ role, text }) => `<|im_start|>${role}\n${text}<|im_end|>\n`),
  },
  {
    id: 'llama-3',
    title: 'Llama 3',
    tokens: ['<|begin_of_text|>', '<|start_header_id|>', '<|end_header_id|>', '<|eot_id|>'],
    render: (messages) =>
      `<|begin_of_text|>${joined(
        messages,
        ({ role, text }) => `<|start_header_id|>${role}<|end_header_id|>\n\n${text.trim()}<|eot_id|>`,
      )}`,
  },
  { id: 'llama-2', title: 'Llama 2', tokens: ['<s>', '</s>'], render: llama2 },
  {
    id: 'mistral',
    title: 'Mistral Instruct 0.2',
    tokens: ['<s>', '</s>'],
    render: (messages) =>
      `<s>${joined(messages, ({ role, text }) => (role === 'assistant' ? `${text}</s>` : `[INST] ${text} [/INST]`))}`,
  },
  {
    id: 'zephyr',
    title: 'Zephyr',
    tokens: ['</s>'],
    render: (messages) => joined(messages, ({ role, text }) => `<|${role}|>\n${text}</s>\n`),
  },
  {
    id: 'gemma',
    title: 'Gemma',
    tokens: ['<bos>', '<start_of_turn>', '<end_of_turn>'],
    render: (messages) =>
      `<bos>${joined(
        messages,
        ({ role, text }) =>
          `<start_of_turn>${role === 'assistant' ? 'model' : role}\n${text.trim()}<end_of_turn>\n`,
      )}`,
  },
];

export function chatTemplate(id: string | undefined): ChatTemplate | undefined {
  return CHAT_TEMPLATES.find((one) => one.id === id);
}

/** Roles of datasets as templates name them; all others are the user's. */
function roleOf(role: string): ChatMessage['role'] {
  if (/^(?:assistant|gpt|chatgpt|model|bot|ai)/i.test(role)) return 'assistant';
  return /^(?:system|context|developer)/i.test(role) ? 'system' : 'user';
}

/** A whole conversation, as a model would be trained on it. Calls and pictures are not in it. */
export function conversationOf(prompt: readonly TurnView[], { text, turns }: AnswerView): Conversation {
  const answer = turns ?? [{ role: 'assistant', text }];
  return [...prompt, ...answer].map((turn) => ({ role: turn.role, text: turn.text }));
}

/** A conversation in the roles that our templates know. */
export function inRoles(conversation: Conversation): readonly ChatMessage[] {
  return conversation.map(({ role, text }) => ({ role: roleOf(role), text }));
}

/** Where special tokens are in a text, also those that the record itself holds. */
export function specialTokens(
  { tokens }: ChatTemplate,
  text: string,
): readonly { readonly start: number; readonly end: number }[] {
  const pattern = new RegExp(
    tokens.map((token) => token.replace(/[|\\{}()[\]^$+*?.]/g, '\\$&')).join('|'),
    'g',
  );
  return [...text.matchAll(pattern)].map(({ 0: token, index }) => ({
    start: index,
    end: index + token.length,
  }));
}
