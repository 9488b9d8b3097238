// MurmurHash3 (x86, 128 bits) over UTF-8, with the last block padded with zeros. For identity, not for security.

const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;

function finish(h: number): number {
  let x = h;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}

/** 64 bits as two integers below 2^32. */
export type Key = readonly [low: number, high: number];

export const NO_KEY: Key = [0, 0];

/** 53 of the 64 bits as one number, for sets and maps of many keys. */
export function keyNumber([low, high]: Key): number {
  return low + (high % 2 ** 21) * 2 ** 32;
}

/** Texts are encoded into this buffer piece by piece: native encoding is faster than reading UTF-16 units. */
const piece = new Uint8Array(1 << 16);
const words = new Int32Array(piece.buffer);
const encoder = new TextEncoder();

const BLOCK_BYTES = 16;
const state = new Int32Array(4);

/** Mixes whole blocks of `piece` into the state. */
function mixBlocks(bytes: number): void {
  let [h1, h2, h3, h4] = state as unknown as [number, number, number, number];
  for (let at = 0; at < bytes >> 2; at += 4) {
    const k1 = Math.imul(words[at] as number, C1);
    h1 ^= Math.imul((k1 << 15) | (k1 >>> 17), C2);
    h1 = (Math.imul(((h1 << 19) | (h1 >>> 13)) + h2, 5) + 0x561ccd1b) | 0;
    const k2 = Math.imul(words[at + 1] as number, C2);
    h2 ^= Math.imul((k2 << 16) | (k2 >>> 16), C3);
    h2 = (Math.imul(((h2 << 17) | (h2 >>> 15)) + h3, 5) + 0x0bcaa747) | 0;
    const k3 = Math.imul(words[at + 2] as number, C3);
    h3 ^= Math.imul((k3 << 17) | (k3 >>> 15), C4);
    h3 = (Math.imul(((h3 << 15) | (h3 >>> 17)) + h4, 5) + 0x96cd1c35) | 0;
    const k4 = Math.imul(words[at + 3] as number, C4);
    h4 ^= Math.imul((k4 << 18) | (k4 >>> 14), C1);
    h4 = (Math.imul(((h4 << 13) | (h4 >>> 19)) + h1, 5) + 0x32ac3b17) | 0;
  }
  state[0] = h1;
  state[1] = h2;
  state[2] = h3;
  state[3] = h4;
}

/**
 * The key of a text. A different start gives a different key, for example for one answer under two prompts. A lone
 * surrogate counts as U+FFFD.
 */
export function hashKey(text: string, [start1, start2]: Key = NO_KEY): Key {
  state[0] = start1;
  state[1] = start2;
  state[2] = start1 ^ 0x9e3779b9;
  state[3] = start2 ^ 0x7f4a7c15;
  let [at, kept] = [0, 0];
  while (at < text.length) {
    const target = kept === 0 ? piece : piece.subarray(kept);
    const { read, written } = encoder.encodeInto(at === 0 ? text : text.slice(at), target);
    at += read;
    let have = kept + written;
    if (at >= text.length) {
      piece.fill(0, have, have + BLOCK_BYTES);
      have = (have + BLOCK_BYTES - 1) & -BLOCK_BYTES;
    }
    const whole = have & -BLOCK_BYTES;
    mixBlocks(whole);
    kept = have - whole;
    piece.copyWithin(0, whole, have);
  }
  const [h1, h2, h3, h4] = state as unknown as [number, number, number, number];
  // The length goes in first: texts that differ only in trailing zeros differ only in length.
  const a = finish(h1 ^ Math.imul(text.length, C2));
  const b = finish(h2 + a);
  const c = finish(h3 + b);
  const d = finish(h4 + c);
  return [finish(d + h1) >>> 0, finish(c ^ d ^ Math.imul(h2, C3)) >>> 0];
}

export function compareKeys(a: Key, b: Key): number {
  return a[1] - b[1] || a[0] - b[0];
}

/** Joins two keys into one; the order does not matter. */
export function joinKeys(a: Key, b: Key): Key {
  const [low, high] = compareKeys(a, b) <= 0 ? [a, b] : [b, a];
  return hashKey('', [
    finish(low[0] ^ Math.imul(high[0], C1)) >>> 0,
    finish(low[1] ^ Math.imul(high[1], C2) ^ low[0]) >>> 0,
  ]);
}

/** 16 hexadecimal digits. */
export function formatKey([low, high]: Key): string {
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}

/** Inverse of `formatKey`; undefined for any other text. */
export function parseKey(text: string): Key | undefined {
  if (!/^[0-9a-f]{16}$/.test(text)) return undefined;
  return [Number.parseInt(text.slice(8), 16), Number.parseInt(text.slice(0, 8), 16)];
}
