// The text between two records of a JSON document, searched for byte by byte over chunks (Knuth, Morris, Pratt 1977).
import { concat } from '#core/concat.ts';
import { LINE_FEED, OPEN_OBJECT } from '#core/json/marks.ts';

/** A copy of the last bytes of two parts, at most `count`. */
function lastBytes(first: Uint8Array, second: Uint8Array, count: number): Uint8Array {
  const both = second.length < count ? concat([first, second]) : second;
  return new Uint8Array(both.subarray(Math.max(0, both.length - count)));
}

/** The seam of a layout, and the search for it. */
export class Seam {
  readonly bytes: Uint8Array;
  /** Where the next record begins in it. */
  readonly open: number;
  /** Line ends after that place. */
  readonly linesAfter: number;
  /** Bytes of white space between a line end and that place; −1 without a line end. */
  readonly column: number;
  readonly #next: Int32Array;
  /** Bytes of the seam that match. */
  #matched = 0;
  /** The last bytes before the chunk, fewer than the seam has. */
  #tail: Uint8Array = new Uint8Array(0);

  constructor(text: string) {
    this.bytes = new TextEncoder().encode(text);
    this.open = this.bytes.indexOf(OPEN_OBJECT);
    this.linesAfter = this.bytes.subarray(this.open).filter((byte) => byte === LINE_FEED).length;
    const newline = this.bytes.lastIndexOf(LINE_FEED, this.open);
    this.column = newline < 0 ? -1 : this.open - newline - 1;
    this.#next = new Int32Array(this.bytes.length);
    for (let at = 1, length = 0; at < this.bytes.length; at++) {
      length = this.#step(length, this.bytes[at] ?? 0);
      this.#next[at] = length;
    }
  }

  #step(matched: number, byte: number): number {
    let length = matched;
    while (length > 0 && this.bytes[length] !== byte) length = this.#next[length - 1] ?? 0;
    return this.bytes[length] === byte ? length + 1 : length;
  }

  /**
   * The search begins at a byte of the chunk.
   * @param before how many bytes before it may belong to the seam
   */
  begin(bytes: Uint8Array, at: number, before: number): void {
    const count = Math.min(this.bytes.length - 1, before);
    const own = bytes.subarray(Math.max(0, at - count), at);
    const earlier = this.#tail.subarray(Math.max(0, this.#tail.length - (count - own.length)));
    this.#matched = 0;
    for (const part of [earlier, own]) for (const byte of part) this.endsWith(byte);
  }

  /** True if the seam ends with this byte. */
  endsWith(byte: number): boolean {
    this.#matched = this.#step(this.#matched === this.bytes.length ? 0 : this.#matched, byte);
    return this.#matched === this.bytes.length;
  }

  endChunk(bytes: Uint8Array): void {
    this.#tail = lastBytes(this.#tail, bytes, this.bytes.length - 1);
  }
}
