// An open document as bytes, and the lines that changed since the last refresh. Editors count in lines and UTF-16 units;
// the engine works on bytes, so no file is ever one string. An edit may fall between the two halves of a character:
// #formats/wtf8.ts says what the bytes are then.
import { lineStartsOf } from '#formats/lines.ts';
import { decodeText, encodeText, HALF_BYTES, halfAt } from '#formats/wtf8.ts';

/** A place of a text, as editors count: lines from 0, and UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** A change of a text: of a range, or of the whole. */
export type TextChange = { readonly range: Range; readonly text: string } | { readonly text: string };

const LINE_FEED = 0x0a;
const RETURN = 0x0d;

/** Bytes of a character outside of the first plane: the only ones of two UTF-16 units. */
const WHOLE_BYTES = 4;

/** Lines that are as they were: all before `lineStart`, and the last `tailCount`. */
export interface Unchanged {
  readonly lineStart: number;
  readonly tailCount: number;
}

/** Collects what changed in a document since the last `take`. */
export class Follower {
  #unchanged: Unchanged | undefined;

  note(line: number, tail: number): void {
    this.#unchanged = {
      lineStart: Math.min(line, this.#unchanged?.lineStart ?? line),
      tailCount: Math.max(0, Math.min(tail, this.#unchanged?.tailCount ?? tail)),
    };
  }

  /** Undefined when nothing changed. */
  take(): Unchanged | undefined {
    const unchanged = this.#unchanged;
    this.#unchanged = undefined;
    return unchanged;
  }
}

/** Replace the bytes [start, end) by `bytes`. */
interface Splice {
  readonly start: number;
  readonly end: number;
  /** Where the change begins in the text before. */
  readonly spot: Spot;
  readonly bytes: Uint8Array;
}

/** A position that exists in the text, and its byte. */
interface Spot extends Position {
  readonly byte: number;
  /** It stands between the halves of the character that begins at the byte. */
  readonly isInside: boolean;
}

/** Positions past the end of a line or of the text mean its end, as in LSP. */
function spotAt(bytes: Uint8Array, lineStarts: Float64Array, position: Position): Spot {
  const line = Math.min(position.line, lineStarts.length - 1);
  const wanted = line < position.line ? Infinity : position.character;
  const start = lineStarts[line] ?? 0;
  const next = lineStarts[line + 1];
  let end = next === undefined ? bytes.length : next - 1;
  if (next !== undefined && end > start && bytes[end - 1] === RETURN) end--;
  let [byte, character] = [start, 0];
  while (character < wanted && byte < end) {
    const lead = bytes[byte] ?? 0;
    const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : WHOLE_BYTES;
    if (length === WHOLE_BYTES && wanted === character + 1)
      return { line, character: wanted, byte, isInside: true };
    byte += length;
    character += length === WHOLE_BYTES ? 2 : 1;
  }
  return { line, character, byte, isInside: false };
}

/** The halves of the character of four bytes at a byte. */
function halvesAt(bytes: Uint8Array, at: number): readonly [high: string, low: string] {
  const character = decodeText(bytes.subarray(at, at + WHOLE_BYTES));
  return [character.charAt(0), character.charAt(1)];
}

const isHigh = (half: string): boolean => half !== '' && half < '\udc00';

/** The bytes to replace: separated halves of a character are encoded alone, joined halves as one character. */
function spliceOf(bytes: Uint8Array, from: Spot, to: Spot, text: string): Splice {
  let [start, before] = [from.byte, ''];
  if (from.isInside) [before] = halvesAt(bytes, start);
  else if (isHigh(halfAt(bytes, start - HALF_BYTES))) {
    start -= HALF_BYTES;
    before = halfAt(bytes, start);
  }
  let [end, after] = [to.byte, ''];
  if (to.isInside) {
    [, after] = halvesAt(bytes, end);
    end += WHOLE_BYTES;
  } else {
    const half = halfAt(bytes, end);
    if (half !== '' && !isHigh(half)) [end, after] = [end + HALF_BYTES, half];
  }
  return { start, end, spot: from, bytes: encodeText(before + text + after) };
}

/** The bytes with all splices made. They must not overlap and must come from the last to the first. */
function splice(bytes: Uint8Array, splices: readonly Splice[]): Uint8Array {
  const size = splices.reduce((sum, one) => sum + one.bytes.length - (one.end - one.start), bytes.length);
  const out = new Uint8Array(size);
  let [until, outUntil] = [bytes.length, size];
  for (const one of splices) {
    const kept = bytes.subarray(one.end, until);
    out.set(kept, outUntil - kept.length);
    outUntil -= kept.length + one.bytes.length;
    out.set(one.bytes, outUntil);
    until = one.start;
  }
  out.set(bytes.subarray(0, until));
  return out;
}

function findLoneReturn(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(RETURN); at >= 0; at = bytes.indexOf(RETURN, at + 1))
    if (bytes[at + 1] !== LINE_FEED) return true;
  return false;
}

type RangedChange = Extract<TextChange, { readonly range: unknown }>;

/** A document that the editor owns. */
export class OpenDocument {
  readonly uri: string;
  #bytes: Uint8Array;
  #lineStarts: Float64Array;
  #version: number;
  #hasLoneReturn: boolean | undefined;
  readonly #followers = new Set<Follower>();

