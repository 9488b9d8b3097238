import { canonical } from './canonical.ts';
import { isOwnPrompt, kindOfField } from './fieldNames.ts';
import type { Json, JsonObject, Path } from './json.ts';
import { isList, isObject } from './json.ts';
import { speakerOf, speakerWord } from './speaker.ts';

/** One message of a conversation. `role` is the dataset's own name for the speaker. */
export interface Turn {
  readonly role: string;
  readonly text: string;
  /**
   * The message's other fields: calls, reasoning, pictures. Includes `content` if that is a list with more than
   * text. Absent if there are none.
   */
  readonly more?: JsonObject;
}

export type SideName = 'chosen' | 'rejected';

/** A part of an answer's text, and the string value that holds it. */
export interface Piece {
  /** Half-open range in the answer's text, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  readonly path: Path;
}

/** One answer, and where its text is in the record. */
export interface Side {
  /** Text of the answer without the prompt. A blank line separates the texts of several messages. */
  readonly text: string;
  /** The string value that holds the answer, or its last part. */
  readonly path: Path;
  /** Start of the answer in that value, in UTF-16 units: a transcript repeats the prompt first. */
  readonly textStart: number;
  /** Messages of the answer; a plain text is one assistant message. */
  readonly turns: readonly Turn[];
  /** Absent if the string at `path` holds the whole text. Text outside all pieces is in no string by itself. */
  readonly pieces?: readonly Piece[];
  /** Record fields that belong to this answer, by their names without the side. */
  readonly more?: JsonObject;
}

/** One comparison: a prompt and two answers. Unless it is a tie, one of them is labelled as better. */
export interface Pair {
  /** Empty if the record has no prompt. */
  readonly prompt: readonly Turn[];
  /** Parts of the prompt that are no turns: tools, pictures, texts that the mapping does not read. */
  readonly context?: JsonObject;
  readonly chosen: Side;
  readonly rejected: Side;
  /** The label calls both answers equal; `chosen` is then the first one in the record. */
  readonly isTie: boolean;
  /** Positions of the two answers among the record's candidates. */
  readonly candidates: readonly [chosen: number, rejected: number];
}

/** Whether a side can have a prompt for itself: most answers are one text. */
function mayHavePrompt({ turns, more }: Side): boolean {
  const [first] = turns;
  return more !== undefined || (first !== undefined && speakerOf(first.role) !== 'assistant');
}

/** The prompt that a side has for itself: fields of its own, and what it says before its first answer. */
function ownPrompt({ turns, more = {} }: Side): string {
  const fields = Object.entries(more).filter(([name]) => isOwnPrompt(name));
  const first = turns.findIndex(({ role }) => speakerOf(role) === 'assistant');
  const before = turns.slice(0, Math.max(0, first)).map(({ role, text }): Json => [role, text]);
  return canonical([Object.fromEntries(fields), before]);
}

/**
 * True if the answers reply to different prompts: a preference for a prompt with its answer, not for an answer. What a scorer
 * gives to a prompt then does not cancel.
 */
export function promptsDiffer({ chosen, rejected }: Pick<Pair, 'chosen' | 'rejected'>): boolean {
  return (mayHavePrompt(chosen) || mayHavePrompt(rejected)) && ownPrompt(chosen) !== ownPrompt(rejected);
}

/** Turns of an answer that is plain text. */
export function plainTurns(text: string): readonly Turn[] {
  return [{ role: 'assistant', text }];
}

/** Length of the prompt's turns together, in UTF-16 units. */
export function promptLength({ prompt }: Pick<Pair, 'prompt'>): number {
  return prompt.reduce((sum, { text }) => sum + text.length, 0);
}

/** The prompt's text with roles, in one string: the input of scorers. */
export function promptText({ prompt }: Pick<Pair, 'prompt'>): string {
  return prompt.map((turn) => `${turn.role}\u0000${turn.text}`).join('\u0001');
}

/** True for an answer that is a single text-only message, whatever its role is called. */
export function isPlain({ turns, more }: Side): boolean {
  const [only] = turns;
  if (more || turns.length > 1 || only?.more) return false;
  return only === undefined || (speakerOf(only.role) ?? 'assistant') === 'assistant';
}

/**
 * One spelling of everything in an answer except its text; '' for a plain text. If it is equal for two answers,
 * they can differ only in their text.
 */
export function beyondText(side: Side): string {
  if (isPlain(side)) return '';
  const turns = side.turns.map(({ role, more = null }): Json => [speakerWord(role), more]);
  return canonical([turns, side.more ?? null]);
}

/** True if two messages are equal except for their text. */
export function isSameMore(a: Pick<Turn, 'more'>, b: Pick<Turn, 'more'>): boolean {
  return a.more === b.more || canonical(a.more ?? null) === canonical(b.more ?? null);
}

export function isSameTurn(a: Turn, b: Turn): boolean {
  return a.role === b.role && a.text === b.text && isSameMore(a, b);
}

/** True for a content part that is a picture, sound or the like. */
function isMedia(part: Json): boolean {
  return isObject(part) && typeof part['type'] === 'string' && kindOfField(part['type']) === 'media';
}

function wordsBeyond(more: JsonObject): string {
  const kept = Object.entries(more).flatMap(([name, value = null]): [string, Json][] => {
    if (kindOfField(name) === 'media') return [];
    if (!isList(value)) return [[name, value]];
    const parts = value.filter((part) => !isMedia(part) && (name !== 'content' || typeof part !== 'string'));
    return parts.length === 0 ? [] : [[name, parts]];
  });
  return kept.length === 0 ? '' : canonical(Object.fromEntries(kept));
}

function scoredTurn({ text, more }: Turn): string {
  return [text, more ? wordsBeyond(more) : ''].filter((one) => one !== '').join('\n');
}

const BETWEEN_TURNS = '\n\n';

/** What text scorers read of an answer: its text, then its calls and reasoning as text. Not its pictures. */
export function scoredText(side: Side): string {
  if (isPlain(side)) return side.text;
  const own = side.more ? [wordsBeyond(side.more)] : [];
  return [...side.turns.map(scoredTurn), ...own].filter((one) => one !== '').join(BETWEEN_TURNS);
}

/** Where the text of each turn begins in `scoredText`, in UTF-16 units. */
export function scoredStarts(side: Side): readonly number[] {
  let at = 0;
  return side.turns.map((turn) => {
    const start = at;
    const { length } = scoredTurn(turn);
    if (length > 0) at += length + BETWEEN_TURNS.length;
    return start;
  });
}

/** True if an answer has no text and nothing else. */
export function isEmptyAnswer(side: Side): boolean {
  return side.text.trim() === '' && !side.more && side.turns.every(({ more }) => !more);
}

export function otherSide(side: SideName): SideName {
  return side === 'chosen' ? 'rejected' : 'chosen';
}

/** A vote for one of the answers of a pair, or for neither. */
export interface NamedVote {
  readonly by: string;
  readonly said: 'chosen' | 'rejected' | 'tie';
}
