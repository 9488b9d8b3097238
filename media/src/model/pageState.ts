// What a page shows, and which actions are possible: buttons and keys use the same answer.
import type { PairView, RecordView } from '#protocol/editor/views.ts';
import type { PageAction } from '#protocol/page/compare.ts';
import type { DatasetAction } from '#protocol/page/dataset.ts';
import type { ViewOptions } from '#protocol/page/options.ts';
import type { ShownPair } from '#protocol/page/pair.ts';

export interface PageState {
  /** Undefined until the first one arrives. */
  readonly view: RecordView | undefined;
  /** Edits that can be undone, with those under way: undo waits for them. */
  readonly undoCount: number;
  /** The file is being read, or the selected row is not shown yet. */
  readonly isReadOnly: boolean;
}

/** All candidates of the record stand in the place of the two answers. */
export function showsAllCandidates(
  { candidates }: PairView,
  { showsCandidates }: Pick<ViewOptions, 'showsCandidates'>,
): boolean {
  return showsCandidates && candidates !== undefined;
}

export function canWalk({ view }: PageState): boolean {
  return view !== undefined && view.findingCount > 0;
}

/** The file has other pairs. */
export function canStep({ view }: PageState): boolean {
  return view !== undefined && view.record >= 0 && (view.recordCount > 1 || canStepInside({ view }));
}

/** The record has other pairs. */
export function canStepInside({ view }: Pick<PageState, 'view'>): boolean {
  return view?.kind === 'pair' && view.pairCount > 1;
}

/** The two answers of a tie have no order to swap. */
export function canFlip({ view, isReadOnly }: PageState): boolean {
  if (isReadOnly) return false;
  return view?.kind === 'pair' ? !view.isTie : view?.kind === 'judged' && view.canFlip;
}

/** Can be marked as a tie, or given a margin. */
export function canGrade({ view, isReadOnly }: PageState): boolean {
  return !isReadOnly && view?.kind === 'pair' && !view.isTie;
}

export function canDrop({ view, isReadOnly }: PageState): boolean {
  return !isReadOnly && (view?.kind === 'pair' || view?.kind === 'judged');
}

export function canRepair({ view, isReadOnly }: PageState): boolean {
  return !isReadOnly && (view?.findings.some((finding) => finding.canRepair) ?? false);
}

export function canIgnore({ view, isReadOnly }: PageState): boolean {
  return !isReadOnly && view !== undefined && view.findings.length > 0;
}

export function canUndo({ undoCount }: PageState): boolean {
  return undoCount > 0;
}

const EDITS: ReadonlySet<string | undefined> = new Set<DatasetAction>([
  'flip',
  'tie',
  'margin',
  'drop',
  'repair',
]);

/** How many edits an action makes at most: one or none. */
export function editsOf(action: DatasetAction | PageAction | undefined): number {
  return EDITS.has(action) ? 1 : 0;
}

/** What an action on a view is about. */
export function pairOf({ uri, record, pair, pairKey }: RecordView): ShownPair {
  return { uri, record, pair, ...(pairKey !== undefined && { pairKey }) };
}
