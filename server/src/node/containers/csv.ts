// CSV and TSV, which we read but don't write: a record is a row, as a line of JSON under the names of the header.
import { closeSync, readSync } from 'node:fs';

import type { Options } from 'csv-parse';
import { Parser } from 'csv-parse';
import { parse } from 'csv-parse/sync';

import { concat } from '#core/concat.ts';
import type { CsvDialect } from '#core/input/csvDialect.ts';
import type { Utf16 } from '#core/input/encoding.ts';
import { LINE_FEED, RETURN } from '#core/json/marks.ts';
import { messages, UserError } from '#core/messages.ts';
import type { CutRecord, RecordPlace } from '#core/model/record.ts';
import { errorMessage } from '#core/words/errorMessage.ts';
import { plural } from '#core/words/numbers.ts';
import { RowWriter } from '#formats/csv/columns.ts';
import { TextSink } from '#formats/textSink.ts';

import { codecOf } from '../codec.ts';
import type { ContainerRef, DataFile } from '../dataFile.ts';
import { openRegularSync } from '../regularFile.ts';
import type { Container, OnBytes, RecordAccess, Take } from './container.ts';
import { refusePlan } from './container.ts';
import { asUtf8, csvOptions, dialectOf, markBytes, SAMPLE_BYTES } from './csvDialect.ts';
import { textOf } from './lines.ts';

/** Counts of the parser after a row: the line on which it ends, from 1, and the bytes that it has read. */
type RowInfo = Readonly<Record<'lines' | 'bytes' | 'empty_lines', number>>;

type OnRow = (cells: readonly Uint8Array[], info: RowInfo) => void;

/** A parser that hands over each row at once and keeps none. */
function parserOf(dialect: CsvDialect, maxBytes: number, onRow: OnRow): Parser {
  const options: Options = {
    ...csvOptions(dialect.delimiter),
    max_record_size: Number.isFinite(maxBytes) ? maxBytes : 0,
    on_record: (cells, info) => {
      onRow(cells as unknown as readonly Uint8Array[], info);
      return null;
    },
  };
  const parser = new Parser(options);
  parser.resume();
  return parser;
}

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

