// Saving: the text of a file with some bytes of it replaced, in the file's codec.
import { readSync, writeSync } from 'node:fs';
import { open, realpath, rm, stat } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';

import type { LateReplacement, Replacement } from '#core/edits/splice.ts';
import { spliceStream } from '#core/edits/splice.ts';
import { messages } from '#core/messages.ts';

import type { Codec } from './codec.ts';
import { codecOf } from './codec.ts';
import { copyToNew } from './copy.ts';
import type { DataFile } from './dataFile.ts';
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

/** Small writes between two looks at what else there is to do: a millisecond. */
const PATCHES_AT_ONCE = 100;

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

function explain(path: string, error: unknown): unknown {
  const code = codeOf(error);
  if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code)) return messages.diskFull(path);
  if (['EACCES', 'EPERM', 'EROFS'].includes(code)) return messages.notWritable(path, code);
  return inWords(error, path);
}

/** What a save goes from, and where it goes. */
interface Rewrite {
  readonly file: DataFile;
  readonly draft: Draft;
  /** Of the new file. */
  readonly codec: Codec;
  readonly replacements: readonly LateReplacement[];
  readonly signal: AbortSignal;
}

/** Rewrites the whole text. False if reading it back gave something else. */
async function writeAnew({ file, draft, codec, replacements, signal }: Rewrite): Promise<boolean> {
  const text = (): AsyncIterable<Uint8Array> => abortable(spliceStream(file.bytes(), replacements), signal);
  const out = await createDraft(draft);
  let isWhole: boolean;
  try {
    const encoder = codec.encoder?.();
    const packed = encoder && pipeline(Readable.from(text()), encoder, ignore);
    isWhole = await writeChunks(out, packed ?? text());
    await settleDraft(draft, out);
  } finally {
    await out.close();
  }
  // Packed bytes say nothing by themselves: they are unpacked again and held against the text.
  const unpacked = codec.decode?.(draft.path, readStored(draft.path));
  return isWhole && (!unpacked || sameContent(unpacked, text()));
}

/** Flips exchange bytes within their record: then nothing in the file moves. */
function movesNothing(replacements: readonly LateReplacement[]): replacements is readonly Replacement[] {
  return replacements.every(
    ({ start, end, bytes }) => typeof bytes !== 'function' && bytes.length === end - start,
  );
}

/** Writes the changed bytes into a copy. False if reading them back gave something else. */
async function patch({ draft, signal }: Rewrite, replacements: readonly Replacement[]): Promise<boolean> {
  const out = await open(draft.path, 'r+');
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
    isWhole &&= (await out.stat()).size === (await stat(draft.target)).size;
    await settleDraft(draft, out);
    return isWhole;
  } finally {
    await out.close();
  }
}

/** The other names of a file stay with the old one after a save. How many names it has, where there are several. */
export async function hardLinksOf(path: string): Promise<number | undefined> {
  const { nlink } = await stat(path);
  return nlink > 1 ? nlink : undefined;
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
  return save(file, file.path, plan, signal);
}

/** The same into another file, which appears whole or not at all, in the codec of its name. The first one stays as it is. */
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
  // Two saves of one file at a time would each replace what the other wrote.
  return inTurn(target, async () =>
    saveTo(file, target, target !== (await realpath(file.path)), plan, signal),
  );
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
    // A failed copy is heard of below, where it is waited for.
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
    // In one go with the rename: another process must not find the time to save in between.
    if (!sameStamp(stampNow(file.path), file.stamp)) throw messages.changedWhileSaving(file.path);
    await commitDraft(draft);
    return replacements.length;
  } catch (error) {
    await copying;
    if (draft) await dropDraft(draft);
    // Where another program wrote to the file meanwhile, that is why something went wrong.
    const isSame = await file.assertSame().then(
      () => true,
      () => false,
    );
    throw isSame || signal.aborted ? explain(path, error) : messages.changedWhileSaving(file.path);
  } finally {
    plan.close?.();
  }
}
