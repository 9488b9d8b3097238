// The functions of `node:fs/promises`: first they bring the file up to the editor's state of it, then they do what
// those of `fs.ts` do.
import { resolve } from 'path-browserify';

import { isArrow, isCsv } from '#core/input/tableNames.ts';
import { isJsonName } from '#node/paths.ts';

import { entries, now } from '../memoryFiles.ts';
import { namesIn, noteFolder, refresh } from '../mirror.ts';
import { staysInMemory } from '../places.ts';
import { send, takeRenamed } from '../sends.ts';
import type { FolderItem, Stats } from './fs.ts';
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  itemOf,
  lstatSync,
  mkdirSync,
  openedAs,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  realpathSync,
  rmSync,
  statSync,
  truncateHandle,
  writeSync,
} from './fs.ts';
import { Buffer } from './globals.ts';
import { systemError } from './system.ts';

async function at<T>(path: string, work: () => T): Promise<T> {
  await refresh(resolve(path));
  return work();
}

export const stat = async (path: string): Promise<Stats> => at(path, () => statSync(path));

export const lstat = async (path: string): Promise<Stats> => at(path, () => lstatSync(path));

export const realpath = async (path: string): Promise<string> => at(path, () => realpathSync(path));

export const readlink = async (path: string): Promise<string> => at(path, () => readlinkSync(path));

export const readFile = async (path: string, encoding?: BufferEncoding): Promise<Buffer | string> =>
  at(path, () => readFileSync(path, encoding));

export const mkdir = async (path: string, options?: { recursive?: boolean }): Promise<void> =>
  at(path, () => {
    mkdirSync(path, options);
  });

export async function mkdtemp(prefix: string): Promise<string> {
  const random = globalThis.crypto.getRandomValues(new Uint8Array(6));
  const path = prefix + Buffer.from(random).toString('hex');
  mkdirSync(path, { recursive: true });
  return Promise.resolve(path);
}

export async function rm(path: string, options?: { force?: boolean; recursive?: boolean }): Promise<void> {
  const full = resolve(path);
  await at(path, () => {
    rmSync(path, options);
  });
  await send(full);
}

export async function readdir(
  path: string,
  options: { withFileTypes?: boolean } = {},
): Promise<(string | FolderItem)[]> {
  const full = resolve(path);
  const listed = await namesIn(full);
  if (listed.length === 0) await refresh(full);
  const known = new Map<string, boolean>(listed);
  if (existsSync(full))
    for (const item of readdirSync(full, { withFileTypes: true }) as FolderItem[])
      if (staysInMemory(`${full}/${item.name}`)) known.set(item.name, item.isDirectory());
  if (known.size === 0 && !existsSync(full)) throw systemError('ENOENT', 'scandir', full);
  for (const [name, isFolder] of listed) {
    if (isFolder) noteFolder(full, name);
    // Callers look into these at once. One that can't be read has the reason in its entry.
    else if (isMaybeDataset(name)) await refresh(`${full}/${name}`).catch(() => undefined);
  }
  return [...known].map(([name, isFolder]) => (options.withFileTypes ? itemOf(name, isFolder) : name));
}

const isMaybeDataset = (name: string): boolean => isJsonName(name) || isCsv(name) || isArrow(name);

export async function utimes(path: string): Promise<void> {
  await at(path, () => {
    const entry = entries.get(resolve(path));
    if (entry) entry.mtimeMs = now();
  });
}

export async function copyFile(from: string, to: string, mode = 0): Promise<void> {
  await refresh(resolve(from));
  const source = openSync(from);
  try {
    const target = openSync(to, (mode & constants.COPYFILE_EXCL) === 0 ? 'w' : 'wx');
    try {
      writeSync(target, readFileSync(source) as Buffer);
    } finally {
      closeSync(target);
    }
  } finally {
    closeSync(source);
  }
}

interface StreamOptions {
  readonly start?: number;
  readonly end?: number;
  readonly highWaterMark?: number;
}

/** Closes itself at the end, as a stream of a handle does. */
async function* streamOf(handle: FileHandle, options: StreamOptions): AsyncGenerator<Uint8Array> {
  const { start = 0, end = Infinity, highWaterMark = 65_536 } = options;
  try {
    for (let from = start; from <= end;) {
      const block = Buffer.alloc(Math.min(highWaterMark, end - from + 1));
      const { bytesRead } = await handle.read(block, 0, block.length, from);
      if (bytesRead === 0) return;
      yield block.subarray(0, bytesRead);
      from += bytesRead;
    }
  } finally {
    await handle.close();
  }
}

type Content = string | Uint8Array;

export class FileHandle {
  readonly fd: number;
  /** For a folder: the files that its closing waits for. */
  readonly #renamed: readonly string[];
  #isClosed = false;

  constructor(fd: number, renamed: readonly string[]) {
    this.fd = fd;
    this.#renamed = renamed;
  }

  async stat(): Promise<Stats> {
    return Promise.resolve(fstatSync(this.fd));
  }

  async read(into: Uint8Array, offset?: number, length?: number, position?: number | null) {
    return Promise.resolve({ bytesRead: readSync(this.fd, into, offset, length, position), buffer: into });
  }

  async write(from: Uint8Array, offset?: number, length?: number, position?: number | null) {
    return Promise.resolve({
      bytesWritten: writeSync(this.fd, from, offset, length, position),
      buffer: from,
    });
  }

  async readFile(encoding?: BufferEncoding): Promise<Buffer | string> {
    return Promise.resolve(readFileSync(this.fd, encoding));
  }

  async writeFile(content: Content): Promise<void> {
    writeSync(this.fd, typeof content === 'string' ? new TextEncoder().encode(content) : content);
    return Promise.resolve();
  }

  async appendFile(content: Content): Promise<void> {
    return this.writeFile(content);
  }

  async truncate(size = 0): Promise<void> {
    truncateHandle(this.fd, size);
    return Promise.resolve();
  }

  async chmod(): Promise<void> {
    return Promise.resolve();
  }

  async chown(): Promise<void> {
    return Promise.resolve();
  }

  /** Waits until the editor has what was written. */
  async sync(): Promise<void> {
    const { path, entry } = openedAs(this.fd);
    if (!entry.isFolder) await send(path);
  }

  async datasync(): Promise<void> {
    return this.sync();
  }

  createReadStream(options: StreamOptions = {}): AsyncGenerator<Uint8Array> {
    return streamOf(this, options);
  }

  /** Of a folder: waits until the editor has what was renamed into it, and throws if it refuses that. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeSync(this.fd);
    for (const path of this.#renamed) await send(path);
  }
}

/**
 * A folder that is known is opened at once: a save opens it right after its rename, so the renamed files are its own.
 * If the editor is away then, the closing says so.
 */
export async function open(path: string, flags?: string | number): Promise<FileHandle> {
  const full = resolve(path);
  if (entries.get(full)?.isFolder) {
    const renamed = takeRenamed(full);
    return Promise.resolve(new FileHandle(openSync(full, flags), renamed));
  }
  return at(path, () => new FileHandle(openSync(path, flags), []));
}
