// The words of one answer and what they weigh, to explain a margin.
import { FEATURE_BITS, FEATURES, TokenList } from '../model/tokens.ts';
import type { LinearModel } from './fit.ts';

/** A word or a pair of words: what it weighs, and where it stands first. */
export interface WeighedWord {
  readonly weight: number;
  readonly start: number;
  readonly end: number;
}

/** Reads the next answer in place of the last one. */
export class SideWords {
  readonly tokens = new TokenList();
  /** The sum of all weights. */
  sum = 0;
  /** Where each feature comes first in `tokens.features`. */
  #count = 0;
  #firsts = new Int32Array(FEATURES * 256);
  readonly #bits = new Int32Array(1 << (FEATURE_BITS - 5));

  read(text: string, { words }: LinearModel): this {
    this.#bits.fill(0);
    this.sum = 0;
    this.#count = 0;
    const { features, count } = this.tokens.read(text);
    if (words.length === 0) return this;
    if (features.length > this.#firsts.length) this.#firsts = new Int32Array(features.length);
    const [bits, firsts] = [this.#bits, this.#firsts];
    let sum = 0;
    let found = 0;
    for (let at = 0; at < FEATURES * count; at++) {
      const feature = features[at] as number;
      if (feature < 0 || ((bits[feature >>> 5] as number) & (1 << feature)) !== 0) continue;
      (bits[feature >>> 5] as number) |= 1 << feature;
      firsts[found++] = at;
      sum += words[feature] as number;
    }
    this.sum = sum;
    this.#count = found;
    return this;
  }

  #has(feature: number): boolean {
    return ((this.#bits[feature >>> 5] as number) & (1 << feature)) !== 0;
  }

  /** The words with the largest weights that the other answer does not have, the largest first. */
  strongest(other: SideWords, { words }: LinearModel, max: number): WeighedWord[] {
    const { features } = this.tokens;
    const found: { readonly size: number; readonly at: number }[] = [];
    for (let i = 0; i < this.#count; i++) {
      const at = this.#firsts[i] as number;
      const feature = features[at] as number;
      const size = Math.abs(words[feature] as number);
      if (size === 0 || (found.length === max && size <= (found[max - 1] as { size: number }).size)) continue;
      if (other.#has(feature)) continue;
      if (found.length === max) found.pop();
      let place = found.length;
      while (place > 0 && (found[place - 1] as { size: number }).size < size) place--;
      found.splice(place, 0, { size, at });
    }
    return found.map(({ at }) => this.#wordAt(at, words[features[at] as number] as number));
  }

  #wordAt(at: number, weight: number): WeighedWord {
    const { starts, ends } = this.tokens;
    const token = Math.floor(at / FEATURES);
    const first = at % FEATURES === 1 ? token - 1 : token;
    return { weight, start: starts[first] ?? 0, end: ends[token] as number };
  }
}
