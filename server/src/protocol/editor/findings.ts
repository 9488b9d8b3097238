// Findings of all files, by the page.
import type { RecordRef } from './place.ts';
import type { FindingView } from './views.ts';

/** How the findings of all files are grouped. */
export type FindingGrouping = 'rule' | 'file' | 'source';

export interface FindingsRequest {
  readonly by: FindingGrouping;
  /** Words that rule, message or file name hold, in any letter case; '' for all. */
  readonly filter: string;
  /** The findings of one group; the list of groups where it is not said. */
  readonly group?: string;
  readonly start: number;
  readonly end: number;
}

export interface FindingGroup {
  readonly key: string;
  readonly label: string;
  readonly count: number;
  readonly severity: FindingView['severity'];
}

export interface FindingItem extends FindingView, RecordRef {
  readonly fileName: string;
  /** From 0. */
  readonly line: number;
}

export interface FindingsResult {
  readonly groups: readonly FindingGroup[];
  readonly items: readonly FindingItem[];
  /** Of all groups, or of the requested group. */
  readonly total: number;
  /** Findings that are counted and not kept one by one, of all files. */
  readonly notKept: number;
}
