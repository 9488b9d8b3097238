import { hashText } from './random.ts';

/** Joins numbers into sets (union-find with path halving). */
class Sets {
  readonly #parent = new Map<number, number>();

  find(item: number): number {
    let at = item;
    for (;;) {
      const up = this.#parent.get(at);
      if (up === undefined || up === at) return at;
      const above = this.#parent.get(up) ?? up;
      this.#parent.set(at, above);
      at = above;
    }
  }

  join(a: number, b: number): void {
    this.#parent.set(this.find(a), this.find(b));
  }
}

/**
 * Which pairs must share a fold, so that no pair is scored by a fit that saw its prompt.
 * Pairs without a prompt belong together when they share an answer, however indirectly.
 */
export class PromptKeys {
  readonly #sets = new Sets();
  readonly #keys: number[] = [];

  add(prompt: string, chosen: string, rejected: string): void {
    if (prompt !== '') {
      this.#keys.push(hashText(prompt));
      return;
    }
    const own = hashText(chosen, 1);
    this.#sets.join(own, hashText(rejected, 1));
    this.#keys.push(own);
  }

  /** One key for each pair added, in order. */
  keys(): readonly number[] {
    return this.#keys.map((key) => this.#sets.find(key));
  }
}
