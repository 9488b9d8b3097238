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

/** The key of a prompt, for folds. */
export function promptKey(prompt: string): number {
  return hashText(prompt);
}

/** The key of an answer that stands without a prompt. */
export function answerKey(answer: string): number {
  return hashText(answer, 1);
}

/**
 * Which pairs must share a fold, so that no pair is scored by a fit that saw its prompt.
 * Pairs without a prompt belong together when they share an answer, however indirectly.
 */
export class PromptKeys {
  readonly #sets = new Sets();
  readonly #keys: number[] = [];
  readonly #answers = new Set<number>();

  add(prompt: string, chosen: string, rejected: string): void {
    if (prompt !== '') {
      this.#keys.push(promptKey(prompt));
      return;
    }
    const [own, other] = [answerKey(chosen), answerKey(rejected)];
    this.#sets.join(own, other);
    this.#keys.push(own);
    this.#answers.add(own).add(other);
  }

  /** One key for each pair added, in order. */
  keys(): readonly number[] {
    return this.#keys.map((key) => this.#sets.find(key));
  }

  /** Answers without a prompt, each with the key of the pairs that it belongs to. */
  answers(): ReadonlyMap<number, number> {
    return new Map([...this.#answers].map((answer) => [answer, this.#sets.find(answer)]));
  }
}
