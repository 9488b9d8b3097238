// Requests about a file as a whole.
import { UserError } from '#core/messages.ts';
import type { Sessions } from '#session/sessions.ts';
import { Portraits } from '#session/views/portrait.ts';

import type { EditorHandlers } from '../serveEditor.ts';

export function portraitHandlers(sessions: Sessions): EditorHandlers<'preflens/portrait'> {
  const portraits = new Portraits();
  return {
    'preflens/portrait': async ({ uri, query }, signal) => {
      const session = sessions.get(uri);
      if (!session) return { revision: 0 };
      try {
        return await portraits.of(session, query, signal);
      } catch (error) {
        // The file cannot be read, or the query has a fault: the status, or the list of rows, says so, and what to do.
        if (error instanceof UserError) return { revision: session.dataset.revision };
        throw error;
      }
    },
  };
}
