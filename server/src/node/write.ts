// The one way in which a file is written: under a temporary name in the folder of its target, read back, synced, and
// renamed. At every moment the path names the old file or the new one, whole.
import type { Stats } from 'node:fs';
import { renameSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { lstat, open, realpath, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

import { messages } from '#core/messages.ts';

import { sweepFolder, temporaryName } from './leftovers.ts';
import { THIS_PROCESS } from './owner.ts';
import { codeOf } from './stored.ts';
import { inWords } from './systemErrors.ts';

/** Small pieces are gathered: a write for each of a thousand lines would cost more than all the rest. */
const WRITE_BYTES = 1 << 20;

/** Until it takes the place of another file, only its owner reads it. */
export const PRIVATE_MODE = 0o600;

/** Permissions of the file that is replaced, and who it belongs to. */
type Rights = Pick<Stats, 'mode' | 'uid' | 'gid'>;

export interface WriteOptions {
  /** A link at the path stays a link, and the file that it leads to is replaced. Else the link is. */
  readonly followsLink?: boolean;
  /** Of a file that is not there yet; the user's umask takes from it. */
  readonly mode?: number;
  /** A cache: it is neither synced nor are the leftovers in its folder looked for. */
  readonly isExpendable?: boolean;
  /** A last look at the new file, before it takes its place. It is dropped where this rejects. */
  readonly verify?: (path: string) => Promise<void>;
  readonly signal?: AbortSignal;
}

/** A file on its way. */
export interface Draft {
  /** Where it will stand; its folder without links. */
  readonly target: string;
  /** Where it is until then. */
  readonly path: string;
  /** Undefined where nothing is replaced. */
  readonly rights: Rights | undefined;
  /** Of a file that replaces nothing. */
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

/** Where `path` leads to; the folder of a file that is not there yet. */
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

/** True where two paths name one file, or one place for a file. */
export async function isSamePlace(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all(
    [a, b].map(async (path) => targetOf(path, true).catch(() => resolve(path))),
  );
  return one === other;
}

/** The rights of what is replaced. Throws where it is no file that may be. */
function rightsOf(path: string, old: Stats | undefined): Rights | undefined {
  if (!old || old.isSymbolicLink()) return undefined;
  if (old.isDirectory()) throw messages.isFolder(path);
  if (!old.isFile()) throw messages.noRegularFile(path);
  return old;
}

/** Names a temporary file beside `path`. It is not there yet; `dropDraft` or `commitDraft` ends it. */
export async function beginDraft(path: string, options: WriteOptions = {}): Promise<Draft> {
  const { followsLink = false, mode = 0o666 } = options;
  const target = await targetOf(path, followsLink);
  const rights = rightsOf(path, await statIfThere(target, followsLink));
  await sweepFolder(dirname(target));
  const draft = { target, path: join(dirname(target), temporaryName(target)), rights, mode };
  THIS_PROCESS.inUse.add(draft.path);
  return draft;
}

/** Creates the file, where nothing stands: a link that somebody put there is not followed. */
export async function createDraft({ path, rights, mode }: Draft): Promise<FileHandle> {
  return open(path, 'wx+', rights ? PRIVATE_MODE : mode);
}

/** Gives the file the rights of the one it replaces, its owner where this user may, and sees it onto the disk. */
export async function settleDraft({ rights }: Draft, file: FileHandle, isExpendable = false): Promise<void> {
  if (rights) {
    await file.chmod(rights.mode & 0o7777);
    await file.chown(rights.uid, rights.gid).catch(() => undefined);
  }
  if (!isExpendable) await file.sync();
}

/** Syncs a folder, so that a rename in it survives a loss of power. Some systems cannot; then it is left to them. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path).catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

/** Puts the file in its place: at once, so that nothing comes between a last look and the rename. */
export async function commitDraft({ path, target }: Draft, isExpendable = false): Promise<void> {
  renameSync(path, target);
  THIS_PROCESS.inUse.delete(path);
  if (!isExpendable) await syncFolder(dirname(target));
}

/** Removes the file, where it is there. */
export async function dropDraft({ path }: Draft): Promise<void> {
  await rm(path, { force: true }).catch(() => undefined);
  THIS_PROCESS.inUse.delete(path);
}

/** Writes pieces and reads each block back at once. False when something else came back. */
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
    // Chunks are good until the next but one: what is gathered is never older than that.
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

/** Writes a file, whole or not at all. What was there before stays when that fails; it rejects with what to do. */
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
