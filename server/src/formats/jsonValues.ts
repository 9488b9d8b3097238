// How values of tables become JSON text, whatever the format of the table. Every text identifies its original bytes.
import { findJsonFault } from '#core/json/scan.ts';

import { toBase64 } from './bytes.ts';
import type { TextSink } from './textSink.ts';

const strict = new TextDecoder('utf-8', { fatal: true });
const encoder = new TextEncoder();

/** Picture types by their first bytes. */
const PICTURES: readonly (readonly [type: string, at: number, head: readonly number[]])[] = [
  ['image/png', 0, [0x89, 0x50, 0x4e, 0x47]],
  ['image/jpeg', 0, [0xff, 0xd8, 0xff]],
  ['image/gif', 0, [0x47, 0x49, 0x46, 0x38]],
  ['image/webp', 8, [0x57, 0x45, 0x42, 0x50]],
];

export const DATA_URI = /^data:[a-z]+\/[a-z-]+;base64,/;
const ANY_TYPE = 'application/octet-stream';
/** Type of a data URI for JSON that can't be part of a line unchanged. */
const JSON_TYPE = 'application/json';

/** Bytes of unknown meaning: as text if they are UTF-8, or else as a data URI. */
export function bytesText(bytes: Uint8Array): string {
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
export const JSON_URI = encoder.encode(`"data:${JSON_TYPE};base64,`);

export function startsWith(bytes: Uint8Array, head: Uint8Array): boolean {
  return head.every((byte, i) => bytes[i] === byte);
}

/** A column of JSON texts: the value itself becomes part of the line. */
export function writeJson(out: TextSink, bytes: Uint8Array): void {
  const isPlain =
    !bytes.includes(LINE_FEED) &&
    !bytes.includes(RETURN) &&
    !startsWith(bytes, JSON_URI) &&
    findJsonFault(bytes) === undefined;
  out.bytes(isPlain ? bytes : encoder.encode(`"${dataUri(JSON_TYPE, bytes)}"`));
}

export function signedOf(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return bytes.length > 0 ? BigInt.asIntN(8 * bytes.length, value) : 0n;
}

export function decimalText(unscaled: bigint, scale: number): string {
  if (scale <= 0) return (unscaled * 10n ** BigInt(-scale)).toString();
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

export function floatText(value: number, isShort: boolean): string {
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

export function halfOf(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction > 0 ? Number.NaN : sign * Infinity;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

const DAY_MS = 86_400_000;

function fractionText(fraction: bigint, digits: number): string {
  return digits === 0 ? '' : `.${fraction.toString().padStart(digits, '0')}`;
}

/** A point in time as ISO text with a fixed number of digits; undefined if the calendar can't express it. */
export function stampText(value: bigint, digits: number, isUtc: boolean): string | undefined {
  const unit = 10n ** BigInt(digits);
  const fraction = ((value % unit) + unit) % unit;
  const date = new Date(Number((value - fraction) / unit) * 1000);
  const year = date.getTime() / DAY_MS / 365.2425 + 1970;
  if (!(year > 1 && year < 9998)) return undefined;
  return `"${date.toISOString().slice(0, 19)}${fractionText(fraction, digits)}${isUtc ? 'Z' : ''}"`;
}

export function timeText(value: bigint, digits: number): string {
  const unit = 10n ** BigInt(digits);
  if (value < 0n || value >= 86_400n * unit) return value.toString();
  return `"${new Date(Number(value / unit) * 1000).toISOString().slice(11, 19)}${fractionText(value % unit, digits)}"`;
}

export function uuidText(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `"${[hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')}"`;
}
