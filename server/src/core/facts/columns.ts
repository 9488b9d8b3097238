/** A set of typed arrays that grow together. A column may hold several numbers per row. */
export type TypedColumn = Int32Array | Uint32Array | Uint8Array | Float32Array | Float64Array;

const START_ROWS = 64;

/** From here on, capacity grows by a quarter: doubling a million rows would waste a laptop's memory. */
const LARGE = 1 << 20;

/** Room beyond what was foreseen: rows that are never used take no memory, as the system gives it page by page. */
const RESERVE_TIMES = 1.1;

export class Columns<C extends { readonly [name in keyof C]: TypedColumn }> {
  readonly #make: (rows: number) => C;
  #all: C;
  #room = START_ROWS;
  #count = 0;

  /** `make` allocates the columns for a number of rows. */
  constructor(make: (rows: number) => C) {
    this.#make = make;
    this.#all = make(START_ROWS);
  }

  get count(): number {
    return this.#count;
  }

  /** The columns themselves; only the first `count` rows are valid. */
  get all(): C {
    return this.#all;
  }

  /** Adds a row and returns its number. */
  add(): number {
    if (this.#count === this.#room) this.#grow(this.#larger());
    return this.#count++;
  }

  /** Makes room for about so many rows, and a few more. */
  reserve(rows: number): void {
    if (rows > this.#room) this.#grow(Math.ceil(rows * RESERVE_TIMES));
  }

  #larger(): number {
    return this.#room < LARGE ? this.#room * 2 : Math.ceil(this.#room * 1.25);
  }

  /** Appends the first rows of other columns. Returns the columns that now hold them. */
  addRows(other: Readonly<C>, count: number): C {
    const needed = this.#count + count;
    if (needed > this.#room)
      this.#grow(this.#count === 0 ? Math.max(needed, START_ROWS) : Math.max(needed, this.#larger()));
    for (const name of Object.keys(other) as (keyof C)[]) {
      const [own, from] = [this.#all[name], other[name]];
      const width = own.length / this.#room;
      own.set(from.subarray(0, count * width), this.#count * width);
    }
    this.#count = needed;
    return this.#all;
  }

  /** Replaces `removed` rows from `at` on with the first rows of other columns. */
  replace(at: number, removed: number, other: Readonly<C>, count: number): void {
    const needed = this.#count - removed + count;
    if (needed > this.#room) this.#grow(needed);
    for (const name of Object.keys(other) as (keyof C)[]) {
      const [own, from] = [this.#all[name], other[name]];
      const width = own.length / this.#room;
      own.copyWithin((at + count) * width, (at + removed) * width, this.#count * width);
      own.set(from.subarray(0, count * width), at * width);
    }
    this.#count = needed;
  }

  /** Copies of the columns with only these rows, in this order. */
  pick(rows: Int32Array): C {
    const picked = this.#make(rows.length);
    for (const name of Object.keys(picked) as (keyof C)[]) {
      const [own, to] = [this.#all[name], picked[name]];
      const width = own.length / this.#room;
      if (width === 1) for (let row = 0; row < rows.length; row++) to[row] = own[rows[row] ?? 0] ?? 0;
      else
        for (let row = 0; row < rows.length; row++)
          for (let i = 0; i < width; i++) to[row * width + i] = own[(rows[row] ?? 0) * width + i] ?? 0;
    }
    return picked;
  }

  /** Takes ownership of whole columns. `room` is their capacity in rows. */
  load(columns: C, count: number, room: number): void {
    this.#all = columns;
    this.#count = count;
    this.#room = room;
    if (room === 0) this.#grow(START_ROWS);
  }

  #grow(room: number): void {
    const next = this.#make(room);
    for (const name of Object.keys(next) as (keyof C)[]) next[name].set(this.#all[name]);
    this.#all = next;
    this.#room = room;
  }
}
