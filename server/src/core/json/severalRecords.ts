// A line on which several records stand, or one record between commas: what JSON lists and lost line ends leave behind.
import type { Separator } from '../model/finding.ts';
import type { Json } from '../model/json.ts';
import { JsonSyntaxError, skipValue } from './scan.ts';

export interface SeveralRecords {
  readonly records: readonly Json[];
  /** What to replace so that each record has a line of its own; empty where line ends stand there already. */
  readonly separators: readonly Separator[];
}

const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const OPEN_OBJECT = 0x7b;
const SPACES = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** U+FEFF: files that were joined leave it in the middle. */
const BOM = [0xef, 0xbb, 0xbf] as const;

interface Gap {
  readonly end: number;
  /** Just after the last byte that is no white space; the gap's start where it is all white space. */
  readonly marksEnd: number;
}

function gapAt(bytes: Uint8Array, from: number): Gap {
  let [at, marksEnd] = [from, from];
  for (;;) {
    const byte = bytes[at];
    if (byte === COMMA) marksEnd = ++at;
    else if (BOM.every((one, i) => bytes[at + i] === one)) marksEnd = at += BOM.length;
    else if (byte !== undefined && SPACES.has(byte)) at++;
    else return { end: at, marksEnd };
  }
}

/** The records of a line that is not one JSON value. Undefined where something else than objects and commas stands there. */
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
    // Of hostile nesting JSON.parse runs out of stack.
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
