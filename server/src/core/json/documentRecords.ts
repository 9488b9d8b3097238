// The records of a JSON document, each as one line: its own bytes without line ends between tokens.
import { concat } from '../concat.ts';
import type { CutRecord } from '../model/record.ts';
import { MAX_RECORD_BYTES } from '../model/record.ts';
import { isSamePath, listOf } from './documentCollector.ts';
import type { DocumentForm } from './documentForm.ts';
import type { ScanListener, ScannedValue } from './documentScanner.ts';
import { DocumentScanner } from './documentScanner.ts';
import { BACKSLASH, CLOSE, GAP, KINDS, LINE_FEED, OPEN, OPEN_OBJECT, QUOTE, RETURN, SPACE } from './marks.ts';
import { fieldsOf, itemsOf } from './scan.ts';

/**
 * Removes line ends from a value's bytes. Between two tokens, a line end becomes one space. All other bytes stay.
 */
export function oneLine(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(LINE_FEED) && !bytes.includes(RETURN)) return bytes;
  const out = new Uint8Array(bytes.length);
  let length = 0;
  let isString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (isString) {
      out[length++] = byte;
      if (byte === BACKSLASH && at + 1 < bytes.length) out[length++] = bytes[++at] ?? 0;
      else if (byte === QUOTE) isString = false;
      continue;
    }
    if (byte === QUOTE) isString = true;
    if (KINDS[byte] !== GAP) {
      out[length++] = byte;
      continue;
    }
    let end = at;
    let hasBreak = false;
    for (; end < bytes.length; end++) {
      const space = bytes[end] ?? 0;
      if (KINDS[space] !== GAP) break;
      hasBreak ||= space === LINE_FEED || space === RETURN;
    }
    if (!hasBreak) while (at < end) out[length++] = bytes[at++] ?? 0;
    else if (KINDS[out[length - 1] ?? 0] !== OPEN && KINDS[bytes[end] ?? 0] !== CLOSE) out[length++] = SPACE;
    at = end - 1;
  }
  return out.subarray(0, length);
}

/** Tests whether a value is a record of this form. */
function isRecordIn(form: DocumentForm): (value: ScannedValue) => boolean {
  if (form.kind === 'by key') return ({ depth }) => depth === 1;
  if (form.kind === 'keyed') {
    return (value) => {
      const list = listOf(value);
      return list !== undefined && form.lists.some((path) => isSamePath(path, list));
    };
  }
  return ({ depth, kind, keys }) => (depth === 0 ? kind !== 'list' : depth === 1 && keys[0] === undefined);
}

class Records implements ScanListener {
  readonly deepest: number;
  readonly #isRecord: (value: ScannedValue) => boolean;
  #ready: CutRecord[] = [];
  #record = 0;

  constructor(form: DocumentForm) {
    this.deepest = form.kind === 'keyed' ? Math.max(...form.lists.map(({ length }) => length)) + 1 : 1;
    this.#isRecord = isRecordIn(form);
  }

  wants(value: ScannedValue): number {
    return this.#isRecord(value) ? MAX_RECORD_BYTES : 0;
  }

  take(value: ScannedValue): void {
    if (!this.#isRecord(value)) return;
    const { bytes = new Uint8Array(0), start, byteEnd } = value;
    const { byte: byteStart, line } = start;
    this.#ready.push({
      record: this.#record++,
      line,
      byteStart,
      byteEnd,
      lineEnd: byteEnd,
      bytes: oneLine(bytes),
    });
  }

  *taken(): Generator<CutRecord> {
    const ready = this.#ready;
    this.#ready = [];
    yield* ready;
  }
}

/** Maximum bytes of a column document to hold: its rows are spread over the whole. */
const MAX_COLUMNS_BYTES = MAX_RECORD_BYTES;

/** The column document is too large to convert. */
export class TooLargeColumns extends Error {}

async function whole(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > MAX_COLUMNS_BYTES) throw new TooLargeColumns();
    parts.push(new Uint8Array(chunk));
  }
  return concat(parts);
}

/**
 * The rows of columns, with the original bytes of each value. Rows after the end of a shorter column lack its
 * field.
 */
function* rowsOf(bytes: Uint8Array, isIndexed: boolean): Generator<CutRecord> {
  const open = bytes.indexOf(OPEN_OBJECT);
  const text = (start: number, end: number): string => new TextDecoder().decode(bytes.subarray(start, end));
  const rows = new Map<string, [name: string, value: string][]>();
  for (const { keyStart, keyEnd, valueStart, valueEnd } of fieldsOf(bytes, open, bytes.length)) {
    const name = text(keyStart, keyEnd);
    const values = isIndexed ? fieldsOf(bytes, valueStart, valueEnd) : itemsOf(bytes, valueStart, valueEnd);
    let number = 0;
    for (const one of values) {
      const key = isIndexed ? text(one.keyStart, one.keyEnd) : String(number++);
      const row = rows.get(key) ?? [];
      rows.set(key, row);
      row.push([name, text(one.valueStart, one.valueEnd)]);
    }
  }
  const encoder = new TextEncoder();
  let record = 0;
  for (const row of rows.values()) {
    const line = encoder.encode(`{${row.map(([name, value]) => `${name}: ${value}`).join(', ')}}`);
    yield {
      record: record++,
      line: 0,
      byteStart: 0,
      byteEnd: line.length,
      lineEnd: line.length,
      bytes: oneLine(line),
    };
  }
}

/** The records of a document. Throws a JsonSyntaxError for invalid columns, and TooLargeColumns. */
export async function* documentRecords(
  chunks: AsyncIterable<Uint8Array>,
  form: DocumentForm,
): AsyncGenerator<CutRecord> {
  if (form.kind === 'columns') {
    yield* rowsOf(await whole(chunks), form.isIndexed);
    return;
  }
  const records = new Records(form);
  const scanner = new DocumentScanner(records);
  for await (const chunk of chunks) {
    scanner.push(chunk);
    yield* records.taken();
  }
  scanner.end();
  yield* records.taken();
}
