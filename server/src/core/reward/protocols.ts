// Protocols of model servers: how to build requests and read responses. One row each, without I/O.
import type { Turn } from '../model/pair.ts';
import { chatRole, formatParts, plainPrompt } from './encode.ts';
import type { Pass } from './folder.ts';
import type { EndpointProtocol, EndpointRule } from './scorerRule.ts';

/** One item to score: a prompt with one answer, or with two in an order. */
export interface EndpointItem {
  readonly prompt: readonly Turn[];
  readonly texts: readonly string[];
}

/** A server's response does not match the request. */
export class WrongAnswer extends Error {}

export interface ServerProtocol {
  readonly pass: Pass;
  /** Path to append to the rule's URL. */
  readonly path: (rule: EndpointRule) => string;
  /** Maximum items per request. */
  readonly max: number;
  readonly body: (items: readonly EndpointItem[], rule: EndpointRule) => unknown;
  /** The numbers of each item, in order. Throws WrongAnswer. */
  readonly read: (answer: unknown, count: number, rule: EndpointRule) => number[][];
}

type Json = Readonly<Record<string, unknown>>;

/** An item's text, for servers that take a single text. */
function textOf({ prompt, texts: [answer = ''] }: EndpointItem, { format }: EndpointRule): string {
  if (format === undefined) return prompt.length === 0 ? answer : `${plainPrompt(prompt)}\n\n${answer}`;
  return formatParts(format)
    .map((part) => (typeof part === 'string' ? part : part.place === 'prompt' ? plainPrompt(prompt) : answer))
    .join('');
}

interface Message {
  readonly role: string;
  readonly content: string;
}

function messagesOf({ prompt, texts: [answer = ''] }: EndpointItem): Message[] {
  return [
    ...prompt.map(({ role, text }) => ({ role: chatRole(role), content: text })),
    { role: 'assistant', content: answer },
  ];
}

function listIn(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new WrongAnswer(`"${name}" is not a list`);
}

function objectIn(value: unknown, name: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new WrongAnswer(`"${name}" is not an object`);
}

function numberIn(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new WrongAnswer(`"${name}" is not a number`);
}

function counted<T>(list: readonly T[], count: number, name: string): readonly T[] {
  if (list.length === count) return list;
  throw new WrongAnswer(`"${name}" has ${list.length} entries, expected ${count}`);
}

/** Restores request order from the entries' index. */
function inOrder(answer: unknown, count: number): readonly Json[] {
  const data = counted(listIn(objectIn(answer, 'answer')['data'], 'data'), count, 'data').map((entry) =>
    objectIn(entry, 'data[]'),
  );
  return data
    .map((entry, at) => ({ entry, index: typeof entry['index'] === 'number' ? entry['index'] : at }))
    .sort((a, b) => a.index - b.index)
    .map(({ entry }) => entry);
}

const named = ({ model }: EndpointRule): Json => (model === undefined ? {} : { model });

/** vLLM takes conversations and applies the chat template itself, or takes finished texts. */
function vllmBody(items: readonly EndpointItem[], rule: EndpointRule): unknown {
  const [only] = items;
  if (rule.format === undefined && only) return { ...named(rule), messages: messagesOf(only) };
  return { ...named(rule), input: items.map((item) => textOf(item, rule)) };
}

/** Converts probabilities to log-odds: a single one of "yes", or logits of labels. */
function fromProbabilities(probabilities: readonly number[]): number[] {
  const safe = probabilities.map((p) => Math.min(1 - 1e-7, Math.max(1e-7, p)));
  const [only = 0.5] = safe;
  return safe.length === 1 ? [Math.log(only / (1 - only))] : safe.map(Math.log);
}

const oip: ServerProtocol = {
  pass: 'answer',
  path: ({ model }) => `/v2/models/${encodeURIComponent(model ?? 'reward')}/infer`,
  max: 16,
  body: (items, rule) => ({
    inputs: [
      {
        name: 'text',
        shape: [items.length, 1],
        datatype: 'BYTES',
        data: items.map((item) => textOf(item, rule)),
      },
    ],
  }),
  read(answer, count) {
    const [output] = listIn(objectIn(answer, 'answer')['outputs'], 'outputs');
    const data = listIn(objectIn(output, 'outputs[0]')['data'], 'outputs[0].data').flat(3);
    if (data.length === 0 || data.length % count !== 0) {
      throw new WrongAnswer(`"outputs[0].data" has ${data.length} numbers for ${count} texts`);
    }
    const width = data.length / count;
    return Array.from({ length: count }, (_, row) =>
      data.slice(row * width, (row + 1) * width).map((value) => numberIn(value, 'outputs[0].data[]')),
    );
  },
};

