// Requests about records: lists of them, one of them, and edits with their undo.
import { messages, UserError } from '#core/messages.ts';
import type { Language } from '#core/words/translate.ts';
import { inLanguage } from '#core/words/translate.ts';
import type { RowsResult } from '#protocol/editor/rows.ts';
import { outcomeOf, refused } from '#session/outcome.ts';
import { whyNoRecordAt, whyNotEdited } from '#session/reasons.ts';
import type { Session } from '#session/session.ts';
import type { Sessions } from '#session/sessions.ts';
import { columnsOf, completionsOf } from '#session/views/cells.ts';
import { earlyViewOf, recordViewOf } from '#session/views/pair.ts';
import { rowsOf } from '#session/views/rows.ts';

import type { EditorHandlers } from '../serveEditor.ts';

const NO_ROWS: RowsResult = { rows: [], total: 0, revision: 0, key: '' };

/** @param language of the pages */
export function recordHandlers(
  sessions: Sessions,
  language: () => Language | undefined,
): EditorHandlers<
  | 'preflens/rows'
  | 'preflens/columns'
  | 'preflens/complete'
  | 'preflens/place'
  | 'preflens/pair'
  | 'preflens/recordAt'
  | 'preflens/edit'
  | 'preflens/undoEdit'
  | 'preflens/redoEdit'
> {
  const retrace =
    (direction: 'undo' | 'redo'): EditorHandlers['preflens/undoEdit'] =>
    async ({ uri, id, ids = [id] }) =>
      outcomeOf(async () => {
        for (const one of direction === 'undo' ? ids.toReversed() : ids)
          if ((await sessions.get(uri)?.retrace(one, direction)) !== true) throw messages.cannotUndo();
        return null;
      });
  /** What a file as it is now holds; `nothing` while it cannot be read: its status says so, and what to do. */
  const look = <T>(uri: string, nothing: T, view: (session: Session) => T): T => {
    const session = sessions.update(uri) ?? sessions.get(uri);
    try {
      return session ? view(session) : nothing;
    } catch (error) {
      if (error instanceof UserError) return nothing;
      throw error;
    }
  };
  return {
    'preflens/rows': (request) => {
      sessions.see(request.uri);
      return look(request.uri, NO_ROWS, ({ dataset, selections }) =>
        inLanguage(language(), () => rowsOf(dataset, selections.select(request.selection), request)),
      );
    },
    'preflens/columns': ({ uri }) =>
      look(uri, { fields: [] }, ({ dataset }) => ({ fields: columnsOf(dataset) })),
    'preflens/complete': ({ uri, query, offset }) =>
      look(uri, { items: [] }, ({ dataset }) => ({ items: completionsOf(dataset, query, offset) })),
    'preflens/place': (request) =>
      look(request.uri, { index: -1 }, ({ selections }) => ({
        index: selections.select(request.selection).indexOf(request.record, request.pair),
      })),
    'preflens/pair': (request) => {
      sessions.see(request.uri);
      const session = sessions.update(request.uri);
      return inLanguage(language(), () =>
        session ? recordViewOf(session, request) : earlyViewOf(sessions.get(request.uri), request),
      );
    },
    'preflens/recordAt': ({ uri, line, character = 0 }) => {
      const session = sessions.update(uri);
      const record = session?.dataset.recordAt({ line, character }) ?? -1;
      return record < 0
        ? refused(whyNoRecordAt(sessions.get(uri), uri, line))
        : { ok: true, value: { uri, record } };
    },
    'preflens/edit': async ({ edit, ...ref }) =>
      sessions.get(ref.uri)?.edit(ref, edit) ?? refused(whyNotEdited(undefined, ref, edit)),
    'preflens/undoEdit': retrace('undo'),
    'preflens/redoEdit': retrace('redo'),
  };
}
