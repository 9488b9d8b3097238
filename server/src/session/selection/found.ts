// Waits for the search of a selection.
import { UserError } from '#core/messages.ts';
import type { RowSelection } from '#protocol/editor/rows.ts';

import type { Selected } from './selected.ts';
import type { Selections } from './selections.ts';

/** Milliseconds between two looks at a search that goes on. */
const LOOK_MS = 50;

/** Rows of a list, when all of them are found. Throws a user error for a query with a fault. */
export async function foundRows(
  selections: Selections,
  selection: RowSelection,
  signal: AbortSignal,
): Promise<Selected> {
  for (;;) {
    const selected = selections.select(selection);
    if (selected.fault) throw new UserError(selected.fault.message);
    if (!selected.search) return selected;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    signal.throwIfAborted();
  }
}
