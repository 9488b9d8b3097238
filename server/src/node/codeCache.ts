// Keeps compiled code between starts: compiling it takes longer than most commands. Node's own cache, in the folder
// of our caches, because its default is a folder that all users share.
import { mkdirSync, statSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';

import { CODE_FOLDER, defaultCacheFolder, faultOf, PRIVATE_FOLDER } from './cachePlace.ts';

/** What Node 22.1 and later have. */
interface Newer {
  readonly enableCompileCache?: (folder: string) => unknown;
}

/**
 * From now on, this process, its threads and its child processes keep what they compile, and use what was kept. A
 * folder that can't be used costs the time, nothing else: the same folder's other users tell about it.
 */
export function keepCompiledCode(): void {
  const { enableCompileCache } = module as Newer;
  if (!enableCompileCache || process.env['NODE_COMPILE_CACHE'] !== undefined) return;
  try {
    const parent = defaultCacheFolder();
    const folder = join(parent, CODE_FOLDER);
    for (const path of [parent, folder]) {
      mkdirSync(path, PRIVATE_FOLDER);
      if (faultOf(statSync(path)) !== undefined) return;
    }
    enableCompileCache(folder);
    process.env['NODE_COMPILE_CACHE'] = folder;
  } catch {
    // A start without a cache is a slower start.
  }
}
