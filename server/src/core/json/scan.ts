// A strict JSON scanner over bytes. It never builds values and never recurses, so a line nested
// a hundred thousand levels deep costs time and one small stack, not the process.
import type { Path } from '../model/json.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;

/** Malformed JSON: what was expected, and at which byte of the scanned array. */
export class JsonSyntaxError extends Error {
  readonly offset: number;
  constructor(expected: string, offset: number) {
    super(expected);
    this.offset = offset;
  }
}

/** Half-open byte ranges of a field's name and of its value. List items have an empty key range. */
export interface FieldSpan {
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

function skipSpace(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    at++;
  }
  return at;
}

function isHex(byte: number | undefined): boolean {
  return (
    byte !== undefined &&
    ((byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66))
  );
}

/** From an opening quote to just after the closing one. */
function skipString(bytes: Uint8Array, from: number, end: number): number {
  let at = from + 1;
  while (at < end) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) return at + 1;
    if (byte < 0x20) throw new JsonSyntaxError('control character in a string', at);
    if (byte !== BACKSLASH) {
      at++;
      continue;
    }
    const escaped = bytes[at + 1];
    if (escaped === 0x75) {
      for (let digit = at + 2; digit < at + 6; digit++) {
        if (digit >= end || !isHex(bytes[digit])) {
          throw new JsonSyntaxError('four hexadecimal digits expected after \\u', Math.min(digit, end));
        }
      }
      at += 6;
    } else {
      if (at + 1 >= end || escaped === undefined || !'"\\/bfnrt'.includes(String.fromCharCode(escaped))) {
        throw new JsonSyntaxError('unknown escape in a string', at);
      }
      at += 2;
    }
  }
  throw new JsonSyntaxError('the text ends inside a string', end);
}

function skipDigits(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x30 || byte > 0x39) break;
    at++;
  }
  if (at === from) throw new JsonSyntaxError('digit expected', at);
  return at;
}

function skipNumber(bytes: Uint8Array, from: number, end: number): number {
  let at = bytes[from] === 0x2d ? from + 1 : from;
  at = bytes[at] === 0x30 && at < end ? at + 1 : skipDigits(bytes, at, end);
  if (at < end && bytes[at] === 0x2e) at = skipDigits(bytes, at + 1, end);
  if (at < end && (bytes[at] === 0x65 || bytes[at] === 0x45)) {
    const sign = bytes[at + 1];
    at = skipDigits(bytes, sign === 0x2b || sign === 0x2d ? at + 2 : at + 1, end);
  }
  return at;
}

const WORDS: readonly (readonly [number, readonly number[]])[] = ['true', 'false', 'null'].map((word) => [
  word.charCodeAt(0),
  Array.from(word, (letter) => letter.charCodeAt(0)),
]);

function skipScalar(bytes: Uint8Array, from: number, end: number): number {
  const byte = bytes[from] ?? 0;
  if (from >= end) throw new JsonSyntaxError('a value expected, the text ends here', end);
  if (byte === QUOTE) return skipString(bytes, from, end);
  if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) return skipNumber(bytes, from, end);
  for (const [first, letters] of WORDS) {
    if (first !== byte) continue;
    if (from + letters.length <= end && letters.every((letter, i) => bytes[from + i] === letter)) {
      return from + letters.length;
    }
  }
  throw new JsonSyntaxError('a value expected', from);
}

function skipKey(bytes: Uint8Array, from: number, end: number): number {
  const at = skipSpace(bytes, from, end);
  if (at >= end || bytes[at] !== QUOTE)
    throw new JsonSyntaxError('a field name in double quotes expected', at);
  const colon = skipSpace(bytes, skipString(bytes, at, end), end);
  if (colon >= end || bytes[colon] !== COLON) throw new JsonSyntaxError('":" expected', colon);
  return colon + 1;
}

/** From the first byte of a value to just after it. */
export function skipValue(bytes: Uint8Array, from: number, end: number): number {
  const open: number[] = [];
  let at = skipSpace(bytes, from, end);
  for (;;) {
    const byte = at < end ? bytes[at] : undefined;
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      const close = byte === OPEN_OBJECT ? CLOSE_OBJECT : CLOSE_LIST;
      const next = skipSpace(bytes, at + 1, end);
      if (next < end && bytes[next] === close) {
        at = next + 1;
      } else {
        open.push(close);
        at = skipSpace(bytes, close === CLOSE_OBJECT ? skipKey(bytes, next, end) : next, end);
        continue;
      }
    } else {
      at = skipScalar(bytes, at, end);
    }
    for (;;) {
      const close = open.at(-1);
      if (close === undefined) return at;
      at = skipSpace(bytes, at, end);
      if (at < end && bytes[at] === COMMA) {
        at = skipSpace(bytes, at + 1, end);
        if (close === CLOSE_OBJECT) at = skipSpace(bytes, skipKey(bytes, at, end), end);
        break;
      }
      if (at >= end || bytes[at] !== close) {
        throw new JsonSyntaxError(`"," or "${String.fromCharCode(close)}" expected`, Math.min(at, end));
      }
      open.pop();
      at++;
    }
  }
}

/** The bytes with which a JSON value can begin. */
const VALUE_STARTS = new Set(Array.from('{["-0123456789tfn', (letter) => letter.charCodeAt(0)));

/**
 * True when a text cannot be JSON by its first byte. Files of another kind are told by it without an exception for
 * each line, which costs a hundred times as much.
 */
