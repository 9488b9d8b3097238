// The workspace in memory, for code that reads files at once: read from the editor before it is needed, and sent back to
// the editor before a save is done.
import { dirname, join } from 'path-browserify';

import { UserError } from '#core/messages.ts';
import type { FileReply, FileRequests, FileState } from '#protocol/editor/web.ts';

import type { Entry } from './memoryFiles.ts';
import { entries, entryBytes, makeFolders, newEntry, removeAll } from './memoryFiles.ts';
import { staysInMemory } from './places.ts';
import { systemError } from './platform/system.ts';

/** Of one file. The tab holds it whole, and a second time while it is saved. */
const MAX_FILE_BYTES = 256 * 2 ** 20;

/** Of all files that are kept though nothing has them open. */
const MAX_KEPT_BYTES = 512 * 2 ** 20;

export type Ask = <Name extends keyof FileRequests>(
  name: Name,
  params: FileRequests[Name]['params'],
) => Promise<FileRequests[Name]['result']>;

let ask: Ask = async () => Promise.reject(new Error('web: no editor yet'));

export function askWith(editor: Ask): void {
  ask = editor;
}

function valueOf<T>(reply: FileReply<T>, syscall: string, path: string): T {
  if (!reply.ok) throw systemError(reply.code, syscall, path, reply.why as never);
  return reply.value;
}

/** Files that are open, by path: they stay in memory. */
const held = new Map<string, number>();

export function hold(path: string): void {
  held.set(path, (held.get(path) ?? 0) + 1);
}

export function release(path: string): void {
  const left = (held.get(path) ?? 1) - 1;
  if (left > 0) held.set(path, left);
  else held.delete(path);
}

/** Changes that the editor does not have yet, with what stood there before. */
const unsent = new Map<string, Entry | undefined>();

/** Notes a change of a file of the workspace. */
export function changed(path: string, before: Entry | undefined): void {
  if (!staysInMemory(path) && !unsent.has(path)) unsent.set(path, before);
}

/** Frees what nobody has open, the longest known first, until the rest is small enough. */
function free(): void {
  const loaded = [...entries].filter(([path, { sent, bytes }]) => sent && bytes && !held.has(path));
  let total = loaded.reduce((sum, [, { size }]) => sum + size, 0);
  for (const [path, entry] of loaded) {
    if (total <= MAX_KEPT_BYTES) return;
    if (unsent.has(path)) continue;
    total -= entry.size;
    entry.bytes = undefined;
  }
}

const isSame = (a: FileState, b: FileState): boolean => a.size === b.size && a.mtime === b.mtime;

async function stateOf(path: string): Promise<FileState | undefined> {
  const reply = await ask('preflens/statFile', { path });
  return !reply.ok && reply.code === 'ENOENT' ? undefined : valueOf(reply, 'stat', path);
}

async function read(path: string, state: FileState): Promise<void> {
  if (state.size > MAX_FILE_BYTES)
    throw new UserError(
      `${path}: in a browser, PrefLens reads files up to ${MAX_FILE_BYTES / 2 ** 20} MB. Open it in VS Code on a computer.`,
    );
  const bytes = valueOf(await ask('preflens/readFile', { path }), 'read', path);
  const known = entries.get(path);
  if (known?.bytes && known.size === bytes.length && Buffer.compare(entryBytes(known, path), bytes) === 0) {
    known.sent = state;
    return;
  }
  const entry = newEntry(false, new Uint8Array(bytes));
  // Some file systems have no times: then a change shows by the size alone.
  if (state.mtime > 0) entry.mtimeMs = entry.ctimeMs = state.mtime;
  entry.sent = state;
  makeFolders(dirname(path));
  // The last one that was read is the last to be freed.
  entries.delete(path);
  entries.set(path, entry);
  free();
}

const refreshing = new Map<string, Promise<void>>();

async function refreshNow(path: string): Promise<void> {
  const state = await stateOf(path);
  const entry = entries.get(path);
  if (unsent.has(path)) return;
  if (!state) {
    // Folders that were made here exist in the editor once a file is in them.
    if (entry && !entry.isFolder) entries.delete(path);
    return;
  }
  if (state.isFolder) {
    if (entry && !entry.isFolder) entries.delete(path);
    makeFolders(path);
    return;
  }
  if (entry?.bytes && entry.sent && isSame(entry.sent, state)) return;
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
  if (staysInMemory(path)) return [];
  const reply = await ask('preflens/readFolder', { path });
  return !reply.ok && reply.code === 'ENOENT' ? [] : valueOf(reply, 'scandir', path);
}

/** Sends one change. The old state comes back if the editor refuses it, or if somebody else changed the file. */
async function send(path: string): Promise<void> {
  const before = unsent.get(path);
  const entry = entries.get(path);
  try {
    const present = await stateOf(path);
    const isAsBefore = before?.sent ? present && isSame(before.sent, present) : !present;
    if (!isAsBefore) throw systemError('EIO', 'rename', path, 'another program changed the file' as never);
    if (entry) {
      const bytes = entryBytes(entry, path).slice();
      valueOf(await ask('preflens/replaceFile', { path, bytes }), 'write', path);
      entry.sent = await stateOf(path);
      if (entry.sent?.size !== bytes.length)
        throw systemError('EIO', 'write', path, 'the file system of the editor kept another size' as never);
    } else if (present) valueOf(await ask('preflens/removeFile', { path }), 'unlink', path);
  } catch (error) {
    if (before) entries.set(path, before);
    else entries.delete(path);
    unsent.delete(path);
    // The caller then sees whether the file is still the one that it read.
    await refresh(path).catch(() => undefined);
    throw error;
  }
  unsent.delete(path);
}

/** Sends the changes of a file, or of all files in a folder, and waits until the editor has them. */
export async function sendChanges(of: string): Promise<void> {
  for (const path of [...unsent.keys()]) if (path === of || dirname(path) === of) await send(path);
}

/** Notes that a folder has a subfolder, without reading it. */
export function noteFolder(folder: string, name: string): void {
  makeFolders(join(folder, name));
}
