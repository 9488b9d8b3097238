// Lists of messages as a record holds them, with the places of roles and texts.
import type { Mapping } from '../../mapping/mapping.ts';
import { namesRead } from '../../mapping/read.ts';
import type { Json, JsonObject, Path } from '../../model/json.ts';
import { isList, isObject } from '../../model/json.ts';

/** What a role word means. */
export type Speaker = 'system' | 'user' | 'assistant' | 'tool';

const SPEAKERS: Readonly<Record<Speaker, readonly string[]>> = {
  system: ['system', 'developer'],
  user: ['user', 'human', 'prompter', 'question', 'instruction'],
  assistant: [
    'assistant',
    'gpt',
    'model',
    'bot',
    'chatgpt',
    'chatbot',
    'bard',
    'bing',
    'ai',
    'answer',
    'claude',
  ],
  tool: [
    'tool',
    'function',
    'ipython',
    'observation',
    'environment',
    'function_call',
    'tool_call',
    'function_response',
    'tool_response',
  ],
};

const BY_WORD: ReadonlyMap<string, Speaker> = new Map(
  Object.entries(SPEAKERS).flatMap(([speaker, words]) =>
    words.map((word) => [word, speaker as Speaker] as const),
  ),
);

/** Undefined for a word that no trainer is known to understand. */
export function speakerOf(role: string): Speaker | undefined {
  return BY_WORD.get(role.trim().toLowerCase());
}

export interface Message {
  readonly role: string;
  readonly speaker: Speaker | undefined;
  /** Of the value that holds the role. */
  readonly path: Path;
  /** '' where the content is not a text. */
  readonly text: string;
}

export interface MessageList {
  /** Of the list. */
  readonly path: Path;
  readonly messages: readonly Message[];
}

const ROLES = ['role', 'from'] as const;
const TEXTS = ['content', 'value', 'text'] as const;

function messageOf(value: Json, path: Path): Message | undefined {
  if (!isObject(value)) return undefined;
  const name = ROLES.find((one) => typeof value[one] === 'string');
  if (name === undefined || !TEXTS.some((one) => value[one] !== undefined)) return undefined;
  const role = value[name] as string;
  const text = TEXTS.map((one) => value[one]).find((one) => typeof one === 'string') ?? '';
  return { role, speaker: speakerOf(role), path: [...path, name], text };
}

function listOf(value: Json | undefined, path: Path): MessageList | undefined {
  if (!isList(value) || value.length === 0) return undefined;
  const messages: Message[] = [];
  for (const [i, item] of value.entries()) {
    const message = messageOf(item, [...path, i]);
    if (!message) return undefined;
    messages.push(message);
  }
  return { path, messages };
}

/** The lists of messages in the fields that the mapping reads, in the order of the record; also one level below. */
export function messageLists(record: JsonObject, mapping: Mapping): readonly MessageList[] {
  // Half a dozen checks ask for them.
  const known = found.get(record);
  if (known) return known;
  const lists = findLists(record, mapping);
  found.set(record, lists);
  return lists;
}

const found = new WeakMap<JsonObject, readonly MessageList[]>();

function findLists(record: JsonObject, mapping: Mapping): readonly MessageList[] {
  const lists: MessageList[] = [];
  for (const name of namesRead(mapping)) {
    const value = record[name];
    const list = listOf(value, [name]);
    if (list) lists.push(list);
    else if (isObject(value)) {
      for (const [inner, item] of Object.entries(value)) {
        const below = listOf(item, [name, inner]);
        if (below) lists.push(below);
      }
    }
  }
  return lists;
}

/** The lists that hold an answer of the first pair: its chosen and its rejected one. */
export function sideLists(
  lists: readonly MessageList[],
  pair: { readonly chosen: { readonly path: Path }; readonly rejected: { readonly path: Path } } | undefined,
): readonly [MessageList, MessageList] | undefined {
  const find = (path: Path | undefined): MessageList | undefined =>
    lists.find((list) => list.path.every((step, i) => step === path?.[i]));
  const [chosen, rejected] = [find(pair?.chosen.path), find(pair?.rejected.path)];
  return chosen && rejected && chosen !== rejected ? [chosen, rejected] : undefined;
}
