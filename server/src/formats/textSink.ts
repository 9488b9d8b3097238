// Builds lines of JSON byte by byte, without turning values into strings.

const HEX = '0123456789abcdef';
const BACKSLASH = 0x5c;

/** The character after the backslash, for bytes with a short escape. */
const SHORT: Readonly<Record<number, number>> = {
  0x22: 0x22,
  0x5c: 0x5c,
  0x08: 0x62,
  0x09: 0x74,
  0x0a: 0x6e,
  0x0c: 0x66,
  0x0d: 0x72,
};

/** 1 for bytes that JSON must escape. */
const NEEDS_ESCAPE = Uint8Array.from({ length: 256 }, (_, byte) => Number(byte < 0x20 || byte in SHORT));

/** Bytes to escape at a time: capacity is reserved for the worst case. */
const SLICE_BYTES = 1 << 16;

/** A buffer for JSON text, reused from row to row. */
export class TextSink {
  #bytes = new Uint8Array(1 << 16);
  length = 0;

  /** The text so far, valid until more is written. */
  get all(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  #room(count: number): Uint8Array {
    if (this.length + count > this.#bytes.length) {
      const next = new Uint8Array(Math.max(2 * this.#bytes.length, this.length + count));
      next.set(this.#bytes.subarray(0, this.length));
      this.#bytes = next;
    }
    return this.#bytes;
  }

  byte(value: number): void {
    this.#room(1)[this.length++] = value;
  }

  bytes(values: Uint8Array): void {
    this.#room(values.length).set(values, this.length);
    this.length += values.length;
  }

  ascii(text: string): void {
    const bytes = this.#room(text.length);
    for (let i = 0; i < text.length; i++) bytes[this.length++] = text.charCodeAt(i);
  }

  /** Writes a quoted string, escaped like JSON.stringify. Invalid UTF-8 stays unchanged. */
  text(from: Uint8Array, start: number, end: number): void {
    this.byte(0x22);
    for (let at = start; at < end; at += SLICE_BYTES)
      this.#escaped(from, at, Math.min(end, at + SLICE_BYTES));
    this.byte(0x22);
  }

  #escaped(from: Uint8Array, start: number, end: number): void {
    // An escaped byte takes six bytes at most.
    const bytes = this.#room(6 * (end - start));
    let at = this.length;
    for (let i = start; i < end; i++) {
      const first = i;
      while (i < end && NEEDS_ESCAPE[from[i] as number] === 0) i++;
      // Many bytes at once are copied faster than byte by byte.
      if (i - first > 32) {
        bytes.set(from.subarray(first, i), at);
        at += i - first;
      } else for (let k = first; k < i; k++) bytes[at++] = from[k] as number;
      if (i === end) break;
      const byte = from[i] as number;
      bytes[at++] = BACKSLASH;
      const letter = SHORT[byte];
      if (letter !== undefined) bytes[at++] = letter;
      else {
        for (const digit of ['u', '0', '0', HEX[byte >> 4] ?? '', HEX[byte & 15] ?? ''])
          bytes[at++] = digit.charCodeAt(0);
      }
    }
    this.length = at;
  }
}
