// Requests about single tokens of pairs.
import type { Language } from '#core/words/translate.ts';
import { inLanguage } from '#core/words/translate.ts';
import { refused } from '#session/outcome.ts';
import { whyNotOpen } from '#session/reasons.ts';
import type { Sessions } from '#session/sessions.ts';
import { tokensOf, whyNoModels } from '#session/tokens.ts';

import type { EditorHandlers } from '../serveEditor.ts';

/**
 * @param isTrusted the person trusts the workspace
 * @param language of the pages
 */
export function tokenHandlers(
  sessions: Sessions,
  isTrusted: () => boolean,
  language: () => Language | undefined,
): EditorHandlers<'preflens/tokens'> {
  const speak = (sentence: () => string): string => inLanguage(language(), sentence);
  return {
    'preflens/tokens': async (request, signal) => {
      if (!isTrusted()) return refused(speak(whyNoModels));
      const session = sessions.update(request.uri);
      return session
        ? tokensOf(session.dataset, request, speak, signal)
        : refused(speak(() => whyNotOpen(request.uri)));
    },
  };
}
