import type { DatasetAction } from '#protocol/page/dataset.ts';

import type { ActionRow, KeyPress } from './keys.ts';
import { actionIn, IGNORE, isPlain, WALK } from './keys.ts';
import type { PageState } from './pageState.ts';
import { canDrop, canGrade, canRepair, canUndo } from './pageState.ts';

/** Actions of the dataset page. */
export const DATASET_ACTIONS: readonly ActionRow<DatasetAction>[] = [
  ...WALK,
  { key: 't', action: 'tie', label: 'Tie', title: 'Mark both answers as equal', isEnabled: canGrade },
  {
    key: 'm',
    action: 'margin',
    label: 'Margin',
    title: 'Set how much better the chosen answer is',
    isEnabled: canGrade,
  },
  {
    key: 'r',
    action: 'repair',
    label: 'Repair',
    title: 'Repair the text as its finding suggests',
    isEnabled: canRepair,
  },
  { key: 'x', action: 'drop', label: 'Drop', title: 'Drop the row', isEnabled: canDrop },
  { key: 'u', action: 'undo', label: 'Undo', title: 'Undo the last edit', isEnabled: canUndo },
  IGNORE,
];

/** The action of a key press in the dataset page; undefined if there is none. */
export function datasetActionFor(press: KeyPress, state: PageState): DatasetAction | undefined {
  return actionIn(DATASET_ACTIONS, press, state);
}

type Move = (row: number, page: number, count: number) => number;

const MOVES: Readonly<Record<string, Move>> = {
  ArrowDown: (row) => row + 1,
  ArrowUp: (row) => row - 1,
  PageDown: (row, page) => row + page,
  PageUp: (row, page) => row - page,
  Home: () => 0,
  End: (_row, _page, count) => count - 1,
};

/**
 * The row that a key leads to in a list of `count` rows, `visible` of them on the screen; undefined for other keys.
 * @param row the current row; 2.5 is the gap between rows 2 and 3
 */
export function rowAfter(press: KeyPress, row: number, visible: number, count: number): number | undefined {
  const move = isPlain(press) ? MOVES[press.key] : undefined;
  if (!move || count === 0) return undefined;
  const wanted = move(row, Math.max(1, Math.floor(visible) - 1), count);
  // From a gap, a step leads to the row right beside it.
  const whole = wanted > row ? Math.floor(wanted) : Math.ceil(wanted);
  return Math.min(count - 1, Math.max(0, whole));
}
