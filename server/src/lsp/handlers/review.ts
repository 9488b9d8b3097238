// Requests about the review of a file.
import { UserError } from '#core/messages.ts';
import type { Language } from '#core/words/translate.ts';
import { inLanguage } from '#core/words/translate.ts';
import type { ReviewResult } from '#protocol/editor/review.ts';
import { outcomeOf } from '#session/outcome.ts';
import { whyNothing } from '#session/reasons.ts';
import type { ReviewStep } from '#session/review/review.ts';
import type { Session } from '#session/session.ts';
import type { Sessions } from '#session/sessions.ts';
import { reviewChoices, reviewViewOf } from '#session/views/review.ts';

import type { EditorHandlers } from '../serveEditor.ts';

/** @param language of the pages */
export function reviewHandlers(
  sessions: Sessions,
  language: () => Language | undefined,
): EditorHandlers<'preflens/reviewChoices' | 'preflens/startReview' | 'preflens/review'> {
  const readOf = (uri: string): Session => {
    sessions.see(uri);
    const session = sessions.update(uri);
    if (!session) throw new UserError(whyNothing(sessions.get(uri), uri) ?? '');
    return session;
  };
  const resultOf = (session: Session, { said, needsEditorUndo }: ReviewStep): ReviewResult => {
    const view = inLanguage(language(), () => reviewViewOf(session));
    if (!view) throw new Error('A review acted and is not there.');
    return { view, said, ...(needsEditorUndo && { needsEditorUndo }) };
  };
  return {
    'preflens/reviewChoices': async ({ uri }) =>
      outcomeOf(async () => {
        const session = readOf(uri);
        await session.review.meet();
        return reviewChoices(session);
      }),
    'preflens/startReview': async ({ uri, ...wish }, signal) =>
      outcomeOf(async () => {
        const session = readOf(uri);
        const step = await session.review.start(wish, signal);
        return resultOf(session, step);
      }),
    'preflens/review': async ({ uri, ...request }) =>
      outcomeOf(async () => {
        const session = readOf(uri);
        const step = await session.review.act(request);
        session.update();
        return resultOf(session, step);
      }),
  };
}
