// Lists of records, and the way from one to the next.
import type { RecordRef } from './place.ts';
import type { ValueKind } from './valueKind.ts';
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
  /** In UTF-16 units; 0 without a pair. */
  readonly chosenLength: number;
  readonly rejectedLength: number;
  readonly findings: readonly FindingView[];
  /** It waits to be saved. */
  readonly isEdited: boolean;
  /** It is to be dropped. */
  readonly isDropped: boolean;
  /** How the texts begin; of a record without a pair, how the record does. */
  readonly prompt: string;
  readonly chosen: string;
  readonly rejected: string;
  /** The requested fields of the record, by the names that the request has. */
  readonly cells: Readonly<Record<string, CellView>>;
}

/** A field of a record. */
export interface CellView {
  readonly kind: ValueKind | 'missing';
  /** How it begins, on one line; '' for `missing`, `null` and `empty`. */
  readonly text: string;
}

/** All records in their order, or those with findings in the order of review. */
export type RowOrder = 'all' | 'findings';

/** Which rows of a file, and in which order. */
export interface RowSelection {
  readonly order: RowOrder;
  /** In the query language; '' for all. */
  readonly query: string;
  /** By a fact, or by a field of the record. Rows without a value come last in both directions. */
  readonly sort?: RowSort;
  /** Drawn from the rows that the query finds. They keep their order. */
  readonly sample?: RowSample;
}

export interface RowSort {
  /** As in a query: `margin` is the fact, `.margin` the record's own field of that name. */
  readonly field: string;
  readonly isDescending: boolean;
}

export interface RowSample {
  /** Rows to draw. */
  readonly count: number;
  /** The same seed draws the same rows of the same file. */
  readonly seed: number;
  /** A fact or field, as in a query: each of its values gets the same share of the sample. */
  readonly by?: string;
}

export interface RowsRequest {
  readonly uri: string;
  readonly selection: RowSelection;
  /** Fields of the records for `RowView.cells`; nested names joined by dots. */
  readonly columns: readonly string[];
  /** Half-open, among the selected rows. */
  readonly start: number;
  readonly end: number;
}

export interface RowsResult {
  readonly rows: readonly RowView[];
  /** Rows of the selection that are known so far. */
  readonly total: number;
  /** Of the file, as `DatasetStatus` has it. */
  readonly revision: number;
  /** Names the selection in `preflens/found`. */
  readonly key: string;
  /** While records are still read for it: `preflens/found` tells when there are more rows. */
  readonly search?: SearchProgress;
  /** What is wrong with the query, the sort or the sample; there are no rows then, except those found before a search ended early. */
  readonly fault?: QueryFault;
  /** What else a person should know of these rows, as a sentence. */
  readonly note?: string;
}

export interface SearchProgress {
  /** Share of the file that was searched, 0 to 1. */
  readonly done: number;
  /** Rows found so far. */
  readonly hits: number;
}

export interface QueryFault {
  /** What is wrong, and what to write. */
  readonly message: string;
  /** Place in the query, in UTF-16 units, half-open; of a fault elsewhere, the end of the query. */
  readonly start: number;
  readonly end: number;
}

/** A search of a whole file went on. */
export interface Found extends SearchProgress {
  readonly uri: string;
  readonly revision: number;
  /** `RowsResult.key` of the selection. */
  readonly key: string;
  readonly total: number;
  /** The search ended, or was given up for a later one: no further notification follows until rows are requested again. */
  readonly isOver: boolean;
  /** Why it ended early. */
  readonly fault?: QueryFault;
}

/** A field of the records, as a column to offer. */
export interface FieldColumn {
  /** Nested names are joined by dots. */
  readonly name: string;
  /** What most of its values are. */
  readonly kind: Exclude<ValueKind, 'null' | 'empty'>;
  /** Share of the sampled records that have a value, 0 to 1. */
  readonly share: number;
  /** A value, on one line. */
  readonly example: string;
  /** It can be sorted by: its values are texts, numbers or booleans. */
  readonly isScalar: boolean;
  /** A rating of the pair, such as `chosen_rating.helpfulness`, and no field of the record. */
  readonly isRating?: true;
  /** The values, if the sample has few, as a query spells them. */
  readonly values?: readonly string[];
}

export interface CompletionRequest {
  readonly uri: string;
  readonly query: string;
  /** Of the cursor, in UTF-16 units. */
  readonly offset: number;
}

/** Replace [start, end) of the query by `insert`. */
export interface QueryCompletion {
  readonly label: string;
  readonly insert: string;
  readonly start: number;
  readonly end: number;
  /** What it means. */
  readonly detail: string;
}

/** A pair in a selection. */
export interface PlaceRequest {
  readonly uri: string;
  readonly selection: RowSelection;
  readonly record: number;
  /** In rows of the order `all`, which hold one pair of each record, any pair means its record. */
  readonly pair: number;
}

/**
 * `next` and `previous` lead to the places with findings; `…Pair` to the pairs of the file, in its order; `…InRecord` to the
 * pairs of the record. All go round in a circle.
 */
export type Step =
  'here' | 'next' | 'previous' | 'nextPair' | 'previousPair' | 'nextInRecord' | 'previousInRecord';

export interface PairRequest extends RecordRef {
  readonly step: Step;
  /**
   * The `findingNumber` under which the pair was last shown, for `next` and `previous`. A repaired pair has left the
   * list: the one that has its number now is the next one. Without it the list is entered at its first or last finding.
   */
  readonly shownAs?: number;
}
