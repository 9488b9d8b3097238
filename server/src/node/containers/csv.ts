// CSV and TSV, which we read but don't write: a record is a row, as a line of JSON under the names of the header.
import { closeSync, readSync } from 'node:fs';

import { concat } from '#core/concat.ts';
import type { CsvDialect } from '#core/input/csvDialect.ts';
import type { Utf16 } from '#core/input/encoding.ts';
import { LINE_FEED, RETURN } from '#core/json/marks.ts';
import { tooLongMessage } from '#core/json/parseRecord.ts';
import { messages, UserError } from '#core/messages.ts';
import type { CutRecord, RecordPlace } from '#core/model/record.ts';
import { plural } from '#core/words/numbers.ts';
import { RowWriter } from '#formats/csv/columns.ts';
import type { CsvRow } from '#formats/csv/rows.ts';
import { RowCutter, RowScanner, spansOf } from '#formats/csv/rows.ts';
import { TextSink } from '#formats/textSink.ts';

import { codecOf } from '../codec.ts';
import type { ContainerRef, DataFile } from '../dataFile.ts';
import { openRegularSync } from '../regularFile.ts';
import type { Container, OnBytes, RangeEnd, RecordAccess, Take } from './container.ts';
import { refusePlan } from './container.ts';
import { asUtf8, dialectOf, markBytes, SAMPLE_BYTES } from './csvDialect.ts';
import { asBuffer, rangeCount, textOf } from './lines.ts';

const isTabs = (path: string): boolean => /\.tsv(?:\.gz|\.zst)?$/i.test(path);

/** The start of a text, as UTF-8. */
export interface CsvSample {
  readonly bytes: Uint8Array;
  readonly isWhole: boolean;
  readonly encoding: Utf16 | undefined;
}

/** Reads the start of a file. Throws a user error if it can't be decompressed or decoded. */
export async function csvSample(path: string): Promise<CsvSample> {
  const parts: Uint8Array[] = [];
  let [length, isWhole] = [0, true];
  let encoding: Utf16 | undefined;
  const text = asUtf8(path, textOf(path, 0, Infinity), (found) => {
    encoding = found;
  });
  for await (const chunk of text) {
    // A copy, because readers reuse their memory.
    parts.push(new Uint8Array(chunk));
    length += chunk.length;
    if (length <= SAMPLE_BYTES) continue;
    isWhole = false;
    break;
  }
  return { bytes: concat(parts).subarray(0, SAMPLE_BYTES), isWhole, encoding };
}

/** How a text in UTF-8 is written, judged by its start. */
export function csvDialectOf(sample: Uint8Array, path: string, isWhole: boolean): CsvDialect {
  return dialectOf(sample, isTabs(path), isWhole);
}

/** The container of a CSV file. */
export async function csvAt(path: string): Promise<ContainerRef> {
  try {
    const { bytes, isWhole, encoding } = await csvSample(path);
    return { kind: 'csv', dialect: { ...csvDialectOf(bytes, path, isWhole), encoding } };
  } catch (error) {
    // The reader of the file reports it.
    if (error instanceof UserError) return { kind: 'csv', dialect: { delimiter: ',', columns: [] } };
    throw error;
  }
}

function dialectIn({ container }: Pick<DataFile, 'container'>): CsvDialect {
  if (container.kind !== 'csv') throw new Error(`csv: ${container.kind}`);
  return container.dialect;
}

/** Turns rows into records. */
class RowReader {
  readonly #dialect: CsvDialect;
  readonly #max: number;
  readonly #writer: RowWriter;
  readonly #wants: (record: number) => boolean;
  /** Bytes of the byte order mark, which offsets in the text don't count. */
  readonly #skipped: number;
  readonly #out = new TextSink();
  #isHeader: boolean;
  #record = 0;

  constructor(dialect: CsvDialect, { skipped, max, isStart = true, wants = () => true }: Reading) {
    this.#dialect = dialect;
    this.#max = max;
    this.#writer = new RowWriter(dialect);
    this.#wants = wants;
    this.#skipped = skipped;
    this.#isHeader = isStart;
  }

