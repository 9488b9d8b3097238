// Splits the records that a query wants to see into parts, and has threads look at them, a few at a time.
import type { Facts } from '#core/facts/facts.ts';
import { messages } from '#core/messages.ts';

import { containerOf } from './containers/containers.ts';
import type { DataFile } from './dataFile.ts';
import type { RangeWork, Works } from './rangeWork.ts';
import type { RangeRunner } from './threads.ts';
import type { Wanted } from './wanted.ts';

/** Where the bytes of records are. */
export interface SearchedText {
  /** Of the file, or its name in messages. */
  readonly name: string;
  readonly from:
    /** A text in memory, or in a file, in which the places of the facts count. */
    | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
    | { readonly kind: 'path'; readonly path: string }
    /** Only its container knows. */
    | { readonly kind: 'file'; readonly file: DataFile };
  /** New bytes of edited records, by number; null for a dropped one. */
  readonly edited: ReadonlyMap<number, Uint8Array | null>;
  readonly maxRecordBytes: number;
  /** Rejects if the file is no longer the one whose facts are known. */
  readonly assertSame?: () => Promise<void>;
}

/** The first part is small, so that the first hits come soon; each part after it is twice as large, up to a limit. */
const FIRST_PART_BYTES = 1 << 20;
const MAX_PART_BYTES = 1 << 24;

/** Records to look at, and how much that is. */
export interface SearchPart {
  readonly wanted: Wanted;
  /** All of them, those without bytes among them. */
  readonly records: Uint32Array;
  readonly bytes: number;
}

function spansPart(
  { name, from }: SearchedText,
  { records: { byteStart, byteEnd } }: Facts,
  records: Uint32Array,
): SearchPart {
  const starts = new Float64Array(records.length);
  const ends = new Float64Array(records.length);
  let bytes = 0;
  for (let i = 0; i < records.length; i++) {
    const record = records[i] ?? 0;
    const [start, end] = [byteStart[record] ?? 0, byteEnd[record] ?? 0];
    starts[i] = start;
    ends[i] = end;
    bytes += end - start;
  }
  const firstByte = starts[0] ?? 0;
  const own = from.kind === 'bytes' ? { bytes: from.bytes.slice(firstByte, ends.at(-1) ?? firstByte) } : {};
  // Of a part of an array, a thread would get a copy of the whole.
  const text = { kind: 'spans', records: records.slice(), starts, ends, firstByte, ...own } as const;
  return { wanted: { path: from.kind === 'path' ? from.path : name, text, edited: [] }, records, bytes };
}

function* spansParts(text: SearchedText, facts: Facts, records: Uint32Array): Generator<SearchPart> {
  const { byteStart, byteEnd } = facts.records;
  let [first, bytes, max] = [0, 0, FIRST_PART_BYTES];
  for (let i = 0; i < records.length; i++) {
    const record = records[i] ?? 0;
    bytes += (byteEnd[record] ?? 0) - (byteStart[record] ?? 0);
    if (bytes < max && i + 1 < records.length) continue;
    yield spansPart(text, facts, records.subarray(first, i + 1));
    [first, bytes, max] = [i + 1, 0, Math.min(MAX_PART_BYTES, 2 * max)];
  }
}

async function rangeParts(
  file: DataFile,
  records: Uint32Array,
  fields: readonly string[] | undefined,
): Promise<readonly SearchPart[]> {
  const { path, container, maxRecordBytes } = file;
  const reader = containerOf(file);
  const { isTable } = reader;
  const cuts = isTable ? await reader.cut(file, Math.ceil((3 * file.size) / MAX_PART_BYTES)) : [0, Infinity];
  const end = cuts.at(-1) ?? 0;
  const size = file.size * file.codec.expansion;
  let from = 0;
  return cuts.slice(0, -1).flatMap((start, i): SearchPart[] => {
    const stop = cuts[i + 1] ?? end;
    let to = from;
    while (to < records.length && (records[to] ?? 0) < stop) to++;
    const own = records.subarray(from, to);
    from = to;
    if (own.length === 0) return [];
    const firstRecord = isTable ? start : 0;
    const isWanted = new Uint8Array((own.at(-1) ?? 0) + 1 - firstRecord);
    for (const record of own) isWanted[record - firstRecord] = 1;
    const range = { path, container, start, end: stop, maxRecordBytes, fields };
    const wanted = { path, text: { kind: 'range', range, firstRecord, isWanted } as const, edited: [] };
    return [{ wanted, records: own, bytes: Number.isFinite(stop) ? (size * (stop - start)) / end : size }];
  });
}

