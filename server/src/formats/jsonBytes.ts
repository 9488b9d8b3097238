// The bytes of JSON outside strings, by kind, and which may follow which.
import {
  CLOSE_LIST,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  LINE_FEED,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
  RETURN,
  SPACE,
  TAB,
} from '#core/json/marks.ts';

/** Kinds of bytes outside strings. */
export const WORD = 0;
export const GAP = 1;
export const MARK = 2;
export const STRING = 3;
export const OPEN = 4;
export const CLOSE = 5;

export const KINDS = new Uint8Array(256);
for (const byte of [SPACE, TAB, LINE_FEED, RETURN]) KINDS[byte] = GAP;
for (const byte of [COMMA, COLON]) KINDS[byte] = MARK;
KINDS[QUOTE] = STRING;
for (const byte of [OPEN_OBJECT, OPEN_LIST]) KINDS[byte] = OPEN;
for (const byte of [CLOSE_OBJECT, CLOSE_LIST]) KINDS[byte] = CLOSE;

/** True for the first byte of a value. */
export const isBegin = (byte: number): boolean => {
  const kind = KINDS[byte];
  return kind === WORD || kind === STRING || kind === OPEN;
};

/** Whether valid JSON can have a string, or else an opening bracket, after a mark. */
export function canFollow(last: number, isInObject: boolean, isString: boolean): boolean {
  if (last === COLON) return isInObject;
  if (last === COMMA) return !isInObject || isString;
  if (last === OPEN_LIST) return true;
  return last === OPEN_OBJECT && isString;
}