const vllmClassify: ServerProtocol = {
  pass: 'answer',
  path: () => '/classify',
  max: 16,
  body: vllmBody,
  read: (answer, count) =>
    inOrder(answer, count).map((entry) =>
      fromProbabilities(listIn(entry['probs'], 'data[].probs').map((value) => numberIn(value, 'probs[]'))),
    ),
};

const vllmPooling: ServerProtocol = {
  pass: 'answer',
  path: () => '/pooling',
  max: 16,
  body: vllmBody,
  read: (answer, count) =>
    inOrder(answer, count).map((entry) => {
      // One reward per token: the last one is the reward of the whole text.
      const tokens = listIn(entry['data'], 'data[].data');
      const last: unknown = tokens.at(-1);
      return (Array.isArray(last) ? last : tokens).map((value) => numberIn(value, 'data[].data[]'));
    }),
};

const tei: ServerProtocol = {
  pass: 'answer',
  path: () => '/predict',
  max: 16,
  body: (items, rule) => ({
    inputs: items.map((item) => [textOf(item, rule)]),
    raw_scores: true,
    truncate: true,
  }),
  read(answer, count) {
    const lists = counted(listIn(answer, 'answer'), count, 'answer');
    return lists.map((list) =>
      [...listIn(list, 'answer[]')]
        .map((entry) => objectIn(entry, 'answer[][]'))
        // Labels arrive sorted by score; restore label order.
        .sort((a, b) => String(a['label']).localeCompare(String(b['label']), 'en', { numeric: true }))
        .map((entry) => numberIn(entry['score'], 'score')),
    );
  },
};

/** A request of a chat server that wants a reply of one word. */
export function chatBody(rule: EndpointRule, system: string, question: string): unknown {
  return {
    ...named(rule),
    temperature: 0,
    max_tokens: 4,
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: question },
    ],
  };
}

/** The text of a chat server's reply, if it is one. Throws WrongAnswer. */
export function chatContent(reply: unknown): unknown {
  const [choice] = listIn(objectIn(reply, 'answer')['choices'], 'choices');
  return objectIn(objectIn(choice, 'choices[0]')['message'], 'message')['content'];
}

export const CHAT_PATH = '/v1/chat/completions';

const JUDGE =
  'You compare two answers to the same conversation. Judge which one helps its user better: right, to the point, honest, safe. ' +
  'Neither their order nor their length counts. Reply with one letter alone: A if the first answer is better, B if the second one is, C if they are equally good.';

const VERDICTS: Readonly<Record<string, number>> = { A: 1, B: -1, C: 0 };

/** One order per request; the client asks in both orders. */
const openaiJudge: ServerProtocol = {
  pass: 'pair',
  path: () => CHAT_PATH,
  max: 1,
  body([item], rule) {
    const [first = '', second = ''] = item?.texts ?? [];
    const question = `${plainPrompt(item?.prompt ?? [])}\n\n--- Answer A ---\n${first}\n\n--- Answer B ---\n${second}`;
    return chatBody(rule, JUDGE, question);
  },
  read(answer) {
    const content = chatContent(answer);
    const letter = typeof content === 'string' ? /\b([ABC])\b/.exec(content.toUpperCase())?.[1] : undefined;
    const verdict = letter === undefined ? undefined : VERDICTS[letter];
    if (verdict === undefined) throw new WrongAnswer('the judge answered neither A, B nor C');
    return [[verdict]];
  },
};

export const SERVER_PROTOCOLS: Readonly<Record<EndpointProtocol, ServerProtocol>> = {
  oip,
  'vllm-classify': vllmClassify,
  'vllm-pooling': vllmPooling,
  tei,
  'openai-judge': openaiJudge,
};

/** Items per request: a conversation needs a request of its own. */
export function itemsPerRequest(protocol: ServerProtocol, { format }: EndpointRule): number {
  return protocol.body === vllmBody && format === undefined ? 1 : protocol.max;
}
