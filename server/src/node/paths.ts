// Expands path patterns that the shell did not expand.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';

import { fitsPattern, patternBase, PatternFault } from '#core/config/pattern.ts';
import { messages } from '#core/messages.ts';

import { codeOf } from './stored.ts';

/** True for a folder itself and for everything below it, by name: links are not resolved. */
export function isBelow(root: string, path: string): boolean {
  const way = relative(root, path);
  return !isAbsolute(way) && way.split(sep)[0] !== '..';
}

/** Folders without user data. */
const LEFT_OUT = new Set(['node_modules', '.git', '.preflens']);

async function* walk(folder: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw messages.unreadable(folder, codeOf(error));
  });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = folder === '.' ? entry.name : join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!LEFT_OUT.has(entry.name)) yield* walk(path);
    } else yield path;
  }
}

/** Names of possible dataset files. */
const DATASET = /\.(?:jsonl|ndjson)(?:\.gz|\.zst)?$|\.(?:parquet|pq)$/i;

/** JSON not named JSON Lines may be anything: settings, tokenizers, or a dataset. */
export function isJsonName(path: string): boolean {
  return /\.json(?:\.gz|\.zst)?$/i.test(path);
}

/** Names of files that may be anything: settings, tables of results, or a dataset. */
const MAYBE_DATASET = /\.(?:json|csv|tsv)(?:\.gz|\.zst)?$|\.arrow$/i;

/** Files below a folder that may be datasets: by their names, or because `isDataset` accepts them. */
export async function* datasetsIn(
  folder: string,
  isDataset: (path: string) => Promise<boolean>,
): AsyncGenerator<string> {
  for await (const path of walk(folder))
    if (DATASET.test(path) || (MAYBE_DATASET.test(path) && (await isDataset(path)))) yield path;
}

function fits(pattern: string, path: string): boolean {
  try {
    return fitsPattern(pattern.split(sep).join('/'), path.split(sep).join('/'));
  } catch (error) {
    throw error instanceof PatternFault ? messages.badPattern(pattern, error.message) : error;
  }
}

/** The paths that match the patterns. An existing path is used literally. Rejects if a pattern matches nothing. */
export async function expandPaths(patterns: readonly string[]): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const pattern of patterns) {
    const { base, isPattern } = patternBase(pattern.split(sep).join('/'));
    if (existsSync(pattern) || !isPattern) {
      paths.push(pattern);
      continue;
    }
    const found: string[] = [];
    for await (const path of walk(base === '' ? '.' : base)) if (fits(pattern, path)) found.push(path);
    if (found.length === 0) throw messages.nothingFits(pattern);
    paths.push(...found);
  }
  return [...new Set(paths)];
}
