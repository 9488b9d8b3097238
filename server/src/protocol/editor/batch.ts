// Edits, decisions and exports of many rows at once. Rows are named by their places in a list: a file can have millions.
import type { RowSelection } from './rows.ts';
import type { FindingView } from './views.ts';

/** Half-open, among the rows of a selection. */
export interface RowRange {
  readonly start: number;
  readonly end: number;
}

/** `DatasetStatus` has both. In the plain order of the file, only changes of the text move rows. */
export interface RowsTime {
  readonly revision: number;
  readonly generation: number;
}

/** A record and the number of its pair, as a row shows them. */
export interface RowPlace {
  readonly record: number;
  readonly pair: number;
}

export interface RowsRef {
  readonly uri: string;
  readonly selection: RowSelection;
  readonly ranges: readonly RowRange[];
  /** What those rows show, in order, if the page holds all of them: then only changes of the text can move them. */
  readonly places?: readonly RowPlace[];
  /** Of the file when the person chose the rows: by now, others may stand at their places. */
  readonly at: RowsTime;
}

/** What can be done to many rows. */
export type BatchEdit = 'flip' | 'tie' | 'drop';

export interface BatchDone {
  /** Rows that were changed. */
  readonly count: number;
  /** Rows that were left, by reason, the commonest first. */
  readonly left: readonly { readonly why: string; readonly count: number }[];
}

/** How many findings of a rule are in a file, or in some of its rows. */
export interface RuleCount {
  readonly rule: string;
  readonly severity: FindingView['severity'];
  readonly count: number;
}
