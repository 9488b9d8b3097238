// The shapes in which datasets store text and conversations, and how to read turns from each.
import type { Json, Path } from '../model/json.ts';
import { isList, isObject, jsonText } from '../model/json.ts';
import type { Turn } from '../model/pair.ts';
import type { PlacedMessage, PlacedString } from './message.ts';
import { isMessage, readMessage } from './message.ts';
import { isTranscript, transcriptTurns } from './transcript.ts';

/**
 * | shape | what the field holds |
 * |--|--|
 * | `text` | a string |
 * | `transcript` | a string with turns opened by markers: "\n\nHuman:", "[INST]", "<\|im_start\|>" and others |
 * | `messages` | a list of messages: role or from; content, value or text |
 * | `message` | one such message |
 * | `parts` | a list of objects with a text, or an object with such a list: the content of a message without its role |
 * | `texts` | a list of strings, one for each turn |
 * | `exchanges` | a list of [question, answer], or of objects with input and output |
 * | `json` | a string that holds any of the lists above, or one message, as JSON; fields of messages may hold it too |
 * | `ids` | a list of token numbers |
 * | `image` | a picture: a path, an address or bytes |
 * | `any` | whichever of these it is |
 * | `words` | a text or a conversation: no token numbers, no picture, and no list of texts, which may be rivals |
 */
export type Shape =
  | 'text'
  | 'transcript'
  | 'messages'
  | 'message'
  | 'parts'
  | 'texts'
  | 'exchanges'
  | 'json'
  | 'ids'
  | 'image'
  | 'any'
  | 'words';

/** A shape that says how to read a value. */
export type ConcreteShape = Exclude<Shape, 'any' | 'words'>;

/** A turn, and the strings that hold its text, with paths relative to the field. */
export interface PlacedTurn extends Turn {
  /** Path of the value to point at. */
  readonly path: Path;
  /** In order; together they are the text. Empty if the text is in no string by itself. */
  readonly strings: readonly PlacedString[];
}

/** A turn whose text is the string at `path`. */
function textTurn(role: string, text: string, path: Path): PlacedTurn {
  return { role, text, path, strings: [{ path, length: text.length }] };
}

function isText(value: Json | undefined): value is string {
  return typeof value === 'string';
}

/** Reads both forms of an exchange: [question, answer] and {input, output}. */
function exchangeTexts(
  value: Json,
): readonly [readonly [string | number, string], readonly [string | number, string]] | undefined {
  if (isList(value) && value.length === 2 && isText(value[0]) && isText(value[1])) {
    return [
      [0, value[0]],
      [1, value[1]],
    ];
  }
  if (!isObject(value) || !isText(value['input']) || !isText(value['output'])) return undefined;
  return [
    ['input', value['input']],
    ['output', value['output']],
  ];
}

