// What can happen to the dataset page, and what it does about it.
import type { RuleCount } from '#protocol/editor/batch.ts';
import type { FieldColumn, Found, RowSample, RowSelection, RowsResult } from '#protocol/editor/rows.ts';
import type { DatasetStatus } from '#protocol/editor/status.ts';
import type {
  BatchAction,
  ColumnChoice,
  DatasetAction,
  DatasetLayout,
  DatasetPageRequests,
  PageMemory,
} from '#protocol/page/dataset.ts';
import type { ActionResult, ShownPair, ShownView } from '#protocol/page/pair.ts';

import type { DatasetState, ListPlace, PairPlace } from './datasetState.ts';
import type { FilterEvent } from './filter.ts';
import type { PortraitEvent } from './portrait.ts';
import type { ReviewEffect, ReviewEvent } from './review.ts';
import type { Block } from './rowStore.ts';
import type { RecordEffect, RecordEvent } from './viewOptions.ts';

/** What a person does with the columns. */
export type ColumnEvent =
  | { readonly kind: 'toggled'; readonly id: string }
  | { readonly kind: 'movedTo'; readonly id: string; readonly target: string }
  | { readonly kind: 'movedBy'; readonly id: string; readonly by: number }
  | { readonly kind: 'resized'; readonly id: string; readonly width: number }
  /** As wide as at first. */
  | { readonly kind: 'unsized'; readonly id: string }
  | { readonly kind: 'frozenUpTo'; readonly id: string }
  | { readonly kind: 'reset' };

/** How a press on a row changes what is marked. */
export type Marking = 'none' | 'toggle' | 'extend';

/** Replies carry what they were requested for. */
export type DatasetEvent =
  | RecordEvent
  | { readonly kind: 'started' }
  | { readonly kind: 'restored'; readonly memory: PageMemory }
  | { readonly kind: 'status'; readonly status: DatasetStatus }
  /** The rows changed, and no status says so. */
  | { readonly kind: 'outdated' }
  | { readonly kind: 'found'; readonly found: Found }
  | {
      readonly kind: 'rowsLoaded';
      readonly name: string;
      readonly start: number;
      readonly result: RowsResult;
      readonly revision: number;
    }
  | { readonly kind: 'rowsFailed'; readonly name: string; readonly start: number; readonly reason: string }
  | { readonly kind: 'pairLoaded'; readonly at: PairPlace; readonly shown: ShownView }
  /** Undefined if it could not be loaded. */
  | { readonly kind: 'aheadLoaded'; readonly at: PairPlace; readonly shown: ShownView | undefined }
  | { readonly kind: 'pairFailed'; readonly at: PairPlace; readonly reason: string }
  /** Where a pair stands in a selection; −1 if it is not in it. */
  | {
      readonly kind: 'placed';
      readonly name: string;
      readonly at: PairPlace;
      readonly index: number;
      readonly why: PlaceWish;
    }
  | {
      readonly kind: 'columnsLoaded';
      readonly fields: readonly FieldColumn[];
      readonly rules: readonly RuleCount[];
      readonly choice?: ColumnChoice;
    }
  | { readonly kind: 'cellLoaded'; readonly index: number; readonly column: string; readonly text: string }
  /** A newer state of the pair on the screen: the client sends one after each change. */
  | { readonly kind: 'refreshed'; readonly at: PairPlace; readonly shown: ShownView }
  | {
      readonly kind: 'actionDone';
      readonly at: PairPlace;
      readonly result: ActionResult;
      readonly action: DatasetAction;
    }
  /** Without an action, something else failed. */
  | { readonly kind: 'actionFailed'; readonly reason: string; readonly action?: DatasetAction }
  | { readonly kind: 'batchDone'; readonly result: string | null }
  /** The person chose this pair outside of the page. */
  | { readonly kind: 'revealed'; readonly place: PairPlace }
  /** The cursor of a text editor came to this pair. */
  | { readonly kind: 'followed'; readonly place: PairPlace }
  | ({ readonly kind: 'scrolled' } & ListPlace)
  | {
      readonly kind: 'rowSelected';
      readonly index: number;
      readonly marking?: Marking;
      readonly column?: string;
    }
  | { readonly kind: 'columnSelected'; readonly id: string }
  | { readonly kind: 'rowToggled' }
  | { readonly kind: 'allMarked' }
  | { readonly kind: 'marksCleared' }
  | { readonly kind: 'selectionChosen'; readonly selection: RowSelection }
  | { readonly kind: 'sorted'; readonly field: string }
  | { readonly kind: 'sampled'; readonly sample: RowSample | undefined }
  /** The text of the filter stays. */
  | { readonly kind: 'searchCancelled' }
  | { readonly kind: 'filter'; readonly event: FilterEvent }
  /** Nobody typed for a while. */
  | { readonly kind: 'filterSettled' }
  | { readonly kind: 'filterWanted' }
  | { readonly kind: 'listWanted' }
  | { readonly kind: 'column'; readonly event: ColumnEvent }
  | { readonly kind: 'pickerToggled' }
  | { readonly kind: 'layoutChosen'; readonly layout: DatasetLayout }
  | { readonly kind: 'cellOpened' }
  | { readonly kind: 'cellClosed' }
  | { readonly kind: 'actionChosen'; readonly action: DatasetAction }
  | { readonly kind: 'batchChosen'; readonly action: BatchAction }
  | { readonly kind: 'portrait'; readonly event: PortraitEvent }
  | { readonly kind: 'review'; readonly event: ReviewEvent }
  /** The person wants the rows of a query. */
  | { readonly kind: 'queryChosen'; readonly query: string }
  | { readonly kind: 'mappingWanted' };

