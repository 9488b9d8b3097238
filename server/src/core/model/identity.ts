import type { Pair } from './pair.ts';
import { promptText } from './pair.ts';

/** A hash of text to 32 hexadecimal digits. Given from outside: the core has no hash functions of its own for identity. */
export type Hash = (text: string) => string;

export interface PairIdentity {
  /** Of the prompt and both responses without order: stays when the pair is flipped, moved or re-serialised. */
  readonly pairKey: string;
  readonly chosenKey: string;
  readonly rejectedKey: string;
}

/** Lengths stand before the texts, so that no two different pairs join to the same string. */
export function identify(pair: Pair, hash: Hash): PairIdentity {
  const prompt = promptText(pair);
  const keyOf = (response: string): string => hash(`${prompt.length}:${prompt}${response}`);
  const chosenKey = keyOf(pair.chosen.text);
  const rejectedKey = keyOf(pair.rejected.text);
  const [low, high] = chosenKey < rejectedKey ? [chosenKey, rejectedKey] : [rejectedKey, chosenKey];
  return { pairKey: hash(`${low}${high}`), chosenKey, rejectedKey };
}
