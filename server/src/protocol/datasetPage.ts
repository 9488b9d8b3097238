// client ↔ dataset page, over postMessage. The page asks for the rows that it shows; it never holds a dataset.
import type { RecordEdit } from './editor/edits.ts';
import type { RowOrder, RowView } from './editor/rows.ts';
import type { DatasetStatus } from './editor/status.ts';
import type { RecordView } from './editor/views.ts';

/** What a person can want of the pair that is shown. */
export type DatasetAction = RecordEdit['kind'] | 'undo' | 'next' | 'previous' | 'keep';

/** page → client. */
export type FromDatasetPage =
  | { readonly kind: 'ready' }
  /** Half-open, in this order. */
  | { readonly kind: 'rows'; readonly order: RowOrder; readonly start: number; readonly end: number }
  | { readonly kind: 'select'; readonly record: number; readonly pair: number }
  | { readonly kind: 'act'; readonly action: DatasetAction; readonly record: number; readonly pair: number };

/** client → page. */
export type ToDatasetPage =
  | { readonly kind: 'status'; readonly status: DatasetStatus }
  | {
      readonly kind: 'rows';
      readonly order: RowOrder;
      readonly start: number;
      readonly rows: readonly RowView[];
      readonly total: number;
    }
  /** The pair of the selected row, or why there is none. */
  | { readonly kind: 'view'; readonly view: RecordView }
  /** Show this record and select it. */
  | { readonly kind: 'reveal'; readonly record: number; readonly pair: number }
  | { readonly kind: 'failed'; readonly words: string };
