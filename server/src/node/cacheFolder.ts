// Cache folders: opened if they are safe, done without if not.
import { accessSync, constants, lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { messages, UserError } from '#core/messages.ts';
import { systemErrorMessage } from '#core/systemErrors.ts';

import { faultOf, PRIVATE_FOLDER } from './cachePlace.ts';
import { codeOf } from './stored.ts';
import { isSystemError } from './systemErrors.ts';

/** Reports, in one line, something that works without a feature. */
export type Tell = (line: string) => void;

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
