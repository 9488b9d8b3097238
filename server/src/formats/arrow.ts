// The one place that knows Arrow. Scores as an Arrow IPC file: pandas, polars and DuckDB read it as it is.
import { makeTable, Table, tableFromIPC, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow';

import type { Json, JsonObject } from '#core/model/json.ts';

/** A score of one pair, without its reasons. */
export interface ScoreRow {
  /** Record number from 0; blank lines do not count. */
  readonly record: number;
  /** Pair number within the record, from 0. */
  readonly pair: number;
  readonly pairKey: string;
  /** Keys of the two answers under their prompt: they say which direction the margin has, wherever the pair goes. */
  readonly chosenKey: string;
  readonly rejectedKey: string;
  readonly scorer: string;
  /** Log-odds of the recorded label; negative speaks against it. */
  readonly margin: number;
  /** Share of the file's margins below this one, in percent. */
  readonly percentile: number;
}

/** The rows as one Arrow IPC file: record and pair int32, margin and percentile float64, the rest text. */
export function scoresToArrow(rows: readonly ScoreRow[]): Uint8Array {
  const table = makeTable({
    record: Int32Array.from(rows, (row) => row.record),
    pair: Int32Array.from(rows, (row) => row.pair),
    margin: Float64Array.from(rows, (row) => row.margin),
    percentile: Float64Array.from(rows, (row) => row.percentile),
  }).assign(
    // Text columns have no typed array to start from.
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

/** The rows of an Arrow file as objects; 64-bit numbers as far as a double holds them. */
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
