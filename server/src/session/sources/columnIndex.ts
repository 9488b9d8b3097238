// Columns in very long lines: a JSON document of gigabytes may be one line. One pass over the text remembers the column
// at every megabyte, so that a later look reads no more than that.
import { isAscii } from 'node:buffer';

const LINE_FEED = 0x0a;

/** Bytes between two remembered places: two numbers each. */
const STEP_BYTES = 1 << 20;

/** UTF-16 units of text, which may begin or end inside a character: it counts at its first byte. */
function unitsIn(bytes: Uint8Array): number {
  if (isAscii(bytes)) return bytes.length;
  let units = 0;
  for (const byte of bytes) if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1;
  return units;
}

/** The units of the last line after some text, which a line with `before` units begins. */
function unitsAfter(before: number, text: Uint8Array): number {
  const newline = text.lastIndexOf(LINE_FEED);
  return newline < 0 ? before + unitsIn(text) : unitsIn(text.subarray(newline + 1));
}

export class ColumnIndex {
  readonly #bytes: number[] = [];
  readonly #units: number[] = [];
  #end = 0;
  #last = 0;

  /** Takes the next part of the text. */
  push(chunk: Uint8Array): void {
    if (this.#end >= (this.#bytes.at(-1) ?? -STEP_BYTES) + STEP_BYTES) {
      this.#bytes.push(this.#end);
      this.#units.push(this.#last);
    }
    // Editors don't count a byte order mark.
    const isMarked = this.#end === 0 && chunk[0] === 0xef && chunk[1] === 0xbb;
    this.#last = unitsAfter(isMarked ? -1 : this.#last, chunk);
    this.#end += chunk.length;
  }

  /**
   * The UTF-16 units before a byte in its line.
   * @param read the text between two bytes
   */
  unitsBefore(byte: number, read: (from: number, to: number) => Uint8Array): number {
    let [low, high] = [0, this.#bytes.length];
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if ((this.#bytes[middle] ?? 0) <= byte) low = middle;
      else high = middle;
    }
    const from = this.#bytes[low] ?? 0;
    const text = read(from, byte);
    const isMarked = from === 0 && text[0] === 0xef && text[1] === 0xbb;
    return unitsAfter(isMarked ? -1 : (this.#units[low] ?? 0), text);
  }
}

/** Whether a record begins so far behind another one of its line. */
export function hasLongLine(
  { line, byteStart }: { readonly line: Int32Array; readonly byteStart: Float64Array },
  recordCount: number,
  maxBytes: number,
): boolean {
  let first = 0;
  for (let record = 1; record < recordCount; record++) {
    if (line[record] !== line[first]) first = record;
    else if ((byteStart[record] ?? 0) - (byteStart[first] ?? 0) > maxBytes) return true;
  }
  return false;
}

/** The columns of a text. */
export async function columnsOf(
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<ColumnIndex> {
  const index = new ColumnIndex();
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    index.push(chunk);
  }
  return index;
}
