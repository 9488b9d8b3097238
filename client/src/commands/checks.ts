// Commands that check files, and that people decide about findings with.
import * as vscode from 'vscode';

import { plural } from '#core/words/numbers.ts';
import { t } from '#core/words/translate.ts';
import type { KeepRequest } from '#protocol/editor/edits.ts';

import { noFile, say } from '../say.ts';
import type { Server } from '../server.ts';
import { activeUri } from '../tabs.ts';
import { keep } from '../views/decisions.ts';
import type { Commands } from './register.ts';

async function checkFile(server: Server): Promise<void> {
  const uri = activeUri();
  const checked = uri === undefined ? undefined : await server.request('preflens/checkFile', { uri });
  if (!checked?.ok) void say('info', checked?.why ?? noFile());
}

async function checkWorkspace(server: Server): Promise<void> {
  const { files, errors } = await server.request('preflens/checkWorkspace', null);
  const [first] = errors;
  if (first !== undefined) {
    const more = errors.length > 1 ? ` ${t('(and {0} more)', errors.length - 1)}` : '';
    void say('warning', `${t('Checked {0}.', plural(files, 'closed dataset'))} ${first}${more}`);
  } else if (files === 0) void say('info', t('This workspace has no datasets except the open ones.'));
  else void say('info', t('Checked {0}.', plural(files, 'closed dataset')));
}

/** @param changed called when findings of closed files changed */
export function checkCommands(server: Server, docs: vscode.Uri, changed: () => void): Commands {
  return {
    'preflens.checkFile': async () => checkFile(server),
    'preflens.checkWorkspace': async () => {
      await checkWorkspace(server);
      changed();
    },
    'preflens.keep': async (request: KeepRequest) => keep(server, request),
    'preflens.showRule': async (rule: string) => {
      // Any program can write a diagnostic's code, from which this comes.
      if (!/^[a-z-]+$/.test(rule)) return;
      const page = vscode.Uri.joinPath(docs, 'rules', `${rule}.md`);
      await vscode.commands.executeCommand('markdown.showPreview', page);
    },
  };
}
