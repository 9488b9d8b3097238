// Saves a file with some bytes of its text replaced, in the file's codec.
import { readSync, writeSync } from 'node:fs';
import { open, realpath, rm, stat } from 'node:fs/promises';

import type { LateReplacement, Replacement } from '#core/edits/splice.ts';
import { spliceStream } from '#core/edits/splice.ts';
import { messages } from '#core/messages.ts';

import type { Codec } from './codec.ts';
import { codecOf, through } from './codec.ts';
import { copyToNew } from './copy.ts';
import type { DataFile } from './dataFile.ts';
import { saveLockOf } from './leftovers.ts';
import { withLock } from './lock.ts';
import { inTurn } from './queue.ts';
import { codeOf, readStored, sameStamp, stampNow } from './stored.ts';
import { inWords } from './systemErrors.ts';
import type { Draft } from './write.ts';
import {
  abortable,
  beginDraft,
  commitDraft,
  createDraft,
  dropDraft,
  settleDraft,
  writeChunks,
} from './write.ts';

/** Small writes before yielding to other work: about a millisecond. */
const PATCHES_AT_ONCE = 100;

/** True if two streams have the same bytes, however they are chunked. */
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

function explain(path: string, error: unknown): unknown {
  const code = codeOf(error);
  if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code)) return messages.diskFull(path);
  if (['EACCES', 'EPERM', 'EROFS'].includes(code)) return messages.notWritable(path, code);
  return inWords(error, path);
}

/** Source and target of a save. */
interface Rewrite {
  readonly file: DataFile;
  readonly draft: Draft;
  /** Codec of the new file. */
  readonly codec: Codec;
  readonly replacements: readonly LateReplacement[];
  readonly signal: AbortSignal;
}

/** Rewrites the whole text. False if it reads back differently. */
async function writeAnew({ file, draft, codec, replacements, signal }: Rewrite): Promise<boolean> {
  const text = (): AsyncIterable<Uint8Array> => abortable(spliceStream(file.bytes(), replacements), signal);
  const out = await createDraft(draft);
  let isWhole: boolean;
  try {
    const encoder = codec.encoder?.();
    isWhole = await writeChunks(out, encoder ? through(text(), encoder) : text());
    await settleDraft(draft, out);
  } finally {
    await out.close();
  }
  // Compressed bytes can't be compared, so decompress them again and compare the text.
  const decompressed = codec.decode?.(draft.path, readStored(draft.path));
  return isWhole && (!decompressed || sameContent(decompressed, text()));
}

/** True if all replacements keep their length, like flips, so that nothing in the file moves. */
function movesNothing(replacements: readonly LateReplacement[]): replacements is readonly Replacement[] {
  return replacements.every(
    ({ start, end, bytes }) => typeof bytes !== 'function' && bytes.length === end - start,
  );
}

/** Writes the changed bytes into a copy. False if they read back differently. */
async function patch({ draft, signal }: Rewrite, replacements: readonly Replacement[]): Promise<boolean> {
  const out = await open(draft.path, 'r+');
  try {
    let isWhole = true;
    for (const [i, { start, bytes }] of replacements.entries()) {
      // Synchronous small writes into the page cache: awaiting each would take ten times as long.
      writeSync(out.fd, bytes, 0, bytes.length, start);
      const readBack = new Uint8Array(bytes.length);
      readSync(out.fd, readBack, 0, bytes.length, start);
      isWhole &&= Buffer.compare(readBack, bytes) === 0;
      if (i % PATCHES_AT_ONCE !== 0) continue;
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
    }
    isWhole &&= (await out.stat()).size === (await stat(draft.target)).size;
    await settleDraft(draft, out);
    return isWhole;
  } finally {
    await out.close();
  }
}

/**
 * After a save, the other names of a file keep the old content. Returns the number of names if there are several.
 */
export async function hardLinksOf(path: string): Promise<number | undefined> {
  const { nlink } = await stat(path);
  return nlink > 1 ? nlink : undefined;
}

