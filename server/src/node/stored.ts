// The bytes of a file as they are stored, and what tells one state of it from another.
import type { Stats } from 'node:fs';
import { closeSync, fstatSync, read, readSync, statSync } from 'node:fs';
import { readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

import { messages, UserError } from '#core/messages.ts';
import { errorMessage } from '#core/words/errorMessage.ts';

import { CHUNK_BYTES } from './codec.ts';
import { kindOf, openRegular, openRegularSync } from './regularFile.ts';

/** Identifies a state of a file without reading it. */
export interface Stamp {
  readonly size: number;
  readonly mtimeMs: number;
  /** Last change of bytes, name or permissions. Unlike `mtimeMs`, programs can't set it. */
  readonly ctimeMs: number;
  readonly inode: number;
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

export function unreadable(path: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  if (codeOf(error) === 'ENOENT') return messages.notFound(path);
  const code = codeOf(error);
  return code === ''
    ? messages.unreadable(path, errorMessage(error))
    : messages.system(path, code, error instanceof Error ? error.message : code);
}

export function sameStamp(a: Stamp, b: Stamp): boolean {
  return a.size === b.size && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs && a.inode === b.inode;
}

export function stampFrom({ size, mtimeMs, ctimeMs, ino: inode }: Stats): Stamp {
  return { size, mtimeMs, ctimeMs, inode };
}

/** True for a link of git-annex whose content was not downloaded. */
async function isAnnexLink(path: string): Promise<boolean> {
  const target = await readlink(path).catch(() => '');
  return /(?:^|[\\/])\.git[\\/]annex[\\/]objects[\\/]/.test(target);
}

/** The present state of a path; `kind` is set unless it is a regular file. */
export async function stampOf(
  path: string,
): Promise<Stamp & { readonly isFolder: boolean; readonly kind: string | undefined }> {
  try {
    // A look at one file takes less than handing it to another thread.
    const found = statSync(path);
    return { ...stampFrom(found), isFolder: found.isDirectory(), kind: kindOf(found) };
  } catch (error) {
    throw codeOf(error) === 'ENOENT' && (await isAnnexLink(path))
      ? messages.notDownloaded(path)
      : unreadable(path, error);
  }
}

/** Synchronous `stampOf`. */
export function stampNow(path: string): Stamp {
  return stampFrom(statSync(path));
}

/** A file's stored bytes, or a half-open range of them. */
export async function* readStored(path: string, start = 0, end = Infinity): AsyncGenerator<Uint8Array> {
  if (end <= start) return;
  try {
    const handle = await openRegular(path);
    const range = { start, ...(Number.isFinite(end) && { end: end - 1 }) };
    for await (const chunk of handle.createReadStream({ highWaterMark: CHUNK_BYTES, ...range }))
      yield chunk as Uint8Array;
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Number of reused buffers: allocating one per read would take longer than reading. */
const BLOCKS = 3;

/** Minimum buffer size, for files whose size the system does not report. */
const MIN_BLOCK_BYTES = 4096;

/** Reading this much takes less than handing it to another thread. */
const SMALL_BYTES = 1 << 16;

const readAsync = promisify(read);

/**
 * A file's bytes, or a half-open range of them, in reused buffers: a chunk is valid until the second next one is
 * read.
 */
export async function* readBlocks(path: string, start = 0, end = Infinity): AsyncGenerator<Uint8Array> {
  let handle: number | undefined;
  try {
    handle = openRegularSync(path);
    // Thousands of small files may be read in sequence, so allocate no more than each one's size.
    const { size } = fstatSync(handle);
    const isSmall = Math.min(end, size) - start <= SMALL_BYTES;
    const blockBytes = Math.min(CHUNK_BYTES, Math.max(MIN_BLOCK_BYTES, Math.min(end, size) - start));
    const blocks: Uint8Array[] = [];
    for (let at = start, turn = 0; at < end; turn = (turn + 1) % BLOCKS) {
      const block = (blocks[turn] ??= new Uint8Array(blockBytes));
      const length = Math.min(block.length, end - at);
      const bytesRead = isSmall
        ? readSync(handle, block, 0, length, at)
        : (await readAsync(handle, block, 0, length, at)).bytesRead;
      if (bytesRead === 0) return;
      yield block.subarray(0, bytesRead);
      at += bytesRead;
    }
  } catch (error) {
    throw error instanceof Error && 'syscall' in error ? unreadable(path, error) : error;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}
