// Waits for the search of a selection.
import { UserError } from '#core/messages.ts';
import type { RowSelection } from '#protocol/editor/rows.ts';

import type { Selected } from './selected.ts';
import type { Selections } from './selections.ts';

/** Milliseconds between two looks at a search that goes on, at least. */
const LOOK_MS = 50;

/** Rows of a list, when all of them are found. Throws a user error for a query with a fault. */
export async function foundRows(
  selections: Selections,
  selection: RowSelection,
  signal: AbortSignal,
): Promise<Selected> {
  for (;;) {
    const start = performance.now();
    const selected = selections.select(selection);
    if (selected.fault) throw new UserError(selected.fault.message);
    if (!selected.search) return selected;
    // A look counts all rows that are found so far: most of the time stays for others.
    const pause = Math.max(LOOK_MS, 4 * (performance.now() - start));
    await new Promise((resolve) => setTimeout(resolve, pause));
    signal.throwIfAborted();
  }
}
