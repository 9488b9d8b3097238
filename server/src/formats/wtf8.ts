// WTF-8 (simonsapin.github.io/wtf-8): UTF-8, plus three bytes for half a character (a lone surrogate), which UTF-8
// does not allow. So any editor text survives the round trip, and a strict reader rejects only what no file can
// contain. The two halves of a character are always written as one character of four bytes.

import { concat } from '#core/concat.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** With the `u` flag, a surrogate pair is one character, so this matches only lone surrogates. */
const LONE = /\p{Surrogate}/gu;

const ED = 0xed;
export const HALF_BYTES = 3;

export function encodeText(text: string): Uint8Array {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const { index } of text.matchAll(LONE)) {
    const unit = text.charCodeAt(index);
    parts.push(encoder.encode(text.slice(from, index)));
    parts.push(Uint8Array.of(ED, 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)));
    from = index + 1;
  }
  if (from === 0) return encoder.encode(text);
  return concat([...parts, encoder.encode(text.slice(from))]);
}

/** The half character that begins at a byte; '' if there is none. */
export function halfAt(bytes: Uint8Array, at: number): string {
  const [lead = 0, second = 0, third = 0] = [bytes[at], bytes[at + 1], bytes[at + 2]];
  if (lead !== ED || second < 0xa0) return '';
  return String.fromCharCode(0xd000 | ((second & 0x3f) << 6) | (third & 0x3f));
}

/** Inverse of `encodeText`. */
export function decodeText(bytes: Uint8Array): string {
  let text = '';
  let from = 0;
  for (let at = bytes.indexOf(ED); at >= 0; at = bytes.indexOf(ED, at + HALF_BYTES)) {
    const half = halfAt(bytes, at);
    if (half === '') continue;
    text += decoder.decode(bytes.subarray(from, at)) + half;
    from = at + HALF_BYTES;
  }
  return from === 0 ? decoder.decode(bytes) : text + decoder.decode(bytes.subarray(from));
}
