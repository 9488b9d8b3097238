import type { DatasetAction } from '#protocol/page/dataset.ts';

import type { ActionRow, KeyPress } from './keys.ts';
import { actionIn, isPlain, KEEP, WALK } from './keys.ts';
import type { PageState } from './pageState.ts';
import { canDrop, canGrade, canRepair, canUndo } from './pageState.ts';

/** What each key does in the dataset page, and the words on its button. */
export const DATASET_ACTIONS: readonly ActionRow<DatasetAction>[] = [
  ...WALK,
  { key: 't', action: 'tie', label: 'Tie', title: 'Call both answers equal', isEnabled: canGrade },
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
    title: 'Mend the text as its finding says',
    isEnabled: canRepair,
  },
  { key: 'x', action: 'drop', label: 'Drop', title: 'Take the row out', isEnabled: canDrop },
  { key: 'u', action: 'undo', label: 'Undo', title: 'Take back the last edit', isEnabled: canUndo },
  KEEP,
];

/** The action of a key press, or undefined. */
export function datasetActionFor(press: KeyPress, state: PageState): DatasetAction | undefined {
  return actionIn(DATASET_ACTIONS, press, state);
}

const STEPS: Readonly<Record<string, number | 'page up' | 'page down' | 'first' | 'last'>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 'page down',
  PageUp: 'page up',
  Home: 'first',
  End: 'last',
};

/** The row that a key leads to from `row`, in a list of `count` rows of which `visible` are seen; undefined for other keys. */
export function rowAfter(press: KeyPress, row: number, visible: number, count: number): number | undefined {
  const step = isPlain(press) ? STEPS[press.key] : undefined;
  if (step === undefined || count === 0) return undefined;
  const page = Math.max(1, Math.floor(visible) - 1);
  const wanted =
    step === 'first'
      ? 0
      : step === 'last'
        ? count - 1
        : row + (step === 'page down' ? page : step === 'page up' ? -page : step);
  return Math.min(count - 1, Math.max(0, wanted));
}
