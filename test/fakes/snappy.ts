// Snappy data that no library writes: every kind of tag, with copies from any distance.
import type { Random } from './tables.ts';
import { below } from './tables.ts';

/** The head of snappy data. */
export function snappyLength(length: number): Uint8Array {
  const head: number[] = [];
  let left = length;
  for (; left > 127; left >>>= 7) head.push((left & 127) | 128);
  return Uint8Array.from([...head, left]);
}

/** What follows the head. */
export const withoutHead = (compressed: Uint8Array): Uint8Array =>
  compressed.subarray(compressed.findIndex((byte) => byte < 128) + 1);

class Builder {
  readonly #body: number[] = [];
  readonly bytes: number[] = [];

  #number(value: number, size: number): void {
    for (let i = 0; i < size; i++) this.#body.push(Math.floor(value / 256 ** i) % 256);
  }

  /** @param size bytes of its length, 0 to 4; it must fit */
  literal(values: Uint8Array, size: number): void {
    const length = values.length - 1;
    this.#body.push(size === 0 ? length << 2 : (59 + size) << 2);
    this.#number(length, size);
    for (const value of values) {
      this.#body.push(value);
      this.bytes.push(value);
    }
  }

  /** @param size bytes of its offset, 1, 2 or 4; it must fit, and so must the length */
  copy(offset: number, length: number, size: number): void {
    if (size === 1) this.#body.push(((offset >> 8) << 5) | ((length - 4) << 2) | 1, offset & 255);
    else {
      this.#body.push(((length - 1) << 2) | (size === 2 ? 2 : 3));
      this.#number(offset, size);
    }
    for (let i = 0; i < length; i++) this.bytes.push(this.bytes[this.bytes.length - offset]!);
  }

  get all(): Uint8Array {
    const head = snappyLength(this.bytes.length);
    const out = new Uint8Array(head.length + this.#body.length);
    out.set(head);
    out.set(this.#body, head.length);
    return out;
  }
}

/** At least `length` bytes and their snappy form. Copies reach back by `reach` at most. */
export function randomSnappy(
  random: Random,
  length: number,
  reach: number,
): { readonly bytes: Uint8Array; readonly compressed: Uint8Array } {
  const made = new Builder();
  while (made.bytes.length < length) {
    const done = made.bytes.length;
    const kind = below(random, 20);
    if (done === 0 || kind < 5) {
      const size = below(random, 5);
      const most = [60, 256, 3000, 3000, 60_000][kind === 0 ? size : 0]!;
      const values = Uint8Array.from({ length: 1 + below(random, most) }, () => below(random, 256));
      made.literal(
        values,
        values.length > 256 ? Math.max(2, size) : values.length > 60 ? Math.max(1, size) : size,
      );
      continue;
    }
    const size = [1, 2, 4][below(random, 3)]!;
    const furthest = Math.min(done, reach, size === 1 ? 2047 : size === 2 ? 65_535 : Infinity);
    // Half of the copies overlap themselves.
    const offset = 1 + below(random, random() < 0.5 ? Math.min(furthest, 12) : furthest);
    made.copy(offset, size === 1 ? 4 + below(random, 8) : 1 + below(random, 64), size);
  }
  return { bytes: Uint8Array.from(made.bytes), compressed: made.all };
}

/** Compresses as one block, with copies from up to `reach` bytes before. */
export function longCopies(bytes: Uint8Array, reach: number): Uint8Array {
  const made = new Builder();
  const last = new Map<number, number>();
  let literal = 0;
  const flush = (end: number): void => {
    for (; literal < end; literal = Math.min(end, literal + 60))
      made.literal(bytes.subarray(literal, Math.min(end, literal + 60)), 0);
  };
  for (let at = 0; at + 4 <= bytes.length;) {
    const key = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    const found = last.get(key);
    last.set(key, at);
    if (found === undefined || at - found > reach) {
      at++;
      continue;
    }
    let length = 4;
    while (length < 64 && at + length < bytes.length && bytes[found + length] === bytes[at + length])
      length++;
    flush(at);
    made.copy(at - found, length, at - found > 65_535 ? 4 : 2);
    at += length;
    literal = at;
  }
  flush(bytes.length);
  return made.all;
}
