import type { Key } from '../hash.ts';
import { hashKey, joinKeys } from '../hash.ts';
import type { Pair } from './pair.ts';
import { promptText } from './pair.ts';

/** What a pair is known by, wherever it stands. 64 bits each. */
export interface Identity {
  readonly promptKey: Key;
  /** Of the prompt and one response. */
  readonly chosenKey: Key;
  readonly rejectedKey: Key;
}

/** @param known the key of the prompt, where several pairs share one */
export function identify(pair: Pair, known?: Key): Identity {
  const promptKey = known ?? hashKey(promptText(pair));
  return {
    promptKey,
    chosenKey: hashKey(pair.chosen.text, promptKey),
    rejectedKey: hashKey(pair.rejected.text, promptKey),
  };
}

/** Of the prompt and both responses without order: stays when the pair is flipped, moved or re-serialised. */
export function pairKey({ chosenKey, rejectedKey }: Identity): Key {
  return joinKeys(chosenKey, rejectedKey);
}
