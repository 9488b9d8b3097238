import { canonical } from './canonical.ts';
import { kindOfField } from './fieldNames.ts';
import type { Json, JsonObject, Path } from './json.ts';
import { isList, isObject } from './json.ts';
import { speakerOf, speakerWord } from './speaker.ts';

/** One message of a conversation. `role` is the dataset's own word for the speaker. */
export interface Turn {
  readonly role: string;
  /** Its words. */
  readonly text: string;
  /**
   * What the message holds beside its role and its words, by field: calls, reasoning, pictures. `content` where the
   * content is a list that holds more than text. Absent where there is nothing.
   */
  readonly more?: JsonObject;
}

export type SideName = 'chosen' | 'rejected';

/** A part of an answer's text, and the string value that holds it. */
export interface Piece {
  /** Half-open range of the answer's text, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  readonly path: Path;
}

/** One answer and the place of its text in the record. */
export interface Side {
  /** The words of the answer, without the prompt. Those of several messages are joined by a blank line. */
  readonly text: string;
  /** The string value that holds the answer, or its last part. */
  readonly path: Path;
  /** Where the answer begins in that value, in UTF-16 units: a transcript repeats the prompt first. */
  readonly textStart: number;
  /** The messages of the answer; a plain text is one of the assistant. */
  readonly turns: readonly Turn[];
  /** Absent where the string at `path` holds the whole text. Text outside of all pieces has no string of its own. */
  readonly pieces?: readonly Piece[];
  /** Fields of the record that belong to this answer, by their names without the side. */
  readonly more?: JsonObject;
}

/** One comparison: a prompt and two answers, one of them recorded as the better unless it is a tie. */
export interface Pair {
  /** The prompt as turns; empty when the record has none. */
  readonly prompt: readonly Turn[];
  /** Fields that belong to the prompt and are no turns of it: tools, pictures, texts that the mapping does not read. */
  readonly context?: JsonObject;
  readonly chosen: Side;
  readonly rejected: Side;
  /** The label calls both equally good or bad; then `chosen` is the first one in the record. */
  readonly isTie: boolean;
  /** Numbers of the two answers among the record's candidates, in the order in which they stand. */
  readonly candidates: readonly [chosen: number, rejected: number];
}

/** The turns of an answer that is a plain text. */
export function plainTurns(text: string): readonly Turn[] {
  return [{ role: 'assistant', text }];
}

/** The words of the prompt in one string, roles included: what scorers read. */
export function promptText({ prompt }: Pick<Pair, 'prompt'>): string {
  return prompt.map((turn) => `${turn.role}\u0000${turn.text}`).join('\u0001');
}

/** True for an answer of one message that holds words alone, whatever the dataset calls the assistant. */
export function isPlain({ turns, more }: Side): boolean {
  const [only] = turns;
  if (more || turns.length > 1 || only?.more) return false;
  return only === undefined || (speakerOf(only.role) ?? 'assistant') === 'assistant';
}

/**
 * Everything that an answer holds beside its words, in one spelling; '' for a plain text. Answers for which it is the
 * same differ in their words or not at all.
 */
export function beyondText(side: Side): string {
  if (isPlain(side)) return '';
  const turns = side.turns.map(({ role, more = null }): Json => [speakerWord(role), more]);
  return canonical([turns, side.more ?? null]);
}

/** True when two messages hold the same beside their words. */
export function isSameMore(a: Pick<Turn, 'more'>, b: Pick<Turn, 'more'>): boolean {
  return a.more === b.more || canonical(a.more ?? null) === canonical(b.more ?? null);
}

/** True when two messages say the same. */
export function isSameTurn(a: Turn, b: Turn): boolean {
  return a.role === b.role && a.text === b.text && isSameMore(a, b);
}

/** Parts of a message that are pictures, sounds and the like. */
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

/** What a scorer of words reads of an answer: its words, then its calls and reasoning as text. Pictures are no words. */
export function scoredText(side: Side): string {
  if (isPlain(side)) return side.text;
  const turns = side.turns.map(({ text, more }) =>
    [text, more ? wordsBeyond(more) : ''].filter((one) => one !== '').join('\n'),
  );
  const own = side.more ? [wordsBeyond(side.more)] : [];
  return [...turns, ...own].filter((one) => one !== '').join('\n\n');
}

/** True when an answer holds nothing at all. */
export function isEmptyAnswer(side: Side): boolean {
  return side.text.trim() === '' && !side.more && side.turns.every(({ more }) => !more);
}

/** The side that was not chosen, and the other way round. */
export function otherSide(side: SideName): SideName {
  return side === 'chosen' ? 'rejected' : 'chosen';
}
