// Near duplicates by MinHash: 128 bins of one permutation, 4 bits kept of each, in bands of 6 bins.
//
// Two pairs that share a fraction s of their word triples agree in a bin with probability a = s + (1 − s)/16 and
// meet
// in a band with probability 1 − (1 − a⁶)²¹: 0.9992 at 0.8, 0.64 at 0.5. Pairs that meet are then compared over
// all bins,
// with a standard error of 0.035 at 0.8. (A. Broder, 1997; P. Li, A. Owen, C.-H. Zhang, One Permutation Hashing,
// 2012;
// P. Li, A. C. König, b-Bit Minwise Hashing, 2010.)
import { hashKey } from '../../hash.ts';
import { canonical } from '../../model/canonical.ts';
import type { Pair } from '../../model/pair.ts';
import { beyondText } from '../../model/pair.ts';
import { BinWords, MIN_WORD, TWO_CHARACTERS, WORDS_UNTIL } from './wordSketch.ts';

/** Bytes of a signature: two bins per byte. */
export const SIGNATURE_BYTES = 64;
const BINS = 2 * SIGNATURE_BYTES;
const WORDS = SIGNATURE_BYTES / 4;
export const BAND_BYTES = 3;
export const BANDS = Math.floor(SIGNATURE_BYTES / BAND_BYTES);

/** Share of common word triples that makes a near duplicate: four in five, minus half a standard error. */
const MIN_SHARED = 0.78;

/** Equal bins expected at this share: 4 bits agree by chance once in 16 times. */
export const MIN_EQUAL_BINS = Math.round(BINS * (MIN_SHARED + (1 - MIN_SHARED) / 16));

/** Shorter pairs have too few triples to compare. */
const MIN_TRIPLES = 12;

/** Leading characters of an answer to compare. The rest of long answers would take half of all checking time. */
const MAX_COMPARED = 2000;

/** Pairs compared within one bucket of a band: templates put thousands into one bucket. */
export const MAX_IN_BUCKET = 12;

/** Values have 25 bits. All numbers are signed: arithmetic on unsigned 32-bit numbers is slower. */
const NO_BIN = 0x7fffffff;
/** Marks a bin whose value was copied from another bin. */
const FILLED = 0x40000000;
const bins = new Int32Array(BINS);

const encoder = new TextEncoder();
/** Texts are encoded as UTF-8: a loop over bytes is several times as fast as one over a string's characters. */
let utf8 = new Uint8Array(1 << 16);

/** Bytes 0 to 0x20 end a word; punctuation and line breaks are words of their own. */
const SPACE = 0;
const LETTER = 1;
const MARK = 2;
/** First byte of a three-byte Chinese or Japanese character, which is a word of its own. */
const WIDE = 3;

const KINDS = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === 0x0a) return MARK;
  if (byte <= 0x20) return SPACE;
  if (byte >= 0xe3 && byte <= 0xe9) return WIDE;
  return byte >= 0x80 || /[\w']/.test(String.fromCharCode(byte)) ? LETTER : MARK;
});
/** Lower-case letters, and 0 for all other bytes: one lookup tests and converts. */
const LETTERS = Uint8Array.from({ length: 256 }, (_, byte) =>
  KINDS[byte] !== LETTER ? 0 : byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte,
);

/** Of the hash FNV-1a, as a 32-bit integer with its sign: V8 computes with those fastest. */
const FNV_START = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;

/**
 * Adds the word triples of a text to the bins, and its first words to `words`, and returns the number of triples. Texts with
 * different seeds share no triples.
 */
