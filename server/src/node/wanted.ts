// Records that a query wants to see, read in a thread: of a file, by their places or as its container reads them, or of
// bytes. Records whose bytes cannot hold what the query needs are passed over without being parsed.
import { closeSync, readSync } from 'node:fs';

import type { RawRecord } from '#core/model/record.ts';
import { fitsAround } from '#core/query/anchors.ts';
import type { Candidates, Pattern } from '#core/query/bytes.ts';

import type { ByteScan } from './byteScan.ts';
import { byteScan } from './byteScan.ts';
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

/** Bytes to read at once: what a core keeps close. Longer records are read on their own. */
const BLOCK_BYTES = 1 << 18;

/** A gap between records that is cheaper to read than to skip. */
const MAX_GAP = 1 << 16;

type Take = (raw: RawRecord) => void;

function holds({ expression }: Pattern, bytes: Uint8Array): boolean {
  return expression.test(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'));
}

function isCandidate({ usual, unusual }: Candidates, bytes: Uint8Array): boolean {
  return holds(usual, bytes) || holds(unusual, bytes);
}

/** Records of a block: those in [first, last), whose text begins at `base`. */
interface Block extends Spans {
  readonly first: number;
  readonly last: number;
  readonly block: Uint8Array;
  readonly base: number;
}

function bytesAt({ starts, ends, block, base }: Block, i: number): Uint8Array {
  return block.subarray((starts[i] ?? 0) - base, (ends[i] ?? 0) - base);
}

/** Marks the records in which a pattern matches. Only those with one of its anchors are looked at. */
function markHits(own: Block, pattern: Pattern, scan: ByteScan, isHit: Uint8Array): void {
  const { starts, ends, first, last, block, base } = own;
  for (const anchor of pattern.anchors) {
    let i = first;
    for (let at = scan.find(anchor, 0, block.length); at >= 0;) {
      while (i < last && (ends[i] ?? 0) - base <= at) i++;
      if (i === last) break;
      const start = (starts[i] ?? 0) - base;
      let next = Math.max(start, at + 1);
      if (start <= at && (isHit[i - first] === 1 || fitsAround(anchor, block, at))) {
        if (isHit[i - first] !== 1 && holds(pattern, bytesAt(own, i))) isHit[i - first] = 1;
        next = (ends[i++] ?? 0) - base;
      }
      at = scan.find(anchor, next, block.length);
    }
  }
}

/** Passes the records of a block that may be candidates to `take`. */
function takeBlock(own: Block, known: Candidates | undefined, scan: ByteScan | undefined, take: Take): void {
  const { records, starts, ends, first, last, block } = own;
  const isHit = new Uint8Array(last - first);
  if (known && scan) {
    markHits(own, known.usual, scan, isHit);
    if (known.marks.some((mark) => scan.find(mark, 0, block.length) >= 0))
      markHits(own, known.unusual, scan, isHit);
  }
  for (let i = first; i < last; i++) {
    const bytes = bytesAt(own, i);
    if (known && (scan ? isHit[i - first] !== 1 : !isCandidate(known, bytes))) continue;
    take({ record: records[i] ?? 0, line: 0, byteStart: starts[i] ?? 0, byteEnd: ends[i] ?? 0, bytes });
  }
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
  const scan = byteScan();
  // Used again for each block: fresh memory costs more than reading.
  let spare = Buffer.alloc(0);
  const roomFor = (length: number): Uint8Array => {
    if (scan) return scan.room(length);
    if (spare.length < length) spare = Buffer.allocUnsafe(length);
    return spare.subarray(0, length);
  };
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
      let block = roomFor(end - base);
      if (bytes) block.set(bytes.subarray(base - firstByte, end - firstByte));
      else block = block.subarray(0, readSync(handle, block, 0, end - base, base));
      takeBlock({ ...spans, first, last, block, base }, known, scan, take);
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
