// A lock for read-modify-write, across processes. It is a file that names its owner; if the owner is gone, the
// lock is broken.
import { randomBytes } from 'node:crypto';
import { lstat, open, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import { messages } from '#core/messages.ts';

import { placeHere } from './leftovers.ts';
import { THIS_PROCESS } from './owner.ts';
import { readRegularText } from './regularFile.ts';
import { codeOf } from './stored.ts';

/** A change takes milliseconds, so after this time something is stuck. */
const WAIT_MS = 10_000;

/** Age at which locks of other machines and unreadable locks are broken. */
const FOREIGN_AFTER_MS = 60_000;

/** Time that a new lock may stay empty before its owner is written to it. */
const EMPTY_AFTER_MS = 5000;

const POLL_MS = 15;

export interface Lock {
  /** Rejects if another process took the lock meanwhile. */
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

/** 0 if it is already gone. */
async function ageOf(path: string): Promise<number> {
  return lstat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
}

/** True if the owner will never release it. */
async function isStale(path: string, text: string): Promise<boolean> {
  const [place, owner] = text.split(' ');
  if (place === placeHere() && owner !== undefined)
    return owner !== THIS_PROCESS.id && THIS_PROCESS.isGone(owner);
  return (await ageOf(path)) > (text === '' ? EMPTY_AFTER_MS : FOREIGN_AFTER_MS);
}

/** Creates a file; false if it already exists. */
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
 * Removes a stale lock. A second lock guards this: only one process at a time does it, so it removes what it has
 * read.
 */
async function breakLock(path: string, stale: string): Promise<void> {
  const guard = `${path}.break`;
  if (!(await createNew(guard, ''))) {
    // Left by a process that was killed at this point.
    if ((await ageOf(guard)) > EMPTY_AFTER_MS) await rm(guard, { force: true });
    return;
  }
  try {
    if ((await textOf(path)) === stale) await rm(path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

/** True once we hold the lock. */
async function take(path: string, text: string): Promise<boolean> {
  if (await createNew(path, text)) return true;
  const held = await textOf(path);
  if (held !== undefined && (await isStale(path, held))) await breakLock(path, held);
  return false;
}

/**
 * Runs `work` while no other process holds the lock.
 * @param path of the lock; its folder must exist
 * @param what is being written, for the error message
 */
export async function withLock<T>(
  path: string,
  what: string,
  work: (lock: Lock) => Promise<T>,
  waitMs = WAIT_MS,
): Promise<T> {
  const text = `${placeHere()} ${THIS_PROCESS.id} ${randomBytes(8).toString('hex')}`;
  const begun = performance.now();
  while (!(await take(path, text))) {
    if (performance.now() - begun > waitMs)
      throw messages.locked(what, path, Math.max(1, Math.round(waitMs / 1000)));
    // Random, so that waiting processes don't collide again.
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