const NOWHERE = {
  kind: 'spans',
  records: new Uint32Array(),
  starts: new Float64Array(),
  ends: new Float64Array(),
  firstByte: 0,
} as const;

/** Records to read where they stand; and others, which are edited or too long. */
function sortOut(
  { edited, maxRecordBytes }: SearchedText,
  { records: { byteStart, byteEnd } }: Facts,
  records: Uint32Array,
): { readonly stored: Uint32Array; readonly others: readonly number[] } {
  const stored = new Uint32Array(records.length);
  const others: number[] = [];
  let count = 0;
  for (const record of records) {
    const isTooLong = (byteEnd[record] ?? 0) - (byteStart[record] ?? 0) > maxRecordBytes;
    if (isTooLong || edited.has(record)) others.push(record);
    else stored[count++] = record;
  }
  return { stored: stored.subarray(0, count), others };
}

/**
 * The parts of a search in these records, which are in order.
 * @param fields that are read, for tables; undefined: all
 */
export async function searchParts(
  text: SearchedText,
  facts: Facts,
  records: Uint32Array,
  fields?: readonly string[],
): Promise<readonly SearchPart[]> {
  const { edited, from, name } = text;
  const { stored, others } = sortOut(text, facts, records);
  const changed = others.flatMap((record) => {
    const bytes = edited.get(record);
    return bytes ? [[record, bytes] as const] : [];
  });
  const first: SearchPart[] =
    others.length === 0
      ? []
      : [
          {
            wanted: { path: name, text: NOWHERE, edited: changed },
            records: Uint32Array.from(others),
            bytes: 0,
          },
        ];
  if (stored.length === 0) return first;
  const parts =
    from.kind === 'file' ? await rangeParts(from.file, stored, fields) : spansParts(text, facts, stored);
  return [...first, ...parts];
}

/** How long one record may take, in milliseconds. */
const MAX_RECORD_MS = 2000;

/** How long threads may go on with a search that nobody wants any more, in milliseconds. */
const PATIENCE_MS = 300;

/** Between two looks at the threads, in milliseconds. */
const WATCH_MS = 250;

/**
 * Calls `onStuck` with the record that a thread has been looking at for too long. Returns how to end that. Looks are
 * counted, not time: after a pause of this thread, what the other one told meanwhile is heard before the next look.
 */
function watchBeat(beat: Int32Array, onStuck: (record: number) => void): () => void {
  let [record, looks] = [0, 0];
  const timer = setInterval(() => {
    const now = Atomics.load(beat, 0);
    looks = now === record ? looks + 1 : 0;
    record = now;
    if (record > 0 && looks * WATCH_MS > MAX_RECORD_MS) onStuck(record - 1);
  }, WATCH_MS);
  return () => {
    clearInterval(timer);
  };
}

/**
 * Has threads work on parts, as many at a time as there are threads, in order.
 * @param taskOf `beat` has to go into a task whose work may hang
 * @param onPart called with each result, and the share that is done, 0 to 1
 */
export async function workOnParts<W extends RangeWork>(
  work: W,
  parts: readonly SearchPart[],
  text: SearchedText,
  ranges: RangeRunner,
  taskOf: (wanted: Wanted, beat: Int32Array) => Works[W]['task'],
  onPart: (part: SearchPart, result: Works[W]['result'], done: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const total = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  let [next, done] = [0, 0];
  const stop = new AbortController();
  // An unwanted part is nearly done, and another thread takes longer to start.
  const stopSoon = (): void => {
    setTimeout(() => {
      stop.abort(signal.reason);
    }, PATIENCE_MS).unref();
  };
  signal.throwIfAborted();
  signal.addEventListener('abort', stopSoon, { once: true });
  const runner = async (): Promise<void> => {
    for (let part = parts[next++]; part; part = parts[next++]) {
      const beat = new Int32Array(new SharedArrayBuffer(4));
      const endWatch = watchBeat(beat, (record) => {
        stop.abort(messages.slowExpression(text.name, record));
      });
      try {
        const result = await ranges.run(work, taskOf(part.wanted, beat), () => undefined, stop.signal);
        await text.assertSame?.();
        signal.throwIfAborted();
        stop.signal.throwIfAborted();
        done += part.bytes;
        onPart(part, result, total === 0 ? 1 : done / total);
      } finally {
        endWatch();
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(ranges.width, parts.length) }, runner));
  } catch (error) {
    stop.abort(error);
    throw error;
  } finally {
    signal.removeEventListener('abort', stopSoon);
  }
}
