// How well answers fit prompts, by the words that both have.
//
// An answer fits a prompt by the sum of log-likelihood ratios over the prompt's words: log(π/p) for a word that the answer
// has, log((1 − π)/(1 − p)) for one that it lacks. p is the share of the file's answers with that word, and π how often an
// answer of this file has a rare word of its prompt. So chance alone makes no sum grow, whatever the file is: the mean of
// e^sum is 1 for a prompt that has nothing to do with the answer.
import type { Answer } from './wordSketch.ts';
import { answerAt, ANSWERS, KEPT_WORDS, PAIR_WORDS, WORD_HASHES } from './wordSketch.ts';

/** Words in more of the answers say nothing about how often prompts are repeated. */
const MAX_RARE = 0.02;
/** π is at least and at most this. */
const REPEATED = [0.02, 0.5] as const;
/** Pairs that are read for π, spread evenly. */
const MAX_SAMPLED = 4000;

/** Evidence of one pair for a shift, at most, either way: one strange record neither makes a shift nor ends it. */
export const MAX_STEP = 6;
/** Shifts that are always tried. */
export const NEAR_SHIFTS = [-2, -1, 1, 2];
/** Prompts with more common words than this share of the smaller one are about one subject: their answers may fit both. */
const MAX_COMMON = 0.25;

/** A prompt with so many words, and this share of its words, of an answer was made of it: it continues or translates it. */
const MIN_REPEATED = 4;
const REPEATED_SHARE = 0.7;

/** How answers fit prompts. */
export class Fit {
  readonly count: number;
  /** By `PAIR_WORDS` and `answerAt`. */
  readonly words: Uint16Array;
  /** True for two rows with the same prompt. */
  readonly isSame: (a: number, b: number) => boolean;
  /** By word of a prompt: how much more it says if an answer has it than if it lacks it. */
  readonly gain = new Float32Array(WORD_HASHES);
  /** By row: how an answer fits the prompt that has none of its words. */
  readonly #without: Float32Array;
  /** By row and answer: how it fits its own prompt. */
  readonly own: Float32Array;
  /** By word: the number of the last answer that has it, of those looked at. */
  readonly #seen = new Int32Array(WORD_HASHES);
  #looks = 0;

  constructor(words: Uint16Array, count: number, isSame: (a: number, b: number) => boolean) {
    this.words = words;
    this.count = count;
    this.isSame = isSame;
    const share = this.#shares();
    const repeated = this.#repeated(share);
    const lacked = new Float32Array(WORD_HASHES);
    for (let word = 0; word < WORD_HASHES; word++) {
      const p = share[word] as number;
      if (p >= repeated) continue;
      lacked[word] = Math.log((1 - repeated) / (1 - p));
      this.gain[word] = Math.log(repeated / p) - (lacked[word] as number);
    }
    this.#without = new Float32Array(count);
    this.own = new Float32Array(2 * count);
    for (let row = 0; row < count; row++) {
      let sum = 0;
      const at = PAIR_WORDS * row;
      for (let i = at; i < at + KEPT_WORDS && words[i] !== 0; i++)
        sum += lacked[words[i] as number] as number;
      this.#without[row] = sum;
      for (const answer of ANSWERS) {
        this.look(row, answer);
        this.own[2 * row + answer] = this.to(row);
      }
    }
  }

  /** p by word. */
  #shares(): Float32Array {
    const { words } = this;
    const share = new Float32Array(WORD_HASHES).fill(1);
    for (let row = 0; row < this.count; row++) {
      for (const answer of ANSWERS) {
        const at = answerAt(row, answer);
        for (let i = at; i < at + KEPT_WORDS && words[i] !== 0; i++) {
          const word = words[i] as number;
          share[word] = (share[word] as number) + 1;
        }
      }
    }
    return share.map((have) => have / (2 * this.count + 2));
  }

  /** π, at the shift where it is greatest: all answers of the file may be shifted. */
  #repeated(share: Float32Array): number {
    const { words } = this;
    const step = Math.ceil(this.count / MAX_SAMPLED);
    const rates = [0, ...NEAR_SHIFTS].map((shift) => {
      let [all, had] = [0, 0];
      for (let row = Math.max(0, -shift); row < this.count - Math.max(0, shift); row += step) {
        const at = PAIR_WORDS * (row + shift);
        for (const answer of ANSWERS) {
          this.look(row, answer);
          for (let i = at; i < at + KEPT_WORDS && words[i] !== 0; i++) {
            const word = words[i] as number;
            if ((share[word] as number) > MAX_RARE) continue;
            all++;
            if (this.#seen[word] === this.#looks) had++;
          }
        }
      }
      return had / Math.max(1, all);
    });
    const [least, most] = REPEATED;
    return Math.min(most, Math.max(least, ...rates));
  }

  /** Makes this answer the one that `to` is about. */
  look(row: number, answer: Answer): void {
    const { words } = this;
    const looks = ++this.#looks;
    const at = answerAt(row, answer);
    for (let i = at; i < at + KEPT_WORDS && words[i] !== 0; i++) this.#seen[words[i] as number] = looks;
  }

  /** How the answer that was looked at last fits the prompt of a row. */
  to(row: number): number {
    const { words } = this;
    const looks = this.#looks;
    const at = PAIR_WORDS * row;
    const seen = this.#seen;
    let sum = this.#without[row] as number;
    for (let i = at; i < at + KEPT_WORDS; i++) {
      const word = words[i] as number;
      if (word === 0) break;
      if (seen[word] === looks) sum += this.gain[word] as number;
    }
    return sum;
  }

  /**
   * How much better an answer, the one that was looked at last, fits the prompt of another row than its own, or than chance;
   * 0 if both are about one subject, and evidence against a shift if the prompt was made of the answer.
   */
  evidence(row: number, answer: Answer, other: number): number {
    if (this.isSame(row, other)) return 0;
    const evidence = this.to(other) - Math.max(0, this.own[2 * row + answer] as number);
    if (evidence <= 0) return evidence;
    if (this.repeats(other)) return -MAX_STEP;
    return this.areAlike(row, other) ? 0 : evidence;
  }

  /** Whether both rows have the prompts of the rows before: their answers are likely to be alike, and count once. */
  isAgain(row: number, other: number): boolean {
    return row > 0 && other > 0 && this.isSame(row, row - 1) && this.isSame(other, other - 1);
  }

  /** Whether a prompt says little but what the answer that was looked at last says: then it was made of it. */
  repeats(row: number): boolean {
    const { words } = this;
    const looks = this.#looks;
    const at = PAIR_WORDS * row;
    let [all, had] = [0, 0];
    for (; all < KEPT_WORDS && words[at + all] !== 0; all++)
      if (this.#seen[words[at + all] as number] === looks) had++;
    return had >= MIN_REPEATED && had >= REPEATED_SHARE * all;
  }

  areAlike(a: number, b: number): boolean {
    const { words } = this;
    const [atA, atB] = [PAIR_WORDS * a, PAIR_WORDS * b];
    let [common, ofA, ofB] = [0, 0, 0];
    while (ofB < KEPT_WORDS && words[atB + ofB] !== 0) ofB++;
    for (; ofA < KEPT_WORDS && words[atA + ofA] !== 0; ofA++)
      for (let i = 0; i < ofB; i++) if (words[atB + i] === words[atA + ofA]) common++;
    return common > MAX_COMMON * Math.min(ofA, ofB);
  }
}
