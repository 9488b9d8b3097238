/** What was used last, up to so many bytes. One item may have more. */
export class Kept<Item extends { readonly bytes: number }> {
  readonly #maxBytes: number;
  /** Most recently used last. */
  readonly #items = new Map<number, Item>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get(key: number): Item | undefined {
    const item = this.#items.get(key);
    if (!item) return undefined;
    this.#items.delete(key);
    this.#items.set(key, item);
    return item;
  }

  set(key: number, item: Item): void {
    this.#bytes += item.bytes - (this.#items.get(key)?.bytes ?? 0);
    this.#items.delete(key);
    this.#items.set(key, item);
    for (const [oldest, old] of this.#items) {
      if (this.#bytes <= this.#maxBytes || old === item) return;
      this.#items.delete(oldest);
      this.#bytes -= old.bytes;
    }
  }
}
