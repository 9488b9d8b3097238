// Near duplicates by MinHash: 128 bins of one permutation, 4 bits kept of each, in bands of 6 bins.
//
// Two pairs with a share s of their word triples in common agree in a bin with probability a = s + (1 − s)/16 and meet
// in a band with probability 1 − (1 − a⁶)²¹: 0.9992 at 0.8, 0.64 at 0.5. Who meets is then judged by all bins, whose
// standard error is 0.035 at 0.8. (A. Broder, 1997; P. Li, A. Owen, C.-H. Zhang, One Permutation Hashing, 2012;
// P. Li, A. C. König, b-Bit Minwise Hashing, 2010.)
import { hashKey } from '../../hash.ts';
import { canonical } from '../../model/canonical.ts';
import type { Pair } from '../../model/pair.ts';
import { beyondText } from '../../model/pair.ts';
import type { Rule } from '../check.ts';
import type { PairSpace, ReportRelation } from './relation.ts';

export const nearDuplicatePair: Rule = {
  id: 'near-duplicate-pair',
  severity: 'information',
  title: 'Almost the same pair stands in the dataset before',
  why: 'About four of five word triples of prompt and answers, or more, are those of an earlier record; of each answer the first 2,000 characters are looked at. Copies with a changed word or date count as new data but teach nothing new, and leak when the dataset is split.',
  example: 'Two records that differ in the name of a town.',
  remedy: 'Compare the two and drop one.',
  repairs: [{ edit: 'drop', grade: 'review', title: 'Drop this record' }],
  source: 'MinHash: A. Broder, 1997; b-bit MinHash: P. Li and A. C. König, 2010',
};

/** Bytes of a signature: two bins a byte. */
export const SIGNATURE_BYTES = 64;
const BINS = 2 * SIGNATURE_BYTES;
const WORDS = SIGNATURE_BYTES / 4;
const BAND_BYTES = 3;
const BANDS = Math.floor(SIGNATURE_BYTES / BAND_BYTES);

/** Share of common word triples from which pairs count as near duplicates: four of five, less half a standard error. */
const MIN_SHARED = 0.78;

/** Equal bins that this share gives: 4 bits agree by chance once in 16 times. */
const MIN_EQUAL_BINS = Math.round(BINS * (MIN_SHARED + (1 - MIN_SHARED) / 16));

/** Shorter pairs have too few triples to tell near from far. */
const MIN_TRIPLES = 12;

/** Characters of an answer that are looked at: half of the time that checks take would go into the rest of long ones. */
const LOOKED_AT = 2000;

/** Pairs compared within one bucket of a band: templates put thousands into one. */
const MAX_IN_BUCKET = 12;

/** Values have 25 bits. Signed numbers all the way: unsigned ones of 32 bits are slower to compute with. */
const NO_BIN = 0x7fffffff;
/** Of a bin that was filled from another one. */
const FILLED = 0x40000000;
const bins = new Int32Array(BINS);

const encoder = new TextEncoder();
/** Texts are looked at as UTF-8: a loop over bytes is several times as fast as one over a string's characters. */
let utf8 = new Uint8Array(1 << 16);

/** Bytes 0 to 0x20 are spaces, which end a word and are none; marks and line breaks are words of their own. */
const SPACE = 0;
const LETTER = 1;
const MARK = 2;
/** Begins a character of Chinese or Japanese, three bytes long: a word of its own. */
const WIDE = 3;

const KINDS = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === 0x0a) return MARK;
  if (byte <= 0x20) return SPACE;
  if (byte >= 0xe3 && byte <= 0xe9) return WIDE;
  return byte >= 0x80 || /[\w']/.test(String.fromCharCode(byte)) ? LETTER : MARK;
});
/** Letters in lower case; 0 for all else, so that one look says both. */
const LETTERS = Uint8Array.from({ length: 256 }, (_, byte) =>
  KINDS[byte] !== LETTER ? 0 : byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte,
);

