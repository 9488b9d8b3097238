// The only way to open a file that exists. A repository can contain pipes, sockets and links to devices under any
// name: opening some of these blocks forever, opening others has side effects. So only regular files are opened.
import type { Stats } from 'node:fs';
import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open, stat } from 'node:fs/promises';

import { messages } from '#core/messages.ts';

/** A pipe can replace the file between the check and the opening. Windows has no such flag. */
const NON_BLOCKING = (constants.O_NONBLOCK as number | undefined) ?? 0;

const READ = constants.O_RDONLY | NON_BLOCKING;

/** Reads anywhere, writes at the end alone. */
export const READ_AND_APPEND = constants.O_RDWR | constants.O_APPEND | NON_BLOCKING;

const KINDS = [
  ['isFIFO', 'a named pipe'],
  ['isSocket', 'a socket'],
  ['isCharacterDevice', 'a device'],
  ['isBlockDevice', 'a device'],
  ['isDirectory', 'a folder'],
] as const;

/** What a non-regular file is; undefined for a regular file. */
export function kindOf(stats: Stats): string | undefined {
  if (stats.isFile()) return undefined;
  return KINDS.find(([is]) => stats[is]())?.[1] ?? 'not a file';
}

function checkKind(path: string, stats: Stats): void {
  const kind = kindOf(stats);
  if (kind !== undefined) throw messages.notAFile(path, kind);
}

/** Rejects with a UserError if it is not a regular file, otherwise like `open`. */
export async function openRegular(path: string, flags = READ): Promise<FileHandle> {
  checkKind(path, await stat(path));
  const handle = await open(path, flags);
  try {
    checkKind(path, await handle.stat());
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Synchronous `openRegular`. */
export function openRegularSync(path: string): number {
  checkKind(path, statSync(path));
  const handle = openSync(path, READ);
  try {
    checkKind(path, fstatSync(handle));
    return handle;
  } catch (error) {
    closeSync(handle);
    throw error;
  }
}

/** Reads a whole file. Rejects with a UserError if it is longer than `max` bytes. */
export async function readRegular(path: string, max = Infinity): Promise<Buffer> {
  const handle = await openRegular(path);
  try {
    if ((await handle.stat()).size > max) throw messages.tooLarge(path, max);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** Reads a whole UTF-8 file, like `readRegular`. */
export async function readRegularText(path: string, max = Infinity): Promise<string> {
  return (await readRegular(path, max)).toString('utf8');
}

/** Reads a whole UTF-8 file, like `readRegular`, synchronously. */
export function readRegularTextSync(path: string, max = Infinity): string {
  const handle = openRegularSync(path);
  try {
    if (fstatSync(handle).size > max) throw messages.tooLarge(path, max);
    return readFileSync(handle, 'utf8');
  } finally {
    closeSync(handle);
  }
}
