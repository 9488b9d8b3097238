// A lock for what is read, changed and written again: one process at a time. It is a file that names its owner; where
// the owner is gone, the lock is broken.
import { randomBytes } from 'node:crypto';
import { lstat, open, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import { messages } from '#core/messages.ts';

import { PLACE } from './leftovers.ts';
import { THIS_PROCESS } from './owner.ts';
import { readRegularText } from './regularFile.ts';
import { codeOf } from './stored.ts';

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

/** 0 for what is gone meanwhile. */
async function ageOf(path: string): Promise<number> {
  return lstat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
}

/** True where nobody will ever let go of it. */
async function isStale(path: string, text: string): Promise<boolean> {
  const [place, owner] = text.split(' ');
  if (place === PLACE && owner !== undefined) return owner !== THIS_PROCESS.id && THIS_PROCESS.isGone(owner);
  return (await ageOf(path)) > (text === '' ? EMPTY_AFTER_MS : FOREIGN_AFTER_MS);
}

/** Creates a file where nothing stands; false where something does. */
async function createNew(path: string, text: string): Promise<boolean> {
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
    return false;
  }
}

/**
 * Removes a stale lock. One process at a time does: the owner is gone and the file is in everybody's way, so what was
 * read under the guard is what is removed.
 */
async function breakLock(path: string, stale: string): Promise<void> {
  const guard = `${path}.break`;
  if (!(await createNew(guard, ''))) {
    // Left by a process that was killed just then.
    if ((await ageOf(guard)) > EMPTY_AFTER_MS) await rm(guard, { force: true });
    return;
  }
  try {
    if ((await textOf(path)) === stale) await rm(path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

/** True once the lock is ours. */
async function take(path: string, text: string): Promise<boolean> {
  if (await createNew(path, text)) return true;
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
