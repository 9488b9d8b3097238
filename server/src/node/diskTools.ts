// File access that the language server needs to keep a dataset on disk open.
import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { UserError } from '#core/messages.ts';

import { openCache, prune, sha256 } from './cache.ts';
import { EXPENDABLE, readJsonEntry, writeEntry } from './cacheEntry.ts';
import type { Tell } from './cacheFolder.ts';
import { doWithout, openCacheFolder } from './cacheFolder.ts';
import { PRIVATE_FOLDER } from './cachePlace.ts';
import type { FileSettings } from './config.ts';
import type { RecordAccess } from './containers/container.ts';
import { openAccess } from './containers/containers.ts';
import type { DataFile } from './dataFile.ts';
import { isPlain } from './dataFile.ts';
import { EditSession } from './editSession.ts';
import { openJournals } from './journal.ts';
import type { Owner } from './owner.ts';
import { THIS_PROCESS } from './owner.ts';
import { readBlocks } from './stored.ts';
import type { FileSurvey } from './surveyFile.ts';
import { digestOf, surveyFile } from './surveyFile.ts';
import type { RangeRunner } from './threads.ts';
import { abortable, writeWhole } from './write.ts';

export interface Disk {
  survey(file: DataFile, settings: FileSettings, signal: AbortSignal): Promise<FileSurvey>;
  /**
   * Opens a file's records; `digest` identifies its content. Decompresses a compressed file into the cache first.
   */
  open(file: DataFile, digest: string, signal: AbortSignal): Promise<RecordAccess>;
  /** The same without waiting, if nothing must be decompressed. */
  openEarly(file: DataFile): RecordAccess | undefined;
  /** SHA-256 of a file's stored bytes. */
  digest(file: DataFile, signal: AbortSignal): Promise<string>;
  /** A file's edits, including those of earlier sessions; `backup` is a file of such edits. */
  session(file: DataFile, backup: string | undefined): EditSession;
  readonly ranges: RangeRunner;
}

/** Running SHA-256 and size of a stream. */
interface Tally {
  readonly hash: Hash;
  size: number;
}

async function* counted(chunks: AsyncIterable<Uint8Array>, tally: Tally): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    tally.hash.update(chunk);
    tally.size += chunk.length;
    yield chunk;
  }
}

const newTally = (): Tally => ({ hash: createHash('sha256'), size: 0 });

async function sumOf(path: string, signal: AbortSignal): Promise<string | undefined> {
  const tally = newTally();
  try {
    for await (const chunk of abortable(readBlocks(path), signal)) tally.hash.update(chunk);
    ({ size: tally.size } = await stat(path));
  } catch (error) {
    // Missing or unreadable: decompress again.
    signal.throwIfAborted();
    if (!(error instanceof UserError)) throw error;
    return undefined;
  }
  return `${tally.size} ${tally.hash.digest('hex')}`;
}

/** The cached text of a compressed file. Used only if it matches the checksum it was written with. */
async function cachedText(
  folder: string,
  file: DataFile,
  digest: string,
  signal: AbortSignal,
): Promise<string> {
  const { codec, container } = file;
  const encoding = container.kind === 'csv' ? container.dialect.encoding : undefined;
  const name = [codec.name, ...(encoding ? [encoding] : []), digest].join(' ');
  const path = join(folder, 'decompressed', `${sha256(name).slice(0, 32)}.jsonl`);
  const sumPath = `${path}.sum`;
  const known = await readJsonEntry<string>(sumPath, name);
  if (known !== undefined && (await sumOf(path, signal)) === known) return path;
  await mkdir(join(folder, 'decompressed'), PRIVATE_FOLDER);
  const tally = newTally();
  await writeWhole(path, counted(file.bytes(), tally), { ...EXPENDABLE, signal });
  await writeEntry(sumPath, name, JSON.stringify(`${tally.size} ${tally.hash.digest('hex')}`));
  await prune(join(folder, 'decompressed'));
  return path;
}

/** Decompresses into a temporary folder, which is deleted when the access is closed. */
async function openTemporaryText(file: DataFile, signal: AbortSignal): Promise<RecordAccess> {
  const folder = await mkdtemp(join(tmpdir(), 'preflens-text-'));
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const path = join(folder, 'text.jsonl');
    await writeWhole(path, file.bytes(), { ...EXPENDABLE, signal });
    const access = openAccess(file, path);
    // Windows can't delete open files.
    if (process.platform === 'win32') process.on('exit', remove);
    else remove();
    return { ...access, textPath: undefined };
  } catch (error) {
    remove();
    throw error;
  }
}

/**
 * @param path of the cache folder
 * @param owner of the journals of unsaved edits
 * @param memoryMb files that need more are rejected
 * @param tell receives, once, a message about each feature that is unavailable
 */
export function openDisk(
  path: string,
  ranges: RangeRunner,
  owner: Owner = THIS_PROCESS,
  memoryMb?: number,
  tell: Tell = () => undefined,
): Disk {
  const folder = openCacheFolder(path, tell);
  const cache = folder === undefined ? undefined : openCache(folder, tell);
  const journals = openJournals(folder ?? path, owner, folder !== undefined);
  return {
    ranges,
    async survey(file, settings, signal) {
      const read = await surveyFile(file, { ranges, cache, settings, memoryMb, signal });
      return read.digest === '' ? { ...read, digest: await digestOf(file, signal) } : read;
    },
    async open(file, digest, signal) {
      if (isPlain(file)) return openAccess(file, file.path);
      try {
        if (folder !== undefined) return openAccess(file, await cachedText(folder, file, digest, signal));
      } catch (error) {
        // Errors of the file itself show again below.
        if (folder === undefined || signal.aborted) throw error;
        doWithout(folder, error, tell);
      }
      return openTemporaryText(file, signal);
    },
    openEarly: (file) => (isPlain(file) ? openAccess(file, file.path) : undefined),
    digest: digestOf,
    session: ({ path: of }, backup) => new EditSession(of, journals.open(of), backup),
  };
}
