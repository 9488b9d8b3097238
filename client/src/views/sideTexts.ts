// The two answers of a pair as documents, for VS Code's diff editor.
import * as vscode from 'vscode';

import { t } from '#core/words/translate.ts';
import type { RecordRef } from '#protocol/editor/place.ts';

import { say } from '../say.ts';
import type { Server } from '../server.ts';
import type { Statuses } from './statuses.ts';

const SIDE_SCHEME = 'preflens-side';

type Side = 'chosen' | 'rejected';

/** The document of one answer. Its path ends in .md, so VS Code colours it as Markdown. */
function uriOf({ uri, record, pair = 0 }: RecordRef, side: Side): vscode.Uri {
  const query = new URLSearchParams({ uri, record: String(record), pair: String(pair) }).toString();
  return vscode.Uri.from({ scheme: SIDE_SCHEME, path: `/${side} of record ${record + 1}.md`, query });
}

function refOf({ query, path }: vscode.Uri): { readonly ref: RecordRef; readonly side: Side } {
  const own = new URLSearchParams(query);
  const [record, pair] = [Number(own.get('record')), Number(own.get('pair'))];
  return {
    ref: { uri: own.get('uri') ?? '', record, pair },
    side: path.startsWith('/chosen') ? 'chosen' : 'rejected',
  };
}

export interface SideTexts {
  readonly registered: vscode.Disposable;
  /** Opens both answers of a pair in the diff editor. */
  compare(ref: RecordRef): Promise<void>;
}

export function serveSideTexts(server: Server, statuses: Statuses): SideTexts {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const textOf = async (uri: vscode.Uri): Promise<string> => {
    const { ref, side } = refOf(uri);
    const view = await server.request('preflens/pair', { ...ref, step: 'here' });
    return view.kind === 'pair' ? view[side].text : '';
  };
  const registered = vscode.Disposable.from(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(SIDE_SCHEME, {
      onDidChange: changed.event,
      provideTextDocumentContent: textOf,
    }),
    statuses.onChange((file) => {
      for (const { uri } of vscode.workspace.textDocuments)
        if (uri.scheme === SIDE_SCHEME && refOf(uri).ref.uri === file) changed.fire(uri);
    }),
  );
  return {
    registered,
    async compare(ref) {
      const view = await server.request('preflens/pair', { ...ref, step: 'here' });
      if (view.kind !== 'pair') {
        void say(
          'info',
          view.kind === 'empty'
            ? view.why
            : t('This record has one answer, so there is nothing to compare it with.'),
        );
        return;
      }
      const title = t('{0}, line {1}: chosen ↔ rejected', view.fileName, view.line + 1);
      await vscode.commands.executeCommand(
        'vscode.diff',
        uriOf(ref, 'rejected'),
        uriOf(ref, 'chosen'),
        title,
      );
    },
  };
}
