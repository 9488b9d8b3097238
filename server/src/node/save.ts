// Saving: a streamed pass into a file beside the original, synced, read back, renamed over it. At every moment the
// path names the old file or the new one, whole.
import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { readSync, writeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline, Readable } from 'node:stream';

import type { LateReplacement, Replacement } from '#core/edits/splice.ts';
import { spliceStream } from '#core/edits/splice.ts';
import { messages } from '#core/messages.ts';

import { isAlive } from './alive.ts';
import { copyToNew } from './copy.ts';
import type { DataFile } from './files.ts';
import { codeOf, readStored } from './files.ts';
import { inTurn } from './queue.ts';

const SUFFIX = '.preflens-tmp';

/** Small writes between two looks at what else there is to do: a millisecond. */
const PATCHES_AT_ONCE = 100;

/** Small pieces are gathered: a write for each of a thousand edits would cost more than the copy. */
const WRITE_BYTES = 1 << 20;

/** Removes what saves that were killed left behind. */
async function removeLeftovers(path: string): Promise<void> {
  const prefix = `.${basename(path)}.`;
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(prefix) || !name.endsWith(SUFFIX)) continue;
    const pid = Number(name.slice(prefix.length).split('-')[0]);
    if (!isAlive(pid) || pid === process.pid) await rm(join(dirname(path), name), { force: true });
  }
}