/** The container of a CSV file. */
export async function csvAt(path: string): Promise<ContainerRef> {
  try {
    const { bytes, isWhole, encoding } = await csvSample(path);
    return { kind: 'csv', dialect: { ...dialectOf(bytes, isTabs(path), isWhole), encoding } };
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

/** Turns the cells of each row into a record. */
class RowReader {
  readonly found: CutRecord[] = [];
  readonly #width: number;
  readonly #writer: RowWriter;
  readonly #wants: (record: number) => boolean;
  readonly #dialect: CsvDialect;
  readonly #out = new TextSink();
  #isHeader = true;
  #record = 0;
  #before: RowInfo = { lines: 0, bytes: 0, empty_lines: 0 };
  readonly #text = new TextWindow();
  /** Bytes of the byte order mark, which offsets in the text don't count. */
  readonly #skipped: number;

  constructor(path: string, dialect: CsvDialect, wants: (record: number) => boolean = () => true) {
    this.#skipped = storedMark(path, dialect);
    this.#dialect = dialect;
    this.#width = dialect.columns.length;
    this.#writer = new RowWriter(dialect.columns);
    this.#wants = wants;
  }

  /** The next piece of the text, before its rows are read. */
  begin(chunk: Uint8Array): void {
    this.#text.push(chunk);
  }

  /** Its rows were read, and its memory may change. */
  finish(): void {
    this.#text.keepFrom(this.#before.bytes);
  }

  /** The line on which the next row begins, from 0. */
  get nextLine(): number {
    return this.#before.lines;
  }

  readonly onRow: OnRow = (cells, info) => {
    const before = this.#before;
    this.#before = { lines: info.lines, bytes: info.bytes, empty_lines: info.empty_lines };
    if (this.#isHeader) {
      this.#isHeader = false;
      return;
    }
    const record = this.#record++;
    if (!this.#wants(record)) return;
    const line = before.lines + info.empty_lines - before.empty_lines;
    const at = { record, line, byteStart: before.bytes, byteEnd: info.bytes, lineEnd: info.bytes };
    if (cells.length !== this.#width) {
      const fault = `The row has ${plural(cells.length, 'cell')}, and the header has ${this.#width}. Add or remove cells, or put the cell that holds a delimiter in quotes.`;
      this.found.push({ ...at, bytes: new Uint8Array(0), fault });
      return;
    }
    this.#out.length = 0;
    const starts: number[] = [];
    this.#writer.write(this.#out, cells, starts);
    this.found.push({
      ...at,
      bytes: this.#out.all.slice(),
      placeOf: (offset) => this.#placeOf(at, starts, offset),
    });
  };

  /** The cell that holds an offset of the line of JSON. */
  #placeOf(
    at: Pick<CutRecord, 'line' | 'byteStart' | 'byteEnd'>,
    starts: readonly number[],
    offset: number,
  ): RecordPlace {
    const cell = Math.max(
      0,
      starts.findLastIndex((start) => start <= offset),
    );
    return placeOfCell(this.#text.slice(at.byteStart, at.byteEnd), this.#dialect, at, cell, this.#skipped);
  }
}

/** The last pieces of a text, from the row on that is not read yet. */
class TextWindow {
  #pieces: { readonly start: number; readonly bytes: Uint8Array }[] = [];
  #end = 0;

  push(bytes: Uint8Array): void {
    this.#pieces.push({ start: this.#end, bytes });
    this.#end += bytes.length;
  }

  /** Forgets what stands before an offset. The rest of the last piece is copied: its memory may change. */
  keepFrom(offset: number): void {
    const last = this.#pieces.at(-1);
    this.#pieces = this.#pieces.filter((one) => one !== last && one.start + one.bytes.length > offset);
    if (!last) return;
    const from = Math.max(0, offset - last.start);
    this.#pieces.push({ start: last.start + from, bytes: new Uint8Array(last.bytes.subarray(from)) });
  }

  slice(start: number, end: number): Uint8Array {
    return concat(
      this.#pieces.map((one) =>
        one.bytes.subarray(Math.max(0, start - one.start), Math.max(0, end - one.start)),
      ),
    );
  }
}

/** Bytes of the byte order mark of a file whose text is stored as it is read; else 0. */
function storedMark(path: string, { encoding }: CsvDialect): number {
  if (codecOf(path).decode || encoding) return 0;
  const text = openCsvText(path);
  text.close();
  return text.skipped;
}

/** Where a cell of a row begins and ends. Blank lines may stand before the row. */
function placeOfCell(
  text: Uint8Array,
  { delimiter }: CsvDialect,
  { line, byteStart }: Pick<CutRecord, 'line' | 'byteStart'>,
  cell: number,
  skipped: number,
): RecordPlace {
  const blank = Math.max(
    0,
    text.findIndex((byte) => byte !== LINE_FEED && byte !== RETURN),
  );
  const bytes = text.subarray(blank);
  const ends: number[] = [];
  parse(bytes, {
    ...csvOptions(delimiter),
    cast: (value, { bytes: end }) => {
      ends.push(end);
      return value;
    },
  });
  // A cell ends before its delimiter, or before the line end.
  const start = cell === 0 ? 0 : (ends[cell - 1] ?? 0) + 1;
  const before = new TextDecoder().decode(bytes.subarray(0, start));
  const breaks = before.split('\n');
  const last = breaks.at(-1) ?? '';
  const rowStart = byteStart + blank + skipped;
  return {
    line: line + breaks.length - 1,
    column: last.length,
    byteStart: rowStart + start,
    byteEnd: rowStart + (ends[cell] ?? bytes.length),
  };
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
function openRows({ delimiter, columns }: CsvDialect, plainPath: string): RecordAccess {
  let text: ReturnType<typeof openCsvText> | undefined = openCsvText(plainPath);
  const writer = new RowWriter(columns);
  const out = new TextSink();
  const close = (): void => {
    text?.close();
    text = undefined;
  };
  return {
    bytesOf(_record, byteStart, byteEnd) {
      const stored = text?.read(byteStart, byteEnd) ?? NOTHING;
      let line = NOTHING;
      parse(stored, {
        ...csvOptions(delimiter),
        on_record: (row) => {
          const cells = row as unknown as readonly Uint8Array[];
          if (cells.length !== columns.length) return null;
          out.length = 0;
          writer.write(out, cells);
          line = out.all.slice();
          return null;
        },
      });
      return line;
    },
    lineEndAfter: (byteEnd) => byteEnd,
    pause: close,
    resume: () => {
      text = openCsvText(plainPath);
    },
    close,
  };
}

/** The records of a text, in groups as they are read. Throws a user error if the text can't be cut into rows. */
async function* csvRecords(
  path: string,
  dialect: CsvDialect,
  chunks: AsyncIterable<Uint8Array>,
  max: number,
  wants?: (record: number) => boolean,
  onBytes?: OnBytes,
): AsyncGenerator<readonly CutRecord[]> {
  const reader = new RowReader(path, dialect, wants);
  const parser = parserOf(dialect, max, reader.onRow);
  const failed = new Promise<never>((_resolve, reject) => {
    parser.once('error', reject);
  });
  // It is awaited below, with each write.
  failed.catch(() => undefined);
  const push = async (chunk: Uint8Array): Promise<readonly CutRecord[]> => {
    const written = new Promise<void>((resolve) => {
      parser.write(chunk, () => {
        resolve();
      });
    });
    await Promise.race([written, failed]);
    onBytes?.(chunk.length);
    return reader.found.splice(0);
  };
  try {
    for await (const chunk of asUtf8(path, chunks)) {
      reader.begin(chunk);
      yield await push(chunk);
      reader.finish();
    }
    const ended = new Promise<void>((resolve) => {
      parser.once('end', resolve);
    });
    parser.end();
    await Promise.race([ended, failed]);
    yield reader.found.splice(0);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!/^(?:CSV_|INVALID_)/.test(code)) throw error;
    yield reader.found.splice(0);
    const isQuote = code === 'CSV_QUOTE_NOT_CLOSED' || code === 'CSV_MAX_RECORD_SIZE';
    throw messages.badCsv(path, reader.nextLine, isQuote ? undefined : errorMessage(error));
  } finally {
    parser.destroy();
  }
}

export const CSV: Container = {
  isTable: false,
  isReadOnly: true,
  records: (file) =>
    async function* (wants) {
      const { path, maxRecordBytes } = file;
      const text = textOf(path, 0, Infinity);
      for await (const records of csvRecords(path, dialectIn(file), text, maxRecordBytes, wants))
        yield* records;
    },
  // A line end may be inside a cell: only the start of the file is sure to be one of a row.
  cut: async ({ size }) => Promise.resolve([0, size]),
  async readRange(range, take: Take, onBytes?: OnBytes) {
    const { path, maxRecordBytes = Infinity } = range;
    let lines = 0;
    const text = textOf(path, 0, Infinity);
    const all = csvRecords(path, dialectIn(range), text, maxRecordBytes, undefined, onBytes);
    for await (const records of all) {
      for (const raw of records) {
        take(raw);
        lines = raw.line + 1;
      }
    }
    return { lineCount: lines, isCut: true };
  },
  open: (file, plainPath) => openRows(dialectIn(file), plainPath),
  plan: refusePlan,
};
