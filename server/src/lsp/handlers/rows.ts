// Requests about many rows of a list, and the whole text of a cell.
import { UserError } from '#core/messages.ts';
import { exportRows, keepRows, rowRuleCounts } from '#session/batch.ts';
import { cellText } from '#session/cellText.ts';
import { outcomeOf, refused } from '#session/outcome.ts';
import { whyNothing } from '#session/reasons.ts';
import type { Session } from '#session/session.ts';
import type { Sessions } from '#session/sessions.ts';

import type { EditorHandlers } from '../serveEditor.ts';

export function rowHandlers(
  sessions: Sessions,
): EditorHandlers<
  'preflens/cell' | 'preflens/ruleCounts' | 'preflens/editRows' | 'preflens/keepRows' | 'preflens/exportRows'
> {
  /** The session of a file that is read. */
  const readOf = (uri: string): Session => {
    const session = sessions.update(uri);
    if (!session) throw new UserError(whyNothing(sessions.get(uri), uri) ?? '');
    return session;
  };
  return {
    'preflens/cell': ({ uri, record, pair = 0, column }) => ({
      text: cellText(sessions.update(uri)?.dataset, record, pair, column),
    }),
    'preflens/ruleCounts': async ({ uri, rows }) =>
      outcomeOf(() => {
        const session = readOf(uri);
        return rowRuleCounts(session.dataset, rows && session.marked(rows));
      }),
    'preflens/editRows': async ({ edit, ...rows }) =>
      sessions.get(rows.uri)?.editMany(rows, edit) ?? refused(whyNothing(undefined, rows.uri) ?? ''),
    'preflens/keepRows': async ({ rule, reason, by, ...rows }) =>
      outcomeOf(async () => {
        const session = readOf(rows.uri);
        const kept = await keepRows(session.dataset, session.marked(rows), {
          rule,
          reason,
          ...(by !== undefined && { by }),
        });
        await sessions.readDecisions();
        return kept;
      }),
    'preflens/exportRows': async ({ path, ...rows }, signal) =>
      outcomeOf(async () => {
        const session = readOf(rows.uri);
        return exportRows(session.dataset, session.marked(rows), path, signal);
      }),
  };
}
