// Decompresses the beginning of a snappy block. The library only decompresses whole blocks, up to a hundred
// megabytes.

/**
 * The first `wanted` decompressed bytes; fewer if the data ends earlier. Throws if it is not a snappy block.
 * Source: the snappy format description (tags of literals and of copies with 1, 2 or 4 bytes of offset).
 */
export function decompressSnappyStart(bytes: Uint8Array, wanted: number): Uint8Array {
  const out = new Uint8Array(wanted);
  let [at, done] = [0, 0];
  const number = (size: number): number => {
    let value = 0;
    for (let i = 0; i < size; i++) value += (bytes[at++] ?? 0) * 2 ** (8 * i);
    return value;
  };
  // Skips the total length.
  while ((bytes[at++] ?? 0) >= 0x80);
  while (done < wanted && at < bytes.length) {
    const tag = bytes[at++] ?? 0;
    const high = tag >> 2;
    if ((tag & 3) === 0) {
      const length = (high < 60 ? high : number(high - 59)) + 1;
      const taken = Math.min(length, bytes.length - at, wanted - done);
      out.set(bytes.subarray(at, at + taken), done);
      at += length;
      done += taken;
      continue;
    }
    const isShort = (tag & 3) === 1;
    const length = isShort ? (high & 7) + 4 : high + 1;
    const offset = isShort ? ((tag >> 5) << 8) + number(1) : number((tag & 3) === 2 ? 2 : 4);
    // The data may be cut inside a tag.
    if (at > bytes.length) break;
    if (offset === 0 || offset > done) throw new Error('it points before its start');
    for (const end = Math.min(wanted, done + length); done < end; done++) out[done] = out[done - offset] ?? 0;
  }
  return out.subarray(0, done);
}
