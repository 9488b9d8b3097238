// Converts column values to JSON text and back. Every text identifies its original bytes: writing it unchanged
// gives the same bytes again.
import { findJsonFault } from '#core/json/scan.ts';

import { concat, fromBase64, toBase64 } from '../bytes.ts';
import type { Leaf, Meaning } from './schema.ts';
import { ParquetError } from './schema.ts';
import type { TextSink } from './textSink.ts';

const BACKSLASH = 0x5c;

const strict = new TextDecoder('utf-8', { fatal: true });
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Picture types by their first bytes. */
const PICTURES: readonly (readonly [type: string, at: number, head: readonly number[]])[] = [
  ['image/png', 0, [0x89, 0x50, 0x4e, 0x47]],
  ['image/jpeg', 0, [0xff, 0xd8, 0xff]],
  ['image/gif', 0, [0x47, 0x49, 0x46, 0x38]],
  ['image/webp', 8, [0x57, 0x45, 0x42, 0x50]],
];

const DATA_URI = /^data:[a-z]+\/[a-z-]+;base64,/;
const ANY_TYPE = 'application/octet-stream';
/** Type of a data URI for JSON that can't be part of a line unchanged. */
const JSON_TYPE = 'application/json';

/** Bytes of unknown meaning: as text if they are UTF-8, or else as a data URI. */
function bytesText(bytes: Uint8Array): string {
  const picture = PICTURES.find(([, at, head]) => head.every((byte, i) => bytes[at + i] === byte));
  if (!picture) {
    try {
      const text = strict.decode(bytes);
      // A text that looks like our data URI would come back as bytes.
      if (!DATA_URI.test(text) && !text.startsWith('\ufeff')) return text;
    } catch {
      // Not UTF-8.
    }
  }
  return dataUri(picture?.[0] ?? ANY_TYPE, bytes);
}

function dataUri(type: string, bytes: Uint8Array): string {
  return `data:${type};base64,${toBase64(bytes)}`;
}

const [LINE_FEED, RETURN] = [0x0a, 0x0d];
const JSON_URI = encoder.encode(`"data:${JSON_TYPE};base64,`);

function startsWith(bytes: Uint8Array, head: Uint8Array): boolean {
  return head.every((byte, i) => bytes[i] === byte);
}

/** A column of JSON texts: the value itself becomes part of the line. */
function writeJson(out: TextSink, bytes: Uint8Array): void {
  const isPlain =
    !bytes.includes(LINE_FEED) &&
    !bytes.includes(RETURN) &&
    !startsWith(bytes, JSON_URI) &&
    findJsonFault(bytes) === undefined;
  out.bytes(isPlain ? bytes : encoder.encode(`"${dataUri(JSON_TYPE, bytes)}"`));
}

function signedOf(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return bytes.length > 0 ? BigInt.asIntN(8 * bytes.length, value) : 0n;
}

function decimalText(unscaled: bigint, scale: number): string {
  if (scale <= 0) return (unscaled * 10n ** BigInt(-scale)).toString();
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function floatText(value: number, isShort: boolean): string {
  if (!Number.isFinite(value)) return `"${value}"`;
  if (Object.is(value, -0)) return '-0';
  if (isShort) {
    for (let digits = 6; digits < 9; digits++) {
      const short = Number(value.toPrecision(digits));
      if (Math.fround(short) === value) return String(short);
    }
  }
  return String(value);
}

function halfOf(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction > 0 ? Number.NaN : sign * Infinity;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

const DAY_MS = 86_400_000;

/** A point in time as ISO text with a fixed number of digits; undefined if the calendar can't express it. */
function stampText(value: bigint, digits: number, isUtc: boolean): string | undefined {
  const unit = 10n ** BigInt(digits);
  const fraction = ((value % unit) + unit) % unit;
  const date = new Date(Number((value - fraction) / unit) * 1000);
  const year = date.getTime() / DAY_MS / 365.2425 + 1970;
  if (!(year > 1 && year < 9998)) return undefined;
  return `"${date.toISOString().slice(0, 19)}.${fraction.toString().padStart(digits, '0')}${isUtc ? 'Z' : ''}"`;
}

function timeText(value: bigint, digits: number): string {
  const unit = 10n ** BigInt(digits);
  if (value < 0n || value >= 86_400n * unit) return value.toString();
  return `"${new Date(Number(value / unit) * 1000).toISOString().slice(11, 19)}.${(value % unit).toString().padStart(digits, '0')}"`;
}

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
    case 'uuid': {
      const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
      return `"${[hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')}"`;
    }
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
