// How a CSV file is written, as plain data. It is decided once, so that every reader of a file decides the same.
import type { Utf16 } from './encoding.ts';

/** `python`: text that Python wrote for a list or dict, which is no JSON. It is read as text. */
export type ColumnKind = 'text' | 'number' | 'boolean' | 'json' | 'python';

export interface CsvColumn {
  readonly name: string;
  readonly kind: ColumnKind;
}

export interface CsvDialect {
  readonly delimiter: string;
  readonly columns: readonly CsvColumn[];
  /** The stored text is UTF-16, which is read as the UTF-8 that it becomes. */
  readonly encoding?: Utf16 | undefined;
}
