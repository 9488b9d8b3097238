// Decisions of people, and the pages of rules.
import * as vscode from 'vscode';

import { plural } from '#core/words/numbers.ts';
import type { KeepRequest } from '#protocol/editor/edits.ts';
import type { RecordRef } from '#protocol/editor/place.ts';
import type { FindingView } from '#protocol/editor/views.ts';

import type { Server } from './languageClient.ts';
import { activeFile } from './largeFiles.ts';
import { NO_FILE, say } from './say.ts';

/** Asks which of several findings of a pair is meant, and why it is no fault. */
export async function keepOneOf(
  server: Server,
  ref: RecordRef,
  findings: readonly FindingView[],
): Promise<void> {
  const items = findings.map(({ rule, message }) => ({ label: rule, detail: message }));
  const picked =
    items.length > 1
      ? await vscode.window.showQuickPick(items, { title: 'Ignore which finding of this pair?' })
      : items[0];
  if (picked) await keep(server, { ...ref, rule: picked.label });
}

async function keep(server: Server, ref: KeepRequest): Promise<void> {
  const reason = await vscode.window.showInputBox({
    title: `Ignore "${ref.rule}" for this pair`,
    prompt: 'Reason (saved in .preflens/decisions.jsonl)',
    validateInput: (words) => (words.trim() === '' ? 'A reason, for those who read it later' : undefined),
  });
  if (reason === undefined) return;
  const kept = await server.request('preflens/keep', {
    ...ref,
    reason: reason.trim(),
  });
  if (!kept.ok) void say('error', kept.why);
}

async function checkWorkspace(server: Server): Promise<void> {
  const { files, errors } = await server.request('preflens/checkWorkspace', null);
  if (files === 0 && errors.length === 0) {
    void say('info', 'There are no datasets in the folders of this workspace but those that are open.');
    return;
  }
  const words = files === 1 ? '1 dataset that is not open' : `${plural(files, 'dataset')} that are not open`;
  if (errors.length === 0) void say('info', `${words} checked.`);
  else {
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
    void say('warning', `${words} checked. ${errors[0] ?? ''}${more}`);
  }
}

export function registerDecisions(server: Server, root: vscode.Uri): vscode.Disposable {
  const command = (name: string, run: (argument: never) => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(name, run);
  return vscode.Disposable.from(
    command('preflens.keep', async (ref: KeepRequest) => keep(server, ref)),
    command('preflens.showRule', async (rule: string) => {
      // It comes from the code of a diagnostic, which any program can write.
      if (!/^[a-z-]+$/.test(rule)) return;
      const page = vscode.Uri.joinPath(root, 'media', 'docs', 'rules', `${rule}.md`);
      await vscode.commands.executeCommand('markdown.showPreview', page);
    }),
    command('preflens.checkFile', async () => {
      const uri = activeFile()?.toString();
      const checked = uri === undefined ? undefined : await server.request('preflens/checkFile', { uri });
      if (!checked?.ok) void say('info', checked?.why ?? NO_FILE);
    }),
    command('preflens.checkWorkspace', async () => checkWorkspace(server)),
  );
}
