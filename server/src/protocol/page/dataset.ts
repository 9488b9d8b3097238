// client ↔ dataset page. The page requests the rows that it shows; it never holds a dataset.
import type { BatchEdit, RowPlace, RowRange, RowsTime, RuleCount } from '../editor/batch.ts';
import type { RecordEdit } from '../editor/edits.ts';
import type { PortraitRequest, PortraitResult } from '../editor/portrait.ts';
import type { FieldColumn, Found, QueryCompletion, RowSelection, RowsResult } from '../editor/rows.ts';
import type { DatasetStatus } from '../editor/status.ts';
import type { WalkAction } from './compare.ts';
import type { ViewOptions } from './options.ts';
import type { ActionResult, PairRequests, ShownPair, ShownView } from './pair.ts';
import type { ReviewCommand, ReviewPageRequests } from './review.ts';

/** What a person can do with the pair that is shown. */
export type DatasetAction = RecordEdit['kind'] | 'undo' | 'keep' | WalkAction;

/** What a person can do with the rows that are marked. */
export type BatchAction = BatchEdit | 'keep' | 'export';

/** Where the pair is: nowhere, beside the list or below it. */
export type DatasetLayout = 'list' | 'right' | 'below';

/** What a person made of the columns. */
export interface ColumnChoice {
  /** Ids in their order; the usual ones if nothing was chosen. */
  readonly shown?: readonly string[];
  /** Pixels, by id. */
  readonly widths: Readonly<Record<string, number>>;
  /** The first so many columns stay in place when the others scroll. */
  readonly frozen: number;
}

/** What a portrait is of: the file, or the rows that the filter keeps. */
export type PortraitScope = 'file' | 'rows';

/** What the page shows again after a reload. */
export interface PageMemory {
  readonly selection: RowSelection;
  readonly place?: { readonly record: number; readonly pair: number };
  readonly layout: DatasetLayout;
  /** A review goes on. */
  readonly isReviewing?: true;
  /** Default: the file. */
  readonly portraitScope?: PortraitScope;
  /** Queries, the latest first. */
  readonly recent: readonly string[];
}

export interface DatasetPageRequests extends PairRequests, ReviewPageRequests {
  rows: {
    params: {
      readonly selection: RowSelection;
      readonly columns: readonly string[];
      readonly start: number;
      readonly end: number;
    };
    result: RowsResult;
  };
  /** The fields of the file, how many findings each rule has, and what the person made of the columns of its schema. */
  columns: {
    params: null;
    result: {
      readonly fields: readonly FieldColumn[];
      readonly rules: readonly RuleCount[];
      readonly choice?: ColumnChoice;
    };
  };
  complete: {
    params: { readonly query: string; readonly offset: number };
    result: readonly QueryCompletion[];
  };
  place: {
    params: { readonly selection: RowSelection; readonly record: number; readonly pair: number };
    result: number;
  };
  /** The file as a whole, or what a query selects. */
  portrait: { params: Omit<PortraitRequest, 'uri'>; result: PortraitResult };
  /** The whole text of a cell. */
  cell: {
    params: { readonly record: number; readonly pair: number; readonly column: string };
    result: string;
  };
  /** The pair of a row that the person selected. */
  select: { params: { readonly record: number; readonly pair: number }; result: ShownView };
  /** A pair that the person may select next. */
  peek: { params: { readonly record: number; readonly pair: number }; result: ShownView };
  act: { params: { readonly action: DatasetAction; readonly at: ShownPair }; result: ActionResult };
  /** What was done, in a sentence; null if the person changed their mind. */
  batch: {
    params: {
      readonly action: BatchAction;
      readonly selection: RowSelection;
      readonly ranges: readonly RowRange[];
      /** What those rows show, if the page holds all of them. */
      readonly places?: readonly RowPlace[];
      readonly count: number;
      readonly at: RowsTime;
    };
    result: string | null;
  };
}

/** page → client. */
export interface DatasetPageSends {
  readonly requests: DatasetPageRequests;
  readonly notifications: {
    ready: null;
    /** The person wants to map the fields of the file. */
    mapFields: null;
    /** The person chose how records are drawn. */
    options: ViewOptions;
    /** The person chose a link in a text. */
    openLink: { readonly address: string };
    remember: PageMemory;
    /** The page shows a pair to review and has the focus, or no longer. */
    reviewing: { readonly isReviewing: boolean };
    rememberColumns: ColumnChoice;
  };
}

/** client → page. */
export interface DatasetClientSends {
  readonly requests: object;
  readonly notifications: {
    /** What the page showed before it was reloaded. */
    restore: PageMemory;
    status: DatasetStatus;
    /** As remembered; before the first view. */
    options: ViewOptions;
    /** Show the portrait or the review of the file. */
    showPart: { readonly part: 'portrait' | 'review' };
    /** Show the rows of this query. */
    query: { readonly query: string };
    /** A command of the editor, for the review. */
    reviewAct: { readonly command: ReviewCommand };
    /** The rows changed, and no status says so. */
    outdated: null;
    /** A search went on. */
    found: Found;
    /** A newer state of the pair that was selected last, as far as the editor knows. */
    view: { readonly at: RowPlace; readonly shown: ShownView };
    /** Show this record and select it. */
    reveal: RowPlace;
    /** Select this record, and go on showing the portrait or the review. */
    follow: RowPlace;
    /** Puts the cursor into the filter. */
    filter: null;
  };
}
