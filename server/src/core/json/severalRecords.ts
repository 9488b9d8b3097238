// Splits a line that holds several records, or one record between commas, as JSON lists and lost line ends leave
// them.
import type { Separator } from '../model/finding.ts';
import type { Json } from '../model/json.ts';
import { COMMA, GAP, KINDS, LINE_FEED, OPEN_OBJECT } from './marks.ts';
import { JsonSyntaxError, skipValue } from './scan.ts';

export interface SeveralRecords {
  readonly records: readonly Json[];
  /** What to replace so that each record has its own line; empty if line ends are already there. */
  readonly separators: readonly Separator[];
}

/** U+FEFF, left in the middle where files were concatenated. */
const BOM = [0xef, 0xbb, 0xbf] as const;

interface Gap {
  readonly end: number;
  /** Just after the last byte that is not white space; the gap's start if all is white space. */
  readonly marksEnd: number;
}

function gapAt(bytes: Uint8Array, from: number): Gap {
  let [at, marksEnd] = [from, from];
  for (;;) {
    const byte = bytes[at];
    if (byte === COMMA) marksEnd = ++at;
    else if (BOM.every((one, i) => bytes[at + i] === one)) marksEnd = at += BOM.length;
    else if (byte !== undefined && KINDS[byte] === GAP) at++;
    else return { end: at, marksEnd };
  }
}

/** The records on a line; undefined if it contains anything but objects and commas. */
export function severalRecords(bytes: Uint8Array): SeveralRecords | undefined {
  const decoder = new TextDecoder();
  const records: Json[] = [];
  const separators: Separator[] = [];
  const first = gapAt(bytes, 0);
  if (first.marksEnd > 0) separators.push({ start: 0, end: first.end, isBreak: false });
  let at = first.end;
  try {
    while (bytes[at] === OPEN_OBJECT) {
      const end = skipValue(bytes, at, bytes.length);
      records.push(JSON.parse(decoder.decode(bytes.subarray(at, end))) as Json);
      const gap = gapAt(bytes, end);
      const isLast = gap.end === bytes.length;
      if (isLast && gap.marksEnd > end) separators.push({ start: end, end: gap.marksEnd, isBreak: false });
      const isBroken = gap.marksEnd === end && bytes.subarray(end, gap.end).includes(LINE_FEED);
      if (!isLast && !isBroken) separators.push({ start: end, end: gap.end, isBreak: true });
      at = gap.end;
    }
  } catch (error) {
    // JSON.parse throws a RangeError on hostile nesting.
    if (error instanceof JsonSyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
  const isWhole = at === bytes.length && records.length > 0;
  return isWhole && (records.length > 1 || separators.length > 0) ? { records, separators } : undefined;
}

/** The bytes of the records between separators. */
export function partsOf(bytes: Uint8Array, separators: readonly Separator[]): readonly Uint8Array[] {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const { start, end } of separators) {
    if (start > from) parts.push(bytes.subarray(from, start));
    from = end;
  }
  if (from < bytes.length) parts.push(bytes.subarray(from));
  return parts;
}
