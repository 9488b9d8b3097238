// The bytes of JSON outside strings, by kind, and which may follow which.
export const TAB = 0x09;
export const LINE_FEED = 0x0a;
export const RETURN = 0x0d;
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;
export const OPEN_LIST = 0x5b;
export const CLOSE_LIST = 0x5d;

/** Between two documents of a JSON text sequence (RFC 7464). */
export const SEPARATOR = 0x1e;

/** Allowed between documents: a byte order mark, and the separator. */
export const BETWEEN: ReadonlySet<number> = new Set([0xef, 0xbb, 0xbf, SEPARATOR]);

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