/** The plan of a save, computed while the system may already copy the file. */
export interface SavePlan {
  readonly replacements: () => Promise<readonly LateReplacement[]>;
  /** The edits are flips, so start copying before their bytes are known. */
  readonly isLikelyInPlace: boolean;
  /** Verifies the new file before it replaces the old one. False if it is wrong. */
  readonly verify?: (path: string) => Promise<boolean>;
  /** Releases what the plan holds open. */
  readonly close?: () => void;
}

/**
 * Writes a file with some bytes of its text replaced, in its own codec, and returns the number of replacements. Keeps links and
 * permissions, and the owner if this user may set it. Rejects with a user error; the file is then unchanged.
 */
export async function savePlanned(file: DataFile, plan: SavePlan, signal: AbortSignal): Promise<number> {
  return save(file, file.path, plan, signal);
}

/**
 * The same into another file, in the codec of its name. The file appears completely or not at all; the source
 * stays unchanged.
 */
export async function savePlannedAs(
  file: DataFile,
  path: string,
  plan: SavePlan,
  signal: AbortSignal,
): Promise<number> {
  if (codecOf(path).isTable !== file.codec.isTable) throw messages.otherKindOfFile(path, file.path);
  return save(file, path, { ...plan, isLikelyInPlace: false }, signal);
}

async function save(file: DataFile, path: string, plan: SavePlan, signal: AbortSignal): Promise<number> {
  const target = await realpath(path).catch((error: unknown) => {
    if (path !== file.path && codeOf(error) === 'ENOENT') return path;
    throw explain(path, error);
  });
  // Two parallel saves of one file would overwrite each other.
  return inTurn(target, async () =>
    saveTo(file, target, target !== (await realpath(file.path)), plan, signal),
  );
}

/** A lock, so that two saves don't both find the file unchanged and then replace each other's. */
async function replaceUnchanged({ path, stamp }: DataFile, draft: Draft): Promise<void> {
  await withLock(saveLockOf(draft.target), path, async () => {
    // Other programs know no lock: nothing happens between the check and the rename.
    if (!sameStamp(stampNow(path), stamp)) throw messages.changedWhileSaving(path);
    await commitDraft(draft);
  });
}

async function saveTo(
  file: DataFile,
  path: string,
  isOther: boolean,
  plan: SavePlan,
  signal: AbortSignal,
): Promise<number> {
  let copying: Promise<unknown> = Promise.resolve();
  let draft: Draft | undefined;
  try {
    draft = await beginDraft(path, { followsLink: true, mode: (await stat(file.path)).mode & 0o777 });
    signal.throwIfAborted();
    const codec = isOther ? codecOf(path) : file.codec;
    const canPatch = plan.isLikelyInPlace && !file.codec.encoder;
    // A failed copy is handled below, where it is awaited.
    if (canPatch) copying = copyToNew(draft.target, draft.path, signal).catch((error: unknown) => error);
    const replacements = await plan.replacements();
    const copied = await copying;
    if (copied instanceof Error) throw copied;
    if (replacements.length === 0 && !isOther) {
      await dropDraft(draft);
      return 0;
    }
    const patches = canPatch && movesNothing(replacements) ? replacements : undefined;
    if (canPatch && !patches) await rm(draft.path);
    const rewrite = { file, draft, codec, replacements, signal };
    const isWritten = await (patches ? patch(rewrite, patches) : writeAnew(rewrite));
    const isAsPlanned = replacements.length === 0 || (await plan.verify?.(draft.path)) !== false;
    await file.assertSame();
    if (!isWritten || !isAsPlanned) throw messages.notVerified(path);
    signal.throwIfAborted();
    await replaceUnchanged(file, draft);
    return replacements.length;
  } catch (error) {
    await copying;
    if (draft) await dropDraft(draft);
    // If another program changed the file meanwhile, report that as the cause.
    const isSame = await file.assertSame().then(
      () => true,
      () => false,
    );
    throw isSame || signal.aborted ? explain(path, error) : messages.changedWhileSaving(file.path);
  } finally {
    plan.close?.();
  }
}
