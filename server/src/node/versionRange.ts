// The keys of the records in a range of a file: the work of a thread when two versions are compared.
import type { VersionColumns, VersionReading } from '#core/history/versionKeys.ts';
import { Version } from '#core/history/versionKeys.ts';

import type { FileRange, OnBytes } from './containers/container.ts';
import { readRange } from './containers/containers.ts';
import { digestWords } from './digest.ts';
import type { Wanted } from './wanted.ts';
import { takeWanted } from './wanted.ts';

export interface VersionTask extends FileRange {
  readonly reading: VersionReading;
}

/** Keys in a form that can be sent between threads. Line and byte numbers begin at 0. */
export interface VersionPart {
  readonly columns: VersionColumns;
  readonly count: number;
  readonly lineCount: number;
  readonly isCut: boolean;
}

export async function versionRange(task: VersionTask, onBytes?: OnBytes): Promise<VersionPart> {
  const version = new Version();
  const { lineCount, isCut } = await readRange(
    task,
    (raw) => {
      version.add(raw, task.reading, digestWords);
    },
    onBytes,
  );
  return { columns: version.columns, count: version.count, lineCount, isCut };
}

/** Some records of an open file, edited ones among them. */
export interface VersionOfTask extends Wanted {
  readonly reading: VersionReading;
}

export interface VersionOf {
  /** Number of the record of each row. */
  readonly records: Uint32Array;
  readonly columns: VersionColumns;
  readonly count: number;
}

export async function versionOf(task: VersionOfTask, onBytes?: OnBytes): Promise<VersionOf> {
  const version = new Version();
  const records: number[] = [];
  await takeWanted(
    task,
    undefined,
    (raw) => {
      records.push(raw.record);
      version.add(raw, task.reading, digestWords);
    },
    onBytes,
  );
  return { records: Uint32Array.from(records), columns: version.columns, count: version.count };
}
