// Compression codecs of datasets: from a file's bytes to its text and back.
import type { Transform } from 'node:stream';
import { pipeline, Readable } from 'node:stream';
import * as zlib from 'node:zlib';

import { Decompress } from 'fzstd';

import { isArrow, isCsv, isParquet } from '#core/input/tableNames.ts';
import { messages, UserError } from '#core/messages.ts';
import { errorMessage } from '#core/words/errorMessage.ts';

import { zstdBlocks } from './zstdFrames.ts';

/** Large, because the newline scan is bound by the number of reads, not by memory. */
export const CHUNK_BYTES = 1 << 20;

export interface Codec {
  readonly name: 'plain' | 'gzip' | 'zstd' | 'parquet' | 'arrow';
  /** Suffix of compressed files after .jsonl. */
  readonly suffix: string;
  /** Approximate text bytes per file byte, for progress only. */
  readonly expansion: number;
  /** Decompresses. Undefined if the file is plain text. */
  readonly decode?: (path: string, chunks: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array>;
  /** The file stores rows in columns; its text is assembled row by row. */
  readonly isTable: boolean;
  /** Compresses. Undefined if the file is plain text. */
  readonly encoder?: () => Transform;
}

/**
 * Bytes after a transform. Errors on the way are thrown where the result is read, and a reader that stops early ends the
 * source too.
 */
export function through(bytes: AsyncIterable<Uint8Array>, transform: Transform): AsyncIterable<Uint8Array> {
  return pipeline(Readable.from(bytes, { objectMode: false }), transform, () => undefined);
}

function reasonOf(error: unknown): string {
  return errorMessage(error);
}

function isDamage(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return (
    code.startsWith('Z_') ||
    code.startsWith('ZSTD_') ||
    code.startsWith('ERR_ZSTD') ||
    code === 'ERR__ERROR_FORMAT_PREVIOUS_DECOMPRESS'
  );
}

async function* decompressThrough(
  what: 'gzip' | 'zstd',
  path: string,
  transform: Transform,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* through(chunks, transform);
  } catch (error) {
    throw isDamage(error) ? messages.damaged(path, what, reasonOf(error)) : error;
  }
}

/** Node has zstd since 22.15, but our types are those of the oldest supported Node. */
const nativeZstd = zlib as unknown as {
  readonly createZstdDecompress?: (options: { chunkSize: number }) => Transform;
  readonly createZstdCompress?: () => Transform;
};

/** For a Node without zstd. Works block by block, so that a small file can't fill the memory when decompressed. */
export async function* decompressZstdInJs(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let ready: Uint8Array[] = [];
  let isWhole = true;
  const stream = new Decompress((chunk, isLast) => {
    isWhole = isLast ?? false;
    ready.push(chunk);
  });
  try {
    for await (const block of zstdBlocks(chunks)) {
      isWhole = false;
      stream.push(block);
      yield* ready;
      ready = [];
    }
    stream.push(new Uint8Array(0), true);
    yield* ready;
  } catch (error) {
    // The file's reader reports read errors.
    if (error instanceof UserError) throw error;
    throw messages.damaged(path, 'zstd', reasonOf(error));
  }
  if (!isWhole) throw messages.damaged(path, 'zstd', 'it ends too early');
}

const plain: Codec = { name: 'plain', suffix: '', expansion: 1, isTable: false };

const gzip: Codec = {
  name: 'gzip',
  suffix: '.gz',
  isTable: false,
  expansion: 4,
  decode: (path, chunks) =>
    decompressThrough('gzip', path, zlib.createGunzip({ chunkSize: CHUNK_BYTES }), chunks),
  encoder: () => zlib.createGzip({ chunkSize: CHUNK_BYTES }),
};

const zstd: Codec = {
  name: 'zstd',
  suffix: '.zst',
  isTable: false,
  expansion: 4,
  decode: (path, chunks) =>
    nativeZstd.createZstdDecompress
      ? decompressThrough('zstd', path, nativeZstd.createZstdDecompress({ chunkSize: CHUNK_BYTES }), chunks)
      : decompressZstdInJs(path, chunks),
  encoder: () => {
    if (!nativeZstd.createZstdCompress) throw messages.noZstdWriter();
    return nativeZstd.createZstdCompress();
  },
};

const parquet: Codec = { name: 'parquet', suffix: '', expansion: 3, isTable: true };

const arrow: Codec = { name: 'arrow', suffix: '', expansion: 2, isTable: true };

const COMPRESSED: readonly Codec[] = [gzip, zstd];

/** The codec, by the file's name. */
export function codecOf(path: string): Codec {
  if (isParquet(path)) return parquet;
  if (isArrow(path)) return arrow;
  return COMPRESSED.find(({ suffix }) => path.endsWith(suffix)) ?? plain;
}

/** The codec of a new file, by its name. Throws a user error for a format that we don't write. */
export function writtenCodecOf(path: string): Codec {
  const codec = codecOf(path);
  if (codec.name === 'arrow') throw messages.notWritten(path, 'arrow');
  if (isCsv(path)) throw messages.notWritten(path, 'csv');
  return codec;
}
