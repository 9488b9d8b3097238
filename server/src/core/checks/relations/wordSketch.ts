// The words of a prompt and its answers that are likely to be rare, as hashes: enough to tell whether an answer belongs to a
// prompt. Every text keeps its longest words, in one order for all texts, so that a word which two texts share is kept
// by both of them or by neither more often than by one.

/** Words that are kept of the end of a prompt, and of each answer. */
export const PROMPT_WORDS = 8;
export const ANSWER_WORDS = 12;

/** Two bytes for each word. */
const WORD_BYTES = 2;
/** Numbers below this one. 0 stands for no word. */
export const WORD_HASHES = 2 ** (8 * WORD_BYTES);

export const SKETCH_BYTES = WORD_BYTES * (PROMPT_WORDS + 2 * ANSWER_WORDS);

/** Bytes of the shortest word that counts. */
const MIN_WORD = 3;
/** Longer words come in the order of their hashes. */
const MAX_WORD = 12;
/** Two Chinese or Japanese characters in a row count as a word of this length. */
export const TWO_CHARACTERS = 6;

/** The first words of a text, in the order of all texts. */
export class TopWords {
  readonly #max: number;
  /** Length and hash in one number, falling. */
  readonly #keys: Int32Array;
  #count = 0;
  /** No word at this number or below is among the first. */
  #least = 0;

  constructor(max: number) {
    this.#max = max;
    this.#keys = new Int32Array(max);
  }

  clear(): void {
    this.#count = 0;
    this.#least = 0;
  }

  add(length: number, hash: number): void {
    if (length < MIN_WORD) return;
    const own = Math.imul(hash ^ (hash >>> 15), 0x9e3779b1) >>> 16;
    const key = ((length < MAX_WORD ? length : MAX_WORD) << 16) | (own === 0 ? 1 : own);
    if (key > this.#least) this.#insert(key);
  }

  #insert(key: number): void {
    const keys = this.#keys;
    let at = 0;
    while (at < this.#count && (keys[at] as number) > key) at++;
    if (at < this.#count && keys[at] === key) return;
    if (this.#count < this.#max) this.#count++;
    for (let i = this.#count - 1; i > at; i--) keys[i] = keys[i - 1] as number;
    keys[at] = key;
    if (this.#count === this.#max) this.#least = keys[this.#max - 1] as number;
  }

  /** Writes the hashes at `at`, and returns where the next ones go. */
  write(bytes: Uint8Array, at: number): number {
    for (let i = 0; i < this.#max; i++) {
      const hash = i < this.#count ? (this.#keys[i] as number) : 0;
      bytes[at + WORD_BYTES * i] = hash & 0xff;
      bytes[at + WORD_BYTES * i + 1] = (hash >>> 8) & 0xff;
    }
    return at + WORD_BYTES * this.#max;
  }
}

/** Chosen and rejected. */
export type Answer = 0 | 1;
export const ANSWERS: readonly Answer[] = [0, 1];

/** The sketches of consecutive rows of bytes, each at the end of its row, as numbers: `words[stride * row + PROMPT_AT + i]`. */
export interface WordSketches {
  readonly words: Uint16Array;
  readonly stride: number;
  /** Where a prompt's words and those of both answers begin in the first row; 0 follows the last of fewer words. */
  readonly promptAt: number;
  readonly answersAt: readonly [chosen: number, rejected: number];
}

/** @param rows begins at an even place of its buffer */
export function wordSketches(rows: Uint8Array, rowBytes: number): WordSketches {
  const promptAt = (rowBytes - SKETCH_BYTES) / WORD_BYTES;
  const chosenAt = promptAt + PROMPT_WORDS;
  return {
    words: new Uint16Array(rows.buffer, rows.byteOffset, Math.floor(rows.length / WORD_BYTES)),
    stride: rowBytes / WORD_BYTES,
    promptAt,
    answersAt: [chosenAt, chosenAt + ANSWER_WORDS],
  };
}
