// Two versions of a dataset: how both are read, their keys, and the texts of what is listed.
import type { Description, VersionRecord } from '#core/history/describe.ts';
import { describeChange, describeRecord } from '#core/history/describe.ts';
import type { ChangeEntry, ListedChange } from '#core/history/listing.ts';
import { entryOf } from '#core/history/listing.ts';
import type { VersionReading } from '#core/history/versionKeys.ts';
import { Version } from '#core/history/versionKeys.ts';
import type { Recognition } from '#core/mapping/recognise.ts';
import { heldFrom, recogniseAs } from '#core/mapping/recognise.ts';
import { messages } from '#core/messages.ts';
import type { RawRecord } from '#core/model/record.ts';

import { cardFor } from './card.ts';
import { configuredMapping } from './config.ts';
import { containerOf, inRanges } from './containers/containers.ts';
import type { DataFile } from './dataFile.ts';
import { sampleOf } from './surveyFile.ts';
import type { RangeRunner } from './threads.ts';

/** A version to compare: a file, or nothing where there was none. */
export interface VersionFile {
  readonly file: DataFile | undefined;
  /** The path whose preflens.json and README say how it is read: a copy lies elsewhere. */
  readonly settingsPath: string;
}

/** @param before how the other version is read, if that is known: open labels mean the same in both */
export async function recognisedAs(
  { file, settingsPath }: VersionFile,
  before: Recognition | undefined,
): Promise<Recognition | undefined> {
  if (!file) return undefined;
  const { obstacle } = await file.inspect();
  // An empty file is a version without records.
  if (obstacle && file.size > 0) throw messages.obstacle(file.path, obstacle);
  const sample = await sampleOf(file);
  if (sample.length === 0) return undefined;
  return recogniseAs(configuredMapping(settingsPath), sample, {
    card: cardFor(settingsPath),
    held: before && heldFrom(before),
  });
}

/** How both versions are read, from their schemas. */
export function readingsFor(
  old: Recognition | undefined,
  now: Recognition | undefined,
): { readonly old: VersionReading; readonly now: VersionReading } {
  const pairsOnly = old !== undefined && now !== undefined && old.mapping.id !== now.mapping.id;
  return { old: { recognition: old, pairsOnly }, now: { recognition: now, pairsOnly } };
}

/**
 * How both versions are read. Labels whose meaning is open keep the meaning that they had in the old version: flips must
 * not turn the reading around.
 */
export async function readingsOf(
  old: VersionFile,
  now: VersionFile,
): Promise<{ readonly old: VersionReading; readonly now: VersionReading }> {
  const before = await recognisedAs(old, undefined);
  return readingsFor(before, await recognisedAs(now, before));
}

export interface ReadVersionOptions {
  readonly ranges: RangeRunner;
  /** Share of the file, 0 to 1. */
  readonly onProgress?: (done: number) => void;
  readonly signal: AbortSignal;
}

/** The keys of all records of a file. */
export async function readVersion(
  file: DataFile,
  reading: VersionReading,
  { ranges, onProgress, signal }: ReadVersionOptions,
): Promise<Version> {
  const container = containerOf(file);
  const cuts = await container.cut(file, ranges.width);
  const textBytes = Math.max(1, file.size * file.codec.expansion);
  let done = 0;
  const onBytes = (bytes: number): void => {
    done += bytes;
    onProgress?.(Math.min(0.99, done / textBytes));
  };
  const parts = await inRanges(file, cuts, async (range) =>
    ranges.run('version', { ...range, reading }, onBytes, signal),
  );
  await file.assertSame();
  const version = new Version();
  let lines = 0;
  for (const { part, start } of parts) {
    version.append(part.columns, part.count, lines, container.isTable ? 0 : start);
    lines += part.lineCount;
  }
  return version;
}

/** One version with its records, to read texts again. */
export interface OpenVersion {
  readonly version: Version;
  /** With `wants`, only those for which it returns true. */
  readonly records: (wants: (record: number) => boolean) => AsyncIterable<RawRecord>;
  readonly reading: VersionReading;
}

/** Texts that are held at a time. */
const BATCH_BYTES = 32 * 1024 * 1024;

function bytesOf({ version: { columns } }: OpenVersion, record: number): number {
  return record < 0 ? 0 : (columns.byteEnd[record] ?? 0) - (columns.byteStart[record] ?? 0);
}

/** Changes in batches whose texts fit into memory together. */
function* batchesOf(
  old: OpenVersion,
  now: OpenVersion,
  listed: Iterable<ListedChange>,
): Generator<readonly ListedChange[]> {
  let batch: ListedChange[] = [];
  let bytes = 0;
  for (const one of listed) {
    batch.push(one);
    bytes += bytesOf(old, one.old) + bytesOf(now, one.now);
    if (bytes < BATCH_BYTES) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

async function textsOf(
  { records }: OpenVersion,
  wanted: ReadonlySet<number>,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, RawRecord>> {
  const found = new Map<number, RawRecord>();
  if (wanted.size === 0) return found;
  for await (const raw of records((record) => wanted.has(record))) {
    signal.throwIfAborted();
    if (!wanted.has(raw.record)) continue;
    found.set(raw.record, { ...raw, bytes: raw.bytes.slice() });
    if (found.size === wanted.size) break;
  }
  return found;
}

const NOTHING: Description = { about: '', parts: [] };

function described(
  old: VersionRecord | undefined,
  now: VersionRecord | undefined,
  change: number,
): Description {
  if (old && now) return describeChange(old, now, change);
  const only = now ?? old;
  return only ? describeRecord(only) : NOTHING;
}

/** What the listed changes did, from the texts of both versions. Reads each file once for many changes. */
export async function* entriesOf(
  old: OpenVersion,
  now: OpenVersion,
  listed: Iterable<ListedChange>,
  signal: AbortSignal,
): AsyncGenerator<ChangeEntry> {
  for (const batch of batchesOf(old, now, listed)) {
    const numbers = (of: 'old' | 'now'): Set<number> =>
      new Set(batch.map((one) => one[of]).filter((record) => record >= 0));
    const before = await textsOf(old, numbers('old'), signal);
    const after = await textsOf(now, numbers('now'), signal);
    const recordOf = (
      texts: ReadonlyMap<number, RawRecord>,
      { reading }: OpenVersion,
      record: number,
    ): VersionRecord | undefined => {
      const raw = texts.get(record);
      return raw && { raw, reading };
    };
    for (const one of batch) {
      const description = described(
        recordOf(before, old, one.old),
        recordOf(after, now, one.now),
        one.change,
      );
      yield entryOf(old.version, now.version, one, description);
    }
  }
}
