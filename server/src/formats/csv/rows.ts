// Cuts CSV into rows, and rows into cells, by bytes. As RFC 4180 says, and tolerant where writers are not: a quote that
// does not begin a cell is text, and so are all quotes of a cell that goes on after its closing quote.
import { concat } from '#core/concat.ts';
import { LINE_FEED, QUOTE, RETURN } from '#core/json/marks.ts';

/** Where the scanner is in a row. */
const START = 0; // of a cell
const PLAIN = 1;
const QUOTED = 2;
const CLOSED = 3; // after a quote that closes the cell, or is the first of two
const RETURNED = 4; // after a closing quote and a carriage return

/** Finds the ends of rows in pieces of a text. */
export class RowScanner {
  readonly #delimiter: number;
  #state = START;

  constructor(delimiter: string) {
    this.#delimiter = delimiter.charCodeAt(0);
  }

  /** A quote is open. */
  get isQuoted(): boolean {
    return this.#state === QUOTED;
  }

  /** Offset of the line feed that ends the row, or −1 if the row goes on after these bytes. */
  next(bytes: Uint8Array, from: number): number {
    const delimiter = this.#delimiter;
    let state = this.#state;
    for (let at = from; at < bytes.length; at++) {
      if (state === QUOTED) {
        at = bytes.indexOf(QUOTE, at);
        if (at < 0) break;
        state = CLOSED;
        continue;
      }
      const byte = bytes[at];
      if (byte === LINE_FEED) {
        this.#state = START;
        return at;
      }
      if (byte === delimiter) state = START;
      else if (byte === QUOTE && (state === START || state === CLOSED)) state = QUOTED;
      else state = byte === RETURN && state === CLOSED ? RETURNED : PLAIN;
    }
    this.#state = state;
    return -1;
  }
}

/** A row without its line end. Valid until the next piece of the text. */
export interface CsvRow {
  readonly bytes: Uint8Array;
  /** Line on which it begins, from 0. */
  readonly line: number;
  readonly byteStart: number;
  readonly byteEnd: number;
  /** Offset just after its line end. */
  readonly lineEnd: number;
}

const NOTHING = new Uint8Array(0);

/** Cuts a text that arrives in pieces into rows. Blank lines are no rows. Holds at most one row, none over the limit. */
export class RowCutter {
  readonly #scanner: RowScanner;
  readonly #max: number;
  #parts: Uint8Array[] = [];
  #partBytes = 0;
  #start = 0;
  #line = 0;
  #breaks = 0;

  /** @param max bytes of a row: a longer one comes without its bytes */
  constructor(delimiter: string, max = Infinity) {
    this.#scanner = new RowScanner(delimiter);
    this.#max = max;
  }

  /** Number of line ends so far, and one more for a last line without an end. */
  get lineCount(): number {
    return this.#line + (this.#partBytes > 0 ? this.#breaks + 1 : 0);
  }

  /** No row is open. */
  get isBetween(): boolean {
    return this.#partBytes === 0;
  }

  /** A quote is open; its row begins on this line, from 0. */
  get openLine(): number | undefined {
    return this.#scanner.isQuoted ? this.#line : undefined;
  }

  /** The rows that a piece completes. */
  *push(bytes: Uint8Array): Generator<CsvRow> {
    let from = 0;
    for (;;) {
      const end = this.#scanner.next(bytes, from);
      if (end < 0) break;
      const row = this.#finish(bytes.subarray(from, end), 1);
      from = end + 1;
      if (row) yield row;
    }
    if (from < bytes.length) this.#keep(bytes.subarray(from));
  }

  /** The last row, if it has no line end. */
  *end(): Generator<CsvRow> {
    const row = this.#partBytes > 0 ? this.#finish(NOTHING, 0) : undefined;
    if (row) yield row;
  }

  /** A copy, because readers reuse their memory. */
  #keep(rest: Uint8Array): void {
    this.#partBytes += rest.length;
    this.#breaks += breaksIn(rest);
    if (this.#partBytes <= this.#max) this.#parts.push(new Uint8Array(rest));
    else this.#parts = [];
  }

