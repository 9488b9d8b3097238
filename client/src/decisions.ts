// Decisions of people, and the pages of rules.
import * as vscode from 'vscode';

import type { FindingView, KeepRequest, RecordRef } from '#protocol/editor.ts';

import type { Server } from './languageClient.ts';
import { activeFile } from './largeFiles.ts';
import { say } from './say.ts';

/** The name that git commits under here; '' where there is none. */
async function ownName(): Promise<string> {
  const git = vscode.extensions.getExtension<{
    getAPI(version: 1): { repositories: { getConfig(key: string): Promise<string> }[] };
  }>('vscode.git');
  try {
    const [repository] = git?.isActive ? git.exports.getAPI(1).repositories : [];
    return (await repository?.getConfig('user.name')) ?? '';
  } catch {
    return '';
  }
}

/** Asks which of several findings of a pair is meant, and why it is no fault. */
export async function keepOneOf(
  server: Server,
  ref: RecordRef,
  findings: readonly FindingView[],
): Promise<void> {
  const items = findings.map(({ rule, message }) => ({ label: rule, detail: message }));
  const picked =
    items.length > 1
      ? await vscode.window.showQuickPick(items, { title: 'Keep this pair in spite of' })
      : items[0];
  if (picked) await keep(server, { ...ref, rule: picked.label });
}

async function keep(server: Server, ref: KeepRequest): Promise<void> {
  const reason = await vscode.window.showInputBox({
    title: `Keep this pair: "${ref.rule}"`,
    prompt: 'Why it is no fault here. It is written to .preflens/decisions.jsonl, for git to carry.',
    validateInput: (words) => (words.trim() === '' ? 'A reason, for whoever reads it next' : undefined),
  });
  if (reason === undefined) return;
  const { error } = await server.request('preflens/keep', {
    ...ref,
    reason: reason.trim(),
    by: await ownName(),
  });
  if (error !== undefined) void say('error', error);
}

async function checkWorkspace(server: Server): Promise<void> {
  const { files, errors } = await server.request('preflens/checkWorkspace', null);
  const words = files === 1 ? '1 dataset that is not open' : `${files} datasets that are not open`;
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
      if (uri !== undefined) await server.request('preflens/checkFile', { uri });
    }),
    command('preflens.checkWorkspace', async () => checkWorkspace(server)),
  );
}
