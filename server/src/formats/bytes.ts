// What formats need of bytes, without Node's Buffer.

const decoder = new TextDecoder();

/** Random access to bytes. */
export interface ByteSource {
  readonly size: number;
  /**
   * The bytes [start, end), which must exist.
   * @param into memory that may be used for them: fresh memory takes the system longer than the reading
   */
  read(start: number, end: number, into?: Uint8Array): Uint8Array;
}

/** Below 0 where `a` sorts before `b`, by their bytes without sign. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

const SIGNS = new TextEncoder().encode('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const PAD = 0x3d;

const VALUES = new Int8Array(128).fill(-1);
SIGNS.forEach((sign, value) => {
  VALUES[sign] = value;
});
// The alphabet of URLs.
VALUES[0x2d] = 62;
VALUES[0x5f] = 63;

export function toBase64(bytes: Uint8Array): string {
  const out = new Uint8Array(4 * Math.ceil(bytes.length / 3)).fill(PAD);
  let to = 0;
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const bits = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    out[to] = SIGNS[bits >> 18] as number;
    out[to + 1] = SIGNS[(bits >> 12) & 63] as number;
    if (left > 1) out[to + 2] = SIGNS[(bits >> 6) & 63] as number;
    if (left > 2) out[to + 3] = SIGNS[bits & 63] as number;
    to += 4;
  }
  return decoder.decode(out);
}

/** Ends at the first "="; skips what is no sign of base64. */
export function fromBase64(text: string): Uint8Array {
  const out = new Uint8Array(Math.ceil((3 * text.length) / 4));
  let [bits, count, length] = [0, 0, 0];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === PAD) break;
    const value = code < 128 ? (VALUES[code] as number) : -1;
    if (value < 0) continue;
    bits = ((bits << 6) | value) & 0xffffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out[length++] = (bits >> count) & 0xff;
  }
  return out.slice(0, length);
}
