// A strict JSON scanner over bytes. It builds no values and never recurses: a line nested a hundred thousand
// levels deep costs time and a small stack, but does not crash the process.
import type { Path } from '../model/json.ts';
import { BACKSLASH, CLOSE_LIST, CLOSE_OBJECT, COLON, COMMA, OPEN_LIST, OPEN_OBJECT, QUOTE } from './marks.ts';

/** Malformed JSON: what was expected, and the byte offset in the scanned array. */
export class JsonSyntaxError extends Error {
  readonly offset: number;
  constructor(expected: string, offset: number) {
    super(expected);
    this.offset = offset;
  }
}

/** Half-open byte ranges of a field's name and value. A list item has an empty key range. */
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

/** Skips from an opening quote to just after the closing one. */
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
          throw new JsonSyntaxError('expected four hexadecimal digits after \\u', Math.min(digit, end));
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
  if (at === from) throw new JsonSyntaxError('expected a digit', at);
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
  if (from >= end) throw new JsonSyntaxError('expected a value, but the text ends here', end);
  if (byte === QUOTE) return skipString(bytes, from, end);
  if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) return skipNumber(bytes, from, end);
  for (const [first, letters] of WORDS) {
    if (first !== byte) continue;
    if (from + letters.length <= end && letters.every((letter, i) => bytes[from + i] === letter)) {
      return from + letters.length;
    }
  }
  throw new JsonSyntaxError('expected a value', from);
}

function skipKey(bytes: Uint8Array, from: number, end: number): number {
  const at = skipSpace(bytes, from, end);
  if (at >= end || bytes[at] !== QUOTE)
    throw new JsonSyntaxError('expected a field name in double quotes', at);
  const colon = skipSpace(bytes, skipString(bytes, at, end), end);
  if (colon >= end || bytes[colon] !== COLON) throw new JsonSyntaxError('":" expected', colon);
  return colon + 1;
}

/** Skips from the first byte of a value to just after it. */
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
        throw new JsonSyntaxError(`expected "," or "${String.fromCharCode(close)}"`, Math.min(at, end));
      }
      open.pop();
      at++;
    }
  }
}

/** Bytes that can begin a JSON value. */
const VALUE_STARTS = new Set(Array.from('{["-0123456789tfn', (letter) => letter.charCodeAt(0)));

/**
 * True if the first byte already rules out JSON. In files of another kind this saves an exception per line, which
 * would cost a hundred times as much.
 */
export function isPlainlyNoJson(bytes: Uint8Array): boolean {
  return !VALUE_STARTS.has(bytes[skipSpace(bytes, 0, bytes.length)] ?? 0);
}

/** The first fault of a text that should be one JSON value; undefined if it is one. */
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

/** Fields of the object that begins at `from`, in order. */
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

/** Items of the list that begins at `from`, in order. */
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
  // For repeated keys, JSON.parse keeps the last.
  for (const span of fieldsOf(bytes, from, end))
    if (keyEquals(bytes, span.keyStart, span.keyEnd, name)) found = span;
  return found;
}

function findItem(bytes: Uint8Array, from: number, end: number, index: number): FieldSpan | undefined {
  let i = 0;
  for (const span of itemsOf(bytes, from, end)) if (i++ === index) return span;
  return undefined;
}

/** Where to add a field to a record, and how its writer separates fields. */
export interface FieldEnd {
  readonly at: number;
  readonly isEmpty: boolean;
  readonly comma: string;
  readonly colon: string;
}

/** The end of the last field of a record; undefined if the record is not an object. */
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
 * The bytes of the value at `path` in a record of valid JSON; undefined if it does not exist. An empty path is the
 * record itself. Takes one pass over the record per step.
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

/** Requested paths as a tree of steps. */
interface Wanted {
  readonly next: Map<string | number, Wanted>;
  /** Numbers of the paths that end here. */
  readonly ends: number[];
}

function byStep(paths: readonly Path[]): Wanted {
  const root: Wanted = { next: new Map(), ends: [] };
  paths.forEach((path, number) => {
    let at = root;
    for (const step of path) {
      const known = at.next.get(step) ?? { next: new Map(), ends: [] };
      at.next.set(step, known);
      at = known;
    }
    at.ends.push(number);
  });
  return root;
}

function keyText(bytes: Uint8Array, { keyStart, keyEnd }: FieldSpan): string {
  const text = new TextDecoder().decode(bytes.subarray(keyStart, keyEnd));
  return text.includes('\\') ? (JSON.parse(text) as string) : text.slice(1, -1);
}

/** `locate` for many paths at once: one pass over the record for each step of the longest path. */
export function locateAll(bytes: Uint8Array, paths: readonly Path[]): (FieldSpan | undefined)[] {
  const found: (FieldSpan | undefined)[] = paths.map(() => undefined);
  const start = skipSpace(bytes, 0, bytes.length);
  const whole = skipValue(bytes, start, bytes.length);
  const open: (readonly [FieldSpan, Wanted])[] = [
    [{ keyStart: start, keyEnd: start, valueStart: start, valueEnd: whole }, byStep(paths)],
  ];
  for (let one = open.pop(); one; one = open.pop()) {
    const [span, { next, ends }] = one;
    for (const number of ends) found[number] = span;
    if (next.size === 0) continue;
    const { valueStart, valueEnd } = span;
    if (bytes[valueStart] === OPEN_OBJECT) {
      // For repeated keys, JSON.parse keeps the last.
      const last = new Map<Wanted, FieldSpan>();
      for (const field of fieldsOf(bytes, valueStart, valueEnd)) {
        const wanted = next.get(keyText(bytes, field));
        if (wanted) last.set(wanted, field);
      }
      for (const [wanted, field] of last) open.push([field, wanted]);
    } else if (bytes[valueStart] === OPEN_LIST) {
      let left = [...next.keys()].filter((step) => typeof step === 'number').length;
      let index = 0;
      for (const item of itemsOf(bytes, valueStart, valueEnd)) {
        const wanted = next.get(index++);
        if (!wanted) continue;
        open.push([item, wanted]);
        if (--left === 0) break;
      }
    }
  }
  return found;
}

/** Walks the decoded UTF-16 units of a string value. Each call continues from the last offset. */
export function unitWalker(bytes: Uint8Array, valueStart: number): (units: number) => number {
  let at = valueStart + 1;
  let done = 0;
  return (units) => {
    while (done < units && at < bytes.length && bytes[at] !== QUOTE) {
      const byte = bytes[at] ?? 0;
      const length =
        byte === BACKSLASH
          ? bytes[at + 1] === 0x75
            ? 6
            : 2
          : byte < 0x80
            ? 1
            : byte >= 0xf0
              ? 4
              : byte >= 0xe0
                ? 3
                : 2;
      at += length;
      done += byte >= 0xf0 ? 2 : 1;
    }
    return at;
  };
}
