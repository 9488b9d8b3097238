// Changes of the workspace, sent back to the editor before a save is done. The editor writes in place: if that breaks off,
// the old file is put back, since it is still in memory.
import { dirname } from 'path-browserify';

import { messages, UserError } from '#core/messages.ts';
import { inTurn } from '#node/queue.ts';
import type { FileState } from '#protocol/editor/web.ts';

import { bytesOf, putBytes, removeFile, stateOf } from './editorFiles.ts';
import type { Entry } from './memoryFiles.ts';
import { entries, entryBytes, isEqual, isPartOf } from './memoryFiles.ts';
import { changed, refresh, unsent } from './mirror.ts';

/** Files that a rename put into their place. The next handle of their folder waits for them. */
const renamed = new Set<string>();

export function noteRename(path: string, before: Entry | undefined): void {
  changed(path, () => before);
  if (unsent.has(path)) renamed.add(path);
}

/** The files that were renamed into a folder since the last call. */
export function takeRenamed(folder: string): readonly string[] {
  const own = [...renamed].filter((path) => dirname(path) === folder);
  for (const path of own) renamed.delete(path);
  return own;
}

/** A file that the editor never had is gone from memory: nothing is left to send. */
export function forgetNew(path: string): void {
  if (unsent.has(path) && unsent.get(path) === undefined) unsent.delete(path);
}

/** True if the editor's file is the one that stood there before. Bytes decide where times don't. */
async function isStill(
  path: string,
  before: Entry | undefined,
  present: FileState | undefined,
): Promise<boolean> {
  if (!present) return !before?.sent || before.torn !== undefined;
  if (!before?.sent) return false;
  if (present.isFolder || present.size !== before.sent.size) return false;
  if (present.mtime > 0 && present.mtime === before.sent.mtime) return true;
  return before.bytes !== undefined && isEqual(await bytesOf(path), entryBytes(before, path));
}

/** After a write that broke off: the old file, or none. */
async function putBack(path: string, before: Entry | undefined): Promise<void> {
  if (before) await putBytes(path, entryBytes(before, path).slice());
  else if (await stateOf(path)) await removeFile(path);
  const state = await stateOf(path);
  if (state?.size !== before?.size) throw new Error('its size is wrong');
  if (before) before.sent = state;
}

/** What stands there after a write that failed: the whole new file, the old one (put back if need be), or that of others. */
async function settle(
  path: string,
  bytes: Uint8Array,
  before: Entry | undefined,
): Promise<FileState | 'old' | 'theirs'> {
  const state = await stateOf(path);
  if (await isStill(path, before, state)) return 'old';
  const present = state ? await bytesOf(path) : new Uint8Array(0);
  if (state && isEqual(present, bytes)) return state;
  if (!isPartOf(present, bytes)) return 'theirs';
  await putBack(path, before);
  return 'old';
}

/** Writes, and returns the state of the new file. */
async function replace(path: string, bytes: Uint8Array, before: Entry | undefined): Promise<FileState> {
  let failure: unknown;
  try {
    await putBytes(path, bytes);
    const state = await stateOf(path);
    if (state?.size === bytes.length) return state;
    failure = new UserError(`${path}: VS Code’s file system kept another size than it was given. Try again.`);
  } catch (error) {
    failure = error;
  }
  let found: FileState | 'old' | 'theirs';
  try {
    found = await settle(path, bytes, before);
  } catch {
    // What comes back of it later does not replace the old file in memory: see `read` of `mirror.ts`.
    if (before) before.torn = bytes;
    throw new UserError(
      before
        ? `${path}: VS Code broke off while it wrote this file, so a part of it may be missing. PrefLens still holds the old file and your edits in this window: save again, or save as another file, before you close it.`
        : `${path}: VS Code broke off while it wrote this file, so a part of it may be missing. Delete it, and try again.`,
    );
  }
  if (found === 'old') throw failure;
  if (found === 'theirs') throw messages.changedWhileSaving(path);
  return found;
}

async function sendNow(path: string): Promise<void> {
  if (!unsent.has(path)) return;
  const before = unsent.get(path);
  const entry = entries.get(path);
  try {
    const present = await stateOf(path);
    if (!(await isStill(path, before, present))) throw messages.changedWhileSaving(path);
    if (entry) {
      const bytes = entryBytes(entry, path).slice();
      const { mtimeMs } = entry;
      const sent = await replace(path, bytes, before);
      entry.sent = sent;
      // Changed again meanwhile: that goes with the next call.
      if (entries.get(path) === entry && entry.mtimeMs === mtimeMs) unsent.delete(path);
      else unsent.set(path, { ...entry, bytes, size: bytes.length, mtimeMs, sent });
      return;
    }
    if (present) await removeFile(path);
    unsent.delete(path);
  } catch (error) {
    if (before) entries.set(path, before);
    else entries.delete(path);
    unsent.delete(path);
    // The caller then sees whether the file is still the one that it read.
    await refresh(path).catch(() => undefined);
    throw error;
  }
}

/** Sends a change of a file and waits until the editor has it. If it can't have it, the old state comes back. */
export async function send(path: string): Promise<void> {
  return inTurn(`send ${path}`, async () => sendNow(path));
}
