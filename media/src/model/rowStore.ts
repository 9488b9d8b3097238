// Rows that the page has, in blocks: what is not here yet is asked for once.
import type { RowOrder, RowView } from '#protocol/editor/rows.ts';

/** Rows asked for together. */
const BLOCK = 100;

/** Blocks that are kept; those longest unseen go. */
const MAX_BLOCKS = 100;

export interface Block {
  readonly start: number;
  readonly end: number;
}

export class RowStore {
  readonly order: RowOrder;
  total = 0;
  /** By number of the block; the one looked at last at the end. Undefined while it is on its way. */
  readonly #blocks = new Map<number, readonly RowView[] | undefined>();
  /** Blocks that are shown until a newer state of them comes. */
  readonly #old = new Map<number, readonly RowView[]>();

  constructor(order: RowOrder) {
    this.order = order;
  }

  /** The row at this place of the order; undefined while it is not here. */
  at(index: number): RowView | undefined {
    const number = Math.floor(index / BLOCK);
    const rows = this.#blocks.get(number) ?? this.#old.get(number);
    return rows?.[index - number * BLOCK];
  }

  /** What has to be asked for, so that the rows [start, end) are here. It counts as asked for from now on. */
  missing(start: number, end: number): readonly Block[] {
    const wanted: Block[] = [];
    for (let number = Math.floor(start / BLOCK); number * BLOCK < end; number++) {
      if (this.#blocks.has(number)) {
        const rows = this.#blocks.get(number);
        this.#blocks.delete(number);
        this.#blocks.set(number, rows);
        continue;
      }
      this.#blocks.set(number, undefined);
      wanted.push({ start: number * BLOCK, end: (number + 1) * BLOCK });
    }
    for (const number of this.#blocks.keys()) {
      if (this.#blocks.size <= MAX_BLOCKS) break;
      this.#blocks.delete(number);
      this.#old.delete(number);
    }
    return wanted;
  }

  put(start: number, rows: readonly RowView[], total: number): void {
    const number = Math.floor(start / BLOCK);
    this.#blocks.set(number, rows);
    this.#old.delete(number);
    this.total = total;
  }

  /** A block that could not be had: it counts as missing again. */
  release(start: number): void {
    const number = Math.floor(start / BLOCK);
    if (this.#blocks.get(number) === undefined) this.#blocks.delete(number);
  }

  /** Everything may be otherwise: what is here is shown until it came anew. */
  outdate(): void {
    for (const [number, rows] of this.#blocks) if (rows) this.#old.set(number, rows);
    this.#blocks.clear();
  }
}
