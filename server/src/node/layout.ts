// Which files of a folder are its dataset, and which split each belongs to: by the card in README.md, by the state
// that the `datasets` library saves beside its files, or else by names and content.
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

import type { CardEntry } from '#core/dataset/splits.ts';
import { cardEntries, cardNames, splitNameOf } from '#core/dataset/splits.ts';
import { UserError } from '#core/messages.ts';
import type { Json } from '#core/model/json.ts';
import { isList, isObject } from '#core/model/json.ts';
import { listed, plural } from '#core/words/numbers.ts';

import { readRegular } from './regularFile.ts';
import { codeOf, unreadable } from './stored.ts';

export interface FailedPath {
  readonly path: string;
  readonly error: UserError;
}

/** A file of a folder's dataset. */
export interface FoundFile {
  readonly path: string;
  readonly split: string | undefined;
}

export interface Layout {
  readonly files: readonly FoundFile[];
  /** Paths that could not be looked at. */
  readonly failed: readonly FailedPath[];
  /** What a person should know about the choice, as sentences. */
  readonly notes: readonly string[];
}

/** Datasets by name. */
const DATA_FILE = /\.(?:(?:jsonl|ndjson|jsonlines)(?:\.gz|\.zst)?|parquet|pq|arrow|feather)$/i;

/** Datasets that we can't read: they are named, unless the same file lies beside them readable. */
const COMPRESSED =
  /^(.*\.(?:jsonl|ndjson|jsonlines|json|csv|tsv|parquet|arrow))\.(?:bz2|xz|lzma|lz4|7z|zip|rar)$/i;

/** Files that may be anything: JSON settings, tokenizers, tables of results, or a dataset. */
const MAYBE_DATA = /\.(?:json|csv|tsv)(?:\.gz|\.zst)?$/i;

/** Folders that never contain datasets. */
const SKIPPED = new Set(['node_modules', '__pycache__']);

/** What the `datasets` library keeps beside a dataset: results of `map` and the like. */
const CACHED = /^(?:cache-.*|tmp.*)\.arrow$/i;

/** Largest card or state to read, in bytes. */
const MAX_METADATA_BYTES = 4 * 1024 * 1024;

async function readText(path: string): Promise<string | undefined> {
  try {
    const bytes = await readRegular(path, MAX_METADATA_BYTES);
    return new TextDecoder().decode(bytes);
  } catch (error) {
    // A folder without a readable card or state is described by its names.
    if (error instanceof UserError || codeOf(error) !== '') return undefined;
    throw error;
  }
}

/** The files that `state.json` of a saved dataset names; undefined if there is none. */
async function savedFiles(folder: string): Promise<ReadonlySet<string> | undefined> {
  const text = await readText(join(folder, 'state.json'));
  if (text === undefined) return undefined;
  try {
    const state = JSON.parse(text) as Json;
    const files = isObject(state) ? state['_data_files'] : undefined;
    if (!isList(files)) return undefined;
    return new Set(
      files.flatMap((one) => (isObject(one) && typeof one['filename'] === 'string' ? [one['filename']] : [])),
    );
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The YAML between the lines of dashes at the start of a README. */
async function cardOf(folder: string): Promise<readonly CardEntry[]> {
  const text = await readText(join(folder, 'README.md'));
  const yaml = /^\ufeff?---\r?\n([\s\S]*?)\r?\n---(?:\r?\n|$)/.exec(text ?? '')?.[1];
  if (yaml === undefined) return [];
  // The bundle has only the default export of a CommonJS package that is loaded late.
  const { default: yamlReader } = await import('yaml');
  const document = yamlReader.parseDocument(yaml);
  // A card that is no YAML names no files.
  return document.errors.length > 0 ? [] : cardEntries(document.toJS({ maxAliasCount: 100 }) as Json);
}

interface Walk {
  readonly paths: string[];
  readonly failed: FailedPath[];
}

/** All files below a folder that may be data, by name. */
async function walk(folder: string, into: Walk): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    into.failed.push({ path: folder, error: unreadable(folder, error) });
    return [];
  });
  const names = new Set(entries.map(({ name }) => name));
  const saved = names.has('state.json') ? await savedFiles(folder) : undefined;
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const { name } = entry;
    const path = join(folder, name);
    if (name.startsWith('.') || SKIPPED.has(name)) continue;
    if (entry.isDirectory()) await walk(path, into);
    else if (/\.arrow$/i.test(name)) {
      const isOther = saved ? !saved.has(name) : names.has('dataset_info.json') && CACHED.test(name);
      if (!isOther) into.paths.push(path);
    } else if (DATA_FILE.test(name) || MAYBE_DATA.test(name)) into.paths.push(path);
    else {
      const plain = COMPRESSED.exec(name)?.[1];
      if (plain !== undefined && !names.has(plain)) into.paths.push(path);
    }
  }
}

/** The files that a card names, with its splits. Undefined if it names none of these. */
function byCard(
  folder: string,
  paths: readonly string[],
  card: readonly CardEntry[],
): Omit<Layout, 'failed'> | undefined {
  const found: FoundFile[] = [];
  const others: string[] = [];
  const used = new Set<string>();
  for (const path of paths) {
    const name = relative(folder, path).split(sep).join('/');
    const entries = card.filter(({ patterns }) => patterns.some((pattern) => cardNames(pattern, name)));
    for (const { patterns } of entries) for (const one of patterns) if (cardNames(one, name)) used.add(one);
    if (entries.length > 0) found.push({ path, split: entries[0]?.split ?? splitNameOf(name) });
    else if (DATA_FILE.test(name)) others.push(name);
  }
  if (found.length === 0) return undefined;
  const missing = [...new Set(card.flatMap(({ patterns }) => patterns))].filter((one) => !used.has(one));
  const notes = [
    ...(others.length > 0
      ? [
          `README.md does not name ${plural(others.length, 'file')}, left out: ${listed(others)}. Name a file to read it.`,
        ]
      : []),
    ...(missing.length > 0 ? [`README.md names files that are not here: ${listed(missing)}.`] : []),
  ];
  return { files: found, notes };
}

/**
 * The dataset of a folder.
 * @param isDataset whether a file that may be anything holds pairs
 */
export async function layoutOf(
  folder: string,
  isDataset: (path: string) => Promise<boolean>,
): Promise<Layout> {
  const into: Walk = { paths: [], failed: [] };
  await walk(folder, into);
  const { paths, failed } = into;
  const named = byCard(folder, paths, await cardOf(folder));
  if (named) return { ...named, failed };
  const files: FoundFile[] = [];
  for (const path of paths) {
    if (!MAYBE_DATA.test(path) || (await isDataset(path)))
      files.push({ path, split: splitNameOf(relative(folder, path)) });
  }
  return { files, failed, notes: [] };
}
