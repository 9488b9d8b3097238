// A map that keeps the entries that were used last.
export class Latest<Item> {
  readonly #items = new Map<string, Item>();
  readonly #max: number;
  readonly #onLeave: (item: Item) => void;

  constructor(max: number, onLeave: (item: Item) => void = () => undefined) {
    this.#max = max;
    this.#onLeave = onLeave;
  }

  get(key: string): Item | undefined {
    const item = this.#items.get(key);
    if (item === undefined) return undefined;
    this.#items.delete(key);
    this.#items.set(key, item);
    return item;
  }

  set(key: string, item: Item): void {
    this.#items.delete(key);
    this.#items.set(key, item);
    for (const [old, own] of this.#items) {
      if (this.#items.size <= this.#max) break;
      this.#items.delete(old);
      this.#onLeave(own);
    }
  }

  delete(key: string): void {
    this.#items.delete(key);
  }

  get entries(): readonly (readonly [string, Item])[] {
    return [...this.#items];
  }

  clear(): void {
    for (const item of this.#items.values()) this.#onLeave(item);
    this.#items.clear();
  }
}
