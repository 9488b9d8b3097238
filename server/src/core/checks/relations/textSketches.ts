// What is kept of the texts of pairs, for the checks that compare them.
import type { Pair } from '../../model/pair.ts';
import { SIGNATURE_BYTES, writeSignature } from './nearDuplicates.ts';
import { WORDS_BYTES } from './wordSketch.ts';

export interface TextSketches {
  /** SIGNATURE_BYTES for each of the first pairs, for near duplicates. */
  readonly signatures: Uint8Array<ArrayBuffer>;
  /** WORDS_BYTES for each pair, for answers to other prompts; empty unless that rule is on. */
  readonly words: Uint8Array<ArrayBuffer>;
}

/** Pairs whose sketches are kept, at most. */
export interface SketchLimits {
  readonly maxSigned: number;
  /** Of more pairs, no words are kept. */
  readonly maxWords: number;
}

export const NO_SKETCHES: SketchLimits = { maxSigned: 0, maxWords: 0 };

/** Rows in a block. */
const MIN_BLOCK = 64;
const MAX_BLOCK = 4096;

/** Rows of bytes, in blocks: one growing buffer would leave twice as much garbage as there are rows. */
class Rows {
  readonly #width: number;
  readonly #blocks: Uint8Array[] = [];
  #count = 0;
  block = new Uint8Array(0);
  /** Where the present row begins in the block. */
  at = 0;

  constructor(width: number) {
    this.#width = width;
  }

  next(): void {
    this.at += this.#width;
    if (this.at >= this.block.length) {
      const rows = Math.min(MAX_BLOCK, Math.max(MIN_BLOCK, this.#count));
      this.block = new Uint8Array(rows * this.#width);
      this.#blocks.push(this.block);
      this.at = 0;
    }
    this.#count++;
  }

  /** All rows as one. */
  take(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.#count * this.#width);
    let at = 0;
    for (const block of this.#blocks) {
      all.set(block.subarray(0, Math.min(block.length, all.length - at)), at);
      at += block.length;
    }
    return all;
  }
}

/** Sketches of consecutive pairs. */
export class Sketcher {
  readonly #max: number;
  readonly #maxWords: number;
  readonly #signatures = new Rows(SIGNATURE_BYTES);
  #words: Rows | undefined;
  #count = 0;

  constructor({ maxSigned, maxWords }: SketchLimits) {
    this.#max = maxSigned;
    this.#maxWords = maxWords;
    this.#words = maxWords > 0 ? new Rows(WORDS_BYTES) : undefined;
  }

  add(pair: Pair): void {
    if (this.#count >= this.#max) return;
    if (++this.#count > this.#maxWords) this.#words = undefined;
    const [signatures, words] = [this.#signatures, this.#words];
    signatures.next();
    words?.next();
    writeSignature(pair, signatures.block, signatures.at, words?.block, words?.at);
  }

  take(): TextSketches {
    return {
      signatures: this.#signatures.take(),
      words: this.#words?.take() ?? new Uint8Array(0),
    };
  }
}

/** Sketches of these pairs, with their words. */
export function sketchesOf(pairs: readonly Pair[]): TextSketches {
  const sketcher = new Sketcher({ maxSigned: Infinity, maxWords: Infinity });
  for (const pair of pairs) sketcher.add(pair);
  return sketcher.take();
}

/** Bytes that are added one part after the other. */
class Joined {
  #bytes = new Uint8Array(0);
  #length = 0;

  add(part: Uint8Array, share: number): void {
    const needed = this.#length + part.length;
    if (needed > this.#bytes.length) {
      const foreseen = this.#length === 0 && share < 1 ? (1.1 * part.length) / share : 1.25 * this.#length;
      const next = new Uint8Array(Math.max(needed, Math.ceil(foreseen)));
      next.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = next;
    }
    this.#bytes.set(part, this.#length);
    this.#length = needed;
  }

  take(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }
}

/** Sketches of consecutive ranges as one. */
export class SketchJoin {
  readonly #limits: SketchLimits;
  #signatures: Joined | undefined = new Joined();
  #words: Joined | undefined = new Joined();
  #count = 0;

  constructor(limits: SketchLimits) {
    this.#limits = limits;
  }

  /**
   * @param part undefined if the range was not sketched
   * @param share of all ranges that were read with this one, 0 to 1: room for the rest is made at once
   */
  add(part: TextSketches | undefined, pairCount: number, share = 1): void {
    this.#count += pairCount;
    const { maxSigned, maxWords } = this.#limits;
    const isSigned = part?.signatures.length === SIGNATURE_BYTES * pairCount;
    if (!isSigned || this.#count > maxSigned) this.#signatures = this.#words = undefined;
    else this.#signatures?.add(part.signatures, share);
    if (part?.words.length !== WORDS_BYTES * pairCount || this.#count > maxWords) this.#words = undefined;
    else this.#words?.add(part.words, share);
  }

  /** Undefined if some pair has no signature; without words if some pair has none. */
  take(): TextSketches | undefined {
    if (!this.#signatures) return undefined;
    return { signatures: this.#signatures.take(), words: this.#words?.take() ?? new Uint8Array(0) };
  }
}

/** Sketches of datasets, one after the other. */
export function joinSketches(parts: readonly TextSketches[]): TextSketches {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const join = new SketchJoin({ maxSigned: Infinity, maxWords: Infinity });
  for (const part of parts) join.add(part, part.signatures.length / SIGNATURE_BYTES);
  return join.take() ?? { signatures: new Uint8Array(0), words: new Uint8Array(0) };
}
