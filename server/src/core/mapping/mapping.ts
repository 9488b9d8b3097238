import type { Json, JsonObject, Path } from '../model/json.ts';
import { isList, isObject } from '../model/json.ts';
import type { Pair, Side, Turn } from '../model/pair.ts';
import { sharedTranscriptPrompt, transcriptTurns } from './transcript.ts';

function asText(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** What a field must hold for a mapping to apply. */
export type Shape = 'text' | 'transcript' | 'messages' | 'absent';

/**
 * How the fields of a record become a pair: one row of the table in `table.ts`.
 * `prompt: 'absent'` with transcripts or messages means that both sides repeat the prompt.
 */
export interface Mapping {
  readonly id: string;
  /** What people call this schema. */
  readonly title: string;
  readonly prompt: Shape;
  readonly side: Exclude<Shape, 'absent'>;
  /** Which side is the better one, in words. */
  readonly polarity: string;
}

/** Why a record gives no pair under its file's mapping, and where. */
export interface MappingProblem {
  readonly kind: 'missing-field' | 'wrong-type';
  readonly path: Path;
  readonly expected: string;
}

export type Reading = { readonly pair: Pair } | { readonly problem: MappingProblem };

const SHAPE_WORDS: Record<Shape, string> = {
  text: 'a string',
  transcript: 'a string',
  messages: 'a list of messages with a role and a content',
  absent: 'nothing',
};

function isMessage(value: Json): value is JsonObject {
  return isObject(value) && typeof value['role'] === 'string' && messageText(value) !== undefined;
}

/** The text of a message; parts other than text are named by their type. Undefined when it has no content. */
function messageText(message: JsonObject): string | undefined {
  const content = message['content'];
  if (typeof content === 'string') return content;
  if (content === null && message['tool_calls'] !== undefined) return JSON.stringify(message['tool_calls']);
  if (!isList(content)) return undefined;
  return content
    .map((part) =>
      isObject(part) ? (typeof part['text'] === 'string' ? part['text'] : `[${asText(part['type'])}]`) : '',
    )
    .join('');
}

/** True when `value` has this shape. Transcripts must name an assistant turn. */
export function hasShape(value: Json | undefined, shape: Shape): boolean {
  switch (shape) {
    case 'absent':
      return value === undefined || value === null;
    case 'text':
      return typeof value === 'string';
    case 'transcript':
      return typeof value === 'string' && value.includes('\n\nAssistant:');
    case 'messages':
      return isList(value) && value.length > 0 && value.every(isMessage);
  }
}

export function matches(mapping: Mapping, record: JsonObject): boolean {
  return (
    hasShape(record['prompt'], mapping.prompt) &&
    hasShape(record['chosen'], mapping.side) &&
    hasShape(record['rejected'], mapping.side)
  );
}

function findProblem(mapping: Mapping, record: JsonObject): MappingProblem | undefined {
  const wanted = { prompt: mapping.prompt, chosen: mapping.side, rejected: mapping.side } as const;
  for (const [field, shape] of Object.entries(wanted)) {
    if (shape === 'absent') continue;
    const value = record[field];
    // One transcript without a marker in a file of transcripts is still text that can be read.
    if (hasShape(value, shape === 'transcript' ? 'text' : shape)) continue;
    const missing = value === undefined || value === null;
    if (!missing && shape === 'messages' && isList(value) && value.length === 0) continue;
    return {
      kind: missing ? 'missing-field' : 'wrong-type',
      path: value === undefined ? [] : [field],
      expected: missing ? `"${field}"` : `"${field}" to be ${SHAPE_WORDS[shape]}`,
    };
  }
  return undefined;
}

function toTurns(value: Json | undefined): Turn[] {
  if (!isList(value)) return [];
  return value
    .filter(isObject)
    .map((message) => ({ role: asText(message['role']), text: messageText(message) ?? '' }));
}

function countSharedTurns(a: readonly Turn[], b: readonly Turn[]): number {
  const most = Math.min(a.length, b.length);
  let shared = 0;
  while (shared < most && a[shared]?.role === b[shared]?.role && a[shared]?.text === b[shared]?.text)
    shared++;
  // Identical lists still end in an answer each.
  return shared === most && shared > 0 ? shared - 1 : shared;
}

function messagesSide(field: string, turns: readonly Turn[], from: number): Side {
  const answer = turns.slice(from);
  const only = answer.length === 1 ? answer[0] : undefined;
  const text = only ? only.text : answer.map((turn) => turn.text).join('\n\n');
  return {
    text,
    path: turns.length > 0 ? [field, Math.max(from, turns.length - 1), 'content'] : [field],
    textStart: 0,
  };
}

function readText(record: JsonObject): Pair {
  const prompt = record['prompt'];
  return {
    prompt: typeof prompt === 'string' ? [{ role: 'user', text: prompt }] : [],
    chosen: { text: asText(record['chosen']), path: ['chosen'], textStart: 0 },
    rejected: { text: asText(record['rejected']), path: ['rejected'], textStart: 0 },
  };
}

function readTranscript(record: JsonObject): Pair {
  const chosen = asText(record['chosen']);
  const rejected = asText(record['rejected']);
  const promptEnd = sharedTranscriptPrompt(chosen, rejected);
  return {
    prompt: transcriptTurns(chosen.slice(0, promptEnd)),
    chosen: { text: chosen.slice(promptEnd), path: ['chosen'], textStart: promptEnd },
    rejected: { text: rejected.slice(promptEnd), path: ['rejected'], textStart: promptEnd },
  };
}

function readMessages(record: JsonObject): Pair {
  const chosen = toTurns(record['chosen']);
  const rejected = toTurns(record['rejected']);
  const shared = countSharedTurns(chosen, rejected);
  const prompt = record['prompt'];
  const own = typeof prompt === 'string' ? [{ role: 'user', text: prompt }] : toTurns(prompt);
  const repeated = chosen.slice(0, shared);
  // Some exporters put the user's turn both in `prompt` and at the head of both sides.
  const isCopy = own.length > 0 && repeated.at(-1)?.text === own.at(-1)?.text;
  return {
    prompt: isCopy ? repeated : [...own, ...repeated],
    chosen: messagesSide('chosen', chosen, shared),
    rejected: messagesSide('rejected', rejected, shared),
  };
}

const READERS = { text: readText, transcript: readTranscript, messages: readMessages };

/** Reads one record under its file's mapping: a pair, or the reason why there is none. */
export function readPair(mapping: Mapping, record: JsonObject): Reading {
  const problem = findProblem(mapping, record);
  return problem ? { problem } : { pair: READERS[mapping.side](record) };
}
