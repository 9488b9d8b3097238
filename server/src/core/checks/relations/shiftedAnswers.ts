// Which answers stand beside the prompt of another pair.
//
// One answer that fits elsewhere proves nothing, since thousands of prompts were tried, and two that fit each other's prompts
// are often turns of one dialogue. So only many pairs in a row count, whose answers all fit the prompt that is the same number
// of pairs away, and their own no better than chance does. Prompts that are made of the answer before, as in texts that are
// continued or translated back, speak against a shift.
import { Fit, MAX_STEP, NEAR_SHIFTS } from './promptFit.ts';
import type { Answer } from './wordSketch.ts';
import { answerAt, ANSWERS, KEPT_WORDS, PAIR_WORDS, WORD_HASHES } from './wordSketch.ts';

/** A word in more prompts of a block finds no candidates: it is a common one. */
const MAX_PROMPTS = 32;

/** Pairs among which a candidate is searched: beyond, hashes of two bytes would share their words with too many others. */
const BLOCK = 2 ** 16;
/** Rows that vote for a shift, spread evenly: the search for candidates takes most of the time. */
const MAX_VOTERS = 2 ** 11;

/** Evidence of an answer that votes for a shift. */
const MIN_CANDIDATE = 3;

/** A shift ends where the evidence has fallen by so much. */
const MAX_FALL = 12;
/** Pairs that speak for a shift, at least. */
const MIN_SHIFTED = 5;
/** Evidence of a shift, at least. A place has it by chance with a probability below e^-this, and there are 48 places a pair. */
const minShift = (pairs: number): number => 3 + 2 * Math.log(pairs);

/** Shifts by more rows than the near ones are tried with so many votes, and so many of them. */
const MIN_VOTES = 4;
const MAX_VOTED = 12;

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
