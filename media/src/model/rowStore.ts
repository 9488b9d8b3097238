// The rows that a page holds, in blocks. A store is a value: each function returns the next one.
import type { RowSelection, RowsResult, RowView } from '#protocol/editor/rows.ts';

/** Rows in one request. */
export const BLOCK = 100;

/** The blocks seen longest ago are dropped beyond this number. */
const MAX_BLOCKS = 100;

/** Rows [start, end) of a selection. */
export interface Block {
  readonly start: number;
  readonly end: number;
}

interface StoredBlock {
  readonly state: 'pending' | 'loaded' | 'stale' | 'failed';
  /** Stale rows stay on the screen until new ones replace them. */
  readonly rows?: readonly RowView[];
  /** Why the last request failed; stays until rows arrive. */
  readonly reason?: string;
}

export interface RowStore {
  /** Rows of the whole list that are known so far. */
  readonly total: number;
  /** What else the latest reply said of the list; undefined before it. */
  readonly list: Pick<RowsResult, 'key' | 'search' | 'fault' | 'note'> | undefined;
  /** By number; the one seen last stands at the end. */
  readonly blocks: ReadonlyMap<number, StoredBlock>;
}

export const EMPTY_STORE: RowStore = { total: 0, list: undefined, blocks: new Map() };

/** Rows of the whole file in their order: the place of a row is the number of its record. */
export function isPlain({ order, query, sort, sample }: RowSelection): boolean {
  return order === 'all' && query === '' && !sort && !sample;
}

/** The name of a selection among the stores of a page. */
export function nameOf({ order, query, sort, sample }: RowSelection): string {
  return query === '' && !sort && !sample ? order : JSON.stringify([order, query, sort, sample]);
}

function blockAt({ blocks }: RowStore, index: number): StoredBlock | undefined {
  return blocks.get(Math.floor(index / BLOCK));
}

/** The row at a place of the list; undefined while it is not loaded. */
export function rowAt(store: RowStore, index: number): RowView | undefined {
  return blockAt(store, index)?.rows?.[index % BLOCK];
}

/** Why the row at this place could not be loaded; undefined if nothing failed. */
export function failureAt(store: RowStore, index: number): string | undefined {
  return blockAt(store, index)?.reason;
}

/**
 * The blocks to request so that rows [start, end) are loaded; the store returned counts them as pending.
 * @param retries request failed blocks again
 */
export function takeMissing(
  store: RowStore,
  { start, end }: Block,
  retries: boolean,
): readonly [RowStore, readonly Block[]] {
  const blocks = new Map(store.blocks);
  const missing: Block[] = [];
  for (let number = Math.floor(start / BLOCK); number * BLOCK < end; number++) {
    const block = blocks.get(number) ?? { state: 'stale' };
    const isMissing = block.state === 'stale' || (block.state === 'failed' && retries);
    // Setting a key again leaves it where it was: deleted first, it moves to the end.
    blocks.delete(number);
    blocks.set(number, isMissing ? { ...block, state: 'pending' } : block);
    if (isMissing) missing.push({ start: number * BLOCK, end: (number + 1) * BLOCK });
  }
  for (const number of blocks.keys()) {
    if (blocks.size <= MAX_BLOCKS) break;
    blocks.delete(number);
  }
  return [{ ...store, blocks }, missing];
}

/** The pending blocks outside of rows [start, end): nobody waits for them any more. The store returned has forgotten their requests. */
export function takeHidden(store: RowStore, { start, end }: Block): readonly [RowStore, readonly Block[]] {
  const hidden = [...store.blocks.keys()]
    .filter((number) => store.blocks.get(number)?.state === 'pending')
    .map((number) => ({ start: number * BLOCK, end: (number + 1) * BLOCK }))
    .filter((block) => block.end <= start || block.start >= end);
  if (hidden.length === 0) return [store, hidden];
  const blocks = new Map(store.blocks);
  for (const block of hidden) {
    const number = block.start / BLOCK;
    blocks.set(number, { ...blocks.get(number), state: 'stale' });
  }
  return [{ ...store, blocks }, hidden];
}

function withBlock(store: RowStore, start: number, block: StoredBlock): RowStore {
  return { ...store, blocks: new Map(store.blocks).set(Math.floor(start / BLOCK), block) };
}

/** @param start of a block that was requested */
export function withRows(store: RowStore, start: number, result: RowsResult): RowStore {
  const { rows, total, key, search, fault, note } = result;
  const list = {
    key,
    ...(search && { search }),
    ...(fault && { fault }),
    ...(note !== undefined && { note }),
  };
  return { ...withBlock(store, start, { state: 'loaded', rows }), total, list };
}

/** @param start of a block that was requested */
export function withFailure(store: RowStore, start: number, reason: string): RowStore {
  return withBlock(store, start, { state: 'failed', reason });
}

/** The dataset changed: what is loaded or on its way may be wrong. */
export function invalidate(store: RowStore): RowStore {
  const stale = [...store.blocks].map(([number, block]) => [number, { ...block, state: 'stale' }] as const);
  return { ...store, blocks: new Map(stale) };
}
