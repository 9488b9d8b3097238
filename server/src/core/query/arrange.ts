// Selected rows as a sample, and in another order.
import { sortedOrder } from '../sortedOrder.ts';
import type { Column } from './column.ts';
import type { KnownFacts } from './facts.ts';
import type { Rows } from './pick.ts';
import { sampleOf } from './sample.ts';
import type { SortKey } from './sortKey.ts';

/** A key of a row: of a fact, or of a field with its column. */
export interface RowKey {
  readonly key: SortKey;
  readonly column: Column | undefined;
}

export interface Arrangement {
  readonly sort?: { readonly by: RowKey; readonly isDescending: boolean } | undefined;
  readonly sample?:
    { readonly count: number; readonly seed: number; readonly by: RowKey | undefined } | undefined;
}

/** The key of each row; NaN where there is none. */
function keyOfRow(
  { key, column }: RowKey,
  known: KnownFacts,
  { records, pairs }: Rows,
): (row: number) => number {
  const { facts } = known;
  const of =
    key.kind === 'fact' ? key.of(known) : (record: number): number => column?.keys[record] ?? Number.NaN;
  return (row) => {
    const record = records[row] ?? -1;
    const [from, to] = facts.pairsOf(record);
    const pair = from + (pairs[row] ?? 0);
    return of(record, pair < to ? pair : -1);
  };
}

/** Numbers of the rows that are left, in their order; undefined for all of them as they are. */
export function arrange(
  rows: Rows,
  known: KnownFacts,
  { sort, sample }: Arrangement,
): ArrayLike<number> | undefined {
  const count = rows.records.length;
  const drawn =
    sample && sampleOf(count, sample.count, sample.seed, sample.by && keyOfRow(sample.by, known, rows));
  if (!sort) return drawn;
  const of = keyOfRow(sort.by, known, rows);
  const keys = new Float64Array(drawn?.length ?? count);
  for (let i = 0; i < keys.length; i++) keys[i] = of(drawn ? (drawn[i] ?? 0) : i);
  const order = sortedOrder(keys, sort.isDescending);
  return drawn ? order.map((i) => drawn[i] ?? 0) : order;
}
