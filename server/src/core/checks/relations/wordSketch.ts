// The words of a prompt and its answers that are likely to be rare, as hashes: enough to tell whether an answer belongs to a
// prompt. Each text keeps the longest word of each of some bins. A word is in the same bin of all texts, so that a word which
// two texts share is kept by both of them or by neither more often than by one.

/** Bins of the last turn of a prompt, and of each answer. */
export const KEPT_WORDS = 10;

/** Two bytes for each word. */
const WORD_BYTES = 2;
/** Numbers below this one. 0 stands for no word. */
export const WORD_HASHES = 2 ** (8 * WORD_BYTES);

/** Bytes of the words of a pair: those of the prompt, the chosen and the rejected answer. */
export const WORDS_BYTES = 3 * KEPT_WORDS * WORD_BYTES;

/** Leading bytes of a text whose words count: longer texts fill their bins with words that say less. */
export const WORDS_UNTIL = 600;
/** Bytes of the shortest word that counts. */
export const MIN_WORD = 4;
/** Longer words come in the order of their hashes. */
const MAX_WORD = 12;
/** Two Chinese or Japanese characters in a row count as a word of this length. */
export const TWO_CHARACTERS = 6;

/** The longest word of a text in each bin. */
export class BinWords {
  /** Length and hash in one number. */
  readonly #keys = new Int32Array(KEPT_WORDS);

  clear(): void {
    this.#keys.fill(0);
  }

  add(length: number, hash: number): void {
    const own = Math.imul(hash ^ (hash >>> 15), 0x9e3779b1) >>> 16;
    const bin = (own * KEPT_WORDS) >>> 16;
    const key = ((length < MAX_WORD ? length : MAX_WORD) << 16) | (own === 0 ? 1 : own);
    if (key > (this.#keys[bin] as number)) this.#keys[bin] = key;
  }

  /** Writes the hashes at `at`, then zeros, and returns where the next ones go. */
  write(bytes: Uint8Array, at: number): number {
    const end = at + WORD_BYTES * KEPT_WORDS;
    let to = at;
    for (const key of this.#keys) {
      if (key === 0) continue;
      bytes[to++] = key & 0xff;
      bytes[to++] = (key >>> 8) & 0xff;
    }
    bytes.fill(0, to, end);
    return end;
  }
}

/** Chosen and rejected. */
export type Answer = 0 | 1;
export const ANSWERS: readonly Answer[] = [0, 1];

/** Of the words of consecutive pairs, as numbers: where each pair, and each of its answers, begins. 0 follows the last of fewer words. */
export const PAIR_WORDS = 3 * KEPT_WORDS;
export const answerAt = (row: number, answer: Answer): number => PAIR_WORDS * row + KEPT_WORDS * (answer + 1);

/** @param words WORDS_BYTES for each pair */
export function wordNumbers(words: Uint8Array): Uint16Array {
  const { buffer, byteOffset, length } = words.byteOffset % WORD_BYTES === 0 ? words : words.slice();
  return new Uint16Array(buffer, byteOffset, length / WORD_BYTES);
}
