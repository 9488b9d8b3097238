// Records that a query wants to see, read in a thread: of a file, by their places or as its container reads them, or of
// bytes. Records whose bytes cannot hold what the query needs are passed over without being parsed.
import { closeSync, readSync } from 'node:fs';

import type { RawRecord } from '#core/model/record.ts';
import type { Candidates } from '#core/query/bytes.ts';

import type { FileRange, OnBytes } from './containers/container.ts';
import { readRange } from './containers/containers.ts';
import { openRegularSync } from './regularFile.ts';

/** Records by their places in a text, in order. Plain data, as everything that goes to a thread. */
export interface Spans {
  readonly records: Uint32Array;
  /** Half-open, in bytes of the text. */
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** The text from a byte on; undefined if it is read from the file. */
  readonly bytes?: Uint8Array;
  readonly firstByte: number;
}

export interface Wanted {
  /** Of the file, or its name in messages. */
  readonly path: string;
  readonly text:
    | ({ readonly kind: 'spans' } & Spans)
    | {
        readonly kind: 'range';
        readonly range: FileRange;
        /** Number of its first record. */
        readonly firstRecord: number;
        /** 1 for each record to read, from the first one on. */
        readonly isWanted: Uint8Array;
      };
  /** Records with other bytes than the text has. */
  readonly edited: readonly (readonly [record: number, bytes: Uint8Array])[];
}

/** Bytes to read at once. Longer records are read on their own. */
const BLOCK_BYTES = 1 << 20;

/** A gap between records that is cheaper to read than to skip. */
const MAX_GAP = 1 << 16;

type Take = (raw: RawRecord) => void;

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

function search(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? -1;
}

/** True if the text may spell a character in an unusual way. */
function hasMark({ marks }: Candidates, bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return marks.some((mark) => buffer.includes(mark, 0, 'latin1'));
}

function isCandidate(known: Candidates, bytes: Uint8Array): boolean {
  const text = latin1(bytes);
  return search(known.usual, text, 0) >= 0 || (hasMark(known, bytes) && search(known.unusual, text, 0) >= 0);
}

/** Passes the records of a block that may be candidates to `take`: those in [first, last), whose text begins at `base`. */
function takeBlock(
  { records, starts, ends }: Spans,
  first: number,
  last: number,
  block: Uint8Array,
  base: number,
  known: Candidates | undefined,
  take: Take,
): void {
  const takeRecord = (i: number): void => {
    const [byteStart, byteEnd] = [starts[i] ?? 0, ends[i] ?? 0];
    const bytes = block.subarray(byteStart - base, byteEnd - base);
    take({ record: records[i] ?? 0, line: 0, byteStart, byteEnd, bytes });
  };
  if (!known) {
    for (let i = first; i < last; i++) takeRecord(i);
    return;
  }
  const text = latin1(block);
  const isHit = new Uint8Array(last - first);
  for (const pattern of hasMark(known, block) ? [known.usual, known.unusual] : [known.usual]) {
    let i = first;
    for (let at = search(pattern, text, 0); at >= 0;) {
      while (i < last && (ends[i] ?? 0) - base <= at) i++;
      if (i === last) break;
      const start = (starts[i] ?? 0) - base;
      if (start <= at) isHit[i - first] = 1;
      at = search(pattern, text, start <= at ? (ends[i++] ?? 0) - base : start);
    }
  }
  for (let i = first; i < last; i++) if (isHit[i - first] === 1) takeRecord(i);
}

function takeSpans(
  path: string,
  spans: Spans,
  known: Candidates | undefined,
  take: Take,
  onBytes: OnBytes | undefined,
): void {
  const { records, starts, ends, bytes, firstByte } = spans;
  const handle = bytes ? -1 : openRegularSync(path);
  // Used again for each block: fresh memory costs more than reading.
  let room = Buffer.alloc(0);
  try {
    for (let first = 0; first < records.length;) {
      const base = starts[first] ?? 0;
      let last = first + 1;
      while (
        last < records.length &&
        (starts[last] ?? 0) - (ends[last - 1] ?? 0) <= MAX_GAP &&
        (ends[last] ?? 0) - base <= BLOCK_BYTES
      )
        last++;
      const end = ends[last - 1] ?? base;
      let block: Uint8Array;
      if (bytes) block = bytes.subarray(base - firstByte, end - firstByte);
      else {
        if (room.length < end - base) room = Buffer.allocUnsafe(end - base);
        block = room.subarray(0, readSync(handle, room, 0, end - base, base));
      }
      takeBlock(spans, first, last, block, base, known, take);
      onBytes?.(end - base);
      first = last;
    }
  } finally {
    if (handle >= 0) closeSync(handle);
  }
}

/** Passes the wanted records to `take`, each valid until the next; without those that can't meet the need. */
export async function takeWanted(
  { path, text, edited }: Wanted,
  known: Candidates | undefined,
  take: Take,
  onBytes?: OnBytes,
): Promise<void> {
  for (const [record, bytes] of edited) take({ record, line: 0, byteStart: 0, byteEnd: bytes.length, bytes });
  if (text.kind === 'spans') {
    takeSpans(path, text, known, take, onBytes);
    return;
  }
  const { range, firstRecord, isWanted } = text;
  const wants = (record: number): boolean => isWanted[record] === 1;
  await readRange(
    range,
    (raw) => {
      if (!wants(raw.record) || (known && !isCandidate(known, raw.bytes))) return;
      take({ ...raw, record: raw.record + firstRecord });
    },
    onBytes,
    wants,
  );
}
