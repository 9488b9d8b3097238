// Names of temporary files, and cleanup after killed processes. A name contains its process, so that the file can
// be deleted once that process is gone.
import { createHash, randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';

import { THIS_PROCESS } from './owner.ts';
import { codeOf } from './stored.ts';

/** Suffix of every temporary name. */
const TEMPORARY = '.preflens-tmp';

/** Bytes of the target's name to use in a temporary name: file systems allow 255 in total. */
const MAX_STEM_BYTES = 120;

/** Age at which files from other machines are deleted: we can't tell whether their process is running. */
const FOREIGN_AFTER_MS = 24 * 3600 * 1000;

/** Identifies the process namespace: each container counts processes from 1. */
function processSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    // Not Linux: there is only one.
    return '';
  }
}

/** Identifies the machine and container in which process ids are comparable. */
export const placeHere = (): string =>
  (here ??= createHash('sha256').update(`${hostname()} ${processSpace()}`).digest('hex').slice(0, 8));
let here: string | undefined;

const NAME = /\.([0-9a-f]{8})-(\d+-\d+)-[0-9a-f]{16}\.preflens-tmp$/;

/** Truncates a file's name, so that a suffix still fits. */
export function stemOf(path: string): string {
  const bytes = new TextEncoder().encode(basename(path)).subarray(0, MAX_STEM_BYTES);
  // Drops a character that was cut in two.
  return new TextDecoder().decode(bytes, { stream: true });
}

/** An unpredictable name for a file that will become `path`. */
export function temporaryName(path: string): string {
  return `.${stemOf(path)}.${placeHere()}-${THIS_PROCESS.id}-${randomBytes(8).toString('hex')}${TEMPORARY}`;
}

/** A folder for files between the steps of a command, beside what it will write. `done` deletes it; a kill leaves it to the next cleanup. */
export async function temporaryFolder(
  beside: string,
): Promise<{ readonly path: string; readonly done: () => Promise<void> }> {
  await sweepFolder(dirname(beside));
  const path = join(dirname(beside), temporaryName(beside));
  THIS_PROCESS.inUse.add(path);
  await mkdir(path, { mode: 0o700 });
  return {
    path,
    async done() {
      await rm(path, { recursive: true, force: true });
      THIS_PROCESS.inUse.delete(path);
    },
  };
}

/** Held while a save replaces this file. The next save breaks the lock of a killed process. */
export function saveLockOf(target: string): string {
  return join(dirname(target), `.${stemOf(target)}.preflens-lock`);
}

async function isLeft(path: string, place: string | undefined, owner: string): Promise<boolean> {
  if (place === placeHere())
    return owner === THIS_PROCESS.id ? !THIS_PROCESS.inUse.has(path) : THIS_PROCESS.isGone(owner);
  return Date.now() - (await lstat(path)).mtimeMs > FOREIGN_AFTER_MS;
}

/** Minimum interval between cleanups of one folder: a command may write thousands of files into it. */
const SWEEP_EVERY_MS = 60_000;

const swept = new Map<string, number>();

/** Deletes leftovers of dead processes in a folder, at most once per interval. */
export async function sweepFolder(folder: string): Promise<void> {
  const now = Date.now();
  if (now - (swept.get(folder) ?? 0) < SWEEP_EVERY_MS) return;
  swept.set(folder, now);
  await removeLeftovers(folder);
}

/** Deletes all temporary files and folders in a folder whose process is gone. */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const [, place, owner] = NAME.exec(name) ?? [];
    if (owner === undefined) continue;
    const path = join(folder, name);
    try {
      if (await isLeft(path, place, owner)) await rm(path, { force: true, recursive: true });
    } catch (error) {
      // Owned by another user, or already gone: not our problem.
      if (codeOf(error) === '') throw error;
    }
  }
}
