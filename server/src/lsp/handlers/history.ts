// Requests about earlier versions of a file.
import { messages, UserError } from '#core/messages.ts';
import { compareWithRevision } from '#session/compareVersions.ts';
import type { Host } from '#session/host.ts';
import { outcomeOf } from '#session/outcome.ts';
import { whyNothing } from '#session/reasons.ts';
import type { Sessions } from '#session/sessions.ts';

import type { EditorHandlers } from '../serveEditor.ts';

export function historyHandlers(
  sessions: Sessions,
  host: Pick<Host, 'disk' | 'isTrusted'>,
): EditorHandlers<'preflens/compareWithHead'> {
  return {
    'preflens/compareWithHead': async ({ uri }, signal) =>
      outcomeOf(async () => {
        if (!host.isTrusted()) throw messages.gitNeedsTrust();
        await sessions.get(uri)?.whenRead();
        const session = sessions.update(uri);
        if (!session) throw new UserError(whyNothing(sessions.get(uri), uri) ?? '');
        const compared = await compareWithRevision(session.dataset, 'HEAD', host.disk().ranges, signal);
        session.publish();
        return compared;
      }),
  };
}
