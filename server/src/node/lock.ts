// A lock for what is read, changed and written again: one process at a time. It is a file that names its owner; where
// the owner is gone, the lock is broken.
import { randomBytes } from 'node:crypto';
import { link, lstat, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { messages } from '#core/messages.ts';

import { codeOf } from './files.ts';
import { PLACE, temporaryName } from './leftovers.ts';
import { THIS_PROCESS } from './owner.ts';
import { readRegularText } from './regularFile.ts';

/** A change takes a few milliseconds: who waits longer waits for something that is stuck. */
const WAIT_MS = 10_000;

/** Locks of other machines, and such as say nothing, are broken when they are so old. */
const FOREIGN_AFTER_MS = 60_000;

/** Between creating the file and writing into it. */
const EMPTY_AFTER_MS = 5000;

const POLL_MS = 15;

/** A lock that is held. */
export interface Lock {
  /** Rejects where somebody else took the lock meanwhile. */
  readonly assertHeld: () => Promise<void>;
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    if (!(await lstat(path)).isFile()) return '';
    return await readRegularText(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** True where nobody will ever let go of it. */
async function isStale(path: string, text: string): Promise<boolean> {
  const [place, owner] = text.split(' ');
  if (place === PLACE && owner !== undefined && owner !== THIS_PROCESS.id) return THIS_PROCESS.isGone(owner);
  if (place === PLACE && owner === THIS_PROCESS.id) return false;
  const age = await lstat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    // Gone meanwhile.
    () => 0,
  );
  return age > (text === '' ? EMPTY_AFTER_MS : FOREIGN_AFTER_MS);
}

/** Moves a stale lock away. Where it was another one by then, that is put back. */
async function breakLock(path: string, stale: string): Promise<void> {
  const aside = join(dirname(path), temporaryName(path));
  THIS_PROCESS.inUse.add(aside);
  try {
    await rename(path, aside);
    if ((await textOf(aside)) !== stale) await link(aside, path);
  } catch (error) {
    // Broken by somebody else, or taken again: both are seen at the next try.
    if (!['ENOENT', 'EEXIST'].includes(codeOf(error))) throw error;
  } finally {
    await rm(aside, { force: true, recursive: true });
    THIS_PROCESS.inUse.delete(aside);
  }
}

/** True once the lock is ours. */
async function take(path: string, text: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  const held = await textOf(path);
  if (held !== undefined && (await isStale(path, held))) await breakLock(path, held);
  return false;
}

/**
 * Does the work while no other process holds the lock.
 * @param path of the lock; its folder is there
 * @param what is written, for people
 */
export async function withLock<T>(
  path: string,
  what: string,
  work: (lock: Lock) => Promise<T>,
  waitMs = WAIT_MS,
): Promise<T> {
  const text = `${PLACE} ${THIS_PROCESS.id} ${randomBytes(8).toString('hex')}`;
  const begun = performance.now();
  while (!(await take(path, text))) {
    if (performance.now() - begun > waitMs)
      throw messages.locked(what, path, Math.max(1, Math.round(waitMs / 1000)));
    // Not all at once: who waits by the same clock meets again each time.
    await sleep(POLL_MS * (0.5 + Math.random()));
  }
  const isOurs = async (): Promise<boolean> => (await textOf(path)) === text;
  try {
    return await work({
      async assertHeld() {
        if (!(await isOurs())) throw messages.changed(what);
      },
    });
  } finally {
    if (await isOurs()) await rm(path, { force: true });
  }
}