/** Puts the word triples of a text into the bins; how many there are. Texts of different seeds share none. */
function addTriples(text: string, seed: number): number {
  if (utf8.length <= 3 * text.length) utf8 = new Uint8Array(4 * text.length + 1);
  const length = encoder.encodeInto(text, utf8).written;
  const bytes = utf8;
  // The end is a space: it needs no other test.
  bytes[length] = 0;
  let [one, two, count, at] = [0x1234567, 0x89abcde, 0, 0];
  while (at < length) {
    const kind = KINDS[bytes[at] as number] as number;
    if (kind === SPACE) {
      at++;
      continue;
    }
    let hash = 0x811c9dc5;
    if (kind === LETTER) {
      let letter = LETTERS[bytes[at] as number] as number;
      do {
        hash = Math.imul(hash ^ letter, 0x01000193);
        letter = LETTERS[bytes[++at] as number] as number;
      } while (letter !== 0);
    } else {
      const end = kind === WIDE ? at + 3 : at + 1;
      for (; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
    }
    let h = Math.imul(one, 31) ^ Math.imul(two, 0x85ebca6b) ^ hash ^ seed;
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
    h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
    h ^= h >>> 15;
    const bin = h & (BINS - 1);
    const value = h >>> 7;
    if (value < (bins[bin] as number)) bins[bin] = value;
    [one, two] = [two, hash];
    count++;
  }
  return count;
}

/** Empty bins take the value of a full one that they share with every set that lacks the same bins. */
function fillEmptyBins(): void {
  for (let bin = 0; bin < BINS; bin++) {
    if (bins[bin] !== NO_BIN) continue;
    for (let attempt = 1; attempt < 4 * BINS; attempt++) {
      const from = (Math.imul(bin + 1, 0x9e3779b1) + Math.imul(attempt, 0x85ebca77)) >>> 25;
      const value = bins[from] ?? NO_BIN;
      if (value >= FILLED) continue;
      // Marked, so that a filled bin does not fill another one.
      bins[bin] = FILLED | value;
      break;
    }
  }
}

/**
 * Pairs with other pictures, calls or tools have nothing in common by their words: only those that hold the same beside
 * words share a seed. 0 for pairs of words alone. The order of the answers does not matter.
 */
function seedOf({ prompt, context, chosen, rejected }: Pair): number {
  const sides = [chosen, rejected].map(beyondText);
  if (!context && prompt.every(({ more }) => !more) && sides.every((one) => one === '')) return 0;
  const asked = canonical([...prompt.map(({ more = null }) => more), context ?? null]);
  return [asked, ...sides].reduce((seed, one) => (seed + hashKey(one)[0]) | 0, 0);
}

/** Writes a pair's signature at `at`. Zeros for a pair that is too short. The order of the answers does not matter. */
export function writeSignature(pair: Pair, signatures: Uint8Array, at: number): void {
  bins.fill(NO_BIN);
  const seed = seedOf(pair);
  let triples = addTriples(pair.prompt.at(-1)?.text ?? '', seed);
  for (const side of [pair.chosen, pair.rejected]) triples += addTriples(side.text.slice(0, LOOKED_AT), seed);
  if (triples < MIN_TRIPLES) return;
  fillEmptyBins();
  const nibble = (bin: number): number => Math.imul(bins[bin] ?? 0, 0x9e3779b1) >>> 28;
  for (let i = 0; i < SIGNATURE_BYTES; i++) signatures[at + i] = (nibble(2 * i) << 4) | nibble(2 * i + 1);
}

/** Signatures of pairs in their order, as many as are wanted at most. */
export class Signatures {
  readonly #most: number;
  #bytes = new Uint8Array(SIGNATURE_BYTES * 4096);
  #count = 0;

  constructor(max = Infinity) {
    this.#most = max;
  }

  add(pair: Pair): void {
    if (this.#count >= this.#most) return;
    const at = SIGNATURE_BYTES * this.#count++;
    if (at + SIGNATURE_BYTES > this.#bytes.length) {
      const next = new Uint8Array(Math.ceil(this.#bytes.length * 1.5));
      next.set(this.#bytes);
      this.#bytes = next;
    }
    writeSignature(pair, this.#bytes, at);
  }

  /** A copy of just their size. */
  take(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, SIGNATURE_BYTES * this.#count);
  }
}

/** How many bins of two signatures are equal; `words` holds the signatures. */
function equalBins(words: Uint32Array, a: number, b: number): number {
  let different = 0;
  for (let i = 0; i < WORDS; i++) {
    let x = (words[a * WORDS + i] as number) ^ (words[b * WORDS + i] as number);
    // One bit for each half byte that is not zero, and how many of these there are.
    x |= x >>> 1;
    x = (x | (x >>> 2)) & 0x11111111;
    different += Math.imul(x, 0x11111111) >>> 28;
  }
  return BINS - different;
}

/** The share of common triples that so many equal bins speak for. */
function sharedBy(equal: number): number {
  return Math.max(0, (equal / BINS - 1 / 16) / (1 - 1 / 16));
}

/**
 * Finds near duplicates among the pairs that have a signature: `signatures` holds 64 bytes for each of the first pairs.
 * Each is reported once, with the earliest one found. Exact duplicates and pairs of one record are left out.
 */
export function findNearDuplicates(space: PairSpace, signatures: Uint8Array, report: ReportRelation): void {
  const count = Math.min(space.count, Math.floor(signatures.length / SIGNATURE_BYTES));
  const words = new Uint32Array(signatures.buffer, signatures.byteOffset, (count * SIGNATURE_BYTES) / 4);
  const original = new Int32Array(count).fill(-1);
  const mask = 2 ** Math.ceil(Math.log2(Math.max(16, 2 * count))) - 1;
  const heads = new Int32Array(mask + 1);
  const chain = new Int32Array(count);
  const { pairKeys } = space;
  const isEmpty = (pair: number): boolean => {
    for (let i = 0; i < WORDS; i++) if (words[pair * WORDS + i] !== 0) return false;
    return true;
  };
  const isSamePair = (a: number, b: number): boolean => {
    const [own, other] = [space.at(a), space.at(b)];
    if (
      own.file === other.file &&
      own.file.facts.recordOf(own.local) === other.file.facts.recordOf(other.local)
    )
      return true;
    return pairKeys[2 * a] === pairKeys[2 * b] && pairKeys[2 * a + 1] === pairKeys[2 * b + 1];
  };
  const bandOf = (pair: number, band: number): number => {
    const at = pair * SIGNATURE_BYTES + band * BAND_BYTES;
    return ((signatures[at] ?? 0) << 16) | ((signatures[at + 1] ?? 0) << 8) | (signatures[at + 2] ?? 0);
  };
  const hasText = Array.from({ length: count }, (_, pair) => !isEmpty(pair));
  for (let band = 0; band < BANDS; band++) {
    heads.fill(-1);
    for (let pair = 0; pair < count; pair++) {
      if (!hasText[pair]) continue;
      const word = bandOf(pair, band);
      const slot = (Math.imul(word, 0x9e3779b1) >>> 4) & mask;
      let seen = 0;
      let isKnown = original[pair] !== -1;
      for (
        let other = heads[slot] ?? -1;
        other >= 0 && seen < MAX_IN_BUCKET && !isKnown;
        other = chain[other] ?? -1
      ) {
        if (bandOf(other, band) !== word) continue;
        seen++;
        if (equalBins(words, pair, other) < MIN_EQUAL_BINS || isSamePair(pair, other)) continue;
        original[pair] = original[other] === -1 ? other : (original[other] ?? other);
        isKnown = true;
      }
      // One of a family stands for it: others would only make the bucket longer.
      if (isKnown) continue;
      chain[pair] = heads[slot] ?? -1;
      heads[slot] = pair;
    }
  }
  original.forEach((first, pair) => {
    if (first < 0) return;
    const message = (): string => {
      const share = Math.round(100 * sharedBy(equalBins(words, first, pair)));
      return `Almost the same pair stands at ${space.words(first, pair)}: about ${Math.min(99, share)} % of the word triples are the same.`;
    };
    report.add(nearDuplicatePair, pair, message, first);
  });
}
