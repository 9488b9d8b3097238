// The workspace in memory, for code that reads files at once: read from the editor before it is needed.
import { dirname, join } from 'path-browserify';

import type { FileState } from '#protocol/editor/web.ts';

import { bytesOf, namesOf, stateOf } from './editorFiles.ts';
import type { Entry } from './memoryFiles.ts';
import {
  entries,
  entryBytes,
  isEqual,
  isPartOf,
  makeFolders,
  MAX_FILE_BYTES,
  newEntry,
  removeAll,
} from './memoryFiles.ts';
import { staysInMemory } from './places.ts';

/** Of all files that are kept though nothing has them open. */
const MAX_KEPT_BYTES = 512 * 2 ** 20;

/** Files that stay in memory, by path: how many have them open. */
const held = new Map<string, number>();

export function hold(path: string): void {
  held.set(path, (held.get(path) ?? 0) + 1);
}

export function release(path: string): void {
  const left = (held.get(path) ?? 1) - 1;
  if (left > 0) held.set(path, left);
  else held.delete(path);
}

/** Changes that the editor does not have yet, with what stood there before. `sends.ts` sends them. */
export const unsent = new Map<string, Entry | undefined>();

/** Notes a change of a file of the workspace. */
export function changed(path: string, before: () => Entry | undefined): void {
  if (!staysInMemory(path) && !unsent.has(path)) unsent.set(path, before());
}

/** Frees what nobody has open, the longest known first, until the rest is small enough. */
function free(): void {
  const loaded = [...entries].filter(([path, { sent, bytes }]) => sent && bytes && !held.has(path));
  let total = loaded.reduce((sum, [, { size }]) => sum + size, 0);
  for (const [path, entry] of loaded) {
    if (total <= MAX_KEPT_BYTES) return;
    if (unsent.has(path) || entry.torn) continue;
    total -= entry.size;
    entry.bytes = undefined;
  }
}

const isSame = (a: FileState, b: FileState): boolean => a.size === b.size && a.mtime === b.mtime;

/** A file of this size, without its bytes. */
function unread(state: FileState, fault?: Error): Entry {
  return { ...newEntry(false), bytes: undefined, size: state.size, sent: state, fault };
}

async function read(path: string, state: FileState): Promise<void> {
  const put = (entry: Entry): void => {
    makeFolders(dirname(path));
    // The last one that was read is the last to be freed.
    entries.delete(path);
    entries.set(path, entry);
  };
  if (state.size > MAX_FILE_BYTES) {
    put(unread(state));
    return;
  }
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await bytesOf(path);
  } catch (error) {
    // Code that reads it at once learns the reason from its entry.
    if (!unsent.has(path)) put(unread(state, error as Error));
    throw error;
  }
  // Saved meanwhile: what was read is older than what is in memory.
  if (unsent.has(path)) return;
  const known = entries.get(path);
  const own = known?.bytes && entryBytes(known, path);
  const isTorn = known?.torn && own && (isPartOf(bytes, known.torn) || isPartOf(bytes, own));
  if (isTorn || (own && isEqual(own, bytes))) {
    known.sent = state;
    return;
  }
  const entry = newEntry(false, bytes);
  // Some file systems have no times: then a change shows by the size alone.
  if (state.mtime > 0) entry.mtimeMs = entry.ctimeMs = state.mtime;
  entry.sent = state;
  put(entry);
  free();
}

const refreshing = new Map<string, Promise<void>>();

async function refreshNow(path: string): Promise<void> {
  const state = await stateOf(path);
  const entry = entries.get(path);
  if (unsent.has(path)) return;
  if (!state) {
    // Folders that were made here exist in the editor once a file is in them.
    if (entry && !entry.isFolder && !entry.torn) entries.delete(path);
    return;
  }
  if (state.isFolder) {
    if (entry && !entry.isFolder) entries.delete(path);
    makeFolders(path);
    return;
  }
  const isKnown = entry?.bytes !== undefined || state.size > MAX_FILE_BYTES;
  if (isKnown && entry?.sent && isSame(entry.sent, state)) return;
  if (entry?.isFolder) removeAll(path);
  await read(path, state);
}

/** Brings what is in memory of a path up to the editor's state of it. */
export async function refresh(path: string): Promise<void> {
  if (staysInMemory(path) || unsent.has(path)) return;
  const running = refreshing.get(path) ?? refreshNow(path).finally(() => refreshing.delete(path));
  refreshing.set(path, running);
  return running;
}

/** Names in a folder of the editor; empty if there is none. */
export async function namesIn(path: string): Promise<readonly (readonly [string, boolean])[]> {
  return staysInMemory(path) ? [] : namesOf(path);
}

/** Notes that a folder has a subfolder, without reading it. */
export function noteFolder(folder: string, name: string): void {
  makeFolders(join(folder, name));
}
