const encoder = new TextEncoder();

/** Follows every text, for loops that read one unit ahead. */
const LINE_END = 0x0a;

const OTHER_BLANKS: ReadonlySet<number> = new Set([0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff]);

/** What `\s` matches and `trim` removes. */
export function isBlank(code: number): boolean {
  if (code <= 0x20) return code === 0x20 || (code >= 0x09 && code <= 0x0d);
  if (code <= 0xa0) return code === 0xa0;
  return (code >= 0x2000 && code <= 0x200a) || OTHER_BLANKS.has(code);
}

/**
 * The UTF-16 units of one text: quicker to read from an array than one by one from a string. Reads the next text in place
 * of the last one.
 */
export class Units {
  length = 0;
  /** Followed by a line end. */
  codes = new Uint16Array(1 << 12);
  /** The text without blanks at both ends, as a half-open range. */
  start = 0;
  end = 0;
  #bytes = new Uint8Array(1 << 12);

  read(text: string): this {
    const { length } = text;
    if (length >= this.codes.length) {
      this.codes = new Uint16Array(2 * length);
      this.#bytes = new Uint8Array(2 * length);
    }
    const [codes, bytes] = [this.codes, this.#bytes];
    // As many bytes as units hold the whole text only if it is ASCII.
    if (encoder.encodeInto(text, bytes.subarray(0, length)).read === length)
      for (let at = 0; at < length; at++) codes[at] = bytes[at] as number;
    else for (let at = 0; at < length; at++) codes[at] = text.charCodeAt(at);
    codes[length] = LINE_END;
    this.length = length;
    let [start, end] = [0, length];
    while (start < end && isBlank(codes[start] as number)) start++;
    while (end > start && isBlank(codes[end - 1] as number)) end--;
    this.start = start;
    this.end = end;
    return this;
  }
}
