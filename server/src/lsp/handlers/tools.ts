// The tools of assistants, over the files that the editor has open. Edits go where a person's go, and can be undone there.
import { UserError } from '#core/messages.ts';
import type { Desk } from '#session/assistant/tools.ts';
import { runTool, sharedTools } from '#session/assistant/tools.ts';
import { keepFinding } from '#session/decisions.ts';
import { outcomeOf } from '#session/outcome.ts';
import { whyNotOpen } from '#session/reasons.ts';
import type { Sessions } from '#session/sessions.ts';

import type { EditorHandlers } from '../serveEditor.ts';

function deskFor(sessions: Sessions, uri: string): Desk {
  return {
    open: async (file) => {
      const session = sessions.get(uri);
      if (!session) throw new UserError(whyNotOpen(uri));
      return Promise.resolve({ session, file });
    },
    edit: async (_, make) => ({ done: await make(), isSaved: false }),
    keep: async (_, kept) => {
      await keepFinding(sessions, { uri, ...kept });
    },
  };
}

export function toolHandlers(sessions: Sessions): EditorHandlers<'preflens/tool'> {
  return {
    'preflens/tool': async ({ name, input, uri = '' }, signal) =>
      outcomeOf(async () => runTool(sharedTools(deskFor(sessions, uri)), name, input, signal)),
  };
}
