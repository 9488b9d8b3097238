// Parses zstd frames without decompressing: where blocks are, and how much memory a frame needs.

/** zstd's own default limit. A larger window is rejected before memory is allocated. */
const MAX_WINDOW_BYTES = 128 * 1024 * 1024;

/** Maximum size of a block, compressed or not. */
const MAX_BLOCK_BYTES = 128 * 1024;

const MAGIC = 0xfd2fb528;
/** Skippable frames: sixteen magic numbers that differ in their lowest four bits. */
const SKIPPED = 0x184d2a5;

/** The stream can't be read. */
class FrameFault extends Error {}

interface Header {
  readonly bytes: number;
  readonly hasChecksum: boolean;
}

const unsigned = (bytes: Uint8Array, at: number, count: number): number => {
  let value = 0;
  for (let i = count - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
};

/** Parses a frame header after its magic number; undefined if bytes are missing. */
function headerOf(bytes: Uint8Array): Header | undefined {
  const [, , , , descriptor] = bytes;
  if (descriptor === undefined) return undefined;
  const isSingle = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const sizeFlag = descriptor >> 6;
  const sizeBytes = sizeFlag > 0 ? 1 << sizeFlag : Number(isSingle);
  const sizeAt = 5 + Number(!isSingle) + dictionaryBytes;
  const length = sizeAt + sizeBytes;
  if (bytes.length < length) return undefined;
  const exponent = (bytes[5] ?? 0) >> 3;
  const base = 2 ** (10 + exponent);
  const window = isSingle
    ? unsigned(bytes, sizeAt, sizeBytes) + (sizeFlag === 1 ? 256 : 0)
    : base + (base / 8) * ((bytes[5] ?? 0) & 7);
  if (window > MAX_WINDOW_BYTES)
    throw new FrameFault(
      `it needs a window of ${Math.round(window / 2 ** 20)} MB; the limit is ${MAX_WINDOW_BYTES / 2 ** 20} MB`,
    );
  return { bytes: length, hasChecksum: (descriptor & 4) !== 0 };
}

/** Splits a stream at its blocks: each chunk is a block with the bytes before it. Throws FrameFault. */
export async function* zstdBlocks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array = new Uint8Array(0);
  /** Bytes at the start of `held` that are already parsed. */
  let seen = 0;
  let state: 'frame' | 'block' | 'rest' = 'frame';
  /** Bytes left of a skippable frame or a checksum. */
  let rest = 0;
  let hasChecksum = false;
  /** Parses further; false if more bytes are needed. */
  const step = (): boolean => {
    const left = held.subarray(seen);
    if (state === 'rest') {
      const passed = Math.min(rest, left.length);
      seen += passed;
      rest -= passed;
      if (rest > 0) return false;
      state = 'frame';
      return left.length > 0;
    }
    if (state === 'frame') {
      if (left.length < 8) return false;
      const magic = unsigned(left, 0, 4);
      if (Math.floor(magic / 16) === SKIPPED) {
        [rest, state] = [8 + unsigned(left, 4, 4), 'rest'];
        return true;
      }
      if (magic !== MAGIC) throw new FrameFault('no frame begins here');
      const header = headerOf(left);
      if (!header) return false;
      ({ hasChecksum } = header);
      seen += header.bytes;
      state = 'block';
      return true;
    }
    if (left.length < 3) return false;
    const block = unsigned(left, 0, 3);
    const size = block >> 3;
    if (size > MAX_BLOCK_BYTES) throw new FrameFault('a block exceeds the maximum size');
    // A repeated byte is stored once.
    const length = 3 + (((block >> 1) & 3) === 1 ? 1 : size);
    if (left.length < length) return false;
    seen += length;
    if ((block & 1) !== 0) [rest, state] = [hasChecksum ? 4 : 0, 'rest'];
    return true;
  };
  for await (const chunk of chunks) {
    held = held.length === 0 ? new Uint8Array(chunk) : Buffer.concat([held, chunk]);
    for (;;) {
      const goesOn = step();
      if (seen > 0) yield held.subarray(0, seen);
      held = held.subarray(seen);
      seen = 0;
      if (!goesOn) break;
    }
  }
  if (held.length > 0) yield held;
}
