// The only user of Arrow for scores: writes them as an Arrow IPC file, which pandas, polars and DuckDB read
// directly.
import { makeTable, Table, tableFromIPC, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow';

import type { Json, JsonObject } from '#core/model/json.ts';

/** A pair's score, without reasons. */
export interface ScoreRow {
  /** Record number from 0, not counting blank lines. */
  readonly record: number;
  /** Pair number in the record, from 0. */
  readonly pair: number;
  readonly pairKey: string;
  /** Keys of the two answers under their prompt. They give the margin's direction even if the pair moves. */
  readonly chosenKey: string;
  readonly rejectedKey: string;
  readonly scorer: string;
  /** Log-odds of the recorded label; negative if the scorer disagrees. */
  readonly margin: number;
  /** Percentage of the file's margins below this one. */
  readonly percentile: number;
}

/** One Arrow IPC file: record and pair are int32, margin and percentile float64, the rest text. */
export function scoresToArrow(rows: readonly ScoreRow[]): Uint8Array {
  const table = makeTable({
    record: Int32Array.from(rows, (row) => row.record),
    pair: Int32Array.from(rows, (row) => row.pair),
    margin: Float64Array.from(rows, (row) => row.margin),
    percentile: Float64Array.from(rows, (row) => row.percentile),
  }).assign(
    // Text columns can't be made from typed arrays.
    tableOfTexts(rows),
  );
  return tableToIPC(table, 'file');
}

const TEXTS = ['pairKey', 'chosenKey', 'rejectedKey', 'scorer'] as const;

function tableOfTexts(rows: readonly ScoreRow[]) {
  return new Table(
    Object.fromEntries(
      TEXTS.map((name) => [
        name,
        vectorFromArray(
          rows.map((row) => row[name]),
          new Utf8(),
        ),
      ]),
    ),
  );
}

/** The rows of an Arrow file as objects. 64-bit numbers become doubles. */
export function* rowsOfArrow(bytes: Uint8Array): Generator<JsonObject> {
  const table = tableFromIPC(bytes);
  const columns = table.schema.fields.map(({ name }) => ({ name, vector: table.getChild(name) }));
  for (let row = 0; row < table.numRows; row++) {
    yield Object.fromEntries(
      columns.map(({ name, vector }) => {
        const value: unknown = vector?.get(row);
        return [name, typeof value === 'bigint' ? Number(value) : (value as Json)];
      }),
    );
  }
}
