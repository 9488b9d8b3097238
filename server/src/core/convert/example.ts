// A comparison in the form that trainers' formats use, and the ways to write its messages.
import { TEXT_NAMES } from '../mapping/message.ts';
import { isNothing } from '../model/canonical.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { isList, isObject } from '../model/json.ts';
import type { Turn } from '../model/pair.ts';
import { speakerWord } from '../model/speaker.ts';
import { parseExact, spellExact } from './exactNumbers.ts';

/** Roles are system, user, assistant, tool, or the dataset's own. */
export interface Example {
  readonly prompt: readonly Turn[];
  readonly chosen: readonly Turn[];
  readonly rejected: readonly Turn[];
}

/** Roles of calls and programs. Trainers that support them use these names. */
const KEPT_ROLES: ReadonlySet<string> = new Set([
  'function_call',
  'tool_call',
  'function',
  'ipython',
  'environment',
]);

/** The trainers' name of a role; unknown roles stay unchanged. */
export function plainRole(role: string): string {
  const plain = role.trim().toLowerCase();
  return KEPT_ROLES.has(plain) ? plain : speakerWord(plain);
}

/** The content parts of a message that is more than text, and the field that holds them. */
export function partsOf({ text, more }: Turn): { name: string; parts: readonly Json[] } | undefined {
  for (const name of TEXT_NAMES) {
    const parts = more?.[name];
    if (!isList(parts)) continue;
    const texts = parts.map((part) => (typeof part === 'string' ? part : isObject(part) ? part['text'] : ''));
    if (texts.filter((word) => typeof word === 'string').join('') === text) return { name, parts };
  }
  return undefined;
}

/** A message's fields besides role and content. */
export function extrasOf(turn: Turn): readonly (readonly [string, Json])[] {
  const content = partsOf(turn)?.name;
  return Object.entries(turn.more ?? {}).flatMap(([name, value]) =>
    name === content || value === undefined ? [] : [[name, value] as const],
  );
}

/** Roles whose text is a call, as JSON: in ms-swift and LLaMA-Factory. */
const CALL_ROLES: ReadonlySet<string> = new Set(['tool_call', 'function_call']);

/** The calls in the text of a message: one or a list, each with a name. */
function callsIn(text: string): readonly JsonObject[] | undefined {
  const value = parseExact(text) ?? null;
  const calls = isList(value) ? value : [value];
  const isCall = (call: Json): call is JsonObject => isObject(call) && typeof call['name'] === 'string';
  return calls.length > 0 && calls.every(isCall) ? calls : undefined;
}

/** A message whose text is a call, as a message of the assistant with `tool_calls`; undefined for any other message. */
export function withCalls({ role, text, more }: Turn): Turn | undefined {
  const calls =
    CALL_ROLES.has(plainRole(role)) && more?.['tool_calls'] === undefined ? callsIn(text) : undefined;
  if (!calls) return undefined;
  const tool_calls = calls.map((call) => ({ type: 'function', function: call }));
  return { role: 'assistant', text: '', more: { ...more, tool_calls } };
}

/** A complete message. Always has a content, because templates read it. */
export function message(turn: Turn): JsonObject {
  const extras = extrasOf(turn).filter(([name]) => name !== 'role' && name !== 'content');
  const content = partsOf(turn)?.parts ?? turn.text;
  return { role: turn.role, content, ...Object.fromEntries(extras) };
}

/** The texts of several messages as one. */
export function joined(turns: readonly Turn[]): string {
  const [only] = turns;
  if (turns.length === 1 && only) return only.text;
  return turns.flatMap(({ text }) => (text === '' ? [] : [text])).join('\n\n');
}

/** The end of a transcript that waits for an answer. */
export const OPEN_END = '\n\nAssistant:';

const MARKS: Readonly<Record<string, string>> = { user: 'Human', assistant: 'Assistant' };

/** A conversation as one text, in HH format. */
export function transcript(turns: readonly Turn[]): string {
  const [only] = turns;
  // The text is already a prompt.
  if (turns.length === 1 && only?.text.endsWith(OPEN_END)) return only.text;
  const parts = turns.map(({ role, text }) =>
    role === 'system' ? text : `\n\n${MARKS[role] ?? role}: ${text}`,
  );
  return parts.join('') + OPEN_END;
}

