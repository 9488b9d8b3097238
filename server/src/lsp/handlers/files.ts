// Requests about files that are open from disk: opening, saving, closing.
import type { Connection } from 'vscode-languageserver/node';

import { messages } from '#core/messages.ts';
import { hardLinksOf } from '#node/save.ts';
import { pathOf } from '#session/names.ts';
import { outcomeOf } from '#session/outcome.ts';
import type { Session } from '#session/session.ts';
import type { Sessions } from '#session/sessions.ts';
import type { PendingSource } from '#session/sources/source.ts';

import type { EditorHandlers, EditorListeners } from '../serveEditor.ts';
import { show } from '../show.ts';

export type WarnOfLinks = (uri: string) => Promise<void>;

/** Warns once for each file that a save splits its hard links. */
export function linkWarner(connection: Connection): WarnOfLinks {
  const warned = new Set<string>();
  return async (uri) => {
    const path = pathOf(uri);
    if (path === undefined || warned.has(uri)) return;
    // A missing file has no links: the save reports it.
    const names = await hardLinksOf(path).catch(() => undefined);
    if (names === undefined) return;
    warned.add(uri);
    show(connection, 'warning', messages.splitsLinks(path, names).message);
  };
}

export function fileHandlers(
  sessions: Sessions,
  warnOfLinks: WarnOfLinks,
): EditorHandlers<
  'preflens/glance' | 'preflens/openFile' | 'preflens/saveFile' | 'preflens/saveFileAs' | 'preflens/backup'
> {
  /** Throws if the file is not open: an editor must not treat its edits as saved. */
  const openOf = (uri: string): { readonly session: Session; readonly pending: PendingSource } => {
    const session = sessions.get(uri);
    const pending = session?.source.pending;
    if (!pending) throw messages.stillReading(pathOf(uri) ?? uri);
    return { session, pending };
  };
  return {
    'preflens/glance': async ({ uri }) => sessions.glance(uri),
    'preflens/openFile': async ({ uri, backup }) =>
      outcomeOf(async () => {
        await sessions.openFile(uri, backup);
        return null;
      }),
    'preflens/saveFile': async ({ uri }, signal) =>
      outcomeOf(async () => {
        const { session } = openOf(uri);
        await warnOfLinks(uri);
        return session.save(signal);
      }),
    'preflens/saveFileAs': async ({ uri, path }, signal) =>
      outcomeOf(async () => openOf(uri).pending.saveAs(path, signal)),
    'preflens/backup': async ({ uri, path }) =>
      outcomeOf(async () => {
        await openOf(uri).pending.backup(path);
        return null;
      }),
  };
}

export function fileListeners(
  sessions: Sessions,
): EditorListeners<'preflens/closeFile' | 'preflens/discardEdits'> {
  return {
    'preflens/closeFile': ({ uri }) => {
      if (!sessions.get(uri)?.source.document) sessions.close(uri);
    },
    'preflens/discardEdits': ({ uri }) => {
      sessions.get(uri)?.discard();
    },
  };
}
