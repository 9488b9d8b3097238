// Which answers stand beside the prompt of another pair, by the words that they share with prompts.
//
// An answer fits a prompt by the sum of log-likelihood ratios over the prompt's words: log(π/p) for a word that the answer
// has, log((1 − π)/(1 − p)) for one that it lacks. p is the share of the file's answers with that word, and π how often an
// answer of this file has a rare word of its prompt. So chance alone makes no sum grow, whatever the file is: the mean of
// e^sum is 1 for a prompt that has nothing to do with the answer. One answer that fits elsewhere proves nothing, since
// thousands of prompts were tried, and two that fit each other's prompts are often turns of one dialogue. So only many pairs
// in a row count, whose answers all fit the prompt that is the same number of pairs away, and their own no better than chance
// does. Prompts that are made of the answer before, as in texts that are continued or translated back, speak against a shift.
import type { Answer } from './wordSketch.ts';
import { answerAt, ANSWERS, KEPT_WORDS, PAIR_WORDS, WORD_HASHES } from './wordSketch.ts';

/** Words in more of the answers say nothing about how often prompts are repeated. */
const MAX_RARE = 0.02;
/** π is at least and at most this. */
const REPEATED = [0.02, 0.5] as const;
/** Pairs that are read for π, spread evenly. */
const MAX_SAMPLED = 4000;

/** A word in more prompts of a block finds no candidates: it is a common one. */
const MAX_PROMPTS = 32;

/** Pairs among which a candidate is searched: beyond, hashes of two bytes would share their words with too many others. */
const BLOCK = 2 ** 16;
/** Rows that vote for a shift, spread evenly: the search for candidates takes most of the time. */
const MAX_VOTERS = 2 ** 11;

/** Evidence of an answer that votes for a shift. */
const MIN_CANDIDATE = 3;

/** Evidence of one pair for a shift, at most, either way: one strange record neither makes a shift nor ends it. */
const MAX_STEP = 6;
/** A shift ends where the evidence has fallen by so much. */
const MAX_FALL = 12;
/** Pairs that speak for a shift, at least. */
const MIN_SHIFTED = 5;
/** Evidence of a shift, at least. A place has it by chance with a probability below e^-this, and there are 48 places a pair. */
const minShift = (pairs: number): number => 3 + 2 * Math.log(pairs);

/** Shifts that are always tried; others need this many votes. */
const NEAR_SHIFTS = [-2, -1, 1, 2];
const MIN_VOTES = 4;
const MAX_VOTED = 12;

/** Prompts with more common words than this share of the smaller one are about one subject: their answers may fit both. */
const MAX_COMMON = 0.25;

/** A prompt with so many words, and this share of its words, of an answer was made of it: it continues or translates it. */
const MIN_REPEATED = 4;
const REPEATED_SHARE = 0.7;

/** Both answers of a pair, or one. */
const SIDES: readonly (readonly Answer[])[] = [[0, 1], [0], [1]];

/** Why an answer is thought to stand beside the wrong prompt. */
export interface Misplaced {
  readonly row: number;
  /** The row whose prompt it fits. */
  readonly other: number;
  readonly answers: readonly Answer[];
  /** Pairs of the shift. */
  readonly shifted: number;
}

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

/** Rows of a block by the words of their prompts; of equal prompts in a row the first one. */
function indexOf(
  { words, isSame }: Fit,
  from: number,
  to: number,
): { readonly starts: Uint32Array; readonly rows: Int32Array } {
  const starts = new Uint32Array(WORD_HASHES + 2);
  const each = (visit: (row: number, word: number) => void): void => {
    for (let row = from; row < to; row++) {
      if (row > from && isSame(row - 1, row)) continue;
      const at = PAIR_WORDS * row;
      for (let i = at; i < at + KEPT_WORDS && words[i] !== 0; i++) visit(row, words[i] as number);
    }
  };
  each((_, word) => {
    starts[word + 2] = (starts[word + 2] as number) + 1;
  });
  for (let word = 2; word < starts.length; word++)
    starts[word] = (starts[word] as number) + (starts[word - 1] as number);
  const rows = new Int32Array(starts.at(-1) ?? 0);
  each((row, word) => {
    const at = starts[word + 1] as number;
    rows[at] = row;
    starts[word + 1] = at + 1;
  });
  return { starts, rows };
}

/** For answers that do not fit their own prompt, the prompt of the block that they fit best. */
function eachCandidate(fit: Fit, from: number, to: number, take: (row: number, other: number) => void): void {
  const { words, gain } = fit;
  const { starts, rows } = indexOf(fit, from, to);
  const found = new Float32Array(to - from);
  const touched = new Int32Array(to - from);
  const every = Math.ceil(fit.count / MAX_VOTERS);
  for (let row = from; row < to; row += every) {
    for (const answer of ANSWERS) {
      if ((fit.own[2 * row + answer] as number) > 0) continue;
      let count = 0;
      const at = answerAt(row, answer);
      for (let i = at; i < at + KEPT_WORDS && words[i] !== 0; i++) {
        const word = words[i] as number;
        const more = gain[word] as number;
        const [first, end] = [starts[word] as number, starts[word + 1] as number];
        if (more === 0 || end - first > MAX_PROMPTS) continue;
        for (let k = first; k < end; k++) {
          const other = (rows[k] as number) - from;
          if (found[other] === 0) touched[count++] = other;
          found[other] = (found[other] as number) + more;
        }
      }
      let [best, most] = [-1, MIN_CANDIDATE];
      for (let i = 0; i < count; i++) {
        const other = touched[i] as number;
        const sum = found[other] as number;
        found[other] = 0;
        if (sum > most && !fit.areAlike(row, from + other)) [best, most] = [from + other, sum];
      }
      if (best < 0) continue;
      fit.look(row, answer);
      if (fit.evidence(row, answer, best) >= MIN_CANDIDATE) take(row, best);
    }
  }
}

