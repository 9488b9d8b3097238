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
  /** Of the groups, or of the findings of the group. */
  readonly start: number;
  readonly end: number;
}

export interface FindingGroup {
  readonly key: string;
  readonly label: string;
  /** Findings that are not kept one by one are among them. */
  readonly count: number;
  readonly severity: FindingView['severity'];
}

export interface FindingItem extends FindingView, RecordRef {
  readonly fileName: string;
  /** From 0. */
  readonly line: number;
  /** The file is open: its findings can be acted on. */
  readonly isOpen: boolean;
  /** The first words of the prompt; of open files. */
  readonly prompt?: string;
  readonly margin?: number;
}

/** What a repair of all findings of a rule would do to a file. */
export interface RuleFix {
  readonly uri: string;
  readonly fileName: string;
  readonly rule: string;
  /** "Drop 93 records", "Repair 2 and drop 3 records". */
  readonly title: string;
}

export interface FindingsResult {
  readonly groups: readonly FindingGroup[];
  readonly items: readonly FindingItem[];
  /** Repairs of the requested group, where it is a rule; one for each open file. */
  readonly fixes: readonly RuleFix[];
  /** Groups, or findings that are kept one by one of the requested group. */
  readonly total: number;
  /** Findings that are counted and not kept one by one, of all files. */
  readonly notKept: number;
  /** Findings that fit the filter. */
  readonly fitting: number;
  /** Findings and files that they are in, whatever the filter. */
  readonly findingCount: number;
  readonly fileCount: number;
}

/** Where a rule is turned off: for one file, or for all files that its preflens.json applies to. */
export type RuleScope = 'file' | 'all';