/** Writes pieces and reads each block back at once. False when something else came back. */
async function writeAll(file: FileHandle, chunks: AsyncIterable<Uint8Array>): Promise<boolean> {
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

/** What goes wrong in a pipeline is thrown where its end is read. */
const ignore = (): void => undefined;

/** True when two streams hold the same bytes, however they are cut. */
async function sameContent(a: AsyncIterable<Uint8Array>, b: AsyncIterable<Uint8Array>): Promise<boolean> {
  const others = b[Symbol.asyncIterator]();
  try {
    let other: Uint8Array = new Uint8Array(0);
    for await (const chunk of a) {
      for (let from = 0; from < chunk.length;) {
        if (other.length === 0) {
          const next = await others.next();
          if (next.done) return false;
          other = next.value;
          continue;
        }
        const length = Math.min(other.length, chunk.length - from);
        if (Buffer.compare(chunk.subarray(from, from + length), other.subarray(0, length)) !== 0)
          return false;
        other = other.subarray(length);
        from += length;
      }
    }
    for (;;) {
      if (other.length > 0) return false;
      const next = await others.next();
      if (next.done) return true;
      other = next.value;
    }
  } finally {
    await others.return?.();
  }
}

/** Syncs a folder, so that a rename in it survives a loss of power. Some systems cannot; then it is left to them. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path).catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

function explain(path: string, error: unknown): unknown {
  const code = codeOf(error);
  if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code)) return messages.diskFull(path);
  if (['EACCES', 'EPERM', 'EROFS'].includes(code)) return messages.notWritable(path, code);
  return error;
}

/** Mode and owner of the file that is replaced. */
type Owner = Pick<Stats, 'mode' | 'uid' | 'gid'>;

/** Gives a new file the permissions of the old one, its owner where this user may, and sees it onto the disk. */
async function settle(out: FileHandle, { mode, uid, gid }: Owner): Promise<void> {
  await out.chmod(mode & 0o7777);
  await out.chown(uid, gid).catch(() => undefined);
  await out.sync();
}

/** What a save goes from, and where it goes. */
interface Rewrite {
  readonly file: DataFile;
  readonly target: string;
  readonly partial: string;
  readonly owner: Owner;
  readonly replacements: readonly LateReplacement[];
  readonly signal: AbortSignal;
}

/** Writes the whole text anew, in the file's codec. False when something else came back. */
async function writeAnew({ file, partial, owner, replacements, signal }: Rewrite): Promise<boolean> {
  const text = (): AsyncIterable<Uint8Array> => abortable(spliceStream(file.bytes(), replacements), signal);
  const out = await open(partial, 'wx+', owner.mode & 0o7777);
  let isWhole: boolean;
  try {
    const encoder = file.codec.encoder?.();
    const packed = encoder && pipeline(Readable.from(text()), encoder, ignore);
    isWhole = await writeAll(out, packed ?? text());
    await settle(out, owner);
  } finally {
    await out.close();
  }
  // Packed bytes say nothing by themselves: they are unpacked again and held against the text.
  const unpacked = file.codec.decode?.(partial, readStored(partial));
  return isWhole && (!unpacked || sameContent(unpacked, text()));
}

/** Flips exchange bytes within their record: then nothing in the file moves. */
function movesNothing(replacements: readonly LateReplacement[]): replacements is readonly Replacement[] {
  return replacements.every(
    ({ start, end, bytes }) => typeof bytes !== 'function' && bytes.length === end - start,
  );
}

/** Writes the changed bytes into a copy that the system made. False when something else came back. */
async function patch(
  { target, partial, owner, signal }: Rewrite,
  replacements: readonly Replacement[],
): Promise<boolean> {
  const out = await open(partial, 'r+');
  try {
    let isWhole = true;
    for (const [i, { start, bytes }] of replacements.entries()) {
      // Small writes into the page cache: waiting for each would take ten times as long as making it.
      writeSync(out.fd, bytes, 0, bytes.length, start);
      const readBack = new Uint8Array(bytes.length);
      readSync(out.fd, readBack, 0, bytes.length, start);
      isWhole &&= Buffer.compare(readBack, bytes) === 0;
      if (i % PATCHES_AT_ONCE !== 0) continue;
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
    }
    isWhole &&= (await out.stat()).size === (await stat(target)).size;
    await settle(out, owner);
    return isWhole;
  } finally {
    await out.close();
  }
}

/** What is to be written, found while the system may already copy. */
export interface SavePlan {
  readonly replacements: () => Promise<readonly LateReplacement[]>;
  /** The edits are flips: a copy is begun before it is known what they change. */
  readonly isLikelyInPlace: boolean;
  /** Looks at the new file once more before it takes the place of the old one. False when it is not what it should be. */
  readonly verify?: (path: string) => Promise<boolean>;
  /** What is held open for it, once it is over. */
  readonly close?: () => void;
}

/**
 * Writes a file anew with some bytes of its text replaced, in its own codec; how many places were. Links to it stay
 * links, its permissions stay; its owner does where this user may give files away. Rejects with what to do; then the
 * file is as it was.
 */
export async function savePlanned(file: DataFile, plan: SavePlan, signal: AbortSignal): Promise<number> {
  const target = await realpath(file.path).catch((error: unknown) => {
    throw explain(file.path, error);
  });
  // Two saves of one file at a time would each replace what the other wrote.
  return inTurn(target, async () => saveTo(target, file, plan, signal));
}

async function saveTo(target: string, file: DataFile, plan: SavePlan, signal: AbortSignal): Promise<number> {
  const name = `.${basename(target)}.${process.pid}-${randomBytes(4).toString('hex')}${SUFFIX}`;
  const partial = join(dirname(target), name);
  let copying: Promise<unknown> = Promise.resolve();
  try {
    await removeLeftovers(target);
    signal.throwIfAborted();
    const canPatch = plan.isLikelyInPlace && !file.codec.encoder;
    // A failed copy is heard of below, where it is waited for.
    if (canPatch) copying = copyToNew(target, partial, signal).catch((error: unknown) => error);
    const replacements = await plan.replacements();
    const copied = await copying;
    if (copied instanceof Error) throw copied;
    if (replacements.length === 0) {
      await rm(partial, { force: true });
      return 0;
    }
    const patches = canPatch && movesNothing(replacements) ? replacements : undefined;
    if (canPatch && !patches) await rm(partial);
    const rewrite = { file, target, partial, owner: await stat(target), replacements, signal };
    const isWritten = await (patches ? patch(rewrite, patches) : writeAnew(rewrite));
    const isWhole = isWritten && (await plan.verify?.(partial)) !== false;
    await file.assertSame();
    if (!isWhole) throw messages.notVerified(file.path);
    signal.throwIfAborted();
    await rename(partial, target);
    await syncFolder(dirname(target));
    return replacements.length;
  } catch (error) {
    await copying;
    await rm(partial, { force: true }).catch(() => undefined);
    // Where another program wrote to the file meanwhile, that is why something went wrong.
    const isSame = await file.assertSame().then(
      () => true,
      () => false,
    );
    throw isSame || signal.aborted ? explain(file.path, error) : messages.changedWhileSaving(file.path);
  } finally {
    plan.close?.();
  }
}

async function* abortable(
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    yield chunk;
  }
}
