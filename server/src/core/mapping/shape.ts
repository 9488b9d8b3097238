// The shapes in which datasets write what was said, and the turns that each of them holds.
import type { Json, JsonObject, Path } from '../model/json.ts';
import { isList, isObject, jsonText } from '../model/json.ts';
import type { Turn } from '../model/pair.ts';
import { transcriptTurns } from './transcript.ts';

/**
 * | shape | what the field holds |
 * |--|--|
 * | `text` | a string |
 * | `transcript` | a string with turns opened by "\n\nHuman:" and "\n\nAssistant:" |
 * | `messages` | a list of messages: role or from; content, value or text |
 * | `message` | one such message |
 * | `texts` | a list of strings, one for each turn |
 * | `exchanges` | a list of [question, answer], or of objects with input and output |
 * | `json` | a string that holds any of the lists above as JSON |
 * | `ids` | a list of token numbers |
 * | `image` | a picture: a path, an address or bytes |
 * | `any` | whichever of these it is |
 */
export type Shape =
  'text' | 'transcript' | 'messages' | 'message' | 'texts' | 'exchanges' | 'json' | 'ids' | 'image' | 'any';

/** A turn, and the string that holds its text, counted from the field. */
export interface PlacedTurn extends Turn {
  readonly path: Path;
}

const ROLE_NAMES = ['role', 'from', 'speaker'] as const;
const TEXT_NAMES = ['content', 'value', 'text'] as const;

function roleOf(message: JsonObject): string | undefined {
  for (const name of ROLE_NAMES) if (typeof message[name] === 'string') return message[name];
  return undefined;
}

function textNameOf(message: JsonObject): string | undefined {
  return TEXT_NAMES.find((name) => message[name] !== undefined);
}

function partText(part: Json): string {
  if (typeof part === 'string') return part;
  if (!isObject(part)) return '';
  if (typeof part['text'] === 'string') return part['text'];
  return typeof part['type'] === 'string' ? `[${part['type']}]` : '';
}

/** The text of a message; parts other than text are named by their type. Undefined when it has no content. */
function messageText(message: JsonObject): string | undefined {
  const name = textNameOf(message);
  const content = name === undefined ? null : message[name];
  if (typeof content === 'string') return content;
  if (isList(content)) return content.map(partText).join('');
  const calls = message['tool_calls'];
  return content === null && calls !== undefined ? jsonText(calls) : undefined;
}

function isMessage(value: Json | undefined): value is JsonObject {
  return isObject(value) && roleOf(value) !== undefined && messageText(value) !== undefined;
}

function isText(value: Json | undefined): value is string {
  return typeof value === 'string';
}

/** Both forms of an exchange: [question, answer] and {input, output}. */
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

/** The list in a JSON string. Undefined when it is no such string. */
function parseList(value: Json | undefined): readonly Json[] | undefined {
  if (!isText(value) || !/^\s*\[/.test(value)) return undefined;
  try {
    const list = JSON.parse(value) as Json;
    return isList(list) ? list : undefined;
  } catch {
    return undefined;
  }
}

function isFilled(list: Json | undefined): list is readonly Json[] {
  return isList(list) && list.length > 0;
}

/** In the order in which `any` tries them. */
const TESTS: Record<Exclude<Shape, 'any'>, (value: Json | undefined) => boolean> = {
  json: (value) => {
    const list = parseList(value);
    return isFilled(list) && (list.every(isMessage) || list.every((item) => isText(item) || item === null));
  },
  transcript: (value) => isText(value) && value.includes('\n\nAssistant:'),
  text: isText,
  messages: (value) => isFilled(value) && value.every(isMessage),
  message: isMessage,
  texts: (value) => isFilled(value) && value.every(isText),
  ids: (value) => isFilled(value) && value.every((item) => typeof item === 'number'),
  exchanges: (value) => isList(value) && value.every((item) => exchangeTexts(item) !== undefined),
  image: (value) => isText(value) || isObject(value),
};
const CONCRETE = Object.keys(TESTS) as Exclude<Shape, 'any'>[];

export function hasShape(value: Json | undefined, shape: Shape): boolean {
  return shape === 'any' ? CONCRETE.some((one) => TESTS[one](value)) : TESTS[shape](value);
}

/** The shape that a value has, for fields declared as `any`. */
export function concreteShape(value: Json, shape: Shape): Exclude<Shape, 'any'> {
  return shape === 'any' ? (CONCRETE.find((one) => TESTS[one](value)) ?? 'text') : shape;
}

export const SHAPE_WORDS: Record<Shape, string> = {
  text: 'a string',
  transcript: 'a string',
  messages: 'a list of messages with a role and a content',
  message: 'a message with a role and a content',
  texts: 'a list of strings',
  exchanges: 'a list of questions with their answers',
  json: 'a list of messages as JSON in a string',
  ids: 'a list of token numbers',
  image: 'a picture',
  any: 'text or messages',
};

/** Roles of turns that carry none: the dataset alternates. */
function alternating(index: number): string {
  return index % 2 === 0 ? 'user' : 'assistant';
}

function listTurns(list: readonly Json[]): PlacedTurn[] {
  const turns: PlacedTurn[] = [];
  list.forEach((item, i) => {
    const exchange = exchangeTexts(item);
    if (isText(item)) turns.push({ role: alternating(i), text: item, path: [i] });
    else if (isObject(item) && isMessage(item)) {
      turns.push({
        role: roleOf(item) ?? '',
        text: messageText(item) ?? '',
        path: [i, textNameOf(item) ?? 'tool_calls'],
      });
    } else if (exchange) {
      exchange.forEach(([step, text], side) =>
        turns.push({ role: alternating(side), text, path: [i, step] }),
      );
    }
  });
  return turns;
}

/** What was said, turn by turn. `role` is that of a plain text. */
export function turnsOf(value: Json, shape: Exclude<Shape, 'any'>, role: string): PlacedTurn[] {
  switch (shape) {
    case 'text':
      return isText(value) ? [{ role, text: value, path: [] }] : [];
    case 'transcript': {
      const turns = isText(value) ? transcriptTurns(value) : [];
      // A transcript without a marker is still text.
      if (turns.length === 0 && isText(value) && value.trim() !== '')
        return [{ role, text: value, path: [] }];
      return turns.map((turn) => ({ ...turn, path: [] }));
    }
    case 'messages':
    case 'texts':
    case 'exchanges':
      return isList(value) ? listTurns(value) : [];
    case 'message':
      return listTurns([value]).map(({ path, ...turn }) => ({ ...turn, path: path.slice(1) }));
    case 'json':
      // Places inside the string cannot be named by a path: the string is the place.
      return listTurns(parseList(value) ?? []).map((turn) => ({ ...turn, path: [] }));
    case 'ids':
      return isList(value) ? [{ role, text: jsonText(value), path: [] }] : [];
    case 'image':
      return [{ role, text: isText(value) ? value : '[image]', path: [] }];
  }
}
