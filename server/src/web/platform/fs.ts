// The functions of `node:fs` that return at once, on files in memory.
import { resolve } from 'path-browserify';

import type { Entry } from '../memoryFiles.ts';
import {
  below,
  cutTo,
  entries,
  entryAt,
  entryBytes,
  makeFolders,
  newEntry,
  removeAll,
  Stats,
  writeInto,
} from '../memoryFiles.ts';
import { changed, hold, refresh, release } from '../mirror.ts';
import { staysInMemory } from '../places.ts';
import { forgetNew, noteRename } from '../sends.ts';
import { Buffer, clearTimeout, setInterval } from './globals.ts';
import { systemError } from './system.ts';

export { Stats };

export const constants = {
  O_RDONLY: 0,
  O_WRONLY: 1,
  O_RDWR: 2,
  O_CREAT: 0o100,
  O_EXCL: 0o200,
  O_TRUNC: 0o1000,
  O_APPEND: 0o2000,
  O_NONBLOCK: 0o4000,
  W_OK: 2,
  COPYFILE_EXCL: 1,
  COPYFILE_FICLONE_FORCE: 4,
};

const { O_RDWR, O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_WRONLY } = constants;

const FLAGS: Readonly<Record<string, number>> = {
  r: 0,
  'r+': O_RDWR,
  w: O_WRONLY | O_CREAT | O_TRUNC,
  wx: O_WRONLY | O_CREAT | O_EXCL,
  'wx+': O_RDWR | O_CREAT | O_EXCL,
  a: O_WRONLY | O_CREAT | O_APPEND,
};

interface Opened {
  readonly path: string;
  readonly entry: Entry;
  readonly isAppending: boolean;
  at: number;
}

const opened = new Map<number, Opened>();
let handles = 2;

export function openedAs(handle: number): Opened {
  const found = opened.get(handle);
  if (!found) throw systemError('EBADF', 'read', String(handle));
  return found;
}

/** Before a change of a file that the editor has: what to go back to if the editor refuses it. */
function noteChange({ path, entry }: Pick<Opened, 'path' | 'entry'>): void {
  if (entry.sent && entries.get(path) === entry)
    changed(path, () => ({ ...entry, bytes: entryBytes(entry, path).slice() }));
}

export function openSync(path: string, wanted: string | number = 'r'): number {
  const at = resolve(path);
  const flags = typeof wanted === 'number' ? wanted : FLAGS[wanted];
  if (flags === undefined) throw systemError('EINVAL', 'open', at);
  let entry = entries.get(at);
  if (!entry) {
    if ((flags & O_CREAT) === 0) throw systemError('ENOENT', 'open', at);
    entry = newEntry(false);
    entries.set(at, entry);
    changed(at, () => undefined);
  } else if ((flags & O_EXCL) !== 0) throw systemError('EEXIST', 'open', at);
  else if (entry.isFolder && (flags & (O_WRONLY | O_RDWR)) !== 0) throw systemError('EISDIR', 'open', at);
  const handle = ++handles;
  const file: Opened = { path: at, entry, isAppending: (flags & O_APPEND) !== 0, at: 0 };
  opened.set(handle, file);
  hold(at);
  if ((flags & O_TRUNC) !== 0) truncateHandle(handle, 0);
  return handle;
}

export function closeSync(handle: number): void {
  const { path } = openedAs(handle);
  opened.delete(handle);
  release(path);
}

export function truncateHandle(handle: number, size: number): void {
  const file = openedAs(handle);
  noteChange(file);
  cutTo(file.entry, size);
}

export function readSync(
  handle: number,
  into: Uint8Array,
  offset = 0,
  length = into.length - offset,
  position: number | null = null,
): number {
  const file = openedAs(handle);
  if (file.entry.isFolder) throw systemError('EISDIR', 'read', file.path);
  const bytes = entryBytes(file.entry, file.path);
  const at = position ?? file.at;
  const part = bytes.subarray(at, at + length);
  into.set(part, offset);
  if (position === null) file.at += part.length;
  return part.length;
}

type OnRead = (error: unknown, value?: { readonly bytesRead: number }) => void;

export function read(
  handle: number,
  into: Uint8Array,
  offset: number,
  length: number,
  position: number,
  done: OnRead,
): void {
  setImmediate(() => {
    try {
      done(null, { bytesRead: readSync(handle, into, offset, length, position) });
    } catch (error) {
      done(error);
    }
  });
}

export function writeSync(
  handle: number,
  from: Uint8Array,
  offset = 0,
  length = from.length - offset,
  position: number | null = null,
): number {
  const file = openedAs(handle);
  noteChange(file);
  const at = file.isAppending ? file.entry.size : (position ?? file.at);
  writeInto(file.entry, from.subarray(offset, offset + length), at);
  if (position === null) file.at = at + length;
  return length;
}

export const fstatSync = (handle: number): Stats => new Stats(openedAs(handle).entry);

