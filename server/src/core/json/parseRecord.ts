// One line of a file as a value, or the place where it stops being JSON.
import type { Hit } from '../model/finding.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import type { RawRecord } from '../model/record.ts';
import { MAX_RECORD_BYTES } from '../model/record.ts';
import { causeOf } from './cause.ts';
import { findJsonFault, isPlainlyNoJson } from './scan.ts';
import type { SeveralRecords } from './severalRecords.ts';
import { severalRecords } from './severalRecords.ts';

export function tooLongMessage(max: number): string {
  const message = `The record is longer than ${max / 1024 / 1024} MiB and was skipped.`;
  return max < MAX_RECORD_BYTES ? `${message} \`preflens check --memory MB\` reads longer ones.` : message;
}

/** A parsed record: its value, or the position where parsing failed. */
export type Parsed = { readonly value: Json; readonly isAscii: boolean } | Unparsed;

interface Unparsed {
  readonly fault: Hit;
  /** Set if the line holds several records, or commas around one. */
  readonly records?: readonly Json[];
}

/** The objects on a line, used to recognise the schema. */
export function objectsOf(parsed: Parsed): readonly JsonObject[] {
  return ('value' in parsed ? [parsed.value] : (parsed.records ?? [])).filter(isObject);
}

/** The bytes alone don't reveal which other encoding was used. */
const ENCODING_HINT =
  'If the whole file is in another encoding, convert it, for example with iconv -f WINDOWS-1252 -t UTF-8 (-f GB18030 for Chinese).';

const COMMA = 0x2c;
const BOM_START = 0xef;

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function fault(message: string, start: number, end: number): Unparsed {
  return { fault: { message, place: { path: [], part: 'value', bytes: [start, end] } } };
}

/** Offset of the first invalid UTF-8 byte. The bytes must contain one. */
function findBadUtf8(bytes: Uint8Array): number {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const encoder = new TextEncoder();
  let [from, at] = [0, 0];
  for (;;) {
    const mark = text.indexOf('\ufffd', from);
    if (mark < 0) return at;
    at += encoder.encode(text.slice(from, mark)).length;
    // The file itself may contain a replacement character.
    if (bytes[at] !== 0xef || bytes[at + 1] !== 0xbf || bytes[at + 2] !== 0xbd) return at;
    at += 3;
    from = mark + 1;
  }
}

/** Offset of the first byte that is not UTF-8. */
export function badUtf8At(bytes: Uint8Array): number | undefined {
  try {
    strict.decode(bytes);
    return undefined;
  } catch {
    return findBadUtf8(bytes);
  }
}

/** The place of a byte of the record, for a message. */
type Where = (offset: number) => string;

/** A record of a document may begin or end inside a line; the finding has the place. */
const whereIn =
  ({ isInDocument }: RawRecord): Where =>
  (offset) =>
    isInDocument ? '' : ` at byte ${offset + 1} of the line`;

/** Valid records that only need a line each. */
function separable(
  { records, separators }: SeveralRecords,
  offset: number,
  length: number,
  where: Where,
): Unparsed {
  const at = Math.min(offset, Math.max(0, length - 1));
  const count = records.length;
  const what =
    separators.length === 0
      ? `it holds ${count} records; saving puts each on its own line`
      : count > 1
        ? `it holds ${count} records; each needs its own line`
        : 'JSON Lines has no commas between records';
  const { fault: hit } = fault(`Not valid JSON${where(offset)}: ${what}.`, at, Math.min(at + 1, length));
  return { fault: { ...hit, ...(separators.length > 0 && { separate: separators }) }, records };
}

/** The error at a byte, with its likely cause. */
function notJsonMessage(bytes: Uint8Array, offset: number, expected: string, where: Where): string {
  const cause = causeOf(bytes, offset, expected);
  return `Not valid JSON${where(offset)}: ${expected}.${cause === '' ? '' : ` ${cause}`}`;
}

/** Parses one line. Never throws: bad data is a value. */
export function parseRecord(raw: RawRecord): Parsed {
  const { bytes, byteStart, byteEnd, fault: known } = raw;
  const where = whereIn(raw);
  if (known !== undefined) return fault(known, 0, 1);
  if (byteEnd - byteStart > MAX_RECORD_BYTES) return fault(tooLongMessage(MAX_RECORD_BYTES), 0, 1);
  if (bytes.length > 0 && isPlainlyNoJson(bytes)) {
    const place = Math.max(
      0,
      bytes.findIndex((byte) => byte > 0x20),
    );
    const mayBeSeveral = bytes[place] === COMMA || bytes[place] === BOM_START;
    const several = mayBeSeveral ? severalRecords(bytes) : undefined;
    if (several) return separable(several, 0, bytes.length, where);
    return fault(notJsonMessage(bytes, place, 'expected a value', where), place, place + 1);
  }
  let text: string;
  try {
    text = strict.decode(bytes);
  } catch {
    const at = findBadUtf8(bytes);
    if (bytes[at] === 0xed && (bytes[at + 1] ?? 0) >= 0xa0)
      return fault(`Half a character (a lone surrogate)${where(at)}. UTF-8 can't encode it.`, at, at + 3);
    return fault(`Invalid UTF-8${where(at)}. ${ENCODING_HINT}`, at, Math.min(at + 1, bytes.length));
  }
  try {
    // One byte per character, and no \u escapes.
    const isAscii = text.length === bytes.length && !text.includes('\\u');
    return { value: JSON.parse(text) as Json, isAscii };
  } catch (error) {
    const found = findJsonFault(bytes);
    const several = found && severalRecords(bytes);
    if (several) return separable(several, found.offset, bytes.length, where);
    if (!found) return fault(`Not valid JSON: ${String(error)}.`, 0, bytes.length);
    const start = Math.min(found.offset, Math.max(0, bytes.length - 1));
    return fault(
      notJsonMessage(bytes, found.offset, found.message, where),
      start,
      Math.min(start + 1, bytes.length),
    );
  }
}
