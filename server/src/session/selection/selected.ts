// The rows of a selection, by index and by place.
import type { Picked, PlacedPair } from '#core/query/pick.ts';
import type { Fault } from '#core/query/syntax.ts';
import type { SearchProgress } from '#protocol/editor/rows.ts';

/** The rows of a selection, as far as they are known. */
export interface Selected {
  readonly key: string;
  readonly total: number;
  /** The record and pair of a row; without a pair, the one that speaks most against its label. */
  readonly place: (index: number) => { readonly record: number; readonly pair?: number } | undefined;
  /** −1 if it is not there. In rows of whole records, any pair means its record. */
  readonly indexOf: (record: number, pair: number) => number;
  readonly search?: SearchProgress;
  readonly fault?: Fault;
  readonly note?: string;
}

/** A selection of which no row is known. */
export function nothing(key: string, more: Partial<Selected>): Selected {
  return { key, total: 0, place: () => undefined, indexOf: () => -1, ...more };
}

/**
 * The picked rows.
 * @param rows numbers of the picked rows, in their order; undefined: all
 */
export function selectedRows(
  key: string,
  { records, pairs }: Picked,
  rows: ArrayLike<number> | undefined,
  isByPair: boolean,
  more: Partial<Selected>,
): Selected {
  const total = rows?.length ?? records.length;
  const rowAt = (index: number): number => (rows ? (rows[index] ?? -1) : index);
  const place = (index: number): PlacedPair | undefined => {
    const row = rowAt(index);
    const [record, pair] = [records[row], pairs[row]];
    return index < total && record !== undefined && pair !== undefined ? { record, pair } : undefined;
  };
  return {
    key,
    total,
    place,
    // A look at a million rows takes a few milliseconds, and a map of them a second.
    indexOf(record, pair) {
      for (let index = 0; index < total; index++) {
        const row = rowAt(index);
        if (records[row] === record && (!isByPair || pairs[row] === pair)) return index;
      }
      return -1;
    },
    ...more,
  };
}
