// Word unigrams and bigrams of a text, for the consistency scorer.
import { Units } from './units.ts';

/** log2 of the hashed vocabulary's size. */
export const FEATURE_BITS = 18;
const MASK = (1 << FEATURE_BITS) - 1;

const KIND_SPACE = 0;
const KIND_WORD = 1;
const KIND_MARK = 2;
const KIND_WIDE = 3;

function kindOf(code: number): number {
  if (code < 0x80) {
    if ((code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a)) return KIND_WORD;
    if ((code >= 0x30 && code <= 0x39) || code === 0x27) return KIND_WORD;
    return code <= 0x20 ? KIND_SPACE : KIND_MARK;
  }
  if (code === 0xa0 || code === 0x2028 || code === 0x2029 || code === 0x3000) return KIND_SPACE;
  // Scripts without spaces between words: each character is a token.
  if (code >= 0x2e80 && code <= 0x9fff) return KIND_WIDE;
  if (code >= 0x2000 && code <= 0x2bff) return KIND_MARK;
  return KIND_WORD;
}

const KINDS = Uint8Array.from({ length: 128 }, (_, code) => kindOf(code));
const FOLDED = Uint8Array.from({ length: 128 }, (_, code) =>
  code >= 0x41 && code <= 0x5a ? code | 0x20 : code,
);

function mix(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) & MASK;
}

/** Words that count as the opening of an answer. */
const OPENING = 12;

/** Features of a token, at most. */
export const FEATURES = 3;

/**
 * The tokens of one text (lower-case words, punctuation, line breaks and single CJK characters) and their features, for
 * all that count them. Reads the next text in place of the last one, without allocating strings.
 */
export class TokenList {
  readonly units = new Units();
  count = 0;
  hashes = new Int32Array(256);
  /** Half-open ranges in the text. */
  starts = new Int32Array(256);
  ends = new Int32Array(256);
  /**
   * Numbers below 2^FEATURE_BITS, FEATURES of them for each token: its word, its pair with the word before, and its word once
   * more as a feature of its own if it opens the text; −1 if it doesn't.
   */
  features = new Int32Array(FEATURES * 256);

  read(text: string): this {
    const { codes, length } = this.units.read(text);
    let { hashes, starts, ends, features } = this;
    let count = 0;
    let before = 0x2545f491;
    for (let at = 0; at < length;) {
      const start = at;
      let code = codes[at++] as number;
      let hash = 0x811c9dc5;
      const kind = code < 0x80 ? (KINDS[code] as number) : kindOf(code);
      if (kind === KIND_WORD) {
        do {
          hash = Math.imul(hash ^ (code < 0x80 ? (FOLDED[code] as number) : code), 0x01000193);
          code = codes[at] as number;
        } while ((code < 0x80 ? (KINDS[code] as number) : kindOf(code)) === KIND_WORD && at++ < length);
      } else if (code === 0x0a) hash = 0x0a0a;
      else if (kind === KIND_SPACE) continue;
      else hash = Math.imul(hash ^ code, 0x01000193);
      if (count === hashes.length) {
        this.#grow();
        ({ hashes, starts, ends, features } = this);
      }
      hashes[count] = hash;
      starts[count] = start;
      ends[count] = at;
      features[FEATURES * count] = mix(hash);
      features[FEATURES * count + 1] = mix(Math.imul(before, 0x9e3779b1) ^ hash);
      features[FEATURES * count + 2] = count < OPENING ? mix(hash ^ 0x33331111) : -1;
      before = hash;
      count++;
    }
    this.count = count;
    return this;
  }

  #grow(): void {
    this.hashes = doubled(this.hashes);
    this.starts = doubled(this.starts);
    this.ends = doubled(this.ends);
    this.features = doubled(this.features);
  }
}

function doubled(old: Int32Array): Int32Array<ArrayBuffer> {
  const next = new Int32Array(2 * old.length);
  next.set(old);
  return next;
}
