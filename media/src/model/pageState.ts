// What a page shows, and what can be done with it: one answer for buttons and keys.
import type { RecordView } from '#protocol/editor/views.ts';
import type { ShownPair } from '#protocol/page/pair.ts';

export interface PageState {
  /** Undefined until the first one is here. */
  readonly view: RecordView | undefined;
  /** Edits that can be taken back. */
  readonly undoCount: number;
  /** Nothing can be edited now: the file is being read, or another row was selected and is not here yet. */
  readonly isReadOnly: boolean;
  /** Of the file, where it is known without a view. */
  readonly findingCount?: number;
}

export function canWalk({ view, findingCount = 0 }: PageState): boolean {
  return (view?.findingCount ?? findingCount) > 0;
}

/** The two answers of a tie have no order to exchange. */
export function canFlip({ view, isReadOnly }: PageState): boolean {
  if (isReadOnly) return false;
  return view?.kind === 'pair' ? !view.isTie : view?.kind === 'judged' && view.canFlip;
}

/** Marks a tie, or sets a margin. */
export function canGrade({ view, isReadOnly }: PageState): boolean {
  return !isReadOnly && view?.kind === 'pair' && !view.isTie;
}

export function canDrop({ view, isReadOnly }: PageState): boolean {
  return !isReadOnly && (view?.kind === 'pair' || view?.kind === 'judged');
}

export function canRepair({ view, isReadOnly }: PageState): boolean {
  return !isReadOnly && (view?.findings.some((finding) => finding.canRepair) ?? false);
}

export function canKeep({ view }: PageState): boolean {
  return view !== undefined && view.findings.length > 0;
}

export function canUndo({ undoCount }: PageState): boolean {
  return undoCount > 0;
}

/** The pair that an action on this view is about. */
export function pairOf({ uri, record, pair, pairKey }: RecordView): ShownPair {
  return { uri, record, pair, ...(pairKey !== undefined && { pairKey }) };
}
