// A set of 32-bit integers that is emptied at no cost.
const FIRST_BITS = 10;

export class NumberSet {
  size = 0;
  #bits = FIRST_BITS;
  #items = new Int32Array(1 << FIRST_BITS);
  /** A place is taken if it has the present stamp. */
  #stamps = new Uint32Array(1 << FIRST_BITS);
  #stamp = 1;

  clear(): void {
    this.size = 0;
    this.#stamp++;
  }

  has(item: number): boolean {
    if (this.size === 0) return false;
    const mask = this.#items.length - 1;
    let at = Math.imul(item, 0x9e3779b1) >>> (32 - this.#bits);
    for (; this.#stamps[at] === this.#stamp; at = (at + 1) & mask) if (this.#items[at] === item) return true;
    return false;
  }

  /** True if the item is new. */
  add(item: number): boolean {
    if (2 * this.size >= this.#items.length) this.#grow();
    const mask = this.#items.length - 1;
    let at = Math.imul(item, 0x9e3779b1) >>> (32 - this.#bits);
    while (this.#stamps[at] === this.#stamp) {
      if (this.#items[at] === item) return false;
      at = (at + 1) & mask;
    }
    this.#items[at] = item;
    this.#stamps[at] = this.#stamp;
    this.size++;
    return true;
  }

  #grow(): void {
    const items = this.#items.filter((_, at) => this.#stamps[at] === this.#stamp);
    this.#bits++;
    this.#items = new Int32Array(1 << this.#bits);
    this.#stamps = new Uint32Array(1 << this.#bits);
    this.size = 0;
    for (const item of items) this.add(item);
  }
}
