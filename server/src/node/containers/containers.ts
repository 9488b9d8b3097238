// The table of containers. Everything that opens, cuts, reads or saves records goes through it.
import { isCsv } from '#core/input/tableNames.ts';
import type { RecordChange } from '#core/model/record.ts';

import { codecOf } from '../codec.ts';
import type { ContainerRef, DataFile } from '../dataFile.ts';
import type { SavePlan } from '../save.ts';
import { ARROW } from './arrow.ts';
import type { Container, FileRange, OnBytes, RecordAccess, Take } from './container.ts';
import { refusePlan } from './container.ts';
import { CSV } from './csv.ts';
import { LINES } from './lines.ts';
import { PARQUET } from './parquet.ts';

const CONTAINERS: Readonly<Record<ContainerRef['kind'], Container>> = {
  lines: LINES,
  arrow: ARROW,
  csv: CSV,
  parquet: PARQUET,
};

export function containerOf({ container }: Pick<DataFile, 'container'>): Container {
  return CONTAINERS[container.kind];
}

/** Decides how a file holds its records. */
export function containerAt(path: string): ContainerRef {
  if (isCsv(path)) return { kind: 'csv' };
  const { name } = codecOf(path);
  return { kind: name === 'parquet' || name === 'arrow' ? name : 'lines' };
}

/** Opens the records of a file; `plainPath` is the path of its decompressed text. */
export function openAccess(file: DataFile, plainPath: string): RecordAccess {
  return containerOf(file).open(file, plainPath);
}

/**
 * Passes the records of a range to `take`, numbered from 0, each valid until the next. Returns the number of
 * lines.
 */
export async function readRange(range: FileRange, take: Take, onBytes?: OnBytes): Promise<number> {
  return containerOf(range).readRange(range, take, onBytes);
}

/** Plans a save of changed records, which must be in order. */
export function planChanges(
  file: DataFile,
  changes: () => Promise<readonly RecordChange[]>,
  isLikelyInPlace: boolean,
): SavePlan {
  return containerOf(file).plan(file, changes, isLikelyInPlace);
}

/** Throws for a file that we read but don't write, before anything is planned. */
export function assertWritable(file: DataFile): void {
  if (containerOf(file).isReadOnly) refusePlan(file);
}
