// Finds, opens and reads dataset files, and detects when another program changes one.
import { basename } from 'node:path';

import { recognise } from '#core/mapping/recognise.ts';
import { messages, NotDownloaded, UserError } from '#core/messages.ts';
import { MAX_RECORD_BYTES } from '#core/model/record.ts';
import type { ByteStream } from '#core/ports.ts';

import { codecOf } from './codec.ts';
import { containerAt, containerOf } from './containers/containers.ts';
import { asUtf8 } from './containers/csvDialect.ts';
import type { DataFile, Inspection } from './dataFile.ts';
import { firstObjects, holdsPairs, inspectFile } from './inspect.ts';
import type { FailedPath, Layout } from './layout.ts';
import { layoutOf } from './layout.ts';
import { readBlocks, readStored, sameStamp, stampOf } from './stored.ts';

/** Missing shards of a split file. A name may claim any number, so only the first ones are listed. */
export interface MissingShards {
  readonly count: number;
  /** The total according to the names. */
  readonly of: number;
  /** Numbers from 0, at most MAX_NAMED. */
  readonly first: readonly number[];
}

/** One file, the shards of one, or all files of a folder. */
export interface Dataset {
  readonly name: string;
  readonly files: readonly DataFile[];
  /** Paths that could not be opened. */
  readonly failed: readonly FailedPath[];
  /** For each split file, the shards that the others' names imply but that don't exist. */
  readonly missingShards: readonly MissingShards[];
  /** What a person should know about the choice of files, as sentences. */
  readonly notes: readonly string[];
}

/** Opens a file; its name determines the codec. Does not read its content yet. */
export async function openFile(path: string, maxRecordBytes = MAX_RECORD_BYTES): Promise<DataFile> {
  const stamp = await stampOf(path);
  if (stamp.isFolder) throw messages.isFolder(path);
  if (stamp.kind !== undefined) throw messages.notAFile(path, stamp.kind);
  const codec = codecOf(path);
  const container = await containerAt(path, codec, stamp.size);
  const text: ByteStream = () => codec.decode?.(path, readStored(path)) ?? readBlocks(path);
  const isUtf16 = container.kind === 'csv' && container.dialect.encoding !== undefined;
  const bytes: ByteStream = isUtf16 ? () => asUtf8(path, text()) : text;
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

const SHARD = /^(.*)-(\d{5})-of-(\d{5})(\..*)$/;

/** Larger JSON files of a folder, which may be anything, are judged by their start. */
const MAX_INSPECTED_BYTES = 64 * 1024 * 1024;

/** Whether a file that may be anything holds records of a known schema. */
export async function isDataset(path: string): Promise<boolean> {
  try {
    const file = await openFile(path);
    // Columns and the like are known only when the whole is read: not worth it for a large file that may be anything.
    const isTable = file.container.kind === 'csv' || file.codec.isTable;
    const isJudged = isTable || file.size <= MAX_INSPECTED_BYTES;
    return recognise(await firstObjects(file)) !== undefined || (isJudged && (await holdsPairs(file)));
  } catch (error) {
    // Data is kept elsewhere, settings are not.
    if (error instanceof NotDownloaded) return true;
    // Only a file with a dataset's name is an error if it can't be read.
    if (error instanceof UserError) return false;
    throw error;
  }
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
  { files: found, failed: unreadable, notes }: Layout,
  max: number | undefined,
): Promise<Dataset> {
  const files: DataFile[] = [];
  const failed = [...unreadable];
  for (const { path, split } of found) {
    try {
      const file = await openFile(path, max);
      files.push(split === undefined ? file : { ...file, split });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      failed.push({ path, error });
    }
  }
  return { name, files, failed, notes, missingShards: missingOf(found.map(({ path }) => path)) };
}

/** Files that somebody named. */
function namedFiles(paths: readonly string[]): Layout {
  return { files: paths.map((path) => ({ path, split: undefined })), failed: [], notes: [] };
}

/** Opens a path: a file, or a folder as one dataset. */
export async function openDataset(path: string, max?: number): Promise<Dataset> {
  const { isFolder } = await stampOf(path);
  if (!isFolder) return datasetOf(path, namedFiles([path]), max);
  const layout = await layoutOf(path, isDataset);
  if (layout.files.length === 0 && layout.failed.length === 0) throw messages.noDataFiles(path);
  return datasetOf(path, layout, max);
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
  return datasetOf(`${stem}-*-of-${count}${end}`, namedFiles([...paths].sort()), max);
}
