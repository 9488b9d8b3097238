// Requests of the guided mapping.
import { messages } from '#core/messages.ts';
import { mappingFields, previewMapping, writeMapping } from '#session/mapFields.ts';
import { pathOf } from '#session/names.ts';
import { outcomeOf } from '#session/outcome.ts';
import type { Session } from '#session/session.ts';
import type { Sessions } from '#session/sessions.ts';

import type { EditorHandlers } from '../serveEditor.ts';

export function mappingHandlers(
  sessions: Sessions,
): EditorHandlers<'preflens/mappingFields' | 'preflens/previewMapping' | 'preflens/writeMapping'> {
  const openOf = (uri: string): Session => {
    const session = sessions.get(uri);
    if (!session?.dataset.isReady) throw messages.stillReading(pathOf(uri) ?? uri);
    return session;
  };
  return {
    'preflens/mappingFields': async ({ uri }) => outcomeOf(async () => mappingFields(openOf(uri))),
    'preflens/previewMapping': async ({ uri, rule }) =>
      outcomeOf(async () => previewMapping(openOf(uri), rule)),
    'preflens/writeMapping': async ({ uri, rule }) => outcomeOf(async () => writeMapping(openOf(uri), rule)),
  };
}
