// What the language server needs to keep a dataset open from disk.
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { RecordAccess } from './access.ts';
import { openAccess } from './access.ts';
import { EXPENDABLE, openCache, PRIVATE_FOLDER, prune } from './cache.ts';
import type { FileSettings } from './config.ts';
import { EditSession } from './editSession.ts';
import type { DataFile } from './files.ts';
import { openJournals } from './journal.ts';
import type { Owner } from './owner.ts';
import { THIS_PROCESS } from './owner.ts';
import type { FileSurvey } from './surveyFile.ts';
import { digestOf, surveyFile } from './surveyFile.ts';
import type { RangeRunner } from './threads.ts';
import { writeWhole } from './write.ts';

export interface Disk {
  survey(file: DataFile, settings: FileSettings, signal: AbortSignal): Promise<FileSurvey>;
  /** Single records of a file; `digest` names its content. A packed one is unpacked into the cache first. */
  open(file: DataFile, digest: string, signal: AbortSignal): Promise<RecordAccess>;
  /** The same without waiting, where nothing has to be unpacked first. */
  openEarly(file: DataFile): RecordAccess | undefined;
  /** SHA-256 of a file's stored bytes. */
  digest(file: DataFile, signal: AbortSignal): Promise<string>;
  /** The edits of a file, those that earlier sessions left among them; `backup` names a file of such. */
  session(file: DataFile, backup: string | undefined): EditSession;
  readonly ranges: RangeRunner;
}

/** The path of the text of a file: itself where it is not packed, a copy in the cache where it is. */
async function plainCopy(
  folder: string,
  file: DataFile,
  digest: string,
  signal: AbortSignal,
): Promise<string> {
  if (!file.codec.decode) return file.path;
  const path = join(folder, 'unpacked', `${digest}.jsonl`);
  if (await stat(path).catch(() => undefined)) return path;
  await mkdir(join(folder, 'unpacked'), PRIVATE_FOLDER);
  await writeWhole(path, file.bytes(), { ...EXPENDABLE, signal });
  await prune(join(folder, 'unpacked'));
  return path;
}

/** @param owner who unsaved edits are written down for */
/** @param memoryMb files that need more are refused */
export function openDisk(
  folder: string,
  ranges: RangeRunner,
  owner: Owner = THIS_PROCESS,
  memoryMb?: number,
): Disk {
  const journals = openJournals(folder, owner);
  const cache = openCache(folder);
  return {
    ranges,
    survey: async (file, settings, signal) => surveyFile(file, { ranges, cache, settings, memoryMb, signal }),
    open: async (file, digest, signal) => openAccess(file, await plainCopy(folder, file, digest, signal)),
    openEarly: (file) => (file.codec.decode ? undefined : openAccess(file, file.path)),
    digest: digestOf,
    session: ({ path }, backup) => new EditSession(path, journals.open(path), backup),
  };
}
