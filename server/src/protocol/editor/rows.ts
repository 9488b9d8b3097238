// Lists of records, and the way from one to the next.
import type { RecordRef } from './place.ts';
import type { FindingView, VerdictView } from './views.ts';

/** A record as a row of a list. */
export interface RowView {
  /** WHOLE_FILE (-1) for what is said of the file. */
  readonly record: number;
  /** The pair that the row is about: the one that speaks most against its label. */
  readonly pair: number;
  readonly pairCount: number;
  /** Of the first of its answers that stand alone; then `chosen` is how that answer begins. */
  readonly verdict?: VerdictView;
  readonly isTie: boolean;
  readonly margin?: number;
  readonly findings: readonly FindingView[];
  /** It waits to be saved. */
  readonly isEdited: boolean;
  /** It is to be dropped. */
  readonly isDropped: boolean;
  /** How the texts begin; of a record without a pair, how the record does. */
  readonly prompt: string;
  readonly chosen: string;
  readonly rejected: string;
}

/** All records in their order, or those with findings in the order of review. */
export type RowOrder = 'all' | 'findings';

export interface RowsRequest {
  readonly uri: string;
  readonly order: RowOrder;
  /** Half-open, in that order. */
  readonly start: number;
  readonly end: number;
}

export interface RowsResult {
  readonly rows: readonly RowView[];
  readonly total: number;
}

export type Step = 'here' | 'next' | 'previous';

export interface PairRequest extends RecordRef {
  readonly step: Step;
  /**
   * The `findingNumber` under which the pair was last shown, for `next` and `previous`. A repaired pair has left the
   * list: the one that has its number now is the next one. Without it the list is entered at its first or last finding.
   */
  readonly shownAs?: number;
}
