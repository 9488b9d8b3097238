// Streaming scanner for JSON that is not one record per line: reports where values begin and end, down to a few
// levels. Comments are passed over. It holds only requested values, so a list of many gigabytes takes the memory of
// one record.
import { concat } from '../concat.ts';
import { beginsComment, CommentEnd } from './comment.ts';
import {
  BACKSLASH,
  BETWEEN,
  CLOSE_LIST,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  GAP,
  KINDS,
  LINE_FEED,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
  SEPARATOR,
  WORD,
} from './marks.ts';

/** Longer keys are cut: they are only used as names. */
const MAX_KEY_BYTES = 200;

export type ValueKind = 'object' | 'list' | 'scalar';

/** A position in the text. Lines count from 0. */
export interface TextPlace {
  readonly byte: number;
  readonly line: number;
  /** Byte offset of the line's start, from which columns count. */
  readonly lineStart: number;
}

export interface ScannedValue {
  /** 0 for a document, 1 for its members, 2 for their members. */
  readonly depth: number;
  readonly kind: ValueKind;
  /** Field names that lead here; undefined for list items. */
  readonly keys: readonly (string | undefined)[];
  readonly start: TextPlace;
  byteEnd: number;
  lineEnd: number;
  /** Present if requested and not too long. */
  bytes?: Uint8Array;
}

/** A fault between values. */
export interface DocumentFault {
  readonly what: 'comma' | 'line break in a string' | 'unexpected' | 'comment' | 'end';
  readonly at: TextPlace;
}

export interface ScanListener {
  /** Depth down to which to report values. */
  readonly deepest: number;
  /**
   * Called when a value begins. Returns the maximum bytes to keep, 0 for none. A longer value arrives without its
   * bytes.
   */
  wants(value: ScannedValue): number;
  /** Called when a value ends. If nested values were both requested, only the outer one has its bytes. */
  take(value: ScannedValue): void;
}

type Expected = 'value' | 'value or end' | 'key' | 'key or end' | 'colon' | 'comma or end';
type Token = 'none' | 'string' | 'word' | 'comment';

const kindOf = (byte: number): ValueKind =>
  byte === OPEN_OBJECT ? 'object' : byte === OPEN_LIST ? 'list' : 'scalar';

export class DocumentScanner {
  readonly #listener: ScanListener;
  readonly #stack: number[] = [];
  readonly #open: (ScannedValue | undefined)[] = [];
  #expected: Expected = 'value';
  #token: Token = 'none';
  #isEscaped = false;
  readonly #comment = new CommentEnd();
  #isKey = false;
  #key: number[] = [];
  readonly #keys: (string | undefined)[] = [];
  #chunkStart = 0;
  #line = 0;
  #lineStart = 0;
  #lastComma: TextPlace | undefined;
  #wanted: ScannedValue | undefined;
  #wantedBytes = 0;
  #parts: Uint8Array[] = [];
  #partBytes = 0;
  /** The first fault; scanning continues by counting brackets. */
  fault: DocumentFault | undefined;
  /** The first comment. */
  comment: DocumentFault | undefined;
  /** Lines of the first and second byte that is not white space. */
  firstLines: readonly number[] = [];
  /** Line of the last such byte. */
  lastMarkLine = 0;
  /** A record separator stands before a document. */
  hasSeparator = false;
  /** A comma stands between two documents. */
  hasCommaBetween = false;

  constructor(listener: ScanListener) {
    this.#listener = listener;
  }

