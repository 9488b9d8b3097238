// LZ4 blocks, both ways. The available packages are native, unmaintained, or fail on an empty block.
// Source: the LZ4 block format description (token, literals, offset, match length).

const HASH_BITS = 14;
const MIN_MATCH = 4;
/**
 * Required by the format: the last five bytes are literals, and the last match begins twelve bytes before the end.
 */
const LAST_LITERALS = 5;
const MATCH_MARGIN = 12;
const MAX_OFFSET = 0xffff;

function writeLength(out: Uint8Array, at: number, length: number): number {
  let left = length - 15;
  for (; left >= 255; left -= 255) out[at++] = 255;
  out[at++] = left;
  return at;
}

/** Compresses one block greedily: uses the nearest earlier position with the same four bytes. */
export function compressLz4(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length + Math.ceil(bytes.length / 255) + 16);
  const seen = new Int32Array(1 << HASH_BITS).fill(-1);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const write = (at: number, from: number, to: number, offset: number, matched: number): number => {
    const literals = to - from;
    const extra = matched - MIN_MATCH;
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
    if (before < 0 || i - before > MAX_OFFSET || view.getUint32(before, true) !== word) {
      i++;
      continue;
    }
    let matched = MIN_MATCH;
    while (i + matched < bytes.length - LAST_LITERALS && bytes[before + matched] === bytes[i + matched])
      matched++;
    length = write(length, literalStart, i, i - before, matched);
    i += matched;
    literalStart = i;
  }
  return out.slice(0, write(length, literalStart, bytes.length, 0, MIN_MATCH));
}

/**
 * Decompresses one block into `out` from `start` on, and returns the end. Throws if the block is invalid or does
 * not fit.
 */
function decompressInto(bytes: Uint8Array, out: Uint8Array, start: number): number {
  let [at, length] = [0, start];
  const extended = (short: number): number => {
    let value = short;
    for (let byte = short === 15 ? 255 : 0; byte === 255; value += byte) byte = bytes[at++] ?? 0;
    return value;
  };
  while (at < bytes.length) {
    const token = bytes[at++] ?? 0;
    const literals = extended(token >> 4);
    if (at + literals > bytes.length || length + literals > out.length)
      throw new Error('its literals do not fit');
    out.set(bytes.subarray(at, at + literals), length);
    at += literals;
    length += literals;
    // The last sequence has no match.
    if (at === bytes.length) return length;
    const offset = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
    at += 2;
    const matched = extended(token & 15) + MIN_MATCH;
    if (offset === 0 || offset > length || length + matched > out.length)
      throw new Error('its matches are out of range');
    // Byte by byte: a match may overlap its own output.
    for (const end = length + matched; length < end; length++) out[length] = out[length - offset] ?? 0;
  }
  return length;
}

/** Decompresses one block of known size. */
export function decompressLz4(bytes: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  if (decompressInto(bytes, out, 0) !== length) throw new Error('it is shorter than its stated size');
  return out;
}

/** LZ4 with Hadoop's framing: both lengths, high byte first, before each block. Some writers omit the frame. */
export function decompressHadoopLz4(bytes: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let [at, done] = [0, 0];
  while (at + 8 <= bytes.length) {
    const [uncompressed, compressed] = [view.getUint32(at), view.getUint32(at + 4)];
    if (at + 8 + compressed > bytes.length || done + uncompressed > length)
      return decompressLz4(bytes, length);
    if (decompressInto(bytes.subarray(at + 8, at + 8 + compressed), out, done) !== done + uncompressed)
      return decompressLz4(bytes, length);
    at += 8 + compressed;
    done += uncompressed;
  }
  return at === bytes.length && done === length ? out : decompressLz4(bytes, length);
}

/** One block with Hadoop's framing. */
export function compressHadoopLz4(bytes: Uint8Array): Uint8Array {
  const block = compressLz4(bytes);
  const head = new Uint8Array(8);
  new DataView(head.buffer).setUint32(0, bytes.length);
  new DataView(head.buffer).setUint32(4, block.length);
  return Buffer.concat([head, block]);
}

const FRAME_MAGIC = 0x184d2204;
const STORED = 0x8000_0000;

/**
 * Decompresses an LZ4 frame of known size. Checksums are skipped.
 * Source: the LZ4 frame format description (frame descriptor, data blocks).
 */
export function decompressLz4Frame(bytes: Uint8Array, length: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 7 || view.getUint32(0, true) !== FRAME_MAGIC) throw new Error('it is not an LZ4 frame');
  const flags = bytes[4] ?? 0;
  const out = new Uint8Array(length);
  // Magic, two bytes of flags, content size, dictionary, one byte of checksum.
  let at = 4 + 2 + (flags & 8 ? 8 : 0) + (flags & 1 ? 4 : 0) + 1;
  let done = 0;
  while (at + 4 <= bytes.length) {
    const word = view.getUint32(at, true);
    at += 4;
    if (word === 0) break;
    const size = word & ~STORED;
    const block = bytes.subarray(at, at + size);
    if (block.length < size) break;
    if (word >= STORED) {
      if (done + size > length) throw new Error('it is longer than its stated size');
      out.set(block, done);
      done += size;
    } else done = decompressInto(block, out, done);
    at += size + (flags & 16 ? 4 : 0);
  }
  if (done !== length) throw new Error('it is shorter than its stated size');
  return out;
}
