// MurmurHash3 (x86, 128 bits) over UTF-16 units, the last block filled up with zeros. For identity, not for secrets.

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

/** 64 bits as two whole numbers below 2^32. */
export type Key = readonly [low: number, high: number];

export const NO_KEY: Key = [0, 0];

/** The key of a text. Texts hashed from different starts are different, as an answer under two prompts. */
export function hashKey(text: string, [start1, start2]: Key = NO_KEY): Key {
  let [h1, h2, h3, h4] = [start1 | 0, start2 | 0, start1 ^ 0x9e3779b9, start2 ^ 0x7f4a7c15];
  const length = text.length;
  for (let at = 0; at < length; at += 8) {
    let k1: number, k2: number, k3: number, k4: number;
    if (at + 8 <= length) {
      k1 = text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16);
      k2 = text.charCodeAt(at + 2) | (text.charCodeAt(at + 3) << 16);
      k3 = text.charCodeAt(at + 4) | (text.charCodeAt(at + 5) << 16);
      k4 = text.charCodeAt(at + 6) | (text.charCodeAt(at + 7) << 16);
    } else {
      // charCodeAt past the end is NaN, which becomes 0.
      k1 = text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16);
      k2 = text.charCodeAt(at + 2) | (text.charCodeAt(at + 3) << 16);
      k3 = text.charCodeAt(at + 4) | (text.charCodeAt(at + 5) << 16);
      k4 = text.charCodeAt(at + 6) | 0;
    }
    k1 = Math.imul(k1, C1);
    h1 ^= Math.imul((k1 << 15) | (k1 >>> 17), C2);
    h1 = (Math.imul(((h1 << 19) | (h1 >>> 13)) + h2, 5) + 0x561ccd1b) | 0;
    k2 = Math.imul(k2, C2);
    h2 ^= Math.imul((k2 << 16) | (k2 >>> 16), C3);
    h2 = (Math.imul(((h2 << 17) | (h2 >>> 15)) + h3, 5) + 0x0bcaa747) | 0;
    k3 = Math.imul(k3, C3);
    h3 ^= Math.imul((k3 << 17) | (k3 >>> 15), C4);
    h3 = (Math.imul(((h3 << 15) | (h3 >>> 17)) + h4, 5) + 0x96cd1c35) | 0;
    k4 = Math.imul(k4, C4);
    h4 ^= Math.imul((k4 << 18) | (k4 >>> 14), C1);
    h4 = (Math.imul(((h4 << 13) | (h4 >>> 19)) + h1, 5) + 0x32ac3b17) | 0;
  }
  h1 ^= length;
  h2 ^= length;
  h3 ^= length;
  h4 ^= length;
  const sum = (h1 + h2 + h3 + h4) | 0;
  [h1, h2, h3, h4] = [finish(sum), finish(h2 + sum), finish(h3 + sum), finish(h4 + sum)];
  return [(h1 ^ h3) >>> 0, (h2 ^ Math.imul(h4, 5) ^ (h1 >>> 7)) >>> 0];
}

export function compareKeys(a: Key, b: Key): number {
  return a[1] - b[1] || a[0] - b[0];
}

/** One key of two, the same in either order. */
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