/** Parses a list, or one message, from a JSON string; undefined if the value is neither. */
function parseList(value: Json | undefined): readonly Json[] | undefined {
  if (!isText(value) || !/^\s*[[{]/.test(value)) return undefined;
  try {
    const parsed = JSON.parse(value) as Json;
    if (isList(parsed)) return parsed;
    return isMessage(parsed) ? [parsed] : undefined;
  } catch {
    return undefined;
  }
}

/** True for messages that a writer stored as JSON text. */
function isJsonMessages(value: Json | undefined): boolean {
  const list = parseList(value);
  return isFilled(list) && list.every(isMessage);
}

/** A Python list of messages as text: `[{'role': 'user', 'content': …`. */
const PYTHON = /^\s*[[(]?\s*\{\s*'(?:role|from|speaker|content|value)'\s*:/;

/** The expression above backtracks over blanks, so it sees no more than this, in UTF-16 units. */
const MAX_PYTHON_START = 64;

/** True for messages that Python wrote as text. They are not JSON, and only Python reads them. */
export function isPythonText(value: Json | undefined): boolean {
  return isText(value) && PYTHON.test(value.slice(0, MAX_PYTHON_START));
}

/** The message that a content makes; undefined if the value is no list of parts. */
function partsMessage(value: Json | undefined, role: string): PlacedMessage | undefined {
  const isPart = (item: Json): boolean => isObject(item) && isText(item['text']) && !isMessage(item);
  if (isList(value) && value.length > 0 && value.every(isPart)) {
    const message = readMessage({ role, content: value });
    const inside = (path: Path): Path => path.slice(1);
    return (
      message && {
        ...message,
        path: inside(message.path),
        strings: message.strings.map((one) => ({ ...one, path: inside(one.path) })),
      }
    );
  }
  if (!isObject(value) || !isList(value['parts'])) return undefined;
  return readMessage({ role, parts: value['parts'] });
}

function isFilled(list: Json | undefined): list is readonly Json[] {
  return isList(list) && list.length > 0;
}

/** In the order in which `any` tries them. */
const TESTS: Record<ConcreteShape, (value: Json | undefined) => boolean> = {
  json: (value) => {
    const list = parseList(value);
    return isFilled(list) && (list.every(isMessage) || list.every((item) => isText(item) || item === null));
  },
  transcript: (value) => isText(value) && isTranscript(value),
  text: (value) => isText(value) && !isJsonMessages(value) && !isPythonText(value),
  messages: (value) => (isFilled(value) && value.every(isMessage)) || isJsonMessages(value),
  message: (value) => isMessage(value) || isJsonMessages(value),
  parts: (value) => partsMessage(value, 'user') !== undefined,
  texts: (value) => isFilled(value) && value.every(isText),
  ids: (value) => isFilled(value) && value.every((item) => typeof item === 'number'),
  exchanges: (value) => isList(value) && value.every((item) => exchangeTexts(item) !== undefined),
  image: (value) => isText(value) || isObject(value),
};

/** The shapes among which a field chooses by its value, in the order in which they are tried. */
const CHOICES: Readonly<Record<'any' | 'words', readonly ConcreteShape[]>> = {
  any: Object.keys(TESTS) as ConcreteShape[],
  words: ['transcript', 'text', 'messages', 'message', 'exchanges'],
};

function matching(value: Json | undefined, shape: 'any' | 'words'): ConcreteShape | undefined {
  if (shape === 'words' && isList(value) && value.length === 0) return undefined;
  return CHOICES[shape].find((one) => TESTS[one](value));
}

export function hasShape(value: Json | undefined, shape: Shape): boolean {
  return shape === 'any' || shape === 'words' ? matching(value, shape) !== undefined : TESTS[shape](value);
}

/** The actual shape of a value: of one declared as `any` or `words`, and of messages stored as JSON text. */
export function concreteShape(value: Json, shape: Shape): ConcreteShape {
  const own = shape === 'any' || shape === 'words' ? (matching(value, shape) ?? 'text') : shape;
  return isText(value) && (own === 'messages' || own === 'message') ? 'json' : own;
}

export const SHAPE_LABELS: Record<Shape, string> = {
  text: 'a string',
  transcript: 'a string',
  messages: 'a list of messages with a role and a content',
  message: 'a message with a role and a content',
  parts: 'a list of parts with a text',
  texts: 'a list of strings',
  exchanges: 'a list of questions with their answers',
  json: 'a list of messages as JSON in a string',
  ids: 'a list of token numbers',
  image: 'a picture',
  any: 'text or messages',
  words: 'text or messages',
};

/** Roles of turns without one: user and assistant alternate. */
function alternating(index: number): string {
  return index % 2 === 0 ? 'user' : 'assistant';
}

function listTurns(list: readonly Json[], role: string): PlacedTurn[] {
  const turns: PlacedTurn[] = [];
  // An answer ends with a text of the assistant, so an odd number of texts begins with one.
  const first = role === 'assistant' ? list.length % 2 : 0;
  list.forEach((item, i) => {
    if (isText(item)) {
      // A single text is not a conversation.
      turns.push(textTurn(list.length === 1 ? role : alternating(first + i), item, [i]));
      return;
    }
    const message = readMessage(item);
    if (message) {
      const { role, text, more, path } = message;
      const strings = message.strings.map((one) => ({ ...one, path: [i, ...one.path] }));
      turns.push({ role, text, ...(more && { more }), path: [i, ...path], strings });
      return;
    }
    exchangeTexts(item)?.forEach(([step, text], side) =>
      turns.push(textTurn(alternating(side), text, [i, step])),
    );
  });
  return turns;
}

/** A turn whose text is in no string by itself. */
function withoutStrings(turn: PlacedTurn): PlacedTurn {
  return { ...turn, path: [], strings: [] };
}

/** Reads a value's turns. `role` is used for a plain text. */
export function turnsOf(value: Json, shape: ConcreteShape, role: string): PlacedTurn[] {
  switch (shape) {
    case 'text':
      return isText(value) ? [textTurn(role, value, [])] : [];
    case 'transcript': {
      const turns = isText(value) ? transcriptTurns(value) : [];
      // A transcript without markers is still text.
      if (turns.length === 0 && isText(value) && value.trim() !== '') return [textTurn(role, value, [])];
      return turns.map((turn) => ({ ...turn, path: [], strings: [] }));
    }
    case 'messages':
    case 'texts':
    case 'exchanges':
      return isList(value) ? listTurns(value, role) : [];
    case 'message':
      if (isList(value)) return listTurns(value, role);
      return listTurns([value], role).map(({ path, strings, ...turn }) => ({
        ...turn,
        path: path.slice(1),
        strings: strings.map((one) => ({ ...one, path: one.path.slice(1) })),
      }));
    case 'parts': {
      const message = partsMessage(value, role);
      if (!message) return [];
      const { text, more, path, strings } = message;
      return [{ role, text, ...(more && { more }), path, strings }];
    }
    case 'json':
      // A path can't point inside a JSON string, so point at the string.
      return listTurns(parseList(value) ?? [], role).map(withoutStrings);
    case 'ids':
      return isList(value) ? [{ role, text: jsonText(value), path: [], strings: [] }] : [];
    case 'image':
      return isText(value)
        ? [textTurn(role, value, [])]
        : [{ role, text: '', more: { image: value }, path: [], strings: [] }];
  }
}