  push(chunk: Uint8Array): void {
    for (let i = 0; i < chunk.length; i++) {
      if (this.#token === 'string') {
        i = this.#endOfString(chunk, i);
        if (i === chunk.length) break;
        this.#token = 'none';
        if (this.#isKey) this.#endKey();
        else this.#close(chunk, i + 1);
        continue;
      }
      const byte = chunk[i] ?? 0;
      if (this.#token === 'comment') {
        if (byte === LINE_FEED) this.#newLine(i);
        if (this.#comment.step(byte)) this.#token = 'none';
        continue;
      }
      if (this.#token === 'word') {
        if (KINDS[byte] === WORD) continue;
        this.#token = 'none';
        this.#close(chunk, i);
      }
      if (KINDS[byte] === GAP) {
        if (byte === LINE_FEED) this.#newLine(i);
      } else if (beginsComment(byte)) {
        this.comment ??= { what: 'comment', at: this.#place(i) };
        this.#comment.begin(byte);
        this.#token = 'comment';
      } else if (this.#stack.length > 0 || !BETWEEN.has(byte)) this.#mark(chunk, byte, i);
      else if (byte === SEPARATOR) this.hasSeparator = true;
    }
    this.#keepPart(chunk, chunk.length);
    this.#chunkStart += chunk.length;
  }

  end(): void {
    const nothing = new Uint8Array(0);
    if (this.#token === 'word') {
      this.#token = 'none';
      this.#close(nothing, 0);
    }
    if (this.#stack.length > 0 || this.#token === 'string') this.#fail('end', this.#place(0));
  }

  /** End of the open string in the chunk; the chunk's length if it continues. */
  #endOfString(chunk: Uint8Array, from: number): number {
    let i = from;
    for (; i < chunk.length; i++) {
      const byte = chunk[i] ?? 0;
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === QUOTE) break;
      else if (byte === BACKSLASH) this.#isEscaped = true;
      else if (byte === LINE_FEED) {
        this.#fail('line break in a string', this.#place(i));
        this.#newLine(i);
      }
    }
    if (this.#isKey && this.#stack.length <= this.#listener.deepest)
      for (let k = from; k < i && this.#key.length < MAX_KEY_BYTES; k++) this.#key.push(chunk[k] ?? 0);
    return i;
  }

  #newLine(i: number): void {
    this.#line++;
    this.#lineStart = this.#chunkStart + i + 1;
  }

  #place(i: number): TextPlace {
    return { byte: this.#chunkStart + i, line: this.#line, lineStart: this.#lineStart };
  }

  #fail(what: DocumentFault['what'], at: TextPlace): void {
    this.fault ??= { what, at };
  }

  /** Handles a byte that is neither white space nor inside a string or word. */
  #mark(chunk: Uint8Array, byte: number, i: number): void {
    this.lastMarkLine = this.#line;
    if (this.firstLines.length < 2) this.firstLines = [...this.firstLines, this.#line];
    switch (byte) {
      case QUOTE:
        this.#token = 'string';
        this.#isKey = this.#expected === 'key' || this.#expected === 'key or end';
        if (this.#isKey) this.#key = [];
        else this.#begin(byte, i);
        break;
      case OPEN_OBJECT:
      case OPEN_LIST:
        this.#begin(byte, i);
        this.#stack.push(byte);
        this.#expected = byte === OPEN_OBJECT ? 'key or end' : 'value or end';
        break;
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        this.#endContainer(chunk, byte, i);
        break;
      case COMMA:
        if (this.#stack.length <= 1) this.#lastComma = this.#place(i);
        if (this.#stack.length === 0) {
          this.hasCommaBetween = true;
          break;
        }
        if (this.#expected !== 'comma or end') this.#fail('unexpected', this.#place(i));
        this.#expected = this.#stack.at(-1) === OPEN_OBJECT ? 'key' : 'value';
        break;
      case COLON:
        if (this.#expected !== 'colon') this.#fail('unexpected', this.#place(i));
        this.#expected = 'value';
        break;
      default:
        this.#begin(byte, i);
        this.#token = 'word';
    }
  }

  #begin(byte: number, i: number): void {
    const depth = this.#stack.length;
    if (this.#expected !== 'value' && this.#expected !== 'value or end')
      this.#fail('unexpected', this.#place(i));
    if (depth > this.#listener.deepest) return;
    if (this.#stack.at(-1) === OPEN_LIST) this.#keys[depth - 1] = undefined;
    const start = this.#place(i);
    const keys = this.#keys.slice(0, depth);
    const value: ScannedValue = {
      depth,
      kind: kindOf(byte),
      keys,
      start,
      byteEnd: start.byte,
      lineEnd: start.line,
    };
    this.#open[depth] = value;
    const wanted = this.#listener.wants(value);
    if (this.#wanted || wanted === 0) return;
    this.#wanted = value;
    this.#wantedBytes = wanted;
    this.#parts = [];
    this.#partBytes = 0;
  }

  #endKey(): void {
    const depth = this.#stack.length;
    this.#expected = 'colon';
    if (depth > this.#listener.deepest) return;
    const text = new TextDecoder().decode(Uint8Array.from(this.#key));
    try {
      this.#keys[depth - 1] = JSON.parse(`"${text}"`) as string;
    } catch {
      // The key was cut inside an escape.
      this.#keys[depth - 1] = text;
    }
  }

  #endContainer(chunk: Uint8Array, byte: number, i: number): void {
    const open = this.#stack.at(-1);
    const isOwn = open === (byte === CLOSE_OBJECT ? OPEN_OBJECT : OPEN_LIST);
    const isAfterComma = this.#expected === 'value' || this.#expected === 'key';
    if (isOwn && isAfterComma && this.#stack.length === 1 && this.#lastComma)
      this.#fail('comma', this.#lastComma);
    else if (!isOwn || isAfterComma || this.#expected === 'colon') {
      // Faults inside records are reported for the record.
      if (!isOwn || this.#stack.length <= 1) this.#fail('unexpected', this.#place(i));
    }
    if (open === undefined) return;
    this.#stack.pop();
    this.#keys.length = Math.min(this.#keys.length, this.#stack.length);
    this.#close(chunk, i + 1);
  }

  /** Ends a value before this byte of the chunk. */
  #close(chunk: Uint8Array, end: number): void {
    const depth = this.#stack.length;
    this.#expected = depth === 0 ? 'value' : 'comma or end';
    const value = this.#open[depth];
    if (!value) return;
    this.#open[depth] = undefined;
    value.byteEnd = this.#chunkStart + end;
    value.lineEnd = this.#line;
    if (value === this.#wanted) {
      if (this.#keepPart(chunk, end)) value.bytes = concat(this.#parts);
      this.#wanted = undefined;
      this.#parts = [];
    }
    this.#listener.take(value);
  }

  /**
   * Keeps the chunk's part of the requested value, because readers reuse chunks. False if it is no longer
   * requested.
   */
  #keepPart(chunk: Uint8Array, end: number): boolean {
    if (!this.#wanted) return false;
    const part = chunk.subarray(Math.max(0, this.#wanted.start.byte - this.#chunkStart), end);
    this.#partBytes += part.length;
    if (this.#partBytes <= this.#wantedBytes) {
      this.#parts.push(new Uint8Array(part));
      return true;
    }
    // Too long, but a value inside it may be requested.
    this.#wanted = undefined;
    this.#parts = [];
    return false;
  }
}
