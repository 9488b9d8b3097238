import type { Hit, Place, Severity } from '../model/finding.ts';
import type { Pair, SideName } from '../model/pair.ts';

/** What every rule says of itself. */
export interface Rule {
  readonly id: string;
  readonly severity: Severity;
  /** One line: what is wrong. */
  readonly title: string;
  /** Why it matters and what to do, for the documentation page. */
  readonly help: string;
}

/** A rule that looks at one pair alone and needs no scorer. */
export interface PairCheck extends Rule {
  readonly check: (pair: Pair) => readonly Hit[];
}

/** The whole string value of one side. */
export function sideValue(pair: Pair, side: SideName): Place {
  return { path: pair[side].path, part: 'value' };
}

/** A half-open range of one side's answer, in UTF-16 units from the answer's start. */
export function answerRange(pair: Pair, side: SideName, start: number, end: number): Place {
  const from = pair[side].textStart;
  return { path: pair[side].path, part: 'value', within: [from + start, from + end] };
}

/** One side's answer without the prompt that a transcript repeats before it. */
export function answerPlace(pair: Pair, side: SideName): Place {
  const { text, textStart } = pair[side];
  return textStart === 0 ? sideValue(pair, side) : answerRange(pair, side, 0, text.length);
}
