// An open document as bytes, and which of its lines changed since it was last looked at. Editors speak
// of lines and UTF-16 units; the engine works on bytes, and so no file is ever held as one string.
import type { Position, TextDocumentContentChangeEvent } from 'vscode-languageserver/node';

import { lineStartsOf } from '#formats/lines.ts';

const RETURN = 0x0d;

/** Lines that are as they were: all before `lineStart`, and the last `tailCount`. */
export interface Unchanged {
  readonly lineStart: number;
  readonly tailCount: number;
}

/** What changed in a document since it was last asked. */
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
  /** Where `start` is in the text before. */
  readonly spot: Spot;
  readonly bytes: Uint8Array;
}

const encoder = new TextEncoder();

/** A position that exists in the text, and its byte. */
interface Spot extends Position {
  readonly byte: number;
}

/** Positions past the end of a line or of the text are its end, as the protocol wants. */
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
    const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    byte += length;
    character += length === 4 ? 2 : 1;
  }
  return { line, character, byte };
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

/** A document that the editor owns. */
export class OpenDocument {
  readonly uri: string;
  #bytes: Uint8Array;
  #lineStarts: Float64Array;
  #version: number;
  readonly #followers = new Set<Follower>();

  constructor(uri: string, version: number, text: string) {
    this.uri = uri;
    this.#version = version;
    this.#bytes = encoder.encode(text);
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
  change(changes: readonly TextDocumentContentChangeEvent[], version: number): void {
    this.#version = version;
    let waiting: Splice[] = [];
    const flush = (): void => {
      if (waiting.length === 0) return;
      this.#bytes = splice(this.#bytes, waiting);
      this.#lineStarts = lineStartsOf(this.#bytes);
      waiting = [];
    };
    for (const change of changes) {
      const bytes = encoder.encode(change.text);
      if (!('range' in change)) {
        waiting = [];
        this.#bytes = bytes;
        this.#lineStarts = lineStartsOf(bytes);
        this.#note(0, 0);
        continue;
      }
      // Editors send several edits from the last to the first: then positions still mean the old text.
      const before = waiting.at(-1)?.spot;
      const { start, end } = change.range;
      const isInOldText =
        !before || end.line < before.line || (end.line === before.line && end.character <= before.character);
      if (!isInOldText) flush();
      this.#note(start.line, this.#lineStarts.length - 1 - end.line);
      const spot = spotAt(this.#bytes, this.#lineStarts, start);
      waiting.push({ start: spot.byte, end: spotAt(this.#bytes, this.#lineStarts, end).byte, spot, bytes });
    }
    flush();
  }

  /** Somebody who wants to know what changes from now on, until `unfollow`. */
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
