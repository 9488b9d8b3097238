// Reads messages: a role, text, and everything else. The only place that knows the field names of messages.
import { isNothing } from '../model/canonical.ts';
import type { Json, JsonObject, Path } from '../model/json.ts';
import { isList, isObject } from '../model/json.ts';
import type { Turn } from '../model/pair.ts';

export const ROLE_NAMES = ['role', 'from', 'speaker'] as const;
/** Fields with a message's text, in order of precedence. */
export const TEXT_NAMES = ['content', 'value', 'text', 'parts'] as const;

/** Types of content parts that are text. */
export const TEXT_TYPES: ReadonlySet<Json> = new Set(['text', 'input_text', 'output_text']);

/** Fields that make an object without content a message. */
const CONTENT_NAMES = [
  'tool_calls',
  'tool_call',
  'function_call',
  'tool_responses',
  'reasoning_content',
  'reasoning',
  'thinking',
  'refusal',
  'image',
  'images',
  'audio',
  'video',
  'videos',
] as const;

/** Fields that number or date a message and are not part of its content. */
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

/** A string that holds part of a text. `length` in UTF-16 units. */
export interface PlacedString {
  readonly path: Path;
  readonly length: number;
}

/** A message, and the strings that hold its text, with paths relative to the message. */
export interface PlacedMessage extends Turn {
  /** Path of the value to point at. */
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

/** The text of a part; undefined if the part is, or holds, something else. */
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

/** Fields besides role and text; undefined if there are none. */
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

/** Undefined if the value is not a message. */
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
      const own = partText(part);
      isText &&= own !== undefined;
      if (own === undefined) continue;
      strings.push({ path: partPath(part, [textName, i]), length: own.length });
      text += own;
    }
    // The position of parts matters too, so a list with more than text is kept whole.
    const all = isText ? more : { ...more, [textName]: content };
    return { role, roleName, text, path: strings[0]?.path ?? [textName], strings, ...(all && { more: all }) };
  }
  if (content !== undefined) return undefined;
  // Tables write null if a message has no text.
  const name = textName ?? CONTENT_NAMES.find((one) => !isNothing(value[one]));
  if (name === undefined) return undefined;
  return { role, roleName, text: '', path: [name], strings: [], ...withMore };
}

export function isMessage(value: Json | undefined): value is JsonObject {
  return readMessage(value) !== undefined;
}