  constructor(uri: string, version: number, text: string) {
    this.uri = uri;
    this.#version = version;
    this.#bytes = encodeText(text);
    this.#lineStarts = lineStartsOf(this.#bytes);
  }

  get version(): number {
    return this.#version;
  }

  /** The text as it is now. Never written to: a change makes new bytes. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  get lineStarts(): Float64Array {
    return this.#lineStarts;
  }

  /** Makes the changes of one notification, each relative to the text after the one before. */
  change(changes: readonly TextChange[], version: number): void {
    this.#version = version;
    this.#hasLoneReturn = undefined;
    let waiting: Splice[] = [];
    const flush = (): void => {
      if (waiting.length === 0) return;
      this.#bytes = splice(this.#bytes, waiting);
      this.#lineStarts = lineStartsOf(this.#bytes);
      waiting = [];
    };
    for (const change of changes) {
      if (!('range' in change)) {
        waiting = [];
        this.#bytes = encodeText(change.text);
        this.#lineStarts = lineStartsOf(this.#bytes);
        this.#note(0, 0);
        continue;
      }
      // Editors send several edits from the last to the first: then positions still mean the old text.
      const last = waiting.at(-1);
      const { end } = change.range;
      const isInOldText =
        !last ||
        end.line < last.spot.line ||
        (end.line === last.spot.line && end.character <= last.spot.character);
      if (!isInOldText) flush();
      let made = this.#spliceOf(change);
      // Adjacent edits may join two halves of a character that neither edit sees alone.
      if (last && waiting.length > 0 && made.end >= last.start) {
        flush();
        made = this.#spliceOf(change);
      }
      this.#note(made.spot.line, this.#lineStarts.length - 1 - made.endLine);
      waiting.push(made);
    }
    flush();
  }

  /** A CR without LF. Editors disagree whether it ends a line. */
  get hasLoneReturn(): boolean {
    this.#hasLoneReturn ??= findLoneReturn(this.#bytes);
    return this.#hasLoneReturn;
  }

  /** The byte at a position. */
  byteAt(position: Position): number {
    return spotAt(this.#bytes, this.#lineStarts, position).byte;
  }

  /** The position of a byte that begins a character. */
  positionOf(byte: number): Position {
    let [low, high] = [0, this.#lineStarts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= byte) low = middle;
      else high = middle - 1;
    }
    return {
      line: low,
      character: decodeText(this.#bytes.subarray(this.#lineStarts[low] ?? 0, byte)).length,
    };
  }

  /** A line without its end. */
  lineAt(line: number): string {
    const [start, next] = [this.#lineStarts[line], this.#lineStarts[line + 1]];
    if (start === undefined) return '';
    return decodeText(this.#bytes.subarray(start, next)).replace(/\r?\n$/, '');
  }

  #spliceOf({ range, text }: RangedChange): Splice & { readonly endLine: number } {
    const [from, to] = [range.start, range.end].map((at) => spotAt(this.#bytes, this.#lineStarts, at)) as [
      Spot,
      Spot,
    ];
    return { ...spliceOf(this.#bytes, from, to, text), endLine: to.line };
  }

  /** A follower of all changes from now on, until `unfollow`. */
  follow(): Follower {
    const follower = new Follower();
    this.#followers.add(follower);
    return follower;
  }

  unfollow(follower: Follower): void {
    this.#followers.delete(follower);
  }

  #note(line: number, tail: number): void {
    for (const follower of this.#followers) follower.note(line, tail);
  }
}
