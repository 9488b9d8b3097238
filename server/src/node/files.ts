// Finds, opens and reads dataset files, and detects when another program changes one.
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { messages, UserError } from '#core/messages.ts';
import { MAX_RECORD_BYTES } from '#core/model/record.ts';
import type { ByteStream } from '#core/ports.ts';

import { codecOf } from './codec.ts';
import { containerAt, containerOf } from './containers/containers.ts';
import type { DataFile, Inspection } from './dataFile.ts';
import { holdsPairs, inspectFile } from './inspect.ts';
import { readBlocks, readStored, sameStamp, stampOf, unreadable } from './stored.ts';

/** Missing shards of a split file. A name may claim any number, so only the first ones are listed. */
export interface MissingShards {
  readonly count: number;
  /** The total according to the names. */
  readonly of: number;
  /** Numbers from 0, at most MAX_NAMED. */
  readonly first: readonly number[];
}

export interface FailedPath {
  readonly path: string;
  readonly error: UserError;
}

/** One file, the shards of one, or all files of a folder. */
export interface Dataset {
  readonly name: string;
  readonly files: readonly DataFile[];
  /** Paths that could not be opened. */
  readonly failed: readonly FailedPath[];
  /** For each split file, the shards that the others' names imply but that don't exist. */
  readonly missingShards: readonly MissingShards[];
}

/** Opens a file; its name determines the codec. Does not read its content yet. */
export async function openFile(path: string, maxRecordBytes = MAX_RECORD_BYTES): Promise<DataFile> {
  const stamp = await stampOf(path);
  if (stamp.isFolder) throw messages.isFolder(path);
  if (stamp.kind !== undefined) throw messages.notAFile(path, stamp.kind);
  const codec = codecOf(path);
  const container = containerAt(path);
  const bytes: ByteStream = () => codec.decode?.(path, readStored(path)) ?? readBlocks(path);
  let inspected: Promise<Inspection> | undefined;
  const file: DataFile = {
    path,
    codec,
    container,
    size: stamp.size,
    stamp,
    bytes,
    maxRecordBytes,
    inspect: async () => (inspected ??= inspectFile(file)),
    records: (wants) => containerOf(file).records(file)(wants),
    async assertSame() {
      if (!sameStamp(await stampOf(path), stamp)) throw messages.changed(path);
    },
  };
  return file;
}

const DATA_FILE = /\.(?:(?:jsonl|ndjson|jsonlines)(?:\.gz|\.zst)?|parquet|pq|arrow|feather)$/i;
const SHARD = /^(.*)-(\d{5})-of-(\d{5})(\..*)$/;

/** Folders that never contain datasets. */
const SKIPPED = new Set(['node_modules', '__pycache__']);

/** JSON not named JSON Lines may be anything: settings, tokenizers, or a dataset. So may a table. */
const MAYBE_DATA = /\.(?:json|csv|tsv)(?:\.gz|\.zst)?$/i;

async function isDataset(path: string): Promise<boolean> {
  try {
    return await holdsPairs(await openFile(path));
  } catch (error) {
    // Only a file with a dataset's name is an error if it can't be read.
    if (error instanceof UserError) return false;
    throw error;
  }
}

/** The datasets in a folder: by name, and JSON files by content. */
async function dataFilesIn(folder: string, failed: FailedPath[]): Promise<string[]> {
  const found: string[] = [];
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    failed.push({ path: folder, error: unreadable(folder, error) });
    return [];
  });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.') || SKIPPED.has(entry.name)) continue;
    if (entry.isDirectory()) found.push(...(await dataFilesIn(path, failed)));
    else if (DATA_FILE.test(entry.name)) found.push(path);
    else if (MAYBE_DATA.test(entry.name) && (await isDataset(path))) found.push(path);
  }
  return found;
}

/** Missing shards to list by number. */
const MAX_NAMED = 5;

function missingOf(paths: readonly string[]): MissingShards[] {
  const sets = new Map<string, { seen: Set<number>; of: number }>();
  for (const path of paths) {
    const [, stem, number, count, end] = SHARD.exec(path) ?? [];
    if (stem === undefined) continue;
    const key = `${stem}-of-${count}${end}`;
    const set = sets.get(key) ?? { seen: new Set(), of: Number(count) };
    if (Number(number) < set.of) set.seen.add(Number(number));
    sets.set(key, set);
  }
  return [...sets.values()].flatMap(({ seen, of }) => {
    const count = of - seen.size;
    if (count <= 0) return [];
    const first: number[] = [];
    for (let i = 0; first.length < Math.min(count, MAX_NAMED); i++) if (!seen.has(i)) first.push(i);
    return [{ count, of, first }];
  });
}

async function datasetOf(
  name: string,
  paths: readonly string[],
  max: number | undefined,
  unreadable: readonly FailedPath[] = [],
): Promise<Dataset> {
  const files: DataFile[] = [];
  const failed = [...unreadable];
  for (const path of paths) {
    try {
      files.push(await openFile(path, max));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      failed.push({ path, error });
    }
  }
  return { name, files, failed, missingShards: missingOf(paths) };
}

/** Opens a path: a file, or a folder as one dataset. */
export async function openDataset(path: string, max?: number): Promise<Dataset> {
  const { isFolder } = await stampOf(path);
  if (!isFolder) return datasetOf(path, [path], max);
  const failed: FailedPath[] = [];
  const paths = await dataFilesIn(path, failed);
  if (paths.length === 0 && failed.length === 0) throw messages.noDataFiles(path);
  return datasetOf(path, paths, max, failed);
}

/** Groups the paths of a command line so that the shards of one file are together. Each group is one dataset. */
export function groupShards(paths: readonly string[]): readonly (readonly string[])[] {
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const [, stem, , count, end] = SHARD.exec(path) ?? [];
    const key = stem === undefined ? path : `${stem}-of-${count}${end}`;
    const group = groups.get(key);
    if (group) group.push(path);
    else groups.set(key, [path]);
  }
  return [...groups.values()];
}

/** Opens the paths of one dataset. */
export async function openGroup(paths: readonly string[], max?: number): Promise<Dataset> {
  const [first = ''] = paths;
  if (paths.length === 1) return openDataset(first, max);
  const [, stem = '', , count = '', end = ''] = SHARD.exec(basename(first)) ?? [];
  return datasetOf(`${stem}-*-of-${count}${end}`, [...paths].sort(), max);
}
