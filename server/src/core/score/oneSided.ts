// The features that only one of two texts has, in order and each once.
import type { TokenList } from '../model/tokens.ts';
import { FEATURE_BITS, FEATURES } from '../model/tokens.ts';

/**
 * Sets of features as bits, which are in order already and fit into the processor's nearest cache. `#touched` has a bit
 * for each word of bits that is not empty.
 */
export class OneSided {
  /**
   * How many there are, and what they are: those of the rejected side as bitwise complement, then those of the chosen side.
   * Ascending.
   */
  count = 0;
  words = new Int32Array(1 << 12);
  readonly #chosen = new Int32Array(1 << (FEATURE_BITS - 5));
  readonly #rejected = new Int32Array(1 << (FEATURE_BITS - 5));
  readonly #touched = new Int32Array(1 << (FEATURE_BITS - 10));

  read(chosen: TokenList, rejected: TokenList): this {
    const max = FEATURES * (chosen.count + rejected.count);
    if (max > this.words.length) this.words = new Int32Array(2 * max);
    this.#mark(chosen, this.#chosen);
    this.#mark(rejected, this.#rejected);
    this.count = 0;
    this.#takeRejected();
    this.#takeChosen();
    return this;
  }

  #mark({ features, count }: TokenList, bits: Int32Array): void {
    const touched = this.#touched;
    for (let at = 0; at < FEATURES * count; at++) {
      const feature = features[at] as number;
      if (feature < 0) continue;
      (bits[feature >>> 5] as number) |= 1 << feature;
      (touched[feature >>> 10] as number) |= 1 << (feature >>> 5);
    }
  }

  /** From the highest feature down. */
  #takeRejected(): void {
    let count = this.count;
    const [words, chosen, rejected] = [this.words, this.#chosen, this.#rejected];
    for (let high = this.#touched.length - 1; high >= 0; high--) {
      for (let left = this.#touched[high] as number; left !== 0;) {
        const bit = 31 - Math.clz32(left);
        left ^= 1 << bit;
        const at = (high << 5) | bit;
        let only = (rejected[at] as number) & ~(chosen[at] as number);
        while (only !== 0) {
          const low = 31 - Math.clz32(only);
          only ^= 1 << low;
          words[count++] = ~((at << 5) | low);
        }
      }
    }
    this.count = count;
  }

  /** From the lowest feature up. Empties the sets. */
  #takeChosen(): void {
    let count = this.count;
    const [words, chosen, rejected] = [this.words, this.#chosen, this.#rejected];
    for (let high = 0; high < this.#touched.length; high++) {
      for (let left = this.#touched[high] as number; left !== 0; left &= left - 1) {
        const at = (high << 5) | (31 - Math.clz32(left & -left));
        let only = (chosen[at] as number) & ~(rejected[at] as number);
        for (; only !== 0; only &= only - 1) words[count++] = (at << 5) | (31 - Math.clz32(only & -only));
        chosen[at] = 0;
        rejected[at] = 0;
      }
      this.#touched[high] = 0;
    }
    this.count = count;
  }
}
