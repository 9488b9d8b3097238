// The text between two records of a JSON document, searched for byte by byte over chunks (Knuth, Morris, Pratt 1977).
import { LINE_FEED, OPEN_OBJECT } from '#core/json/marks.ts';

/** The seam of a layout, ready to search for. */
export class Seam {
  readonly bytes: Uint8Array;
  /** Where the next record begins in it. */
  readonly open: number;
  /** Line ends after that place. */
  readonly linesAfter: number;
  /** Bytes of white space between a line end and that place; −1 without a line end. */
  readonly column: number;
  readonly #next: Int32Array;

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

  /** How many bytes match after one more. */
  step(matched: number, byte: number): number {
    return this.#step(matched === this.bytes.length ? 0 : matched, byte);
  }
}