export function statSync(path: string): Stats;
export function statSync(path: string, options: { throwIfNoEntry?: boolean }): Stats | undefined;
export function statSync(path: string, options: { throwIfNoEntry?: boolean } = {}): Stats | undefined {
  const at = resolve(path);
  if (options.throwIfNoEntry === false && !entries.has(at)) return undefined;
  return new Stats(entryAt(at, 'stat'));
}

export const lstatSync = statSync;

export const existsSync = (path: string): boolean => entries.has(resolve(path));

export function accessSync(path: string): void {
  entryAt(resolve(path), 'access');
}

export function realpathSync(path: string): string {
  const at = resolve(path);
  entryAt(at, 'realpath');
  return at;
}

/** There are no links. */
export function readlinkSync(path: string): never {
  throw systemError(entries.has(resolve(path)) ? 'EINVAL' : 'ENOENT', 'readlink', path);
}

export function readFileSync(from: string | number, encoding?: BufferEncoding): Buffer | string {
  const { path, entry } =
    typeof from === 'number' ? openedAs(from) : { path: from, entry: entryAt(resolve(from), 'open') };
  if (entry.isFolder) throw systemError('EISDIR', 'read', path);
  const copy = Buffer.from(entryBytes(entry, path));
  return encoding === undefined ? copy : copy.toString(encoding);
}

const bytesOf = (content: string | Uint8Array): Uint8Array =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content;

function putSync(path: string, flags: string, content: string | Uint8Array): void {
  const handle = openSync(path, flags);
  try {
    writeSync(handle, bytesOf(content));
  } finally {
    closeSync(handle);
  }
}

export function writeFileSync(path: string, content: string | Uint8Array, { flag = 'w' } = {}): void {
  putSync(path, flag, content);
}

export function appendFileSync(path: string, content: string | Uint8Array): void {
  putSync(path, 'a', content);
}

export function mkdirSync(path: string, { recursive = false } = {}): void {
  const at = resolve(path);
  if (!recursive && entries.has(at)) throw systemError('EEXIST', 'mkdir', at);
  makeFolders(at);
}

export interface FolderItem {
  readonly name: string;
  isDirectory(): boolean;
  isFile(): boolean;
}

export function itemOf(name: string, isFolder: boolean): FolderItem {
  return { name, isDirectory: () => isFolder, isFile: () => !isFolder };
}

export function readdirSync(
  path: string,
  options: { withFileTypes?: boolean } = {},
): (string | FolderItem)[] {
  const at = resolve(path);
  if (!entryAt(at, 'scandir').isFolder) throw systemError('ENOTDIR', 'scandir', at);
  return [...below(at)].map(([name, { isFolder }]) =>
    options.withFileTypes ? itemOf(name, isFolder) : name,
  );
}

/** Of a file that was made here: nothing else is renamed, and the editor could not do it in one step. */
export function renameSync(from: string, to: string): void {
  const [source, target] = [resolve(from), resolve(to)];
  const entry = entryAt(source, 'rename');
  if (entry.isFolder || entry.sent) throw systemError('EPERM', 'rename', source);
  if (entries.get(target)?.isFolder) throw systemError('EISDIR', 'rename', target);
  noteRename(target, entries.get(target));
  forgetNew(source);
  entries.delete(source);
  entries.set(target, entry);
  entry.ctimeMs = Math.max(entry.ctimeMs, entry.mtimeMs);
}

export function rmSync(path: string, { force = false, recursive = false } = {}): void {
  const at = resolve(path);
  const entry = entries.get(at);
  if (!entry) {
    if (force) return;
    throw systemError('ENOENT', 'rm', at);
  }
  if (entry.isFolder && !recursive) throw systemError('EISDIR', 'rm', at);
  // Nothing removes folders of the workspace.
  if (entry.isFolder && !staysInMemory(at)) throw systemError('EPERM', 'rm', at);
  if (entry.sent) changed(at, () => entry);
  removeAll(at);
  forgetNew(at);
}

type OnWatched = () => void;

const watched = new Map<string, Map<OnWatched, ReturnType<typeof setInterval>>>();

const sumOf = (path: string): string => {
  const entry = entries.get(path);
  return entry ? `${entry.inode} ${entry.size} ${entry.mtimeMs}` : '';
};

export function watchFile(path: string, { interval }: { interval: number }, onWatched: OnWatched): void {
  const at = resolve(path);
  const own = watched.get(at) ?? new Map<OnWatched, ReturnType<typeof setInterval>>();
  watched.set(at, own);
  hold(at);
  let before = sumOf(at);
  const look = async (): Promise<void> => {
    // A file system that is away for a moment: the next look tells.
    await refresh(at).catch(() => undefined);
    const sum = sumOf(at);
    if (sum === before) return;
    before = sum;
    if (own.has(onWatched)) onWatched();
  };
  own.set(
    onWatched,
    setInterval(() => void look(), interval),
  );
}

export function unwatchFile(path: string, onWatched: OnWatched): void {
  const at = resolve(path);
  const timer = watched.get(at)?.get(onWatched);
  if (!timer) return;
  clearTimeout(timer);
  watched.get(at)?.delete(onWatched);
  release(at);
}
