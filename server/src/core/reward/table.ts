// Scores by key: a model's output for an answer, or for two answers in the order of their keys.
import type { Key } from '../hash.ts';

/** Bits of a row's flags. */
export const PROMPT_CUT = 1;
/** The score is for only a part of the answer, because it was too long. */
export const ANSWER_CUT = 2;
/** The model could not score it; its values are NaN. */
export const REFUSED = 4;

export interface ScoreRow {
  readonly key: Key;
  /** Length: the table's width. */
  readonly values: ArrayLike<number>;
  /** Tokens that the model saw. */
  readonly tokens: number;
  readonly flags: number;
  /** Index in `PROVIDER_NAMES`; one past the end means a server. */
  readonly provider: number;
  /** Seconds since 1970. */
  readonly time: number;
}

const START_ROOM = 1 << 10;

/** Rows stay in insertion order; adding a known key overwrites its row. */
export class ScoreTable {
  readonly width: number;
  #slots = new Int32Array(2 * START_ROOM).fill(-1);
  #keys = new Uint32Array(2 * START_ROOM);
  #values: Float32Array;
  #tokens = new Int32Array(START_ROOM);
  #flags = new Uint8Array(START_ROOM);
  #providers = new Uint8Array(START_ROOM);
  #times = new Uint32Array(START_ROOM);
  #count = 0;

  constructor(width: number) {
    this.width = width;
    this.#values = new Float32Array(START_ROOM * width);
  }

  get count(): number {
    return this.#count;
  }

  /** A key's row, or −1. */
  rowOf(key: Key): number {
    return this.#slots[this.#slotOf(key)] ?? -1;
  }

  has(key: Key): boolean {
    return this.rowOf(key) >= 0;
  }

  /** Not a copy. */
  values(row: number): Float32Array {
    return this.#values.subarray(row * this.width, (row + 1) * this.width);
  }

  flags(row: number): number {
    return this.#flags[row] ?? 0;
  }

  tokens(row: number): number {
    return this.#tokens[row] ?? 0;
  }

  provider(row: number): number {
    return this.#providers[row] ?? 0;
  }

  time(row: number): number {
    return this.#times[row] ?? 0;
  }

  key(row: number): Key {
    return [this.#keys[2 * row] ?? 0, this.#keys[2 * row + 1] ?? 0];
  }

  /** Removes all rows but keeps the capacity. */
  clear(): void {
    this.#slots.fill(-1);
    this.#count = 0;
  }

  set({ key, values, tokens, flags, provider, time }: ScoreRow): void {
    const slot = this.#slotOf(key);
    let row = this.#slots[slot] ?? -1;
    if (row < 0) {
      if (this.#count === this.#tokens.length) {
        this.#grow();
        this.set({ key, values, tokens, flags, provider, time });
        return;
      }
      row = this.#count++;
      this.#slots[slot] = row;
      this.#keys.set(key, 2 * row);
    }
    for (let i = 0; i < this.width; i++) this.#values[row * this.width + i] = values[i] ?? Number.NaN;
    this.#tokens[row] = tokens;
    this.#flags[row] = flags;
    this.#providers[row] = provider;
    this.#times[row] = time;
  }

  #slotOf([low, high]: Key): number {
    const mask = this.#slots.length - 1;
    for (let slot = (low ^ Math.imul(high, 0x9e3779b1)) & mask; ; slot = (slot + 1) & mask) {
      const row = this.#slots[slot] ?? -1;
      if (row < 0 || (this.#keys[2 * row] === low && this.#keys[2 * row + 1] === high)) return slot;
    }
  }

  #grow(): void {
    const room = 2 * this.#tokens.length;
    const grown = <T extends Int32Array | Uint32Array | Uint8Array | Float32Array>(old: T, next: T): T => {
      next.set(old);
      return next;
    };
    this.#keys = grown(this.#keys, new Uint32Array(2 * room));
    this.#values = grown(this.#values, new Float32Array(room * this.width));
    this.#tokens = grown(this.#tokens, new Int32Array(room));
    this.#flags = grown(this.#flags, new Uint8Array(room));
    this.#providers = grown(this.#providers, new Uint8Array(room));
    this.#times = grown(this.#times, new Uint32Array(room));
    this.#slots = new Int32Array(2 * room).fill(-1);
    for (let row = 0; row < this.#count; row++) this.#slots[this.#slotOf(this.key(row))] = row;
  }
}
