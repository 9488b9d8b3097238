// Where caches are, and whether a folder is safe: the content of a cache is trusted, so only this user may write to
// it. Imports nothing of ours: a start reads it before anything else.
import type { Stats } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Cached data reveals datasets, so only this user may read it. */
export const PRIVATE_FOLDER = { recursive: true, mode: 0o700 } as const;

/** Write permission for group and others. */
const WRITABLE_BY_OTHERS = 0o022;

/** Default cache folder of this machine; PREFLENS_CACHE overrides it. */
export function defaultCacheFolder(): string {
  const { env, platform } = process;
  if (env['PREFLENS_CACHE']) return resolve(env['PREFLENS_CACHE']);
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? homedir(), 'preflens', 'cache');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'preflens');
  return join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'preflens');
}

/** The folder of compiled code in a cache. */
export const CODE_FOLDER = 'code';

/** Why a folder is not safe. */
export function faultOf({ uid, mode }: Stats): string | undefined {
  const own = process.getuid?.();
  // Windows has neither owner nor mode; there the profile folder is private.
  if (own === undefined) return undefined;
  if (uid !== own) return 'it belongs to another user';
  return (mode & WRITABLE_BY_OTHERS) === 0 ? undefined : 'other users can write to it';
}