  /** The record of a row, valid until the next; undefined for the header, and if it is not wanted. */
  recordOf(row: CsvRow): CutRecord | undefined {
    if (this.#isHeader) {
      this.#isHeader = false;
      return undefined;
    }
    const record = this.#record++;
    if (!this.#wants(record)) return undefined;
    const { bytes, line, byteStart, byteEnd, lineEnd } = row;
    const at = { record, line, byteStart, byteEnd, lineEnd };
    if (byteEnd - byteStart > this.#max) return { ...at, bytes: NOTHING, fault: tooLongMessage(this.#max) };
    this.#out.length = 0;
    const starts: number[] = [];
    const count = this.#writer.write(this.#out, bytes, starts);
    const { length } = this.#dialect.columns;
    if (count !== length) {
      const fault = `The row has ${plural(count, 'cell')}, and the header has ${length}. Add or remove cells, or put the cell that holds a delimiter in quotes.`;
      return { ...at, bytes: NOTHING, fault };
    }
    return {
      ...at,
      bytes: this.#out.all,
      placeOf: (offset) => {
        const cell = starts.findLastIndex((start) => start <= offset);
        return placeOfCell(row, this.#dialect.delimiter, Math.max(0, cell), this.#skipped);
      },
    };
  }
}

/** Where a cell of a row begins and ends. */
function placeOfCell(
  { bytes, line, byteStart }: CsvRow,
  delimiter: string,
  cell: number,
  skipped: number,
): RecordPlace {
  const [start = 0, end = bytes.length] = spansOf(bytes, delimiter)[cell] ?? [];
  const breaks = new TextDecoder().decode(bytes.subarray(0, start)).split('\n');
  return {
    line: line + breaks.length - 1,
    column: breaks.at(-1)?.length ?? 0,
    byteStart: byteStart + skipped + start,
    byteEnd: byteStart + skipped + end,
  };
}

/** Bytes of the byte order mark of a file whose text is stored as it is read; else 0. */
function storedMark(path: string, { encoding }: CsvDialect): number {
  if (codecOf(path).decode || encoding) return 0;
  const text = openCsvText(path);
  text.close();
  return text.skipped;
}

/** The stored text of a file. Offsets count without its byte order mark, of `skipped` bytes. */
function openCsvText(path: string) {
  const handle = openRegularSync(path);
  const head = new Uint8Array(3);
  const skipped = markBytes(head.subarray(0, readSync(handle, head, 0, head.length, 0)));
  return {
    skipped,
    read(start: number, end: number): Uint8Array {
      const bytes = new Uint8Array(end - start);
      return bytes.subarray(0, readSync(handle, bytes, 0, bytes.length, start + skipped));
    },
    close() {
      closeSync(handle);
    },
  };
}

const NOTHING = new Uint8Array(0);

/** Rows as lines of JSON, by their bytes in the text. A row that can't be read is empty. */
function openRows(dialect: CsvDialect, plainPath: string): RecordAccess {
  let text: ReturnType<typeof openCsvText> | undefined = openCsvText(plainPath);
  const writer = new RowWriter(dialect);
  const out = new TextSink();
  const close = (): void => {
    text?.close();
    text = undefined;
  };
  return {
    bytesOf(_record, byteStart, byteEnd) {
      out.length = 0;
      const count = writer.write(out, text?.read(byteStart, byteEnd) ?? NOTHING);
      return count === dialect.columns.length ? out.all.slice() : NOTHING;
    },
    lineEndAfter: (byteEnd) => byteEnd,
    pause: close,
    resume: () => {
      text = openCsvText(plainPath);
    },
    close,
  };
}

/** How a text, or a range of one, is read. */
interface Reading {
  /** Bytes of the byte order mark, which offsets in the text don't count. */
  readonly skipped: number;
  /** Longest record. */
  readonly max: number;
  /** False for a text that begins after the header. */
  readonly isStart?: boolean;
  /** The text goes on after its end. */
  readonly isInner?: boolean;
  readonly wants?: ((record: number) => boolean) | undefined;
}

/** Passes on the records of a text, each valid until the next. Throws a user error for a quote that stays open. */
async function* csvRecords(
  path: string,
  dialect: CsvDialect,
  chunks: AsyncIterable<Uint8Array>,
  reading: Reading,
  onBytes?: OnBytes,
): AsyncGenerator<Iterable<CutRecord>, RangeEnd> {
  const reader = new RowReader(dialect, reading);
  const cutter = new RowCutter(dialect.delimiter, reading.max);
  const recordsOf = function* (rows: Iterable<CsvRow>): Generator<CutRecord> {
    for (const row of rows) {
      const record = reader.recordOf(row);
      if (record) yield record;
    }
  };
  const text = reading.isStart === false ? chunks : asUtf8(path, chunks);
  for await (const chunk of text) {
    yield recordsOf(cutter.push(asBuffer(chunk)));
    onBytes?.(chunk.length);
  }
  const isCut = reading.isInner !== true || cutter.isBetween;
  if (reading.isInner === true) return { lineCount: cutter.lineCount, isCut };
  if (cutter.openLine !== undefined) throw messages.badCsv(path, cutter.openLine, undefined);
  const { lineCount } = cutter;
  yield recordsOf(cutter.end());
  return { lineCount, isCut };
}

/** How far behind a wanted boundary a row is looked for. */
const MAX_SEEK_BYTES = 8 * 1024 * 1024;

/** So many rows in a row with as many cells as the header are probably rows. */
const SURE_ROWS = 8;

/**
 * Offset after the first line end behind which rows seem to begin; undefined if none does. It may be inside a cell: the
 * range before it proves that it is not.
 */
function nextRow(bytes: Buffer, { delimiter, columns }: CsvDialect): number | undefined {
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) {
    const scanner = new RowScanner(delimiter);
    let [from, rows] = [at + 1, 0];
    for (; rows < SURE_ROWS; rows++) {
      const end = scanner.next(bytes, from);
      if (end < 0) return undefined;
      const row = bytes.subarray(from, bytes[end - 1] === RETURN ? end - 1 : end);
      if (spansOf(row, delimiter).length !== columns.length) break;
      from = end + 1;
    }
    if (rows === SURE_ROWS) return at + 1;
  }
  return undefined;
}

async function readWhole(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(new Uint8Array(chunk));
  return Buffer.concat(parts);
}

export const CSV: Container = {
  isTable: false,
  isReadOnly: true,
  records: (file) =>
    async function* (wants) {
      const { path, maxRecordBytes: max } = file;
      const dialect = dialectIn(file);
      const reading = { skipped: storedMark(path, dialect), max, wants };
      for await (const records of csvRecords(path, dialect, textOf(path, 0, Infinity), reading))
        yield* copied(records);
    },
  async cut(file, width) {
    const { path, size } = file;
    const dialect = dialectIn(file);
    // One column says nothing about where rows begin.
    const isCuttable = !dialect.encoding && dialect.columns.length > 1;
    const count = isCuttable ? rangeCount(path, size, width) : 1;
    if (count === 1) return [0, size];
    const skipped = storedMark(path, dialect);
    const cuts = [0];
    for (let i = 1; i < count; i++) {
      const from = Math.floor((size * i) / count);
      const found = nextRow(await readWhole(textOf(path, from + skipped, from + MAX_SEEK_BYTES)), dialect);
      const cut = from + (found ?? 0);
      if (found !== undefined && cut > (cuts.at(-1) ?? 0)) cuts.push(cut);
    }
    return [...cuts, size];
  },
  async readRange(range, take: Take, onBytes?: OnBytes) {
    const { path, start, end, isInner = false, maxRecordBytes: max = Infinity } = range;
    const dialect = dialectIn(range);
    const skipped = storedMark(path, dialect);
    const text = textOf(path, start === 0 ? 0 : start + skipped, isInner ? end + skipped : Infinity);
    const reading = { skipped, max, isStart: start === 0, isInner };
    const all = csvRecords(path, dialect, text, reading, onBytes);
    for (;;) {
      const next = await all.next();
      if (next.done === true) return next.value;
      for (const raw of next.value) take(raw);
    }
  },
  open: (file, plainPath) => openRows(dialectIn(file), plainPath),
  plan: refusePlan,
};

/** Records that stay valid after the next one. */
function* copied(records: Iterable<CutRecord>): Generator<CutRecord> {
  for (const raw of records) yield { ...raw, bytes: raw.bytes.slice() };
}
