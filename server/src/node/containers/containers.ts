// The table of containers. Everything that opens, cuts, reads or saves records goes through it.
import { isCsv } from '#core/input/tableNames.ts';
import type { RecordChange } from '#core/model/record.ts';

import type { Codec } from '../codec.ts';
import type { ContainerRef, DataFile } from '../dataFile.ts';
import type { SavePlan } from '../save.ts';
import { ARROW } from './arrow.ts';
import type { Container, FileRange, OnBytes, RangeEnd, RecordAccess, Take } from './container.ts';
import { refusePlan } from './container.ts';
import { CSV, csvAt } from './csv.ts';
import { DOCUMENT, documentAt, takeDocument } from './document.ts';
import { LINES, takeLines } from './lines.ts';
import { PARQUET } from './parquet.ts';

const CONTAINERS: Readonly<Record<ContainerRef['kind'], Container>> = {
  lines: LINES,
  arrow: ARROW,
  csv: CSV,
  parquet: PARQUET,
  document: DOCUMENT,
};

export function containerOf({ container }: Pick<DataFile, 'container'>): Container {
  return CONTAINERS[container.kind];
}

/** Decides how a file holds its records: by its name, or by the start of its text. */
export async function containerAt(path: string, codec: Codec, size: number): Promise<ContainerRef> {
  if (isCsv(path)) return csvAt(path);
  const { name } = codec;
  if (name === 'parquet' || name === 'arrow') return { kind: name };
  return (await documentAt(path, codec, size)) ?? { kind: 'lines' };
}

/** Opens the records of a file; `plainPath` is the path of its decompressed text. */
export function openAccess(file: DataFile, plainPath: string): RecordAccess {
  return containerOf(file).open(file, plainPath);
}

/** Passes the records of a range to `take`, numbered from 0, each valid until the next. */
export async function readRange(
  range: FileRange,
  take: Take,
  onBytes?: OnBytes,
  wants?: (record: number) => boolean,
): Promise<RangeEnd> {
  return containerOf(range).readRange(range, take, onBytes, wants);
}

/** Passes the records of a whole text to `take`. */
export async function takeText(
  container: ContainerRef,
  chunks: AsyncIterable<Uint8Array>,
  take: Take,
  max: number,
): Promise<RangeEnd> {
  if (container.kind === 'document') return takeDocument(container.layout, chunks, take, { max });
  return takeLines(chunks, true, take, undefined, max);
}

/** The result of one range, and where that begins and ends. */
export interface RangePart<R> {
  readonly start: number;
  readonly end: number;
  readonly part: R;
}

/**
 * Runs work over the ranges between the cuts of a file, and passes each result on as soon as all before it were: so that
 * few have to be kept. In a JSON document a cut is a guess, which the range before it proves: from the first wrong one on,
 * the rest is read again as one range.
 */
export async function eachRange<R extends Pick<RangeEnd, 'isCut'>>(
  { path, container, maxRecordBytes }: DataFile,
  cuts: readonly number[],
  run: (range: FileRange) => Promise<R>,
  take: (part: RangePart<R>) => void,
): Promise<void> {
  const last = cuts.at(-1) ?? 0;
  const runFrom = async (start: number, end: number): Promise<RangePart<R>> => ({
    start,
    end,
    part: await run({ path, container, start, end, isInner: end !== last, maxRecordBytes }),
  });
  const early = new Map<number, RangePart<R>>();
  let [next, isWrong] = [0, false];
  await Promise.all(
    cuts.slice(0, -1).map(async (start, i) => {
      early.set(i, await runFrom(start, cuts[i + 1] ?? last));
      for (let one = early.get(next); one && !isWrong; one = early.get(next)) {
        isWrong = !one.part.isCut;
        if (isWrong) break;
        early.delete(next++);
        take(one);
      }
    }),
  );
  if (isWrong) take(await runFrom(cuts[next] ?? 0, last));
}

/** The results of `eachRange` together. */
export async function inRanges<R extends Pick<RangeEnd, 'isCut'>>(
  file: DataFile,
  cuts: readonly number[],
  run: (range: FileRange) => Promise<R>,
): Promise<readonly RangePart<R>[]> {
  const parts: RangePart<R>[] = [];
  await eachRange(file, cuts, run, (part) => {
    parts.push(part);
  });
  return parts;
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