const TURN_MARK = /\n\n(Human|Assistant):/g;

/**
 * The turns of an answer in a transcript, which may go on with turns of the user. A text without markers is one turn.
 * The blank after a marker belongs to the marker.
 */
export function dialogueTurns(text: string): readonly Turn[] {
  const marks = [...text.matchAll(TURN_MARK)];
  const turn = (role: string, from: number, to: number | undefined): Turn => ({
    role,
    text: text.slice(from, to).replace(/^ /, ''),
  });
  const [first] = marks;
  const opening = turn('assistant', 0, first?.index);
  const rest = marks.map((mark, i) =>
    turn(mark[1] === 'Human' ? 'user' : 'assistant', mark.index + mark[0].length, marks[i + 1]?.index),
  );
  return first && opening.text.trim() === '' ? rest : [opening, ...rest];
}

/** True if an answer holds messages of the user, or instructions: it is a dialogue and not one answer. */
export function isDialogue(turns: readonly Turn[]): boolean {
  return turns.length > 1 && turns.some(({ role }) => ['user', 'system'].includes(plainRole(role)));
}

/** An answer in a transcript. */
export function transcriptAnswer(turns: readonly Turn[]): string {
  if (!isDialogue(turns)) return joined(turns);
  const [first] = turns;
  return turns
    .map((turn) =>
      turn === first && turn.role === 'assistant'
        ? turn.text
        : `\n\n${MARKS[turn.role] ?? turn.role}: ${turn.text}`,
    )
    .join('');
}

/** Picture, audio and video parts, with LLaMA-Factory's column and marker for each. */
const MEDIA: readonly { types: readonly string[]; column: string; mark: string }[] = [
  { types: ['image', 'image_url', 'input_image'], column: 'images', mark: '<image>' },
  { types: ['video', 'video_url', 'input_video'], column: 'videos', mark: '<video>' },
  { types: ['audio', 'audio_url', 'input_audio'], column: 'audios', mark: '<audio>' },
];

interface Placed {
  readonly column: string;
  readonly mark: string;
  /** Absent if the record already has that column. */
  readonly payload?: Json;
}

/** A part that a marker in the text plus a column can represent fully. */
export function placedPart(part: Json): Placed | undefined {
  if (!isObject(part)) return undefined;
  const medium = MEDIA.find(({ types }) => types.some((type) => type === part['type']));
  if (!medium) return undefined;
  const { column, mark } = medium;
  const [payload = null, ...others] = Object.entries(part).flatMap(([name, value = null]) =>
    name === 'type' || isNothing(value) ? [] : [value],
  );
  if (others.length > 0) return undefined;
  if (payload === null) return { column, mark };
  if (!isObject(payload)) return { column, mark, payload };
  const { url, ...rest } = payload;
  return url !== undefined && Object.keys(rest).length === 0
    ? { column, mark, payload: url }
    : { column, mark, payload };
}

/** A message's text with a marker for each picture. Adds the pictures to `media`, by column. */
export function placedText(turn: Turn, media: Record<string, Json[]>): string {
  const list = partsOf(turn);
  if (!list) return turn.text;
  return list.parts
    .map((part) => {
      if (typeof part === 'string') return part;
      const placed = placedPart(part);
      if (!placed) return isObject(part) && typeof part['text'] === 'string' ? part['text'] : '';
      if (placed.payload !== undefined) (media[placed.column] ??= []).push(placed.payload);
      return placed.mark;
    })
    .join('');
}

/**
 * A message's calls as LLaMA-Factory reads them: a JSON list of names and arguments. Undefined if there are none.
 */
export function plainCalls({ more }: Turn): string | undefined {
  const calls = more?.['tool_calls'];
  if (!isList(calls) || calls.length === 0) return undefined;
  const functions = calls.map((call) => (isObject(call) ? call['function'] : undefined));
  return functions.every(isObject) ? spellExact(functions) : undefined;
}