/** What a pair counts. */
const step = (evidence: number): number => Math.max(-MAX_STEP, Math.min(MAX_STEP, evidence));

/** Follows the evidence of one row after the other, and reports stretches that prove a shift. */
class Stretch {
  readonly #least: number;
  readonly #take: (first: number, last: number) => void;
  #sum = 0;
  #first = 0;
  #peak = 0;
  #last = 0;
  /** Rows that speak for the shift, so far and up to the peak. */
  #count = 0;
  #counted = 0;

  constructor(least: number, take: (first: number, last: number) => void) {
    this.#least = least;
    this.#take = take;
  }

  add(row: number, evidence: number): void {
    if (this.#sum === 0) {
      if (evidence <= 0) return;
      this.#first = row;
    }
    this.#sum += step(evidence);
    if (this.#sum <= 0 || this.#sum < this.#peak - MAX_FALL) {
      this.end();
      return;
    }
    if (evidence > 0) this.#count++;
    if (this.#sum > this.#peak) {
      this.#peak = this.#sum;
      this.#last = row;
      this.#counted = this.#count;
    }
  }

  end(): void {
    if (this.#peak >= this.#least && this.#counted >= MIN_SHIFTED) this.#take(this.#first, this.#last);
    this.#sum = this.#peak = this.#count = this.#counted = 0;
  }
}

/**
 * Those of these answers that speak for a shift, and fit their own prompts no better than chance. One of them may carry the
 * evidence of both.
 */
function speaking(
  fit: Fit,
  answers: readonly Answer[],
  shift: number,
  first: number,
  last: number,
): Answer[] {
  return answers.filter((answer) => {
    let [sum, own] = [0, 0];
    for (let row = first; row <= last; row++) {
      if (fit.isSame(row, row + shift)) continue;
      fit.look(row, answer);
      sum += fit.evidence(row, answer, row + shift);
      own += step(fit.own[2 * row + answer] as number);
    }
    return sum > 0 && own <= 0;
  });
}

/** Rows whose answers fit the prompt so many rows further on, in stretches that prove it; shift by shift. */
function findShifted(
  fit: Fit,
  shifts: readonly number[],
  take: (row: number, other: number, answers: readonly Answer[], shifted: number) => void,
): void {
  const found = shifts.map((): (() => void)[] => []);
  const stretches = shifts.map((shift, i) =>
    SIDES.map(
      (answers) =>
        new Stretch(minShift(fit.count), (first, last) => {
          found[i]?.push(() => {
            const own = speaking(fit, answers, shift, first, last);
            if (own.length === 0) return;
            for (let row = first; row <= last; row++)
              if (!fit.isSame(row, row + shift)) take(row, row + shift, own, last - first + 1);
          });
        }),
    ),
  );
  const evidence = new Float32Array(2 * shifts.length);
  for (let row = 0; row < fit.count; row++) {
    for (const answer of ANSWERS) {
      fit.look(row, answer);
      for (let i = 0; i < shifts.length; i++) {
        const other = row + (shifts[i] as number);
        const isThere = other >= 0 && other < fit.count && !fit.isAgain(row, other);
        evidence[2 * i + answer] = isThere ? fit.evidence(row, answer, other) : 0;
      }
    }
    for (let i = 0; i < shifts.length; i++) {
      const [chosen, rejected] = [evidence[2 * i] as number, evidence[2 * i + 1] as number];
      const [both, one, other] = stretches[i] as [Stretch, Stretch, Stretch];
      both.add(row, chosen + rejected);
      one.add(row, chosen);
      other.add(row, rejected);
    }
  }
  for (const stretch of stretches.flat()) stretch.end();
  for (const report of found.flat()) report();
}

/**
 * In the order of rows.
 * @param isSame true for two rows with the same prompt
 */
export function findMisplaced(
  words: Uint16Array,
  count: number,
  isSame: (a: number, b: number) => boolean,
): readonly Misplaced[] {
  const fit = new Fit(words, count, isSame);
  const votes = new Map<number, number>();
  const found = new Map<number, Misplaced>();
  const add = (row: number, other: number, answers: readonly Answer[], shifted: number): void => {
    const before = found.get(row) ?? { row, other, answers, shifted };
    // Two shifts at one row: the first one counts.
    if (before.other !== other) return;
    const all = ANSWERS.filter((one) => before.answers.includes(one) || answers.includes(one));
    found.set(row, { ...before, answers: all, shifted: Math.max(before.shifted, shifted) });
  };
  for (let from = 0; from < count; from += BLOCK)
    eachCandidate(fit, from, Math.min(from + BLOCK, count), (row, other) => {
      votes.set(other - row, (votes.get(other - row) ?? 0) + 1);
    });
  const voted = [...votes]
    .filter(([shift, votesFor]) => votesFor >= MIN_VOTES && !NEAR_SHIFTS.includes(shift))
    .sort(([a, one], [b, other]) => other - one || a - b)
    .slice(0, MAX_VOTED)
    .map(([shift]) => shift);
  findShifted(fit, [...NEAR_SHIFTS, ...voted], add);
  return [...found.values()].sort((a, b) => a.row - b.row);
}
