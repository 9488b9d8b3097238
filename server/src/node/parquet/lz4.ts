// Packs an LZ4 block: the library that unpacks them does not, and packages that do are native or long without care.

const HASH_BITS = 14;
const LEAST_MATCH = 4;
/** By the format: the last five bytes are literals, and the last match begins twelve bytes before the end. */
const LAST_LITERALS = 5;
const MATCH_MARGIN = 12;
const MOST_OFFSET = 0xffff;

function writeLength(out: Uint8Array, at: number, length: number): number {
  let left = length - 15;
  for (; left >= 255; left -= 255) out[at++] = 255;
  out[at++] = left;
  return at;
}

/**
 * One block, greedily: the nearest earlier place with the same four bytes, if any.
 * Source: the LZ4 block format description (token, literals, offset, match length).
 */
export function packLz4(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length + Math.ceil(bytes.length / 255) + 16);
  const seen = new Int32Array(1 << HASH_BITS).fill(-1);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const write = (at: number, from: number, to: number, offset: number, matched: number): number => {
    const literals = to - from;
    const extra = matched - LEAST_MATCH;
    out[at++] = (Math.min(15, literals) << 4) | (offset > 0 ? Math.min(15, extra) : 0);
    if (literals >= 15) at = writeLength(out, at, literals);
    out.set(bytes.subarray(from, to), at);
    at += literals;
    if (offset === 0) return at;
    out[at++] = offset & 0xff;
    out[at++] = offset >> 8;
    return extra >= 15 ? writeLength(out, at, extra) : at;
  };
  let [length, literalStart] = [0, 0];
  for (let i = 0; i < bytes.length - MATCH_MARGIN;) {
    const word = view.getUint32(i, true);
    const slot = Math.imul(word, 0x9e3779b1) >>> (32 - HASH_BITS);
    const before = seen[slot] ?? -1;
    seen[slot] = i;
    if (before < 0 || i - before > MOST_OFFSET || view.getUint32(before, true) !== word) {
      i++;
      continue;
    }
    let matched = LEAST_MATCH;
    while (i + matched < bytes.length - LAST_LITERALS && bytes[before + matched] === bytes[i + matched])
      matched++;
    length = write(length, literalStart, i, i - before, matched);
    i += matched;
    literalStart = i;
  }
  return out.slice(0, write(length, literalStart, bytes.length, 0, LEAST_MATCH));
}
