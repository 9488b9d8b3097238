// Which element shows which row. Elements of rows that left the screen show those that came: changing a text costs a
// fraction of what a new element costs. A row keeps its element while it is on the screen.

export class Slots {
  #slots: ReadonlyMap<string, number> = new Map();

  /** The slots of the rows with these keys, which are all different. */
  take(keys: readonly string[]): readonly number[] {
    const before = this.#slots;
    const stays = new Set(keys);
    // In their order on the screen: after a jump, no element moves.
    const free = [...before].flatMap(([key, slot]) => (stays.has(key) ? [] : [slot]));
    let [used, next] = [0, Math.max(-1, ...before.values()) + 1];
    const slots = keys.map((key) => before.get(key) ?? free[used++] ?? next++);
    this.#slots = new Map(keys.map((key, i) => [key, slots[i] ?? 0]));
    return slots;
  }
}
