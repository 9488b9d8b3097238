// Splits JSON Lines bytes into records. Only 0x0A ends a line, so U+2028 and a lone CR inside a value are safe.
import { concat } from '#core/concat.ts';
import { LINE_FEED, RETURN, SPACE, TAB } from '#core/json/marks.ts';
import { tooLongMessage } from '#core/json/parseRecord.ts';
import type { CutRecord } from '#core/model/record.ts';
import { MAX_RECORD_BYTES } from '#core/model/record.ts';

const BOM = [0xef, 0xbb, 0xbf] as const;

function isBlank(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte !== SPACE && byte !== TAB && byte !== RETURN) return false;
  return true;
}

/** Splits a stream of chunks into records. Holds at most one line, and never one over the limit. */
export class LineCutter {
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #lineStart = 0;
  #line = 0;
  #record = 0;
  readonly #isFileStart: boolean;

  readonly #wants: (record: number) => boolean;
  readonly #max: number;

  /**
   * @param isFileStart false if the stream begins inside a file, so it has no BOM
   * @param wants false for a record to count but not to return
   * @param max bytes of a record: a longer one comes without its bytes, with a fault
   */
  constructor(
    isFileStart = true,
    wants: (record: number) => boolean = () => true,
    max: number = MAX_RECORD_BYTES,
  ) {
    this.#isFileStart = isFileStart;
    this.#wants = wants;
    this.#max = max;
  }

  /** Number of line ends so far, plus one for an unterminated last line. */
  get lineCount(): number {
    return this.#line;
  }

  /** The records that this chunk completes, in order. */
  *push(chunk: Uint8Array): Generator<CutRecord> {
    let from = 0;
    for (;;) {
      const at = chunk.indexOf(LINE_FEED, from);
      if (at < 0) break;
      const raw = this.#finish(chunk.subarray(from, at), 1);
      if (raw) yield raw;
      from = at + 1;
    }
    if (from < chunk.length) this.#keep(chunk.subarray(from));
  }

  /** The last record, if the file does not end with a line end. */
  *end(): Generator<CutRecord> {
    const raw = this.#pendingBytes > 0 ? this.#finish(new Uint8Array(0), 0) : undefined;
    if (raw) yield raw;
  }

  #keep(rest: Uint8Array): void {
    // Copies (a Node buffer's `slice` would not), because readers reuse their memory. Past the limit, keeps only
    // the length.
    if (this.#pendingBytes + rest.length <= this.#max) this.#pending.push(new Uint8Array(rest));
    else this.#pending = [];
    this.#pendingBytes += rest.length;
  }

  /** Skips an unwanted line: counts it if it is not blank. */
  #pass(tail: Uint8Array, length: number, endBytes: number): void {
    if (!isBlank(tail) || this.#pending.some((part) => !isBlank(part)) || length > this.#max) this.#record++;
    this.#line++;
    this.#lineStart += length + endBytes;
    this.#pending = [];
    this.#pendingBytes = 0;
  }

  #finish(tail: Uint8Array, endBytes: number): CutRecord | undefined {
    const isWanted = this.#wants(this.#record);
    // The first line may consist of a BOM only, so it takes the full path.
    if (!isWanted && this.#line > 0) {
      this.#pass(tail, this.#pendingBytes + tail.length, endBytes);
      return undefined;
    }
    const length = this.#pendingBytes + tail.length;
    let bytes =
      length > this.#max
        ? new Uint8Array(0)
        : this.#pending.length === 0
          ? tail
          : concat([...this.#pending, tail]);
    let byteStart = this.#lineStart;
    let byteEnd = byteStart + length;
    if (this.#isFileStart && this.#line === 0 && BOM.every((byte, i) => bytes[i] === byte)) {
      bytes = bytes.subarray(BOM.length);
      byteStart += BOM.length;
    }
    if (bytes.at(-1) === RETURN) {
      bytes = bytes.subarray(0, -1);
      byteEnd--;
    }
    const line = this.#line++;
    this.#lineStart += length + endBytes;
    this.#pending = [];
    this.#pendingBytes = 0;
    if (length <= this.#max && isBlank(bytes)) return undefined;
    const record = this.#record++;
    const fault = length > this.#max ? { fault: tooLongMessage(this.#max) } : undefined;
    return isWanted
      ? { record, line, byteStart, byteEnd, bytes, lineEnd: this.#lineStart, ...fault }
      : undefined;
  }
}

/** The records in a stream of chunks; with `wants`, only those. */
export async function* readRecords(
  chunks: AsyncIterable<Uint8Array>,
  wants?: (record: number) => boolean,
  max?: number,
): AsyncGenerator<CutRecord> {
  const cutter = new LineCutter(true, wants, max);
  for await (const chunk of chunks) yield* cutter.push(chunk);
  yield* cutter.end();
}

/** Byte offsets of all line starts: the index of a file, 8 bytes per line. */
export class LineIndex {
  #starts = new Float64Array(1 << 12);
  #count = 1;
  #size = 0;

  push(chunk: Uint8Array): void {
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1)) {
      if (this.#count === this.#starts.length) {
        const next = new Float64Array(this.#count * 2);
        next.set(this.#starts);
        this.#starts = next;
      }
      this.#starts[this.#count++] = this.#size + at + 1;
    }
    this.#size += chunk.length;
  }

  /** Starts of all lines, counted as in editors: what follows the last line end is a line, even if it is empty. */
  get lineStarts(): Float64Array {
    return this.#starts.subarray(0, this.#count);
  }
}

/** Line starts of bytes in memory. */
export function lineStartsOf(bytes: Uint8Array): Float64Array {
  const index = new LineIndex();
  index.push(bytes);
  return index.lineStarts;
}
