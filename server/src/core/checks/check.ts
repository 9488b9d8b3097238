import type { Hit, Place, Severity } from '../model/finding.ts';
import type { Pair, Side, SideName } from '../model/pair.ts';

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
  /** The same of an answer that has no rival. Absent where the rule is about two. */
  readonly checkAlone?: (response: Side) => readonly Hit[];
}

/** The whole string value of an answer. */
export function sideValue({ path }: Side): Place {
  return { path, part: 'value' };
}

/** A half-open range of an answer, in UTF-16 units from the answer's start. */
export function answerRange({ path, textStart }: Side, start: number, end: number): Place {
  return { path, part: 'value', within: [textStart + start, textStart + end] };
}

/** An answer without the prompt that a transcript repeats before it. */
export function answerPlace(side: Side): Place {
  return side.textStart === 0 ? sideValue(side) : answerRange(side, 0, side.text.length);
}

/** A check of each answer by itself, as a check of a pair. `name` is what the message calls the answer. */
export function eachSide(
  checkSide: (side: Side, name: SideName | '') => readonly Hit[],
): Pick<PairCheck, 'check' | 'checkAlone'> {
  return {
    check: (pair) => [...checkSide(pair.chosen, 'chosen'), ...checkSide(pair.rejected, 'rejected')],
    checkAlone: (response) => checkSide(response, ''),
  };
}

/** "The chosen response", or "The response" where it stands alone. */
export function responseWords(name: SideName | ''): string {
  return name === '' ? 'The response' : `The ${name} response`;
}
