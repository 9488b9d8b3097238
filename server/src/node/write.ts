// The only way to write a file: under a temporary name in the target's folder, read back, synced and renamed. At
// every moment the path refers to the complete old file or the complete new one. A line may also be added to a file.
import type { Stats } from 'node:fs';
import { renameSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { lstat, open, realpath, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

import { messages } from '#core/messages.ts';

import { sweepFolder, temporaryName } from './leftovers.ts';
import { THIS_PROCESS } from './owner.ts';
import { openRegular, READ_AND_APPEND } from './regularFile.ts';
import type { Stamp } from './stored.ts';
import { codeOf, stampFrom } from './stored.ts';
import { inWords } from './systemErrors.ts';

/** Small chunks are combined: one write per line would dominate the cost. */
const WRITE_BYTES = 1 << 20;

/** Until it replaces the target, only the owner can read it. */
export const PRIVATE_MODE = 0o600;

/** Permissions and owner of the replaced file. */
type Rights = Pick<Stats, 'mode' | 'uid' | 'gid'>;

export interface WriteOptions {
  /** Replace the file that a link leads to, not the link itself. */
  readonly followsLink?: boolean;
  /** Mode of a new file, before the umask. */
  readonly mode?: number;
  /** Cache file: skip syncing and the cleanup of leftovers. */
  readonly isExpendable?: boolean;
  /** Checks the new file before it replaces the target. If this rejects, the new file is deleted. */
  readonly verify?: (path: string) => Promise<void>;
  readonly signal?: AbortSignal;
}

/** A file being written. */
export interface Draft {
  /** Final path, with links in its folder resolved. */
  readonly target: string;
  /** Temporary path. */
  readonly path: string;
  /** Undefined if nothing is replaced. */
  readonly rights: Rights | undefined;
  /** Mode of a new file. */
  readonly mode: number;
}

async function statIfThere(path: string, followsLink: boolean): Promise<Stats | undefined> {
  try {
    return await (followsLink ? stat(path) : lstat(path));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Resolves `path`; for a new file, resolves its folder. */
async function targetOf(path: string, followsLink: boolean): Promise<string> {
  if (followsLink) {
    try {
      return await realpath(path);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }
  return join(await realpath(dirname(path)), basename(path));
}

/** True if two paths mean the same file, or the same place for a new one. */
export async function isSamePlace(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all(
    [a, b].map(async (path) => targetOf(path, true).catch(() => resolve(path))),
  );
  return one === other;
}

/** Permissions of the file to replace. Throws if it must not be replaced. */
function rightsOf(path: string, old: Stats | undefined): Rights | undefined {
  if (!old || old.isSymbolicLink()) return undefined;
  if (old.isDirectory()) throw messages.isFolder(path);
  if (!old.isFile()) throw messages.noRegularFile(path);
  return old;
}

/** Chooses a temporary name beside `path` without creating it. End with `dropDraft` or `commitDraft`. */
export async function beginDraft(path: string, options: WriteOptions = {}): Promise<Draft> {
  const { followsLink = false, mode = 0o666 } = options;
  const target = await targetOf(path, followsLink);
  const rights = rightsOf(path, await statIfThere(target, followsLink));
  await sweepFolder(dirname(target));
  const draft = { target, path: join(dirname(target), temporaryName(target)), rights, mode };
  THIS_PROCESS.inUse.add(draft.path);
  return draft;
}

/** Creates the file exclusively: a planted link is not followed. */
export async function createDraft({ path, rights, mode }: Draft): Promise<FileHandle> {
  return open(path, 'wx+', rights ? PRIVATE_MODE : mode);
}

/** Copies permissions from the replaced file, and the owner if this user may; then syncs. */
export async function settleDraft({ rights }: Draft, file: FileHandle, isExpendable = false): Promise<void> {
  if (rights) {
    await file.chmod(rights.mode & 0o7777);
    await file.chown(rights.uid, rights.gid).catch(() => undefined);
  }
  if (!isExpendable) await file.sync();
}

/** Syncs a folder, so that a rename in it survives a power failure. Ignores systems that can't. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path).catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

/** Renames synchronously, so that nothing happens between the last check and the rename. */
export async function commitDraft({ path, target }: Draft, isExpendable = false): Promise<void> {
  renameSync(path, target);
  THIS_PROCESS.inUse.delete(path);
  if (!isExpendable) await syncFolder(dirname(target));
}

/** Deletes the file if it exists. */
export async function dropDraft({ path }: Draft): Promise<void> {
  await rm(path, { force: true }).catch(() => undefined);
  THIS_PROCESS.inUse.delete(path);
}

/** Writes chunks and reads each block back. False if one differs. */
export async function writeChunks(file: FileHandle, chunks: AsyncIterable<Uint8Array>): Promise<boolean> {
  let gathered: Uint8Array[] = [];
  let bytes = 0;
  let position = 0;
  let readBack = Buffer.alloc(0);
  const flush = async (): Promise<boolean> => {
    const block = gathered.length === 1 && gathered[0] ? gathered[0] : Buffer.concat(gathered, bytes);
    for (let from = 0; from < block.length;) {
      const { bytesWritten } = await file.write(block, from, block.length - from, position + from);
      from += bytesWritten;
    }
    if (block.length > readBack.length) readBack = Buffer.allocUnsafeSlow(block.length);
    const { bytesRead } = await file.read(readBack, 0, block.length, position);
    position += block.length;
    gathered = [];
    bytes = 0;
    return bytesRead === block.length && readBack.compare(block, 0, block.length, 0, bytesRead) === 0;
  };
  for await (const chunk of chunks) {
    gathered.push(chunk);
    bytes += chunk.length;
    // A chunk is only valid until the second next one, so don't hold it longer.
    if (bytes >= WRITE_BYTES && !(await flush())) return false;
  }
  return bytes === 0 || flush();
}

export async function* abortable(
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    yield chunk;
  }
}

async function* single(content: Uint8Array | string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(typeof content === 'string' ? new TextEncoder().encode(content) : content);
}

function chunksOf(
  content: Uint8Array | string | AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncIterable<Uint8Array> {
  const chunks = typeof content === 'string' || content instanceof Uint8Array ? single(content) : content;
  return signal ? abortable(chunks, signal) : chunks;
}

/** Writes a file completely or not at all. On failure the old file stays, and this rejects with a user error. */
export async function writeWhole(
  path: string,
  content: Uint8Array | string | AsyncIterable<Uint8Array>,
  options: WriteOptions = {},
): Promise<void> {
  const { isExpendable = false, verify, signal } = options;
  let draft: Draft | undefined;
  try {
    draft = await beginDraft(path, options);
    const file = await createDraft(draft);
    try {
      if (!(await writeChunks(file, chunksOf(content, signal)))) throw messages.notVerified(path);
      await settleDraft(draft, file, isExpendable);
    } finally {
      await file.close();
    }
    await verify?.(draft.path);
    signal?.throwIfAborted();
    await commitDraft(draft, isExpendable);
  } catch (error) {
    if (draft) await dropDraft(draft);
    throw inWords(error, path);
  }
}

/**
 * Adds a line to a file, and ends the last one first if it has no end. What is there is not written again, so only a
 * power failure can leave half a line. If the disk is full, the file stays as it was. Other processes must be locked out.
 * @returns the file before and after
 */
export async function appendLine(
  path: string,
  line: string,
): Promise<{ readonly before: Stamp; readonly after: Stamp }> {
  try {
    const file = await openRegular(path, READ_AND_APPEND);
    try {
      const before = stampFrom(await file.stat());
      const last = Buffer.alloc(1);
      if (before.size > 0) await file.read(last, 0, 1, before.size - 1);
      const isOpen = before.size > 0 && last.toString() !== '\n';
      try {
        await file.appendFile(`${isOpen ? '\n' : ''}${line}\n`);
        await file.sync();
      } catch (error) {
        await file.truncate(before.size);
        throw error;
      }
      return { before, after: stampFrom(await file.stat()) };
    } finally {
      await file.close();
    }
  } catch (error) {
    throw inWords(error, path);
  }
}
