// Codecs of Parquet pages: Node's own if it has them, the others from libraries.
import * as zlib from 'node:zlib';

import { decompress as unzstd } from 'fzstd';
import { snappyCompressor, snappyUncompressor } from 'hysnappy';

import type { PageCodecs } from '#formats/parquet/footer.ts';
import type { PieceDecoder } from '#formats/parquet/pieces.ts';

import { compressHadoopLz4, compressLz4, decompressHadoopLz4, decompressLz4 } from './lz4.ts';
import { snappyHead, snappyPieces } from './snappy.ts';

/** Larger pages get memory of their own, which is freed soon after: memory that is used again never shrinks. */
const LARGE_BYTES = 16 * 1024 * 1024;

/** Still larger pages get memory that is freed at once. */
const HUGE_BYTES = 256 * 1024 * 1024;

/** Large pages follow one another, and the system takes as long for fresh memory as a codec for its work. */
const KEPT_MS = 500;

interface PageCodec {
  readonly name: string;
  readonly decompress: (bytes: Uint8Array, length: number) => Uint8Array;
  readonly pieces?: PieceDecoder;
  readonly compress: (bytes: Uint8Array) => Uint8Array;
}

/** Node has zstd since 22.15, but our types are those of the oldest supported Node. */
const native = zlib as unknown as {
  readonly zstdDecompressSync?: (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;
  readonly zstdCompressSync?: (bytes: Uint8Array) => Uint8Array;
};

/** If false, zstd pages are stored uncompressed in zstd frames. */
export const packsZstd = native.zstdCompressSync !== undefined;

const ZSTD_BLOCK_BYTES = 1 << 17;
const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd];

/**
 * A zstd frame with uncompressed blocks, for a Node without zstd. Valid for every reader, but not smaller.
 * Source: RFC 8878, sections 3.1.1.1 (a frame of one segment, 8 bytes of size) and 3.1.1.2 (raw blocks).
 */
export function storeZstd(bytes: Uint8Array): Uint8Array {
  const head = new Uint8Array(13);
  head.set(ZSTD_MAGIC);
  head[4] = 0xe0;
  new DataView(head.buffer).setBigUint64(5, BigInt(bytes.length), true);
  const parts: Uint8Array[] = [head];
  let at = 0;
  do {
    const block = bytes.subarray(at, at + ZSTD_BLOCK_BYTES);
    at += block.length;
    const word = (block.length << 3) | (at >= bytes.length ? 1 : 0);
    parts.push(Uint8Array.of(word & 0xff, (word >> 8) & 0xff, (word >> 16) & 0xff), block);
  } while (at < bytes.length);
  return Buffer.concat(parts);
}

/** Content size of a frame. Throws if it is not a frame, or does not state its size. */
function zstdSize(bytes: Uint8Array): number {
  if (ZSTD_MAGIC.some((byte, i) => bytes[i] !== byte)) throw new Error('it is not a zstd frame');
  const flags = bytes[4] ?? 0;
  const isOneSegment = (flags & 0x20) !== 0;
  const at = 5 + (isOneSegment ? 0 : 1) + ([0, 1, 2, 4][flags & 3] ?? 0);
  const size = [isOneSegment ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] ?? 0);
  return size === 0 ? -1 : size === 2 ? value + 256 : value;
}

export function decompressZstd(bytes: Uint8Array, length: number): Uint8Array {
  if (native.zstdDecompressSync)
    return native.zstdDecompressSync(bytes, { maxOutputLength: Math.max(1, length) });
  // The library allocates the size in the frame without checking it.
  const size = zstdSize(bytes);
  if (size >= 0 && size !== length) throw new Error('its frame states another size');
  return unzstd(bytes, new Uint8Array(length));
}

/** What `make` gives, by the length of a page: the same each time, or one with memory of its own. */
function byLength<F>(make: () => F): (length: number) => F {
  let small: F | undefined;
  let large: F | undefined;
  let timer: NodeJS.Timeout | undefined;
  return (length) => {
    if (length <= LARGE_BYTES) return (small ??= make());
    if (length > HUGE_BYTES) return make();
    clearTimeout(timer);
    timer = setTimeout(() => (large = undefined), KEPT_MS).unref();
    return (large ??= make());
  };
}

const uncompressorFor = byLength(snappyUncompressor);
const compressorFor = byLength(snappyCompressor);

function decompressSnappy(bytes: Uint8Array, length: number): Uint8Array {
  // The library writes as much as the bytes say, not as much as expected.
  if (snappyHead(bytes).length !== length) throw new Error('it states another size');
  return uncompressorFor(length)(bytes, length);
}

function compressSnappy(bytes: Uint8Array): Uint8Array {
  return bytes.length === 0 ? Uint8Array.of(0) : compressorFor(bytes.length)(bytes);
}

const plainPieces: PieceDecoder = {
  slack: 0,
  headOf: (_, length, compressedLength) => (length === compressedLength ? 0 : undefined),
  decode(piece) {
    const taken = piece.input.subarray(piece.at, piece.at + piece.until - piece.to);
    piece.out.set(taken, piece.to);
    piece.at += taken.length;
    piece.to += taken.length;
    return true;
  },
};

const max = (length: number): { maxOutputLength: number } => ({ maxOutputLength: Math.max(1, length) });

/** By their number in the footer. */
const CODECS: readonly (PageCodec | undefined)[] = [
  {
    name: 'plain',
    decompress: (bytes) => bytes,
    pieces: plainPieces,
    compress: (bytes) => bytes,
  },
  {
    name: 'snappy',
    decompress: decompressSnappy,
    pieces: snappyPieces,
    compress: compressSnappy,
  },
  {
    name: 'gzip',
    decompress: (bytes, length) => zlib.gunzipSync(bytes, max(length)),
    compress: (bytes) => zlib.gzipSync(bytes),
  },
  // LZO: no current writer uses it.
  undefined,
  {
    name: 'brotli',
    decompress: (bytes, length) => zlib.brotliDecompressSync(bytes, max(length)),
    compress: (bytes) =>
      zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 } }),
  },
  { name: 'lz4 (Hadoop)', decompress: decompressHadoopLz4, compress: compressHadoopLz4 },
  {
    name: 'zstd',
    decompress: decompressZstd,
    compress: (bytes) => native.zstdCompressSync?.(bytes) ?? storeZstd(bytes),
  },
  { name: 'lz4', decompress: decompressLz4, compress: compressLz4 },
];

export const pageCodecs: PageCodecs = {
  nameOf: (codec) => CODECS[codec]?.name,
  decompress: (codec, bytes, length) => {
    const own = CODECS[codec];
    if (!own) throw new Error(`parquet: no codec ${codec}`);
    const uncompressed = own.decompress(bytes, length);
    // Not a Node buffer, whose `slice` shares memory where callers expect a copy.
    return new Uint8Array(uncompressed.buffer, uncompressed.byteOffset, uncompressed.length);
  },
  piecesOf: (codec) => CODECS[codec]?.pieces,
  compress: (codec, bytes) => {
    const own = CODECS[codec];
    if (!own) throw new Error(`parquet: no codec ${codec}`);
    return own.compress(bytes);
  },
};
