// Commands about reward models: check a model folder and add it to preflens.json.
import * as vscode from 'vscode';

import { t } from '#core/words/translate.ts';

import { say } from '../say.ts';
import type { Server } from '../server.ts';
import { activeFile } from '../tabs.ts';
import { serverPath } from '../uris.ts';
import type { Reports } from '../views/reports.ts';
import type { Commands } from './register.ts';

const CONFIG = 'preflens.json';

/** The folder whose preflens.json applies to the active file. */
function configFolder(): vscode.Uri | undefined {
  const file = activeFile();
  const own = file && vscode.workspace.getWorkspaceFolder(file);
  return own?.uri ?? vscode.workspace.workspaceFolders?.[0]?.uri;
}

/** `model` as preflens.json in `folder` names it. */
function nameFrom(folder: vscode.Uri, model: vscode.Uri): string {
  const inside = `${folder.path.replace(/\/$/, '')}/`;
  return model.path.startsWith(inside) ? model.path.slice(inside.length) : model.fsPath;
}

/** Adds a scorer to preflens.json and shows the file. */
async function addScorer(server: Server, folder: vscode.Uri, model: string): Promise<void> {
  const path = vscode.Uri.joinPath(folder, CONFIG);
  const added = await server.request('preflens/addScorer', { path: serverPath(path), model });
  if (added.ok) await vscode.window.showTextDocument(path, { preview: true });
  else void say('error', added.why);
}

/** Asks for a model folder and checks it. */
async function pickModel(server: Server, reports: Reports): Promise<void> {
  const [picked] =
    (await vscode.window.showOpenDialog({
      title: t('Folder of a reward model (config.json, tokenizer.json, model.onnx)'),
      canSelectFolders: true,
      canSelectFiles: false,
      openLabel: t('Check Model'),
    })) ?? [];
  if (picked) await checkModel(server, reports, picked);
}

/** Shows what a model folder holds, and offers to score with it if it works. */
async function checkModel(server: Server, reports: Reports, picked: vscode.Uri): Promise<void> {
  const checked = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: t('PrefLens: checking the model') },
    async () => server.request('preflens/checkModel', { folder: serverPath(picked) }),
  );
  if (!checked.ok) {
    void say('error', checked.why);
    return;
  }
  const { lines, warnings } = checked.value;
  await reports.show(t('Reward model'), [
    ...lines,
    ...warnings.flatMap((warning) => ['', t('Note: {0}', warning)]),
  ]);
  const folder = configFolder();
  if (!folder) return;
  const use = t('Use for This Folder');
  const answer = await say(
    'info',
    t('The model works. Use it to score the datasets in {0}?', vscode.workspace.asRelativePath(folder)),
    use,
  );
  if (answer === use) await addScorer(server, folder, nameFrom(folder, picked));
}

export function modelCommands(server: Server, reports: Reports): Commands {
  return {
    'preflens.pickModel': async (folder?: vscode.Uri) =>
      folder ? checkModel(server, reports, folder) : pickModel(server, reports),
    'preflens.showProviders': async () =>
      reports.show(t('Available compute'), await server.request('preflens/providers', null)),
  };
}
