/** Typed arrays that grow together. A column may hold several numbers a row. */
export type TypedColumn = Int32Array | Uint32Array | Uint8Array | Float32Array | Float64Array;

const START_ROWS = 1024;

/** From here on room grows by half: doubling a million rows would waste what a laptop has. */
const LARGE = 1 << 20;

export class Columns<C extends { readonly [name in keyof C]: TypedColumn }> {
  readonly #make: (rows: number) => C;
  #all: C;
  #room = START_ROWS;
  #count = 0;

  /** `make` gives fresh columns for so many rows. */
  constructor(make: (rows: number) => C) {
    this.#make = make;
    this.#all = make(START_ROWS);
  }

  get count(): number {
    return this.#count;
  }

  /** The columns as they are; only the first `count` rows mean anything. */
  get all(): C {
    return this.#all;
  }

  /** Room for one more row; its number. */
  add(): number {
    if (this.#count === this.#room)
      this.#grow(this.#room < LARGE ? this.#room * 2 : Math.ceil(this.#room * 1.5));
    return this.#count++;
  }

  /** Takes whole columns over, as read from disk. */
  load(columns: C, count: number): void {
    this.#all = columns;
    this.#count = count;
    this.#room = count;
    if (count === 0) this.#grow(START_ROWS);
  }

  #grow(room: number): void {
    const next = this.#make(room);
    for (const name of Object.keys(next) as (keyof C)[]) next[name].set(this.#all[name]);
    this.#all = next;
    this.#room = room;
  }
}
