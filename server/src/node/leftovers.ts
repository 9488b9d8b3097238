// Names of temporary files, and what killed processes left of them. A name says who writes: where the process is gone,
// so is its file.
import { createHash, randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { lstat, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';

import { THIS_PROCESS } from './owner.ts';
import { codeOf } from './stored.ts';

/** The end of every temporary name. */
export const TEMPORARY = '.preflens-tmp';

/** Bytes of a target's name that stand in a temporary one: file systems take 255 in all. */
const MAX_STEM_BYTES = 120;

/** Files of other machines go when nobody wrote to them for so long: whether their process runs is not known here. */
const FOREIGN_AFTER_MS = 24 * 3600 * 1000;

/** Containers count their processes from 1, each for itself. */
function processSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    // Not Linux: there is one.
    return '';
  }
}

/** Where numbers of processes mean the same: this machine, this container. */
export const PLACE = createHash('sha256').update(`${hostname()} ${processSpace()}`).digest('hex').slice(0, 8);

const NAME = /\.([0-9a-f]{8})-(\d+-\d+)-[0-9a-f]{16}\.preflens-tmp$/;

/** A file's name, cut so that a longer one made of it is still a name. */
export function stemOf(path: string): string {
  const bytes = new TextEncoder().encode(basename(path)).subarray(0, MAX_STEM_BYTES);
  // A character that was cut in two is left out.
  return new TextDecoder().decode(bytes, { stream: true });
}

/** A name that nobody can guess, for a file that is to become `path`. */
export function temporaryName(path: string): string {
  return `.${stemOf(path)}.${PLACE}-${THIS_PROCESS.id}-${randomBytes(8).toString('hex')}${TEMPORARY}`;
}

async function isLeft(path: string, place: string | undefined, owner: string): Promise<boolean> {
  if (place === PLACE)
    return owner === THIS_PROCESS.id ? !THIS_PROCESS.inUse.has(path) : THIS_PROCESS.isGone(owner);
  return Date.now() - (await lstat(path)).mtimeMs > FOREIGN_AFTER_MS;
}

/** A folder is looked through once in so long: a command may write thousands of files into one. */
const SWEEP_EVERY_MS = 60_000;

const swept = new Map<string, number>();

/** Removes what dead processes left in a folder, unless this process has just done so. */
export async function sweepFolder(folder: string): Promise<void> {
  const now = Date.now();
  if (now - (swept.get(folder) ?? 0) < SWEEP_EVERY_MS) return;
  swept.set(folder, now);
  await removeLeftovers(folder);
}

/** Removes the temporary files in a folder whose process is gone, of whatever they were to become. */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const [, place, owner] = NAME.exec(name) ?? [];
    if (owner === undefined) continue;
    const path = join(folder, name);
    try {
      if (await isLeft(path, place, owner)) await rm(path, { force: true });
    } catch (error) {
      // Of another user, or gone meanwhile: no reason not to write.
      if (codeOf(error) === '') throw error;
    }
  }
}