  #finish(tail: Uint8Array, endBytes: number): CsvRow | undefined {
    const length = this.#partBytes + tail.length;
    const all = this.#parts.length === 0 ? tail : concat([...this.#parts, tail]);
    const isLong = length > this.#max;
    const hasReturn = endBytes > 0 && !isLong && all.at(-1) === RETURN;
    const bytes = isLong ? NOTHING : hasReturn ? all.subarray(0, -1) : all;
    const [line, byteStart] = [this.#line, this.#start];
    this.#line += this.#breaks + breaksIn(tail) + endBytes;
    this.#start += length + endBytes;
    this.#parts = [];
    this.#partBytes = 0;
    this.#breaks = 0;
    const byteEnd = byteStart + length - Number(hasReturn);
    return byteEnd === byteStart ? undefined : { bytes, line, byteStart, byteEnd, lineEnd: this.#start };
  }
}

function breaksIn(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) count++;
  return count;
}

/** A cell in a row, reused from cell to cell. */
export class Cell {
  /** Its text, with its quotes if they are text. */
  start = 0;
  end = 0;
  /** Where a quote closes inside the text; 0 if none does. */
  #closed = 0;
  #hasDoubled = false;
  #scratch = new Uint8Array(1 << 12);

  /** Reads the cell that begins at an offset. Returns the offset of the delimiter after it, or the row's length. */
  read(row: Uint8Array, from: number, delimiter: number): number {
    this.#closed = 0;
    this.#hasDoubled = false;
    this.start = from;
    if (row[from] !== QUOTE) return (this.end = endOf(row, from, delimiter));
    for (let at = from + 1; ; at += 2) {
      at = row.indexOf(QUOTE, at);
      if (at < 0) return (this.end = row.length);
      const next = row[at + 1];
      if (next === QUOTE) {
        this.#hasDoubled = true;
        continue;
      }
      if (next !== undefined && next !== delimiter) {
        this.#closed = at;
        return (this.end = endOf(row, at, delimiter));
      }
      [this.start, this.end] = [from + 1, at];
      return at + 1;
    }
  }

  /** The text of the cell, valid until the next one is read. */
  textIn(row: Uint8Array): Uint8Array {
    const { start, end } = this;
    if (!this.#hasDoubled) return row.subarray(start, end);
    // Only quotes before the closing one are doubled.
    const until = this.#closed || end;
    if (this.#scratch.length < end - start) this.#scratch = new Uint8Array(2 * (end - start));
    let length = 0;
    const copy = (from: number, to: number): void => {
      this.#scratch.set(row.subarray(from, to), length);
      length += to - from;
    };
    let from = start;
    // The opening quote of a cell whose quotes are text has no second.
    for (let at = row.indexOf(QUOTE, this.#closed ? start + 1 : start); at >= 0 && at < until;) {
      copy(from, at + 1);
      from = at + 2;
      at = row.indexOf(QUOTE, from);
    }
    copy(from, end);
    return this.#scratch.subarray(0, length);
  }
}

function endOf(row: Uint8Array, from: number, delimiter: number): number {
  const end = row.indexOf(delimiter, from);
  return end < 0 ? row.length : end;
}

/** The cells of a row, as copies. */
export function cellsOf(row: Uint8Array, delimiter: string): Uint8Array[] {
  const [cells, cell, mark] = [[] as Uint8Array[], new Cell(), delimiter.charCodeAt(0)];
  for (let at = 0; at <= row.length; at++) {
    at = cell.read(row, at, mark);
    cells.push(cell.textIn(row).slice());
  }
  return cells;
}

/** The bytes of a row's cells with their quotes: of each, its start and its end. */
export function spansOf(row: Uint8Array, delimiter: string): (readonly [start: number, end: number])[] {
  const [spans, cell, mark] = [[] as [number, number][], new Cell(), delimiter.charCodeAt(0)];
  for (let at = 0; at <= row.length; at++) {
    const start = at;
    at = cell.read(row, at, mark);
    spans.push([start, at]);
  }
  return spans;
}
