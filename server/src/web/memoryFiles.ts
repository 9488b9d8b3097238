// Files in memory, with the numbers by which Node tells one state of a file from another.
import { dirname } from 'path-browserify';

import { UserError } from '#core/messages.ts';
import type { FileState } from '#protocol/editor/web.ts';

import { systemError } from './platform/system.ts';

/** A file or a folder. */
export interface Entry {
  readonly isFolder: boolean;
  readonly inode: number;
  /** The first `size` bytes count. Undefined for a file of the workspace that was not read. */
  bytes: Uint8Array<ArrayBuffer> | undefined;
  size: number;
  mtimeMs: number;
  ctimeMs: number;
  /** The state of the editor's file that this is the same as. */
  sent?: FileState | undefined;
  /** Why there are no bytes. */
  readonly fault?: Error | undefined;
  /** New bytes, of which the editor may have written a part alone: the old file is here and nowhere else. */
  torn?: Uint8Array | undefined;
}

/** Of one file. The tab holds it whole, and a second time while it is saved or searched by an expression. */
export const MAX_FILE_BYTES = 256 * 2 ** 20;

const S_IFREG = 0o100_000;
const S_IFDIR = 0o040_000;

let inodes = 0;

/** Differs for each change, however many there are in a millisecond. */
let lastTime = 0;
export function now(): number {
  lastTime = Math.max(lastTime + 0.001, Date.now());
  return lastTime;
}

export function newEntry(isFolder: boolean, bytes?: Uint8Array<ArrayBuffer>): Entry {
  const time = now();
  return {
    isFolder,
    inode: ++inodes,
    bytes: bytes ?? (isFolder ? undefined : new Uint8Array(0)),
    size: bytes?.length ?? 0,
    mtimeMs: time,
    ctimeMs: time,
  };
}

/** What `stat` tells. */
export class Stats {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly ino: number;
  readonly mode: number;
  readonly uid = 0;
  readonly gid = 0;
  readonly nlink = 1;
  readonly #isFolder: boolean;

  constructor({ isFolder, size, mtimeMs, ctimeMs, inode }: Entry) {
    this.size = size;
    this.mtimeMs = mtimeMs;
    this.ctimeMs = ctimeMs;
    this.ino = inode;
    this.mode = isFolder ? S_IFDIR | 0o700 : S_IFREG | 0o600;
    this.#isFolder = isFolder;
  }

  isFile(): boolean {
    return !this.#isFolder;
  }

  isDirectory(): boolean {
    return this.#isFolder;
  }

  isSymbolicLink(): boolean {
    return false;
  }

  isFIFO(): boolean {
    return false;
  }

  isSocket(): boolean {
    return false;
  }

  isCharacterDevice(): boolean {
    return false;
  }

  isBlockDevice(): boolean {
    return false;
  }
}

export function entryBytes({ bytes, size, fault }: Entry, path: string): Uint8Array<ArrayBuffer> {
  if (bytes) return bytes.subarray(0, size);
  if (fault !== undefined) throw fault;
  throw new UserError(
    size > MAX_FILE_BYTES
      ? `${path}: in a browser, PrefLens reads files up to ${MAX_FILE_BYTES / 2 ** 20} MB. Open it in VS Code on a computer.`
      : `${path}: the browser holds as much of this workspace as it may. Close other datasets and open this one again, or use VS Code on a computer.`,
  );
}

export const isEqual = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && Buffer.compare(a, b) === 0;

/** True for the beginning of what was to be written. */
export const isPartOf = (some: Uint8Array, all: Uint8Array): boolean =>
  some.length < all.length && isEqual(some, all.subarray(0, some.length));

/** Writes at a place; the memory grows by half, so that many small writes stay cheap. */
export function writeInto(entry: Entry, from: Uint8Array, at: number): void {
  const end = at + from.length;
  let { bytes = new Uint8Array(0) } = entry;
  if (end > bytes.length) {
    const larger = new Uint8Array(Math.max(end, Math.ceil(bytes.length * 1.5)));
    larger.set(bytes.subarray(0, entry.size));
    bytes = larger;
  }
  bytes.set(from, at);
  entry.bytes = bytes;
  entry.size = Math.max(entry.size, end);
  entry.mtimeMs = entry.ctimeMs = now();
}

export function cutTo(entry: Entry, size: number): void {
  const bytes = new Uint8Array(size);
  bytes.set((entry.bytes ?? bytes).subarray(0, Math.min(size, entry.size)));
  entry.bytes = bytes;
  entry.size = size;
  entry.mtimeMs = entry.ctimeMs = now();
}

/** All entries by path. */
export const entries = new Map<string, Entry>([['/', newEntry(true)]]);

export function entryAt(path: string, syscall: string): Entry {
  const entry = entries.get(path);
  if (!entry) throw systemError('ENOENT', syscall, path);
  return entry;
}

/** Makes a folder and those above it. */
export function makeFolders(path: string): void {
  const there = entries.get(path);
  if (there?.isFolder) return;
  if (there) throw systemError('ENOTDIR', 'mkdir', path);
  makeFolders(dirname(path));
  entries.set(path, newEntry(true));
}

export function* below(folder: string): Generator<readonly [name: string, entry: Entry]> {
  const start = folder.endsWith('/') ? folder : `${folder}/`;
  for (const [path, entry] of entries) {
    const name = path.startsWith(start) ? path.slice(start.length) : '';
    if (name !== '' && !name.includes('/')) yield [name, entry];
  }
}

/** Removes a path and everything below it. */
export function removeAll(path: string): void {
  for (const one of entries.keys()) if (one === path || one.startsWith(`${path}/`)) entries.delete(one);
}
