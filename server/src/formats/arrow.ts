// The one place that knows Arrow. Scores as an Arrow IPC file: pandas, polars and DuckDB read it as it is.
import { makeTable, Table, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow';

/** A score of one pair, without its reasons. */
export interface ScoreRow {
  /** Record number from 0; blank lines do not count. */
  readonly record: number;
  /** Pair number within the record, from 0. */
  readonly pair: number;
  readonly pairKey: string;
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

function tableOfTexts(rows: readonly ScoreRow[]) {
  const pairKey = vectorFromArray(
    rows.map((row) => row.pairKey),
    new Utf8(),
  );
  const scorer = vectorFromArray(
    rows.map((row) => row.scorer),
    new Utf8(),
  );
  return new Table({ pairKey, scorer });
}
