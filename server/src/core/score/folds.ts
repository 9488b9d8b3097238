import { hashText } from './random.ts';

/** Union-find with path halving. */
export class Sets {
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

  has(item: number): boolean {
    return this.#parent.has(item);
  }

  join(a: number, b: number): void {
    const root = this.find(b);
    this.#parent.set(this.find(a), root).set(root, root);
  }
}

/** Key of a prompt, for folds. */
export function promptKey(prompt: string): number {
  return hashText(prompt);
}

/** Key of an answer without a prompt. */
export function answerKey(answer: string): number {
  return hashText(answer, 1);
}

/**
 * Decides which pairs must share a fold, so that no pair is scored by a fit that saw its prompt. Pairs without a
 * prompt share a fold if they share an answer, even indirectly.
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

  /** One key per added pair, in order. */
  keys(): readonly number[] {
    return this.#keys.map((key) => this.#sets.find(key));
  }

  /** Answers without a prompt, with the key of their pairs. */
  answers(): ReadonlyMap<number, number> {
    return new Map([...this.#answers].map((answer) => [answer, this.#sets.find(answer)]));
  }
}
