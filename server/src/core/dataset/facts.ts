/** Bits of Facts.flags. */
export const HAS_PAIR = 1;

const START_ROWS = 1024;

interface Columns {
  line: Int32Array;
  byteStart: Float64Array;
  byteEnd: Float64Array;
  chosenLength: Int32Array;
  rejectedLength: Int32Array;
  flags: Uint8Array;
  margin: Float32Array;
  /** The record's number when origins were last marked; −1 for one that came since. */
  origin: Int32Array;
}

function columnsOf(rows: number): Columns {
  return {
    line: new Int32Array(rows),
    byteStart: new Float64Array(rows),
    byteEnd: new Float64Array(rows),
    chosenLength: new Int32Array(rows),
    rejectedLength: new Int32Array(rows),
    flags: new Uint8Array(rows),
    margin: new Float32Array(rows).fill(Number.NaN),
    origin: new Int32Array(rows),
  };
}

/** What is known of a record before anything is scored. Lengths in UTF-16 units. */
export interface FactsRow {
  readonly line: number;
  readonly byteStart: number;
  readonly byteEnd: number;
  readonly chosenLength: number;
  readonly rejectedLength: number;
  readonly flags: number;
}

/**
 * The fixed-width numbers kept of each record, 37 bytes a record. Everything that ranks, counts or
 * filters runs on these and never touches the text.
 */
export class Facts {
  #columns = columnsOf(START_ROWS);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The columns as they are; only the first `count` rows mean anything. */
  get columns(): Readonly<Columns> {
    return this.#columns;
  }

  push(row: FactsRow): void {
    if (this.#count === this.#columns.line.length) this.#grow();
    const at = this.#count++;
    const c = this.#columns;
    c.line[at] = row.line;
    c.byteStart[at] = row.byteStart;
    c.byteEnd[at] = row.byteEnd;
    c.chosenLength[at] = row.chosenLength;
    c.rejectedLength[at] = row.rejectedLength;
    c.flags[at] = row.flags;
    c.margin[at] = Number.NaN;
    c.origin[at] = -1;
  }

  /** Appends a row of other facts, moved by some lines and bytes. Margin and origin come along. */
  pushFrom(other: Facts, row: number, lines: number, bytes: number): void {
    const c = other.columns;
    this.push({
      line: (c.line[row] ?? 0) + lines,
      byteStart: (c.byteStart[row] ?? 0) + bytes,
      byteEnd: (c.byteEnd[row] ?? 0) + bytes,
      chosenLength: c.chosenLength[row] ?? 0,
      rejectedLength: c.rejectedLength[row] ?? 0,
      flags: c.flags[row] ?? 0,
    });
    this.setMargin(this.#count - 1, c.margin[row] ?? Number.NaN);
    this.#columns.origin[this.#count - 1] = c.origin[row] ?? -1;
  }

  /** Gives every record its present number to remember, through whatever edits come. */
  markOrigins(): void {
    for (let record = 0; record < this.#count; record++) this.#columns.origin[record] = record;
  }

  hasPair(record: number): boolean {
    return ((this.#columns.flags[record] ?? 0) & HAS_PAIR) !== 0;
  }

  margin(record: number): number {
    return this.#columns.margin[record] ?? Number.NaN;
  }

  setMargin(record: number, margin: number): void {
    this.#columns.margin[record] = margin;
  }

  /** The record on a line, or −1. Lines rise with records, so this is a binary search. */
  recordAtLine(line: number): number {
    let [low, high] = [0, this.#count - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const at = this.#columns.line[middle] ?? 0;
      if (at === line) return middle;
      if (at < line) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  #grow(): void {
    const next = columnsOf(this.#columns.line.length * 2);
    for (const name of Object.keys(next) as (keyof Columns)[]) next[name].set(this.#columns[name]);
    this.#columns = next;
  }
}
