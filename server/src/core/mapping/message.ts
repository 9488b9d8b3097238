// What a message is: a role, words, and whatever else it holds. The one place that knows the field names of messages.
import { isNothing } from '../model/canonical.ts';
import type { Json, JsonObject, Path } from '../model/json.ts';
import { isList, isObject } from '../model/json.ts';
import type { Turn } from '../model/pair.ts';

export const ROLE_NAMES = ['role', 'from', 'speaker'] as const;
/** Fields that hold the words of a message, the first that holds something first. */
export const TEXT_NAMES = ['content', 'value', 'text'] as const;

/** Parts of a content that are words. */
export const TEXT_TYPES: ReadonlySet<Json> = new Set(['text', 'input_text', 'output_text']);

/** Fields that make a message of an object without a content. */
const CONTENT_NAMES = [
  'tool_calls',
  'tool_call',
  'function_call',
  'tool_responses',
  'reasoning_content',
  'reasoning',
  'thinking',
  'refusal',
  'parts',
  'image',
  'images',
  'audio',
  'video',
  'videos',
] as const;

/** Fields that number or date a message, and are no part of what it says. */
const BOOKKEEPING: ReadonlySet<string> = new Set([
  'id',
  'uuid',
  'message_id',
  'parent_id',
  'index',
  'idx',
  'timestamp',
  'created_at',
  'create_time',
  'created',
  'num_tokens',
]);

/** A string that holds a part of a text. `length` in UTF-16 units. */
export interface PlacedString {
  readonly path: Path;
  readonly length: number;
}

/** A message, and the strings that hold its words, counted from the message. */
export interface PlacedMessage extends Turn {
  /** Of the value to point at. */
  readonly path: Path;
  readonly roleName: string;
  readonly strings: readonly PlacedString[];
}

function roleNameOf(message: JsonObject): string | undefined {
  return ROLE_NAMES.find((name) => typeof message[name] === 'string');
}

function textNameOf(message: JsonObject): string | undefined {
  return (
    TEXT_NAMES.find((name) => !isNothing(message[name])) ??
    TEXT_NAMES.find((name) => message[name] !== undefined)
  );
}

/** The words of a part; undefined for a part that is, or holds, something else. */
function partText(part: Json): string | undefined {
  if (typeof part === 'string') return part;
  if (!isObject(part) || typeof part['text'] !== 'string') return undefined;
  const isOnlyText = Object.entries(part).every(
    ([name, value]) => name === 'text' || name === 'type' || isNothing(value),
  );
  const type = part['type'] ?? 'text';
  return isOnlyText && TEXT_TYPES.has(type) ? part['text'] : undefined;
}

function partPath(part: Json, path: Path): Path {
  return typeof part === 'string' ? path : [...path, 'text'];
}

/** What stands beside role and words; undefined where nothing does. */
function moreOf(message: JsonObject, roleName: string, textName: string | undefined): JsonObject | undefined {
  let more: Record<string, Json> | undefined;
  for (const name of Object.keys(message)) {
    const value = message[name];
    if (name === roleName || name === textName || value === undefined) continue;
    if (isNothing(value) || BOOKKEEPING.has(name)) continue;
    (more ??= {})[name] = value;
  }
  return more;
}

/** Reads a message. Undefined for a value that is none. */
export function readMessage(value: Json | undefined): PlacedMessage | undefined {
  if (!isObject(value)) return undefined;
  const roleName = roleNameOf(value);
  if (roleName === undefined) return undefined;
  const role = value[roleName] as string;
  const textName = textNameOf(value);
  const content = textName === undefined ? undefined : (value[textName] ?? undefined);
  const more = moreOf(value, roleName, textName);
  const withMore = more && { more };
  if (typeof content === 'string' && textName !== undefined) {
    const path = [textName];
    return { role, roleName, text: content, path, strings: [{ path, length: content.length }], ...withMore };
  }
  if (isList(content) && textName !== undefined) {
    const strings: PlacedString[] = [];
    let text = '';
    let isText = true;
    for (const [i, part] of content.entries()) {
      const words = partText(part);
      isText &&= words !== undefined;
      if (words === undefined) continue;
      strings.push({ path: partPath(part, [textName, i]), length: words.length });
      text += words;
    }
    // Which part stands where says something too: a list that holds more than words is kept as it is.
    const all = isText ? more : { ...more, [textName]: content };
    return { role, roleName, text, path: strings[0]?.path ?? [textName], strings, ...(all && { more: all }) };
  }
  if (content !== undefined) return undefined;
  // Tables write null where a message has no words.
  const name = textName ?? CONTENT_NAMES.find((one) => !isNothing(value[one]));
  if (name === undefined) return undefined;
  return { role, roleName, text: '', path: [name], strings: [], ...withMore };
}

export function isMessage(value: Json | undefined): value is JsonObject {
  return readMessage(value) !== undefined;
}
