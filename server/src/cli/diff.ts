// `diff`: what happened to the records between two versions of a dataset, by what they say. Also as git's diff driver.
import { Readable } from 'node:stream';

import { terminalLine } from '#core/escape/escape.ts';
import { differencesOf, hasDifferences } from '#core/history/differences.ts';
import { listChanges } from '#core/history/listing.ts';
import type { Comparison } from '#core/history/report.ts';
import { jsonReport, markdownReport, textReport } from '#core/history/report.ts';
import { Version } from '#core/history/versionKeys.ts';
import { UserError } from '#core/messages.ts';
import type { DataFile } from '#node/dataFile.ts';
import { openFile } from '#node/files.ts';
import { gitFile } from '#node/gitFile.ts';
import { recordBytesFor } from '#node/memoryLimits.ts';
import type { OpenVersion, VersionFile } from '#node/versions.ts';
import { entriesOf, readingsOf, readVersion } from '#node/versions.ts';

import type { DiffFormat } from './choices.ts';
import type { Command } from './command.ts';

export interface DiffOptions {
  readonly format: DiffFormat;
  /** Of each kind of change. */
  readonly limit?: number;
}

/** Changes of each kind that people see if they say nothing. */
const LISTED = 20;

const REPORTS: Readonly<Record<DiffFormat, (comparison: Comparison) => AsyncIterable<string>>> = {
  text: textReport,
  json: jsonReport,
  markdown: markdownReport,
};

/** A version, and its name in the report. */
interface NamedVersion extends VersionFile {
  readonly name: string;
}

async function* none(): AsyncGenerator<never> {
  await Promise.resolve();
}

async function openVersion(
  { ranges, bar, signal }: Command,
  { file }: NamedVersion,
  reading: OpenVersion['reading'],
  title: string,
): Promise<OpenVersion> {
  if (!file) return { version: new Version(), records: none, reading };
  const version = await readVersion(file, reading, {
    ranges,
    signal,
    onProgress: (done) => {
      bar.show(title, done);
    },
  });
  return { version, records: file.records, reading };
}

interface BothVersions {
  readonly old: OpenVersion;
  readonly now: OpenVersion;
}

async function openBoth(
  command: Command,
  oldSide: NamedVersion,
  newSide: NamedVersion,
): Promise<BothVersions> {
  const readings = await readingsOf(oldSide, newSide);
  const old = await openVersion(command, oldSide, readings.old, 'Reading the old version');
  const now = await openVersion(command, newSide, readings.now, 'Reading the new version');
  command.bar.clear();
  return { old, now };
}

const OTHER_SCHEMAS =
  'The versions have different schemas, so prompts, answers and labels were compared, and no other fields.';

async function* bytesOf(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const line of lines) yield new TextEncoder().encode(`${terminalLine(line)}\n`);
}

/** Prints what happened between two versions. True if something did. */
async function compare(
  command: Command,
  oldSide: NamedVersion,
  newSide: NamedVersion,
  { format, limit = format === 'json' ? Infinity : LISTED }: DiffOptions,
): Promise<boolean> {
  const { old, now } = await openBoth(command, oldSide, newSide);
  const found = differencesOf(old.version, now.version);
  const comparison: Comparison = {
    oldName: oldSide.name,
    newName: newSide.name,
    oldCount: old.version.count,
    newCount: now.version.count,
    counts: found.counts,
    notes: now.reading.pairsOnly ? [OTHER_SCHEMAS] : [],
    entries: entriesOf(old, now, listChanges(found, limit), command.signal),
  };
  const lines = bytesOf(REPORTS[format](comparison));
  await command.records(Readable.from(lines, { objectMode: false }), command.signal);
  return hasDifferences(found);
}

/** What happened to each record of a file since an earlier version. */
export async function changesSince(command: Command, oldPath: string, file: DataFile): Promise<Uint16Array> {
  const oldSide = await versionAt(command, oldPath);
  const newSide: NamedVersion = { file, settingsPath: file.path, name: file.path };
  const { old, now } = await openBoth(command, oldSide, newSide);
  return differencesOf(old.version, now.version).changes;
}

async function versionAt(
  command: Command,
  path: string,
  settingsPath = path,
  name = path,
): Promise<NamedVersion> {
  return { file: await openFile(path, recordBytesFor(command.memoryMb)), settingsPath, name };
}

/** Compares two files, or with `git` one file with a revision of it. True if they differ. */
export async function diff(
  command: Command,
  paths: readonly string[],
  options: DiffOptions & { readonly git?: string },
): Promise<boolean> {
  const { git } = options;
  const wanted = git === undefined ? 2 : 1;
  if (paths.length !== wanted)
    throw new UserError(
      git === undefined
        ? 'preflens diff compares two files: preflens diff OLD NEW. With --git REVISION it takes one.'
        : 'preflens diff --git REVISION takes one file: preflens diff --git HEAD FILE',
    );
  const [first = '', second = ''] = paths;
  if (git === undefined)
    return compare(command, await versionAt(command, first), await versionAt(command, second), options);
  const now = await versionAt(command, first);
  const { path, done } = await gitFile(first, git, command.signal);
  try {
    return await compare(command, await versionAt(command, path, first, `${git}:${first}`), now, options);
  } finally {
    await done();
  }
}

/** What git passes for a version that does not exist. */
const NO_FILE = /^(?:\/dev\/null|nul)$/i;

/**
 * The external diff driver of git: path, then file, hash and mode of the old and of the new version; after a rename, the
 * new path too. A file that cannot be compared is named, and git goes on with the others.
 */
export async function gitDriver(
  command: Command,
  given: readonly string[],
  options: DiffOptions,
): Promise<void> {
  const [path = '', oldFile, , , newFile, , , renamed] = given;
  if (oldFile === undefined || newFile === undefined) {
    command.print(`${path}: not merged yet`);
    return;
  }
  const newPath = renamed ?? path;
  const sideOf = async (file: string, settingsPath: string, name: string): Promise<NamedVersion> =>
    NO_FILE.test(file)
      ? { file: undefined, settingsPath, name: '/dev/null' }
      : versionAt(command, file, settingsPath, name);
  try {
    const old = await sideOf(oldFile, path, `a/${path}`);
    await compare(command, old, await sideOf(newFile, newPath, `b/${newPath}`), options);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    command.print(`${newPath}: not compared: ${error.message}`);
  }
}
