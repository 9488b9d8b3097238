// Finds where a JSON value ends, over chunks of a text, or where it stops to be JSON. Looks at brackets, strings and what
// may follow what; words and keys are left to the parser.
import {
  BACKSLASH,
  canFollow,
  CLOSE,
  CLOSE_OBJECT,
  GAP,
  KINDS,
  LINE_FEED,
  OPEN,
  OPEN_OBJECT,
  QUOTE,
  STRING,
  WORD,
} from '#core/json/marks.ts';

import type { TextPlaces } from './textPlaces.ts';

/** A value nested deeper counts as broken. */
const MAX_DEPTH = 1 << 24;

/** One value, or one key, at a time. */
export class ValueEnd {
  readonly #places: TextPlaces;
  /** The open brackets, by depth. */
  #stack = new Uint8Array(64);
  #depth = 0;
  #isString = false;
  #isEscaped = false;
  /** The last byte that is not white space; QUOTE after a string. */
  #mark = 0;
  /** The next line end in the chunk at or after the last place where a search began. */
  #newline = -1;
  /** Where reading stopped before the end: at the end of the chunk, or at a byte that JSON does not allow. */
  stop = 0;
  /** True if JSON does not allow the byte at `stop`. */
  isBroken = false;

  /** @param places counts the line ends in the value */
  constructor(places: TextPlaces) {
    this.#places = places;
  }

  /** @param byte the first one of a value, or the quote before a key */
  begin(byte: number): void {
    this.#depth = 0;
    this.#enter(byte === QUOTE, byte);
    if (KINDS[byte] === OPEN) this.#stack[this.#depth++] = byte;
  }

  /**
   * The value began before the text that is read next.
   * @param bracket the open one
   * @param mark the last byte that was read, QUOTE for a string
   */
  goOn(bracket: number, mark: number): void {
    this.#enter(false, mark);
    [this.#depth, this.#stack[0]] = [1, bracket];
  }

  #enter(isString: boolean, mark: number): void {
    this.#mark = mark;
    [this.#isString, this.#isEscaped, this.isBroken] = [isString, false, false];
  }

  newChunk(): void {
    this.#newline = -1;
  }

  /** The value is a number or a name such as true: the end of the text may end it. */
  get isWord(): boolean {
    return this.#depth === 0 && KINDS[this.#mark] === WORD;
  }

  /** Just after the value; −1 if reading stops before. */
  find(bytes: Uint8Array, from: number): number {
    let at = from;
    for (;;) {
      if (this.#isString) {
        at = this.findQuote(bytes, at);
        if (at < 0) return -1;
        this.#mark = QUOTE;
        if (this.#depth === 0) return at;
      }
      let mark = this.#mark;
      for (; at < bytes.length; at++) {
        const byte = bytes[at] ?? 0;
        const kind = KINDS[byte];
        if (this.#depth === 0 && kind !== WORD) return at;
        if (kind === GAP) {
          if (byte === LINE_FEED) this.#places.newLine(at);
          continue;
        }
        const isInObject = this.#stack[this.#depth - 1] === OPEN_OBJECT;
        if (kind === STRING) {
          if (!canFollow(mark, isInObject, true)) return this.#break(at);
          break;
        }
        if (kind === CLOSE) {
          if ((byte === CLOSE_OBJECT) !== isInObject) return this.#break(at);
          mark = byte;
          if (--this.#depth > 0) continue;
          return at + 1;
        }
        if (kind === OPEN) {
          if (!canFollow(mark, isInObject, false) || !this.#push(byte)) return this.#break(at);
        } else if (kind === WORD && mark === QUOTE) return this.#break(at);
        mark = byte;
      }
      this.#mark = mark;
      if (at === bytes.length) return this.#pause(at);
      this.#isString = true;
      at++;
    }
  }

  /** Just after the closing quote of the open string; −1 if reading stops before. */
  findQuote(bytes: Uint8Array, from: number): number {
    let at = this.#isEscaped ? from + 1 : from;
    this.#isEscaped = false;
    for (;;) {
      const quote = bytes.indexOf(QUOTE, at);
      const end = quote < 0 ? bytes.length : quote;
      if (this.#newline < at) {
        const next = bytes.indexOf(LINE_FEED, at);
        this.#newline = next < 0 ? Infinity : next;
      }
      if (this.#newline < end) return this.#break(this.#newline);
      let before = end;
      while (before > at && bytes[before - 1] === BACKSLASH) before--;
      const isEscape = (end - before) % 2 === 1;
      if (quote < 0) {
        this.#isEscaped = isEscape;
        return this.#pause(end);
      }
      if (!isEscape) {
        this.#isString = false;
        return quote + 1;
      }
      at = quote + 1;
    }
  }

  #pause(at: number): -1 {
    this.stop = at;
    return -1;
  }

  #break(at: number): -1 {
    this.isBroken = true;
    return this.#pause(at);
  }

  /** False if the value is too deep. */
  #push(byte: number): boolean {
    if (this.#depth === this.#stack.length) {
      if (this.#depth >= MAX_DEPTH) return false;
      const next = new Uint8Array(this.#stack.length * 2);
      next.set(this.#stack);
      this.#stack = next;
    }
    this.#stack[this.#depth++] = byte;
    return true;
  }
}
