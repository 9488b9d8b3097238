import type { Facts } from './facts.ts';

/** A set of 64-bit keys that only counts: 16 bytes or less for each key that it has room for. */
export class DistinctKeys {
  readonly #keys: Uint32Array;
  readonly #mask: number;
  #hasZero = false;
  #count = 0;

  /** @param room the most keys that will be added */
  constructor(room: number) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(8, 1.4 * room)));
    this.#mask = slots - 1;
    this.#keys = new Uint32Array(2 * slots);
  }

  get count(): number {
    return this.#count;
  }

  add(low: number, high: number): void {
    // An empty slot is two zeros, so this key needs a place of its own.
    if (low === 0 && high === 0) {
      this.#count += Number(!this.#hasZero);
      this.#hasZero = true;
      return;
    }
    // Keys are hashes: their low half is as good as any.
    for (let slot = low & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const [ownLow, ownHigh] = [this.#keys[2 * slot], this.#keys[2 * slot + 1]];
      if (ownLow === low && ownHigh === high) return;
      if (ownLow !== 0 || ownHigh !== 0) continue;
      this.#keys[2 * slot] = low;
      this.#keys[2 * slot + 1] = high;
      this.#count++;
      return;
    }
  }

  addPrompt({ pairs }: Facts, pair: number): void {
    this.add(pairs.promptKey[2 * pair] ?? 0, pairs.promptKey[2 * pair + 1] ?? 0);
  }
}