function addTriples(text: string, seed: number, words?: BinWords): number {
  if (utf8.length <= 3 * text.length) utf8 = new Uint8Array(4 * text.length + 1);
  const length = encoder.encodeInto(text, utf8).written;
  const bytes = utf8;
  // A space at the end, so that the loop needs no end test.
  bytes[length] = 0;
  let [one, two, count, at] = [0x1234567, 0x89abcde, 0, 0];
  const wordsEnd = words ? Math.min(length, WORDS_UNTIL) : 0;
  let isAfterWide = false;
  while (at < length) {
    const from = at;
    const byte = bytes[at] as number;
    let letter = LETTERS[byte] as number;
    let hash = FNV_START;
    if (letter !== 0) {
      do {
        hash = Math.imul(hash ^ letter, FNV_PRIME);
        letter = LETTERS[bytes[++at] as number] as number;
      } while (letter !== 0);
      if (from < wordsEnd) {
        if (at - from >= MIN_WORD) words?.add(at - from, hash);
        isAfterWide = false;
      }
    } else {
      const kind = KINDS[byte] as number;
      at++;
      if (kind === SPACE) continue;
      hash = Math.imul(hash ^ byte, FNV_PRIME);
      for (const end = kind === WIDE ? at + 2 : at; at < end; at++)
        hash = Math.imul(hash ^ (bytes[at] as number), FNV_PRIME);
      if (from < wordsEnd) {
        if (isAfterWide && kind === WIDE) words?.add(TWO_CHARACTERS, Math.imul(two, 31) ^ hash);
        isAfterWide = kind === WIDE;
      }
    }
    let h = Math.imul(one, 31) ^ Math.imul(two, 0x85ebca6b) ^ hash ^ seed;
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
    h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
    h ^= h >>> 15;
    const bin = h & (BINS - 1);
    const value = h >>> 7;
    if (value < (bins[bin] as number)) bins[bin] = value;
    one = two;
    two = hash;
    count++;
  }
  return count;
}

/** Gives an empty bin the value of a full one; sets that lack the same bins choose the same source. */
function fillEmptyBins(): void {
  for (let bin = 0; bin < BINS; bin++) {
    if (bins[bin] !== NO_BIN) continue;
    for (let attempt = 1; attempt < 4 * BINS; attempt++) {
      const from = (Math.imul(bin + 1, 0x9e3779b1) + Math.imul(attempt, 0x85ebca77)) >>> 25;
      const value = bins[from] ?? NO_BIN;
      if (value >= FILLED) continue;
      // Marked, so that a filled bin is not a source for another one.
      bins[bin] = FILLED | value;
      break;
    }
  }
}

/**
 * Seed from everything but text: pairs with different pictures, calls or tools must share no triples. 0 for text-only pairs.
 * The order of the answers does not matter.
 */
function seedOf({ prompt, context, chosen, rejected }: Pair): number {
  const sides = [chosen, rejected].map(beyondText);
  if (!context && prompt.every(({ more }) => !more) && sides.every((one) => one === '')) return 0;
  const asked = canonical([...prompt.map(({ more = null }) => more), context ?? null]);
  return [asked, ...sides].reduce((seed, one) => (seed + hashKey(one)[0]) | 0, 0);
}

const kept = new BinWords();

/**
 * Writes a pair's signature at `at`; zeros for a pair that is too short. The order of the answers does not matter.
 * @param words where the words of the pair go too, at `wordsAt`
 */
export function writeSignature(
  pair: Pair,
  signatures: Uint8Array,
  at: number,
  words?: Uint8Array,
  wordsAt = 0,
): void {
  bins.fill(NO_BIN);
  const seed = seedOf(pair);
  let [triples, next] = [0, wordsAt];
  const add = (text: string): void => {
    triples += addTriples(text, seed, words && kept);
    if (!words) return;
    next = kept.write(words, next);
    kept.clear();
  };
  add(pair.prompt.at(-1)?.text ?? '');
  add(pair.chosen.text.slice(0, MAX_COMPARED));
  add(pair.rejected.text.slice(0, MAX_COMPARED));
  if (triples < MIN_TRIPLES) return;
  fillEmptyBins();
  const nibble = (bin: number): number => Math.imul(bins[bin] ?? 0, 0x9e3779b1) >>> 28;
  for (let i = 0; i < SIGNATURE_BYTES; i++) signatures[at + i] = (nibble(2 * i) << 4) | nibble(2 * i + 1);
}

