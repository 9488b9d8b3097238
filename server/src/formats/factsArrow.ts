// Facts as an Arrow file. pandas, polars and DuckDB read it directly, and so do we.
import type { Vector } from 'apache-arrow';
import { makeVector, Table, tableFromIPC, tableToIPC } from 'apache-arrow';

import type { Facts } from '#core/facts/facts.ts';

import { columnsOfFacts, factsOfColumns } from './factsColumns.ts';

/** The columns of `columnsOfFacts`. */
export function factsToArrow(facts: Facts): Uint8Array {
  const columns = Object.entries(columnsOfFacts(facts)).map(
    ([name, values]) => [name, makeVector(values)] as const,
  );
  return tableToIPC(new Table(Object.fromEntries(columns) as Record<string, Vector>), 'file');
}

function columnOf<T>(table: Table, name: string): T {
  const vector = table.getChild(name);
  const [data] = vector?.data ?? [];
  if (!vector || (table.numRows > 0 && vector.data.length !== 1)) throw new Error(`facts: no column ${name}`);
  return (data?.values ?? []) as T;
}

/** Inverse of `factsToArrow`. Throws if the bytes are no such file. */
export function factsFromArrow(bytes: Uint8Array): Facts {
  const table = tableFromIPC(bytes);
  return factsOfColumns(table.numRows, (name) => columnOf(table, name));
}
