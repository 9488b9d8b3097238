// The command that maps the fields of a file that is not recognised.
import * as vscode from 'vscode';

import { t } from '#core/words/translate.ts';

import { noFile, plain, say } from '../say.ts';
import type { Server } from '../server.ts';
import { fileAt } from '../uris.ts';
import type { Statuses } from '../views/statuses.ts';
import type { Choice } from './guideMapping.ts';
import { guideMapping } from './guideMapping.ts';
import type { Commands } from './register.ts';

async function pick<T>(title: string, choices: readonly Choice<T>[]): Promise<T | undefined> {
  const items = choices.map(({ label, description, detail, value }) => ({
    label: plain(label),
    ...(description !== undefined && { description: plain(description) }),
    ...(detail !== undefined && { detail: plain(detail) }),
    value,
  }));
  const picked = await vscode.window.showQuickPick(items, { title: plain(title), ignoreFocusOut: true });
  return picked?.value;
}

async function mapFields(server: Server, uri: string): Promise<void> {
  const written = await guideMapping({
    fields: async () => server.request('preflens/mappingFields', { uri }),
    preview: async (rule) => server.request('preflens/previewMapping', { uri, rule }),
    write: async (rule) => server.request('preflens/writeMapping', { uri, rule }),
    pick,
    fail(why) {
      void say('error', why);
    },
  });
  if (written === undefined) return;
  const open = t('Open preflens.json');
  const answer = await say('info', t('Written to {0}. The file is read with it now.', written), open);
  if (answer === open) await vscode.window.showTextDocument(fileAt(written));
}

/** Asks once for each file whose label does not say which answer is better. */
export function askWhichIsBetter(statuses: Statuses): vscode.Disposable {
  const asked = new Set<string>();
  return statuses.onStatus(({ uri, unsure }) => {
    if (unsure === undefined || asked.has(uri)) return;
    asked.add(uri);
    const settle = t('Say Which Answer Is Better…');
    void say('warning', unsure, settle).then((answer) => {
      if (answer === settle) void vscode.commands.executeCommand('preflens.mapFields', uri);
    });
  });
}

/** @param fileMeant the file that the person looks at */
export function mappingCommands(server: Server, fileMeant: () => string | undefined): Commands {
  return {
    'preflens.mapFields': async (named?: unknown) => {
      const uri = typeof named === 'string' ? named : fileMeant();
      if (uri === undefined) void say('info', noFile());
      else await mapFields(server, uri);
    },
  };
}
