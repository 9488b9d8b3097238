// What keys mean in the grid.
import type { English } from '#core/words/translate.ts';
import { english, t } from '#core/words/translate.ts';
import type { BatchAction, DatasetAction } from '#protocol/page/dataset.ts';

import type { DatasetEvent } from './datasetEvents.ts';
import type { DatasetState } from './datasetState.ts';
import { isShown, listView, pageState } from './datasetState.ts';
import type { ActionRow, KeyPress } from './keys.ts';
import { actionIn, IGNORE, isPlain, isTyping, rowFor, WALK } from './keys.ts';
import { columnBeside } from './listSteps.ts';
import { markCount } from './marks.ts';
import type { PageState } from './pageState.ts';
import { canDrop, canGrade, canRepair, canUndo, editsOf } from './pageState.ts';

/** Actions of the dataset page. */
export const DATASET_ACTIONS: readonly ActionRow<DatasetAction>[] = [
  ...WALK,
  {
    key: 't',
    action: 'tie',
    label: english('Tie'),
    title: english('Mark both answers as equal'),
    isEnabled: canGrade,
  },
  {
    key: 'm',
    action: 'margin',
    label: english('Margin'),
    title: english('Set how much better the chosen answer is'),
    isEnabled: canGrade,
  },
  {
    key: 'r',
    action: 'repair',
    label: english('Repair'),
    title: english('Repair the text as its finding suggests'),
    isEnabled: canRepair,
  },
  { key: 'x', action: 'drop', label: english('Drop'), title: english('Drop the row'), isEnabled: canDrop },
  {
    key: 'u',
    action: 'undo',
    label: english('Undo'),
    title: english('Undo the last edit'),
    isEnabled: canUndo,
  },
  IGNORE,
];

/** What can be done with all marked rows, in the order of the buttons. */
export const MARKED_ACTIONS: readonly {
  readonly action: BatchAction;
  readonly label: English;
  readonly key?: string;
  readonly isEdit: boolean;
}[] = [
  { action: 'flip', label: english('Flip'), key: 'f', isEdit: true },
  { action: 'tie', label: english('Tie'), key: 't', isEdit: true },
  { action: 'drop', label: english('Drop'), key: 'x', isEdit: true },
  { action: 'keep', label: english('Ignore…'), key: 'a', isEdit: false },
  { action: 'export', label: english('Export…'), isEdit: false },
];

export function canEditMarked({ status }: DatasetState): boolean {
  return status !== undefined && status.phase !== 'reading' && status.isReadOnly !== true;
}

/** Marked rows need no pair on the screen. */
function markedKey(press: KeyPress, state: DatasetState): DatasetEvent | undefined {
  if (markCount(state.marks) < 2 || press.repeat || !isPlain(press)) return undefined;
  const row = MARKED_ACTIONS.find(({ key }) => key === press.key.toLowerCase());
  const isPossible = row !== undefined && (!row.isEdit || canEditMarked(state));
  return isPossible ? { kind: 'batchChosen', action: row.action } : undefined;
}

/** The action of a key press in the dataset page; undefined if there is none. */
export function datasetActionFor(press: KeyPress, state: PageState): DatasetAction | undefined {
  return actionIn(DATASET_ACTIONS, press, state);
}

/** Why a key of an edit does nothing so early; undefined for other keys, and once the row can be edited. */
function whyTooEarly(press: KeyPress, state: DatasetState): string | undefined {
  const action = rowFor(DATASET_ACTIONS, press)?.action;
  if (editsOf(action) === 0 || state.pairFailure !== undefined) return undefined;
  if (state.status?.phase === 'reading')
    return t('The file is still being read. Nothing was changed: press the key again.');
  return isShown(state)
    ? undefined
    : t('This row is still loading. Nothing was changed: press the key again.');
}

type Move = (row: number, page: number, count: number) => number;

const MOVES: Readonly<Record<string, Move>> = {
  ArrowDown: (row) => row + 1,
  ArrowUp: (row) => row - 1,
  PageDown: (row, page) => row + page,
  PageUp: (row, page) => row - page,
};

/** With Ctrl. */
const FAR_MOVES: Readonly<Record<string, Move>> = {
  Home: () => 0,
  End: (_row, _page, count) => count - 1,
};

/**
 * The row that a key leads to in a list of `count` rows, `visible` of them on the screen; undefined for other keys.
 * @param row the current row; 2.5 is the gap between rows 2 and 3
 */
export function rowAfter(press: KeyPress, row: number, visible: number, count: number): number | undefined {
  if (press.altKey || press.metaKey || isTyping(press)) return undefined;
  const move = (press.ctrlKey ? FAR_MOVES : MOVES)[press.key];
  if (!move || count === 0) return undefined;
  const wanted = move(row, Math.max(1, Math.floor(visible) - 1), count);
  // From a gap, a step leads to the row right beside it.
  const whole = wanted > row ? Math.floor(wanted) : Math.ceil(wanted);
  return Math.min(count - 1, Math.max(0, whole));
}

const COLUMN_MOVES: Readonly<Record<string, -1 | 1 | 'first' | 'last'>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  Home: 'first',
  End: 'last',
};

/** Elements that a plain Enter or Space operates. */
const OPERATED = new Set(['BUTTON', 'SUMMARY', 'A']);

function isOperated({ target }: KeyPress): boolean {
  const { tagName } = (target ?? {}) as { tagName?: unknown };
  return typeof tagName === 'string' && OPERATED.has(tagName.toUpperCase());
}

/** Keys without Ctrl and Shift that are no actions. */
function plainKey(press: KeyPress, state: DatasetState): DatasetEvent | undefined {
  const beside = COLUMN_MOVES[press.key];
  if (beside !== undefined) {
    const id = columnBeside(state, beside);
    return id === undefined ? undefined : { kind: 'columnSelected', id };
  }
  switch (press.key) {
    case 'Enter':
    case ' ':
      if (isOperated(press)) return undefined;
      return { kind: state.open ? 'cellClosed' : 'cellOpened' };
    case 'Escape':
      if (state.open) return { kind: 'cellClosed' };
      return state.marks.length > 0 ? { kind: 'marksCleared' } : undefined;
    case '/':
      return { kind: 'filterWanted' };
    default:
      return undefined;
  }
}

/** Keys with Ctrl, or Cmd on a Mac. */
function controlKey({ key, shiftKey }: KeyPress): DatasetEvent | undefined {
  if (shiftKey) return undefined;
  if (key === 'a') return { kind: 'allMarked' };
  // VS Code would also get there, but later than the letters that a person types after it.
  if (key === 'f') return { kind: 'filterWanted' };
  return key === ' ' ? { kind: 'rowToggled' } : undefined;
}

/** What a key press means in the grid; undefined if nothing. */
export function gridKey(press: KeyPress, state: DatasetState): DatasetEvent | undefined {
  const marked = markedKey(press, state);
  if (marked) return marked;
  const action = datasetActionFor(press, pageState(state));
  if (action) return { kind: 'actionChosen', action };
  const reason = whyTooEarly(press, state);
  if (reason !== undefined) return { kind: 'actionFailed', reason };
  const { rowCount, rowHeight, viewHeight } = listView(state);
  const index = rowAfter(press, state.index, viewHeight / rowHeight, rowCount);
  if (index !== undefined)
    return { kind: 'rowSelected', index, ...(press.shiftKey && { marking: 'extend' as const }) };
  if (isPlain(press)) return plainKey(press, state);
  const isControl = (press.ctrlKey || press.metaKey) && !press.altKey && !isTyping(press);
  return isControl ? controlKey(press) : undefined;
}
