// Traits of a pair that may tell right findings from false alarms, from facts alone: no text is read again.
import type { Facts } from '../facts/facts.ts';

/** Length, in characters, that counts as nothing. */
const SHORT = 20;

/** Style marks of a side, in the order of their bits. */
const MARKS = 10;

const sizeOf = (length: number): number => Math.log(SHORT + length);

/**
 * Numbers about the pair as its label stands: how much longer the chosen answer is, the size of that, lengths of
 * answers and prompt, and each style mark that one side has alone.
 */
export function traitsOf({ pairs }: Pick<Facts, 'pairs'>, pair: number): readonly number[] {
  const [chosen, rejected] = [sizeOf(pairs.chosenLength[pair] ?? 0), sizeOf(pairs.rejectedLength[pair] ?? 0)];
  const style = pairs.style[pair] ?? 0;
  const marks = Array.from(
    { length: MARKS },
    (_, bit) => ((style >> bit) & 1) - ((style >>> (16 + bit)) & 1),
  );
  return [
    chosen - rejected,
    Math.abs(chosen - rejected),
    chosen + rejected,
    sizeOf(pairs.promptLength[pair] ?? 0),
    ...marks,
  ];
}

/** The traits of a pair after a flip: those that compare the sides change their sign. */
export function flippedTraits([
  difference = 0,
  size = 0,
  both = 0,
  prompt = 0,
  ...marks
]: readonly number[]): readonly number[] {
  return [-difference, size, both, prompt, ...marks.map((mark) => -mark)];
}
