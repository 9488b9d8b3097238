// Converts column values to JSON text and back. Every text identifies its original bytes: writing it unchanged
// gives the same bytes again.
import { concat } from '#core/concat.ts';

import { fromBase64 } from '../bytes.ts';
import {
  bytesText,
  DATA_URI,
  decimalText,
  floatText,
  halfOf,
  JSON_URI,
  signedOf,
  stampText,
  startsWith,
  timeText,
  uuidText,
  writeJson,
} from '../jsonValues.ts';
import type { TextSink } from '../textSink.ts';
import type { Leaf, Meaning } from './schema.ts';
import { ParquetError } from './schema.ts';

const BACKSLASH = 0x5c;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Days from the start of the Julian calendar to 1970. */
const JULIAN_1970 = 2_440_588;

/** JSON text of a value that is not a string. */
function plainText(bytes: Uint8Array, { type, meaning }: Leaf): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const integer = (): bigint =>
    type === 'INT32' ? BigInt(view.getInt32(0, true)) : view.getBigInt64(0, true);
  switch (meaning.kind) {
    case 'boolean':
      return bytes[0] ? 'true' : 'false';
    case 'number':
      return type === 'INT32' ? String(view.getInt32(0, true)) : view.getBigInt64(0, true).toString();
    case 'unsigned':
      return type === 'INT32' ? String(view.getUint32(0, true)) : view.getBigUint64(0, true).toString();
    case 'float':
      return floatText(view.getFloat32(0, true), true);
    case 'double':
      return floatText(view.getFloat64(0, true), false);
    case 'half':
      return floatText(halfOf(view.getUint16(0, true)), false);
    case 'decimal':
      return decimalText(type === 'INT32' || type === 'INT64' ? integer() : signedOf(bytes), meaning.scale);
    case 'date': {
      const days = integer();
      const text = stampText(days * 86_400n * 1000n, 3, false);
      return text ? `${text.slice(0, 11)}"` : days.toString();
    }
    case 'time':
      return timeText(integer(), meaning.digits);
    case 'timestamp':
      return stampText(integer(), meaning.digits, meaning.isUtc) ?? integer().toString();
    case 'int96': {
      const days = BigInt(view.getUint32(8, true) - JULIAN_1970);
      const stamp = days * 86_400_000_000_000n + view.getBigInt64(0, true);
      return stampText(stamp, 9, false) ?? `"${stamp}"`;
    }
    case 'uuid':
      return uuidText(bytes);
    case 'text':
    case 'json':
    case 'bytes':
      return JSON.stringify(bytesText(bytes));
  }
}

export function writeValue(out: TextSink, bytes: Uint8Array, start: number, end: number, leaf: Leaf): void {
  const { kind } = leaf.meaning;
  if (kind === 'text') out.text(bytes, start, end);
  else if (kind === 'json') writeJson(out, bytes.subarray(start, end));
  else if (kind === 'bytes') out.bytes(encoder.encode(plainText(bytes.subarray(start, end), leaf)));
  else out.ascii(plainText(bytes.subarray(start, end), leaf));
}

function refuse(leaf: Leaf, text: string): ParquetError {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return new ParquetError(`${shown} is not a valid value for column ${leaf.path.join('.')} (${leaf.type})`);
}

/** True if a surrogate has no partner: JSON can express it, UTF-8 can't. */
export function hasHalfPair(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}

/** The bytes of a JSON string without its escapes. Invalid UTF-8 stays unchanged. */
function unescape(json: Uint8Array): Uint8Array {
  const inside = json.subarray(1, -1);
  if (!inside.includes(BACKSLASH)) return new Uint8Array(inside);
  // Latin-1 maps bytes to characters and back, so text between escapes is not decoded.
  const parts: Uint8Array[] = [];
  for (let at = 0; at < inside.length;) {
    const next = inside.indexOf(BACKSLASH, at);
    if (next !== at) parts.push(inside.subarray(at, next < 0 ? inside.length : next));
    if (next < 0) break;
    // Adjacent escapes are decoded together: a pair of surrogates is one character.
    let end = next;
    while (inside[end] === BACKSLASH) end += inside[end + 1] === 0x75 ? 6 : 2;
    const text = JSON.parse(`"${decoder.decode(inside.subarray(next, end))}"`) as string;
    if (hasHalfPair(text))
      throw new ParquetError('unable to hold half of a surrogate pair, which UTF-8 can’t encode');
    parts.push(encoder.encode(text));
    at = end;
  }
  return concat(parts);
}

function fixedInteger(value: bigint, leaf: Leaf, text: string): Uint8Array {
  const bits = leaf.type === 'INT32' ? 32 : 64;
  const isUnsigned = leaf.meaning.kind === 'unsigned';
  if ((isUnsigned ? BigInt.asUintN(bits, value) : BigInt.asIntN(bits, value)) !== value)
    throw refuse(leaf, text);
  const bytes = new Uint8Array(bits / 8);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number((value >> BigInt(8 * i)) & 255n);
  return bytes;
}

