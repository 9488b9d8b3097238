// Requests about chat templates of models that preflens.json names.
import type { TemplateProcess } from '#node/models/templateProcess.ts';
import type { TemplateFaultKind, Written } from '#protocol/editor/templates.ts';
import type { Sessions } from '#session/sessions.ts';

import type { EditorHandlers } from '../serveEditor.ts';

/** @param isTrusted the person trusts the workspace */
export function templateHandlers(
  sessions: Sessions,
  process: TemplateProcess,
  isTrusted: () => boolean,
): EditorHandlers<'preflens/tokenStrings'> {
  return {
    'preflens/tokenStrings': async ({ uri, template, conversations }, signal) => {
      const refused = (kind: TemplateFaultKind): readonly Written[] =>
        conversations.map(() => ({ ok: false, fault: { kind, at: '', detail: '' } }));
      if (!isTrusted()) return refused('untrusted');
      const named = sessions.get(uri)?.templates.find(({ id }) => id === template);
      return named ? process.write(named.folder, conversations, signal) : refused('unnamed');
    },
  };
}