export function isPlainlyNoJson(bytes: Uint8Array): boolean {
  return !VALUE_STARTS.has(bytes[skipSpace(bytes, 0, bytes.length)] ?? 0);
}

/** The first fault of a text that should be one JSON value, or undefined when it is one. */
export function findJsonFault(bytes: Uint8Array): JsonSyntaxError | undefined {
  try {
    const at = skipSpace(bytes, skipValue(bytes, 0, bytes.length), bytes.length);
    return at < bytes.length
      ? new JsonSyntaxError('the value ends here, but more text follows', at)
      : undefined;
  } catch (error) {
    if (error instanceof JsonSyntaxError) return error;
    throw error;
  }
}

function keyEquals(bytes: Uint8Array, start: number, end: number, name: string): boolean {
  const text = new TextDecoder().decode(bytes.subarray(start, end));
  return text.includes('\\')
    ? JSON.parse(text) === name
    : text === `"${name}"` || text === JSON.stringify(name);
}

/** The fields of the object that begins at `from`, in their order. */
export function* fieldsOf(bytes: Uint8Array, from: number, end: number): Generator<FieldSpan> {
  let at = skipSpace(bytes, from + 1, end);
  while (at < end && bytes[at] !== CLOSE_OBJECT) {
    const keyStart = skipSpace(bytes, at, end);
    const keyEnd = skipString(bytes, keyStart, end);
    const valueStart = skipSpace(bytes, skipSpace(bytes, keyEnd, end) + 1, end);
    const valueEnd = skipValue(bytes, valueStart, end);
    yield { keyStart, keyEnd, valueStart, valueEnd };
    at = skipSpace(bytes, valueEnd, end);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1, end);
  }
}

/** The items of the list that begins at `from`, in their order. */
export function* itemsOf(bytes: Uint8Array, from: number, end: number): Generator<FieldSpan> {
  let at = skipSpace(bytes, from + 1, end);
  while (at < end && bytes[at] !== CLOSE_LIST) {
    const valueEnd = skipValue(bytes, at, end);
    yield { keyStart: at, keyEnd: at, valueStart: at, valueEnd };
    at = skipSpace(bytes, valueEnd, end);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1, end);
  }
}

function findField(bytes: Uint8Array, from: number, end: number, name: string): FieldSpan | undefined {
  let found: FieldSpan | undefined;
  // The last of several equal keys is the one that JSON.parse keeps.
  for (const span of fieldsOf(bytes, from, end))
    if (keyEquals(bytes, span.keyStart, span.keyEnd, name)) found = span;
  return found;
}

function findItem(bytes: Uint8Array, from: number, end: number, index: number): FieldSpan | undefined {
  let i = 0;
  for (const span of itemsOf(bytes, from, end)) if (i++ === index) return span;
  return undefined;
}

/** Where a field can be added to a record, and how its writer separates fields. */
export interface FieldEnd {
  readonly at: number;
  readonly isEmpty: boolean;
  readonly comma: string;
  readonly colon: string;
}

/** The end of the last field of a record that is a JSON object. Undefined when it is none. */
export function lastFieldEnd(bytes: Uint8Array): FieldEnd | undefined {
  const end = bytes.length;
  const open = skipSpace(bytes, 0, end);
  if (bytes[open] !== OPEN_OBJECT) return undefined;
  const text = (from: number, to: number): string => new TextDecoder().decode(bytes.subarray(from, to));
  let at = skipSpace(bytes, open + 1, end);
  let last = open + 1;
  let [comma, colon] = [', ', ': '];
  for (let field = 0; at < end && bytes[at] !== CLOSE_OBJECT; field++) {
    if (field === 1) comma = text(last, at);
    const keyEnd = skipString(bytes, at, end);
    const valueStart = skipSpace(bytes, skipSpace(bytes, keyEnd, end) + 1, end);
    if (field === 0) colon = text(keyEnd, valueStart);
    last = skipValue(bytes, valueStart, end);
    at = skipSpace(bytes, last, end);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1, end);
  }
  return { at: last, isEmpty: last === open + 1, comma, colon };
}

/**
 * The bytes of the value at `path` in a record of valid JSON, or undefined when there is none.
 * An empty path is the record itself. Costs one pass over the record for each step.
 */
export function locate(bytes: Uint8Array, path: Path): FieldSpan | undefined {
  const start = skipSpace(bytes, 0, bytes.length);
  let span: FieldSpan | undefined = {
    keyStart: start,
    keyEnd: start,
    valueStart: start,
    valueEnd: skipValue(bytes, start, bytes.length),
  };
  for (const step of path) {
    const open = bytes[span.valueStart];
    if (typeof step === 'string' && open === OPEN_OBJECT)
      span = findField(bytes, span.valueStart, span.valueEnd, step);
    else if (typeof step === 'number' && open === OPEN_LIST)
      span = findItem(bytes, span.valueStart, span.valueEnd, step);
    else return undefined;
    if (span === undefined) return undefined;
  }
  return span;
}

/** The byte at which the unit number `units` (UTF-16, decoded) of a string value stands. */
export function byteOffsetInString(bytes: Uint8Array, valueStart: number, units: number): number {
  let at = valueStart + 1;
  let left = units;
  while (left > 0 && at < bytes.length && bytes[at] !== QUOTE) {
    const byte = bytes[at] ?? 0;
    if (byte === BACKSLASH) {
      at += bytes[at + 1] === 0x75 ? 6 : 2;
      left--;
    } else if (byte < 0x80) {
      at++;
      left--;
    } else {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      at += length;
      left -= length === 4 ? 2 : 1;
    }
  }
  return at;
}
