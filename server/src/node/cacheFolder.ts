// Cache folders, and whether they are safe: the content of a cache is trusted, so only this user may write to it.
import type { Stats } from 'node:fs';
import { accessSync, constants, lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

import { messages, UserError } from '#core/messages.ts';
import { systemErrorMessage } from '#core/systemErrors.ts';

import { codeOf } from './stored.ts';
import { isSystemError } from './systemErrors.ts';

/** Cached data reveals datasets, so only this user may read it. */
export const PRIVATE_FOLDER = { recursive: true, mode: 0o700 } as const;

/** Write permission for group and others. */
const WRITABLE_BY_OTHERS = 0o022;

/** Reports, in one line, something that works without a feature. */
export type Tell = (line: string) => void;

/** Default cache folder of this machine; PREFLENS_CACHE overrides it. */
export function defaultCacheFolder(): string {
  const { env, platform } = process;
  if (env['PREFLENS_CACHE']) return resolve(env['PREFLENS_CACHE']);
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? homedir(), 'preflens', 'cache');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'preflens');
  return join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'preflens');
}

/** Messages already shown by this process. */
const told = new Set<string>();

function tellOnce(path: string, why: string, tell: Tell): void {
  const { message } = messages.noCache(path, why);
  if (told.has(message)) return;
  told.add(message);
  tell(message);
}

function whyNot(error: unknown): string | undefined {
  if (error instanceof UserError) return error.message;
  return isSystemError(error) ? systemErrorMessage(codeOf(error), error.message).what : undefined;
}

/** Reports once why a cache can't be used. Rethrows errors that don't come from the file system. */
export function doWithout(path: string, error: unknown, tell: Tell): void {
  const why = whyNot(error);
  if (why === undefined) throw error;
  tellOnce(path, why, tell);
}

function faultOf({ uid, mode }: Stats): string | undefined {
  const own = process.getuid?.();
  // Windows has neither owner nor mode; there the profile folder is private.
  if (own === undefined) return undefined;
  if (uid !== own) return 'it belongs to another user';
  return (mode & WRITABLE_BY_OTHERS) === 0 ? undefined : 'other users can write to it';
}

/** What is wrong with the folder, or with one inside it. */
function faultIn(path: string): string | undefined {
  const fault = faultOf(statSync(path));
  if (fault !== undefined) return fault;
  for (const { name } of readdirSync(path, { withFileTypes: true }).filter((entry) => !entry.isFile())) {
    const found = lstatSync(join(path, name));
    const below = found.isDirectory() ? faultOf(found) : 'it is not a folder';
    if (below !== undefined) return `of ${name} in it: ${below}`;
  }
  return undefined;
}

/** Creates and returns the folder. Undefined, after one message, if that is impossible or unsafe. */
export function openCacheFolder(path: string, tell: Tell): string | undefined {
  try {
    mkdirSync(path, PRIVATE_FOLDER);
    const fault = faultIn(path);
    if (fault === undefined) {
      accessSync(path, constants.W_OK);
      return path;
    }
    tellOnce(path, fault, tell);
  } catch (error) {
    doWithout(path, error, tell);
  }
  return undefined;
}
