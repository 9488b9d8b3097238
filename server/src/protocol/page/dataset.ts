// client ↔ dataset page. The page requests the rows that it shows; it never holds a dataset.
import type { RecordEdit } from '../editor/edits.ts';
import type { PortraitResult } from '../editor/portrait.ts';
import type { RowOrder, RowsResult } from '../editor/rows.ts';
import type { DatasetStatus } from '../editor/status.ts';
import type { ActionResult, ShownPair, ShownView } from './pair.ts';

/** What a person can do with the pair that is shown. */
export type DatasetAction = RecordEdit['kind'] | 'undo' | 'next' | 'previous' | 'keep';

export interface DatasetPageRequests {
  /** Half-open, in this order. */
  rows: {
    params: { readonly order: RowOrder; readonly start: number; readonly end: number };
    result: RowsResult;
  };
  /** The file as a whole. */
  portrait: { params: null; result: PortraitResult };
  /** The pair of a row that the person selected. */
  select: { params: { readonly record: number; readonly pair: number }; result: ShownView };
  act: { params: { readonly action: DatasetAction; readonly at: ShownPair }; result: ActionResult };
}

/** page → client. */
export interface DatasetPageSends {
  readonly requests: DatasetPageRequests;
  readonly notifications: {
    ready: null;
    /** The person wants to map the fields of the file. */
    mapFields: null;
  };
}

/** client → page. */
export interface DatasetClientSends {
  readonly requests: object;
  readonly notifications: {
    status: DatasetStatus;
    /** Show the portrait of the file. */
    showPortrait: null;
    /** The rows changed, and no status says so. */
    outdated: null;
    /** A newer state of the pair that was shown last. */
    view: ShownView;
    /** Show this record and select it. */
    reveal: { readonly record: number; readonly pair: number };
  };
}