/** The digits of a number without its point: 1.50 at scale 2 is 150. */
function unscaledOf(text: string, scale: number, leaf: Leaf): bigint {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  const places = Math.max(0, scale);
  if (whole === '' || fraction.slice(places).replaceAll('0', '') !== '') throw refuse(leaf, text);
  const digits = BigInt(whole + fraction.slice(0, places).padEnd(places, '0'));
  return (sign === '-' ? -digits : digits) / 10n ** BigInt(Math.max(0, -scale));
}

function bigEndian(value: bigint, length: number, leaf: Leaf, text: string): Uint8Array {
  if (BigInt.asIntN(8 * length, value) !== value) throw refuse(leaf, text);
  return Uint8Array.from({ length }, (_, i) => Number((value >> BigInt(8 * (length - 1 - i))) & 255n));
}

/** The units of an ISO text; undefined if it is not one. */
function unitsOf(text: string, digits: number): bigint | undefined {
  const [, main, fraction = '', zone = ''] = /^"(.+?)(?:\.(\d+))?(Z?)"$/.exec(text) ?? [];
  const seconds =
    main === undefined ? Number.NaN : Date.parse(`${main.includes('T') ? main : `${main}T00:00:00`}Z`) / 1000;
  if (Number.isNaN(seconds) || fraction.length > digits || (zone === '' && main === '')) return undefined;
  return BigInt(seconds) * 10n ** BigInt(digits) + BigInt(fraction.padEnd(digits, '0') || 0);
}

const INTEGER = /^-?\d+$/;

function integerOf(text: string, leaf: Leaf, meaning: Meaning): bigint {
  if (INTEGER.test(text)) return BigInt(text);
  let units: bigint | undefined;
  if (meaning.kind === 'timestamp') units = unitsOf(text, meaning.digits);
  if (meaning.kind === 'time') units = unitsOf(text.replace('"', '"1970-01-01T'), meaning.digits);
  if (meaning.kind === 'date') {
    const seconds = unitsOf(text, 0);
    units = seconds !== undefined && seconds % 86_400n === 0n ? seconds / 86_400n : undefined;
  }
  if (units === undefined) throw refuse(leaf, text);
  return units;
}

const NO_NUMBERS = new Set(['"NaN"', '"Infinity"', '"-Infinity"']);

function floatBytes(text: string, leaf: Leaf): Uint8Array {
  const value = NO_NUMBERS.has(text)
    ? Number(text.slice(1, -1))
    : text.startsWith('"')
      ? undefined
      : Number(text);
  if (value === undefined || (Number.isNaN(value) && text !== '"NaN"')) throw refuse(leaf, text);
  const bytes = new Uint8Array(leaf.type === 'FLOAT' ? 4 : 8);
  const view = new DataView(bytes.buffer);
  if (leaf.type === 'FLOAT') view.setFloat32(0, value, true);
  else view.setFloat64(0, value, true);
  return bytes;
}

/** Parses a JSON value for a column. Throws ParquetError if the column can't hold it. */
export function parseValue(json: Uint8Array, leaf: Leaf): Uint8Array {
  const { meaning, type } = leaf;
  const isText = json[0] === 0x22;
  if (meaning.kind === 'text') {
    if (!isText) throw refuse(leaf, decoder.decode(json));
    return unescape(json);
  }
  const text = decoder.decode(json);
  switch (meaning.kind) {
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw refuse(leaf, text);
      return Uint8Array.of(Number(text === 'true'));
    case 'float':
    case 'double':
      return floatBytes(text, leaf);
    case 'number':
    case 'unsigned':
    case 'date':
    case 'time':
    case 'timestamp':
      return fixedInteger(integerOf(text, leaf, meaning), leaf, text);
    case 'decimal': {
      const unscaled = unscaledOf(text, meaning.scale, leaf);
      if (type === 'INT32' || type === 'INT64') return fixedInteger(unscaled, leaf, text);
      if (leaf.length > 0) return bigEndian(unscaled, leaf.length, leaf, text);
      let length = 1;
      while (BigInt.asIntN(8 * length, unscaled) !== unscaled) length++;
      return bigEndian(unscaled, length, leaf, text);
    }
    case 'uuid': {
      const hex = text.slice(1, -1).replaceAll('-', '');
      if (!/^[0-9a-f]{32}$/i.test(hex)) throw refuse(leaf, text);
      return Uint8Array.from({ length: 16 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
    }
    case 'bytes': {
      if (!isText) throw refuse(leaf, text);
      const raw = unescape(json);
      const head = DATA_URI.exec(decoder.decode(raw.subarray(0, 64)))?.[0];
      const bytes = head === undefined ? raw : fromBase64(decoder.decode(raw.subarray(head.length)));
      if (leaf.length > 0 && bytes.length !== leaf.length) throw refuse(leaf, text);
      return bytes;
    }
    case 'json':
      return startsWith(json, JSON_URI)
        ? fromBase64(decoder.decode(json.subarray(JSON_URI.length, -1)))
        : new Uint8Array(json);
    case 'half':
    case 'int96':
      throw new ParquetError(`column ${leaf.path.join('.')} has a type that PrefLens can read but not write`);
  }
}
