import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';

import { messages } from '#core/messages.ts';
import type { ByteStream } from '#core/ports.ts';

/** Large reads: the newline scan is bound by the number of calls, not by memory. */
const CHUNK_BYTES = 1 << 20;

/** A dataset file, and a way to notice that it is no longer the one that was opened. */
export interface DatasetFile {
  readonly path: string;
  readonly size: number;
  readonly bytes: ByteStream;
  /** Throws when the file was replaced or written to since it was opened. */
  assertSame(): Promise<void>;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

async function statOf(path: string): Promise<{ size: number; stamp: string; directory: boolean }> {
  try {
    const found = await stat(path);
    return {
      size: found.size,
      stamp: `${found.ino}:${found.size}:${found.mtimeMs}`,
      directory: found.isDirectory(),
    };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw messages.notFound(path);
    throw messages.unreadable(path, error instanceof Error ? error.message : String(error));
  }
}

async function* readPlain(path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES }))
      yield chunk as Uint8Array;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw messages.notFound(path);
    throw messages.unreadable(path, error instanceof Error ? error.message : String(error));
  }
}

async function* readGzip(path: string): AsyncGenerator<Uint8Array> {
  const source = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const unpacked = createGunzip({ chunkSize: CHUNK_BYTES });
  source.on('error', (error) => unpacked.destroy(error));
  try {
    for await (const chunk of source.pipe(unpacked)) yield chunk as Uint8Array;
  } catch (error) {
    if (codeOf(error).startsWith('Z_'))
      throw messages.badGzip(path, error instanceof Error ? error.message : '');
    throw messages.unreadable(path, error instanceof Error ? error.message : String(error));
  } finally {
    source.destroy();
  }
}

/** Opens a .jsonl or .jsonl.gz file. Nothing is read yet. */
export async function openDataset(path: string): Promise<DatasetFile> {
  const first = await statOf(path);
  if (first.directory) throw messages.isDirectory(path);
  if (first.size === 0) throw messages.empty(path);
  const read = path.endsWith('.gz') ? readGzip : readPlain;
  return {
    path,
    size: first.size,
    bytes: () => read(path),
    async assertSame() {
      if ((await statOf(path)).stamp !== first.stamp) throw messages.changed(path);
    },
  };
}
