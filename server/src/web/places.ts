// Folders that exist in the memory of the worker alone. Every other path is one of the editor's file system.

import { home } from './home.ts';

export const HOME = '/.preflens-browser';

export const CACHE = `${HOME}/cache`;

export const TEMPORARY = `${HOME}/temporary`;

/** Drafts and locks beside a dataset: nobody else needs to see them, and a draft becomes visible whole. */
const OWN_NAME = /\.preflens-(?:tmp|lock)(?:\.break)?(?:\/|$)|\/\.preflens\/[^/]*\.lock(?:\.break)?$/;

export function staysInMemory(path: string): boolean {
  return path === HOME || path === home().elsewhere || path.startsWith(`${HOME}/`) || OWN_NAME.test(path);
}
