// Edits of a conversation whose ending has a rival in another field.
import { isList } from '../../model/json.ts';
import { endingStart } from '../answers.ts';
import type { Found } from '../field.ts';
import type { PlacedTurn } from '../shape.ts';
import { turnsOf } from '../shape.ts';
import type { PathChange } from './form.ts';

interface PlainEnding extends Found {
  readonly value: string;
  /** The turns before it. */
  readonly before: readonly PlacedTurn[];
}

/** The only message of an ending, if it is nothing but text in one string. */
export function plainEnding({ path, value }: Found): PlainEnding | undefined {
  const turns = turnsOf(value, 'messages', 'user');
  const start = endingStart(turns);
  const last = turns[start];
  if (!last || start !== turns.length - 1 || last.more || last.strings.length !== 1) return undefined;
  return { path: [...path, ...last.path], value: last.text, before: turns.slice(0, start) };
}

/** Swaps the ending of a conversation with its rival; undefined if one of them does not fit the other's field. */
export function exchangeEnding(conversation: Found, rival: Found): PathChange | undefined {
  if (typeof rival.value === 'string') {
    const ending = plainEnding(conversation);
    return ending && { kind: 'swap', a: ending.path, b: rival.path };
  }
  if (!isList(conversation.value) || !isList(rival.value)) return undefined;
  const start = endingStart(turnsOf(conversation.value, 'messages', 'user'));
  const [last, lastRival] = [conversation.value.length - 1, rival.value.length - 1];
  if (start > last || lastRival < 0) return undefined;
  return {
    kind: 'swap-items',
    a: { first: [...conversation.path, start], last: [...conversation.path, last] },
    b: { first: [...rival.path, 0], last: [...rival.path, lastRival] },
  };
}
