// Files of datasets: how they are found, opened and read, and how a change under us is noticed.
import { statSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { MAX_RECORD_BYTES } from '#core/checks/examine.ts';
import { messages, UserError } from '#core/messages.ts';
import type { ByteStream, RecordStream } from '#core/ports.ts';
import { readRecords } from '#formats/lines.ts';

import type { Codec } from './codec.ts';
import { CHUNK_BYTES, codecOf } from './codec.ts';
import type { Inspection } from './inspect.ts';
import { holdsPairs, inspectFile } from './inspect.ts';
import { parquetRecords } from './parquet/open.ts';
import { kindOf, openRegular } from './regularFile.ts';

/** What tells one state of a file from another without reading it. */
export interface Stamp {
  readonly size: number;
  readonly mtimeMs: number;
  /** When its bytes, name or rights were last changed: unlike `mtimeMs`, no program can set it. */
  readonly ctimeMs: number;
  readonly inode: number;
}

/** A dataset file, and a way to notice that it is no longer the one that was opened. */
export interface DataFile {
  readonly path: string;
  readonly codec: Codec;
  /** Bytes as stored. */
  readonly size: number;
  readonly stamp: Stamp;
  /** The text from first to last, unpacked; of a table, what is stored. */
  readonly bytes: ByteStream;
  readonly records: RecordStream;
  /** Longer records are skipped. */
  readonly maxRecordBytes: number;
  /** What it is where it cannot be read as records. Looks once. */
  inspect(): Promise<Inspection>;
  /** Throws when the file was replaced or written to since it was opened. */
  assertSame(): Promise<void>;
}

/** Shards of one file that are not there. A file's name may say any number: the first of them stand for all. */
export interface MissingShards {
  readonly count: number;
  /** What the names say. */
  readonly of: number;
  /** Numbers from 0, at most MAX_NAMED of them. */
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
  /** What could not be opened. */
  readonly failed: readonly FailedPath[];
  /** Of each split file, the shards that should be there by the others' names. */
  readonly missingShards: readonly MissingShards[];
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function unreadable(path: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  if (codeOf(error) === 'ENOENT') return messages.notFound(path);
  const code = codeOf(error);
  return code === ''
    ? messages.unreadable(path, error instanceof Error ? error.message : String(error))
    : messages.system(path, code, error instanceof Error ? error.message : code);
}

export function sameStamp(a: Stamp, b: Stamp): boolean {
  return a.size === b.size && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs && a.inode === b.inode;
}

/** What a path names now; `kind` says what it is where it is no regular file. */
export async function stampOf(
  path: string,
): Promise<Stamp & { readonly isFolder: boolean; readonly kind: string | undefined }> {
  try {
    const found = await stat(path);
    const { size, mtimeMs, ctimeMs, ino: inode } = found;
    return { size, mtimeMs, ctimeMs, inode, isFolder: found.isDirectory(), kind: kindOf(found) };
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** The same at once, without waiting. */
export function stampNow(path: string): Stamp {
  const { size, mtimeMs, ctimeMs, ino: inode } = statSync(path);
  return { size, mtimeMs, ctimeMs, inode };
}

/** The bytes of a file as they are stored, or of a half-open range of it. */
export async function* readStored(path: string, start = 0, end = Infinity): AsyncGenerator<Uint8Array> {
  if (end <= start) return;
  try {
    const handle = await openRegular(path);
    const range = { start, ...(Number.isFinite(end) && { end: end - 1 }) };
    for await (const chunk of handle.createReadStream({ highWaterMark: CHUNK_BYTES, ...range }))
      yield chunk as Uint8Array;
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Blocks that are read in turn: fresh memory for each would cost more than the reading. */
const BLOCKS = 3;

/** For files of which the system tells no size. */
const MIN_BLOCK_BYTES = 4096;

/**
 * The bytes of a file, or of a half-open range of it, in memory that is used again: a chunk is good until the next
 * but one is asked for.
 */
export async function* readBlocks(path: string, start = 0, end = Infinity): AsyncGenerator<Uint8Array> {
  let handle: FileHandle | undefined;
  try {
    handle = await openRegular(path);
    // Thousands of small files are read one after the other: each takes no more memory than it has bytes.
    const { size } = await handle.stat();
    const blockBytes = Math.min(CHUNK_BYTES, Math.max(MIN_BLOCK_BYTES, Math.min(end, size) - start));
    const blocks: Uint8Array[] = [];
    for (let at = start, turn = 0; at < end; turn = (turn + 1) % BLOCKS) {
      const block = (blocks[turn] ??= new Uint8Array(blockBytes));
      const { bytesRead } = await handle.read(block, 0, Math.min(block.length, end - at), at);
      if (bytesRead === 0) return;
      yield block.subarray(0, bytesRead);
      at += bytesRead;
    }
  } catch (error) {
    throw error instanceof Error && 'syscall' in error ? unreadable(path, error) : error;
  } finally {
    await handle?.close();
  }
}

/** Opens a file by its name's codec. Nothing is read yet. */
export async function openFile(path: string, maxRecordBytes = MAX_RECORD_BYTES): Promise<DataFile> {
  const stamp = await stampOf(path);
  if (stamp.isFolder) throw messages.isFolder(path);
  if (stamp.kind !== undefined) throw messages.notAFile(path, stamp.kind);
  const codec = codecOf(path);
  const bytes: ByteStream = () => codec.decode?.(path, readStored(path)) ?? readBlocks(path);
  let inspected: Promise<Inspection> | undefined;
  const file: DataFile = {
    path,
    codec,
    size: stamp.size,
    stamp,
    bytes,
    maxRecordBytes,
    inspect: async () => (inspected ??= inspectFile(file)),
    records: (wants) =>
      codec.isTable ? parquetRecords(path, wants) : readRecords(bytes(), wants, maxRecordBytes),
    async assertSame() {
      if (!sameStamp(await stampOf(path), stamp)) throw messages.changed(path);
    },
  };
  return file;
}

const DATA_FILE = /\.(?:(?:jsonl|ndjson|jsonlines)(?:\.gz|\.zst)?|parquet|pq)$/i;
const SHARD = /^(.*)-(\d{5})-of-(\d{5})(\..*)$/;

/** Folders that never hold a dataset of their own. */
const SKIPPED = new Set(['node_modules', '__pycache__']);

/** JSON that is not named as JSON Lines may be anything: settings, tokenizers, or a dataset. */
const JSON_FILE = /\.json(?:\.gz|\.zst)?$/i;

async function isJsonDataset(path: string): Promise<boolean> {
  try {
    return await holdsPairs(await openFile(path));
  } catch (error) {
    // A file that is no dataset by its name has to be readable to be one.
    if (error instanceof UserError) return false;
    throw error;
  }
}

/** The datasets of a folder by their names, of JSON files by what they hold. */
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
    else if (JSON_FILE.test(entry.name) && (await isJsonDataset(path))) found.push(path);
  }
  return found;
}

/** Missing shards that are named one by one. */
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

/** Opens one path: a file, or a folder as one dataset. */
export async function openDataset(path: string, max?: number): Promise<Dataset> {
  const { isFolder } = await stampOf(path);
  if (!isFolder) return datasetOf(path, [path], max);
  const failed: FailedPath[] = [];
  const paths = await dataFilesIn(path, failed);
  if (paths.length === 0 && failed.length === 0) throw messages.noDataFiles(path);
  return datasetOf(path, paths, max, failed);
}

/** The paths of a command line, shards of one file together: each list is one dataset. */
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

/** Opens paths that belong together. */
export async function openGroup(paths: readonly string[], max?: number): Promise<Dataset> {
  const [first = ''] = paths;
  if (paths.length === 1) return openDataset(first, max);
  const [, stem = '', , count = '', end = ''] = SHARD.exec(basename(first)) ?? [];
  return datasetOf(`${stem}-*-of-${count}${end}`, [...paths].sort(), max);
}
