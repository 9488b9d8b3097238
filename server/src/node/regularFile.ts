// The one way to open a file for reading. A repository can hold pipes, sockets and links to devices under any name: opening
// some of them waits for ever, opening others does something. So only regular files are opened, wherever a name comes from.
import type { Stats } from 'node:fs';
import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open, stat } from 'node:fs/promises';

import { messages } from '#core/messages.ts';

/** Between the look and the opening a pipe can take the place of a file: opened so, it does not wait. Windows has no such flag. */
const READ = constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0);

const KINDS = [
  ['isFIFO', 'a named pipe'],
  ['isSocket', 'a socket'],
  ['isCharacterDevice', 'a device'],
  ['isBlockDevice', 'a device'],
  ['isDirectory', 'a folder'],
] as const;

/** What something is that is no regular file; undefined for a regular file. */
export function kindOf(stats: Stats): string | undefined {
  if (stats.isFile()) return undefined;
  return KINDS.find(([is]) => stats[is]())?.[1] ?? 'no file';
}

function checkKind(path: string, stats: Stats): void {
  const kind = kindOf(stats);
  if (kind !== undefined) throw messages.notAFile(path, kind);
}

/** Opens a file for reading. Rejects with a UserError for what is no regular file, else as `open` does. */
export async function openRegular(path: string): Promise<FileHandle> {
  checkKind(path, await stat(path));
  const handle = await open(path, READ);
  try {
    checkKind(path, await handle.stat());
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Opens a file for reading, as `openRegular`. */
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

/** A whole file. Rejects with a UserError where it has more than so many bytes. */
export async function readRegular(path: string, max = Infinity): Promise<Buffer> {
  const handle = await openRegular(path);
  try {
    if ((await handle.stat()).size > max) throw messages.tooLarge(path, max);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** A whole file of UTF-8, as `readRegular`. */
export async function readRegularText(path: string, max = Infinity): Promise<string> {
  return (await readRegular(path, max)).toString('utf8');
}

/** A whole file of UTF-8, as `readRegular`. */
export function readRegularTextSync(path: string, max = Infinity): string {
  const handle = openRegularSync(path);
  try {
    if (fstatSync(handle).size > max) throw messages.tooLarge(path, max);
    return readFileSync(handle, 'utf8');
  } finally {
    closeSync(handle);
  }
}
