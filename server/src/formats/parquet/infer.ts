// Infers a table schema from JSON records in one pass, so that a second pass can write them.
import { fieldsOf, itemsOf } from '#core/json/scan.ts';

import { hasHalfPair } from './text.ts';
import type { ThriftStruct } from './thrift.ts';
import { structOf, T } from './thrift.ts';

/** What is known about the values at one place. */
export interface Guess {
  kind: 'nothing' | 'boolean' | 'integer' | 'number' | 'text' | 'list' | 'object' | 'json';
  /** Integers that a double can't hold exactly. */
  hasLarge?: boolean;
  element?: Guess;
  fields?: Map<string, Guess>;
  count: number;
  /** Objects with this field. */
  seen: number;
  /** Objects that repeat a field name. */
  twice: number;
}

/** Objects with more different names are dictionaries, not records: they are stored as JSON text. */
const MAX_FIELDS = 500;
const MAX_DEPTH = 20;

const decoder = new TextDecoder();
const encoder = new TextEncoder();

export function newGuess(): Guess {
  return { kind: 'nothing', count: 0, seen: 0, twice: 0 };
}

const LARGEST = 2n ** 63n;

/** A number's digits without leading and trailing zeros, and the power of ten of the first digit. */
function decimalOf(text: string): string {
  const [, sign = '', whole = '', part = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?$/.exec(text) ?? [];
  const digits = (whole + part).replace(/^0+/, '');
  const zeros = (whole + part).length - digits.length;
  return digits === '' ? '0' : `${sign}${digits.replace(/0+$/, '')}e${Number(power) + whole.length - zeros}`;
}

/** A double holds every number with this many digits, unless it is too large or too small. */
const HELD_DIGITS = 15;

/** True if a double keeps all digits of a fraction, judged by its shortest spelling. */
function isHeld(text: string): boolean {
  const value = Number(text);
  if (!Number.isFinite(value)) return false;
  return (text.length <= HELD_DIGITS && value !== 0) || decimalOf(text) === decimalOf(String(value));
}

function kindOfNumber(text: string): { kind: Guess['kind']; isLarge: boolean } {
  if (/^-?\d+$/.test(text)) {
    const value = BigInt(text);
    // -0 can't be stored as an integer.
    if (value >= LARGEST || value < -LARGEST || text === '-0')
      return { kind: text === '-0' ? 'number' : 'json', isLarge: false };
    return { kind: 'integer', isLarge: !Number.isSafeInteger(Number(value)) };
  }
  return { kind: isHeld(text) ? 'number' : 'json', isLarge: false };
}

/** Joins two types; values without a common type are stored as JSON text. */
function join(a: Guess['kind'], b: Guess['kind']): Guess['kind'] {
  if (a === b || b === 'nothing') return a;
  if (a === 'nothing') return b;
  const both = [a, b];
  return both.includes('integer') && both.includes('number') ? 'number' : 'json';
}

const BACKSLASH = 0x5c;

/** False for a text that UTF-8 can't encode; it is stored as JSON. */
function isSayable(text: Uint8Array): boolean {
  return !text.includes(BACKSLASH) || !hasHalfPair(JSON.parse(decoder.decode(text)) as string);
}

/** Adds the value `bytes[start, end)` of valid JSON. */
export function learn(guess: Guess, bytes: Uint8Array, start: number, end: number, depth = 0): void {
  if (guess.kind === 'json') return;
  const first = bytes[start] ?? 0;
  let kind: Guess['kind'];
  if (first === 0x6e) return;
  else if (first === 0x22) kind = isSayable(bytes.subarray(start, end)) ? 'text' : 'json';
  else if (first === 0x74 || first === 0x66) kind = 'boolean';
  else if (first === 0x5b) kind = 'list';
  else if (first === 0x7b) kind = 'object';
  else {
    const number = kindOfNumber(decoder.decode(bytes.subarray(start, end)));
    ({ kind } = number);
    guess.hasLarge ||= number.isLarge;
  }
  guess.kind = depth > MAX_DEPTH ? 'json' : join(guess.kind, kind);
  // A double would change such a number.
  if (guess.kind === 'number' && guess.hasLarge) guess.kind = 'json';
  if (guess.kind === 'list') {
    guess.element ??= newGuess();
    for (const { valueStart, valueEnd } of itemsOf(bytes, start, end))
      learn(guess.element, bytes, valueStart, valueEnd, depth + 1);
  } else if (guess.kind === 'object') {
    guess.count++;
    guess.fields ??= new Map();
    const own = new Set<Guess>();
    for (const { keyStart, keyEnd, valueStart, valueEnd } of fieldsOf(bytes, start, end)) {
      const name = JSON.parse(decoder.decode(bytes.subarray(keyStart, keyEnd))) as string;
      const field = guess.fields.get(name) ?? newGuess();
      guess.fields.set(name, field);
      if (own.has(field)) guess.twice++;
      else field.seen++;
      own.add(field);
      learn(field, bytes, valueStart, valueEnd, depth + 1);
      if (guess.fields.size > MAX_FIELDS && depth > 0) guess.kind = 'json';
    }
  }
}

/** What a table with this schema loses, one sentence each. */
export function* lossesOf(guess: Guess, path = ''): Generator<string> {
  const { kind, fields, element, count, twice } = guess;
  if (kind === 'list' && element) yield* lossesOf(element, `${path}[]`);
  if (kind !== 'object') return;
  const times = (some: number): string => `${some.toLocaleString('en')} of ${count.toLocaleString('en')}`;
  if (twice > 0)
    yield `${times(twice)}: a field name is repeated${path && ` in "${path}"`}; the last value counts.`;
  for (const [name, field] of fields ?? []) {
    const own = path ? `${path}.${name}` : name;
    if (field.seen < count) yield `${times(count - field.seen)}: "${own}" is missing, and will be null.`;
    yield* lossesOf(field, own);
  }
}

const OPTIONAL = 1;
const REPEATED = 2;
const CONVERTED = { utf8: 0, list: 3, json: 19 };
/** Fields of the union LogicalType. */
const LOGICAL = { string: 1, list: 3, json: 12 };
const TYPE = { boolean: 0, int64: 2, double: 5, byteArray: 6 };

function leaf(name: string, type: number, converted?: number, logical?: number): ThriftStruct {
  return structOf(
    [1, T.i32, type],
    [3, T.i32, OPTIONAL],
    [4, T.binary, encoder.encode(name)],
    [6, T.i32, converted],
    [10, T.struct, logical === undefined ? undefined : structOf([logical, T.struct, structOf()])],
  );
}

function elementsOf(name: string, guess: Guess): ThriftStruct[] {
  const { kind, fields, element } = guess;
  switch (kind) {
    case 'boolean':
      return [leaf(name, TYPE.boolean)];
    case 'integer':
      return [leaf(name, TYPE.int64)];
    case 'number':
      return [leaf(name, TYPE.double)];
    case 'nothing':
    case 'text':
      return [leaf(name, TYPE.byteArray, CONVERTED.utf8, LOGICAL.string)];
    case 'list':
      return [
        structOf(
          [3, T.i32, OPTIONAL],
          [4, T.binary, encoder.encode(name)],
          [5, T.i32, 1],
          [6, T.i32, CONVERTED.list],
          [10, T.struct, structOf([LOGICAL.list, T.struct, structOf()])],
        ),
        structOf([3, T.i32, REPEATED], [4, T.binary, encoder.encode('list')], [5, T.i32, 1]),
        ...elementsOf('element', element ?? newGuess()),
      ];
    case 'object':
      // Parquet does not allow a group without fields.
      if (fields && fields.size > 0)
        return [
          structOf([3, T.i32, OPTIONAL], [4, T.binary, encoder.encode(name)], [5, T.i32, fields.size]),
          ...[...fields].flatMap(([own, below]) => elementsOf(own, below)),
        ];
      return [leaf(name, TYPE.byteArray, CONVERTED.json, LOGICAL.json)];
    case 'json':
      return [leaf(name, TYPE.byteArray, CONVERTED.json, LOGICAL.json)];
  }
}

/** Elements of the schema, root first. */
export function schemaElements({ fields = new Map() }: Guess): ThriftStruct[] {
  return [
    structOf([4, T.binary, encoder.encode('schema')], [5, T.i32, fields.size]),
    ...[...fields].flatMap(([name, guess]) => elementsOf(name, guess)),
  ];
}
