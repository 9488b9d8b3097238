import type { Path } from './json.ts';

/** One message of a conversation. `role` is the dataset's own word for the speaker. */
export interface Turn {
  readonly role: string;
  readonly text: string;
}

export type SideName = 'chosen' | 'rejected';

/** One answer and the place of its text in the record. */
export interface Side {
  /** The answer alone, without the prompt. Turns after the shared ones are joined as they stand. */
  readonly text: string;
  /** The string value that holds the answer. */
  readonly path: Path;
  /** Where the answer begins in that value, in UTF-16 units: a transcript repeats the prompt first. */
  readonly textStart: number;
}

/** One comparison: a prompt and two answers, one of them recorded as the better unless it is a tie. */
export interface Pair {
  /** The prompt as turns; empty when the record has none. */
  readonly prompt: readonly Turn[];
  readonly chosen: Side;
  readonly rejected: Side;
  /** The label calls both equally good or bad; then `chosen` is the first one in the record. */
  readonly isTie: boolean;
  /** Numbers of the two answers among the record's candidates, in the order in which they stand. */
  readonly candidates: readonly [chosen: number, rejected: number];
}

/** The prompt in one string, roles included: what identity and folds are computed from. */
export function promptText({ prompt }: Pick<Pair, 'prompt'>): string {
  return prompt.map((turn) => `${turn.role}\u0000${turn.text}`).join('\u0001');
}

/** The side that was not chosen, and the other way round. */
export function otherSide(side: SideName): SideName {
  return side === 'chosen' ? 'rejected' : 'chosen';
}