/** What to do with a place: note it, stay where the row was, scroll to it, or show its pair even if it is in another selection. */
export type PlaceWish = 'note' | 'stay' | 'jump' | 'reveal';

export type DatasetEffect =
  | RecordEffect
  | ({
      readonly kind: 'requestRows';
      readonly name: string;
      readonly selection: RowSelection;
      readonly columns: readonly string[];
    } & Block)
  | ({ readonly kind: 'cancelRows'; readonly name: string } & Block)
  | { readonly kind: 'requestPair'; readonly at: PairPlace }
  /** The person has not gone to it yet. */
  | { readonly kind: 'requestAhead'; readonly at: PairPlace }
  | { readonly kind: 'cancelAhead'; readonly at: PairPlace }
  | {
      readonly kind: 'requestPlace';
      readonly name: string;
      readonly selection: RowSelection;
      readonly at: PairPlace;
      readonly why: PlaceWish;
    }
  | { readonly kind: 'requestColumns' }
  /** '' for the file. */
  | { readonly kind: 'requestPortrait'; readonly query: string }
  | {
      readonly kind: 'requestCell';
      readonly at: PairPlace;
      readonly index: number;
      readonly column: string;
    }
  | { readonly kind: 'complete'; readonly query: string; readonly offset: number }
  /** Applies the filter when nobody typed for a while. */
  | { readonly kind: 'applySoon' }
  | { readonly kind: 'act'; readonly action: DatasetAction; readonly at: ShownPair }
  | ({ readonly kind: 'batch' } & DatasetPageRequests['batch']['params'])
  | { readonly kind: 'scrollList'; readonly scrollTop: number }
  | { readonly kind: 'scrollSideways'; readonly scrollLeft: number }
  /** To the top of the pair. */
  | { readonly kind: 'scrollPair' }
  | { readonly kind: 'focusList' }
  | { readonly kind: 'focusFilter' }
  | { readonly kind: 'mapFields' }
  | ReviewEffect
  /** Keys of the review act on this page from now on, or no longer. */
  | { readonly kind: 'tellReviewing'; readonly isReviewing: boolean }
  | { readonly kind: 'remember'; readonly memory: PageMemory }
  | { readonly kind: 'rememberColumns'; readonly choice: ColumnChoice };

export type Step = readonly [DatasetState, ...DatasetEffect[]];

/** Runs one step after the other. */
export function andThen([state, ...effects]: Step, next: (state: DatasetState) => Step): Step {
  const [after, ...more] = next(state);
  return [after, ...effects, ...more];
}