/** How many bins of two signatures are equal. `words` holds all signatures. */
function equalBins(words: Uint32Array, a: number, b: number): number {
  let different = 0;
  for (let i = 0; i < WORDS; i++) {
    let x = (words[a * WORDS + i] as number) ^ (words[b * WORDS + i] as number);
    // Sets one bit for each non-zero half byte, then counts them.
    x |= x >>> 1;
    x = (x | (x >>> 2)) & 0x11111111;
    different += Math.imul(x, 0x11111111) >>> 28;
  }
  return BINS - different;
}

/** True for near duplicates. Never for pairs that are too short to compare: all their words are 0. */
export function areNearDuplicates(words: Uint32Array, a: number, b: number): boolean {
  return words[a * WORDS] !== 0 && equalBins(words, a, b) >= MIN_EQUAL_BINS;
}

/** The share of common triples that this number of equal bins implies. */
export function sharedBy(equal: number): number {
  return Math.max(0, (equal / BINS - 1 / 16) / (1 - 1 / 16));
}

/** The bytes of a row in a band, as a number. */
export function bandWord(bytes: Uint8Array, row: number, band: number): number {
  const at = row * SIGNATURE_BYTES + band * BAND_BYTES;
  return ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
}

/** The first signatures as words, and as bands. */
export class Sketches {
  readonly #bytes: Uint8Array;
  readonly #words: Uint32Array;
  readonly count: number;

  constructor(signatures: Uint8Array, count: number) {
    this.#bytes = signatures;
    this.count = count;
    this.#words = new Uint32Array(
      signatures.buffer,
      signatures.byteOffset,
      (count * SIGNATURE_BYTES) / Uint32Array.BYTES_PER_ELEMENT,
    );
  }

  isEmpty(row: number): boolean {
    for (let i = 0; i < WORDS; i++) if (this.#words[row * WORDS + i] !== 0) return false;
    return true;
  }

  band(row: number, band: number): number {
    return bandWord(this.#bytes, row, band);
  }

  equalBins(a: number, b: number): number {
    return equalBins(this.#words, a, b);
  }
}

/** A power of two minus one: slots for this many rows, at most half full. */
const slotMask = (count: number): number => 2 ** Math.ceil(Math.log2(Math.max(16, 2 * count))) - 1;
const slotOf = (word: number, mask: number): number => (Math.imul(word, 0x9e3779b1) >>> 4) & mask;

/** The rows that are kept one after the other: each only if no kept one shares more than `maxShared` of its triples. */
export function keepDiverse(signatures: Uint8Array, order: Int32Array, maxShared: number): Uint8Array {
  const count = Math.floor(signatures.length / SIGNATURE_BYTES);
  const sketches = new Sketches(signatures, count);
  const mask = slotMask(count);
  const heads = Array.from({ length: BANDS }, () => new Int32Array(mask + 1).fill(-1));
  const chains = Array.from({ length: BANDS }, () => new Int32Array(count));
  const kept = new Uint8Array(count);
  for (const row of order) {
    if (sketches.isEmpty(row)) {
      kept[row] = 1;
      continue;
    }
    let isNear = false;
    for (let band = 0; band < BANDS && !isNear; band++) {
      const word = sketches.band(row, band);
      let seen = 0;
      for (
        let other = heads[band]?.[slotOf(word, mask)] ?? -1;
        other >= 0 && seen < MAX_IN_BUCKET && !isNear;
        other = chains[band]?.[other] ?? -1
      ) {
        if (sketches.band(other, band) !== word) continue;
        seen++;
        isNear = sharedBy(sketches.equalBins(row, other)) > maxShared;
      }
    }
    if (isNear) continue;
    kept[row] = 1;
    for (const [band, own] of heads.entries()) {
      const slot = slotOf(sketches.band(row, band), mask);
      const chain = chains[band];
      if (chain) chain[row] = own[slot] ?? -1;
      own[slot] = row;
    }
  }
  return kept;
}
