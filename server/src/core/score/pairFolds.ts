// Folds of pairs by their identities alone: for scorers that never see texts again.
import { compareKeys, hashKey, keyNumber } from '../hash.ts';
import type { Identity } from '../model/identity.ts';
import { foldOf } from './consistency.ts';
import { Sets } from './folds.ts';

const NO_PROMPT = hashKey('');

/**
 * Decides which pairs share a fold: those of one prompt. Pairs without a prompt share a fold if they share an
 * answer, even indirectly.
 */
export class PairFolds {
  readonly foldCount: number;
  readonly #seed: number;
  readonly #sets = new Sets();

  constructor(foldCount: number, seed: number) {
    this.foldCount = foldCount;
    this.#seed = seed;
  }

  /** Takes a pair. Call it for all pairs before `of`. */
  add({ promptKey, chosenKey, rejectedKey }: Identity): void {
    if (compareKeys(promptKey, NO_PROMPT) === 0)
      this.#sets.join(keyNumber(chosenKey), keyNumber(rejectedKey));
  }

  /** The fold of any pair: from its prompt, or from an answer that it shares with a known pair. */
  of(identity: Identity): number {
    return foldOf(this.keyOf(identity), this.#seed, this.foldCount);
  }

  /** A number that pairs of one fold share for certain: that of the prompt, or of answers that are shared. */
  keyOf({ promptKey, chosenKey, rejectedKey }: Identity): number {
    if (compareKeys(promptKey, NO_PROMPT) !== 0) return keyNumber(promptKey);
    const [own, other] = [keyNumber(chosenKey), keyNumber(rejectedKey)];
    return this.#sets.find(this.#sets.has(own) ? own : other);
  }
}
