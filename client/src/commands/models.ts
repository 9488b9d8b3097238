// Commands about reward models: check a model folder and add it to preflens.json.
import * as vscode from 'vscode';

import { say } from '../say.ts';
import type { Server } from '../server.ts';
import { activeFile } from '../tabs.ts';
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

/** Adds a scorer to the text of a preflens.json and changes nothing else; undefined if the text has an unusual form. */
function withScorer(text: string, model: string): string | undefined {
  const scorer = JSON.stringify({ kind: 'onnx', model });
  const list = /"scorers"\s*:\s*\[/.exec(text);
  const at = list ? list.index + list[0].length : text.indexOf('{') + 1;
  const rest = text.slice(at).trimStart();
  const comma = rest.startsWith(list ? ']' : '}') ? '' : ',';
  const added = list ? `\n    ${scorer}${comma}` : `\n  "scorers": [${scorer}]${comma}`;
  const made = `${text.slice(0, at)}${added}${text.slice(at)}`;
  try {
    const { scorers } = JSON.parse(made) as { scorers?: { model?: unknown }[] };
    return scorers?.[0]?.model === model ? made : undefined;
  } catch {
    return undefined;
  }
}

/** Adds a scorer to preflens.json and shows the file. */
async function addScorer(server: Server, folder: vscode.Uri, model: string): Promise<void> {
  const path = vscode.Uri.joinPath(folder, CONFIG);
  let text = '{}\n';
  try {
    text = new TextDecoder().decode(await vscode.workspace.fs.readFile(path));
  } catch (error) {
    if (!(error instanceof vscode.FileSystemError && error.code === 'FileNotFound')) throw error;
  }
  const made = withScorer(text, model);
  if (made === undefined) {
    void say(
      'error',
      `Can't edit ${CONFIG}. Add {"kind": "onnx", "model": ${JSON.stringify(model)}} to its "scorers" yourself.`,
    );
  } else {
    const written = await server.request('preflens/writeConfig', { path: path.fsPath, text: made });
    if (!written.ok) {
      void say('error', written.why);
      return;
    }
  }
  await vscode.window.showTextDocument(path, { preview: true });
}

/** Asks for a model folder and checks it. */
async function pickModel(server: Server, reports: Reports): Promise<void> {
  const [picked] =
    (await vscode.window.showOpenDialog({
      title: 'Folder of a reward model (config.json, tokenizer.json, model.onnx)',
      canSelectFolders: true,
      canSelectFiles: false,
      openLabel: 'Check Model',
    })) ?? [];
  if (picked) await checkModel(server, reports, picked);
}

/** Shows what a model folder holds, and offers to score with it if it works. */
async function checkModel(server: Server, reports: Reports, picked: vscode.Uri): Promise<void> {
  const checked = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'PrefLens: checking the model' },
    async () => server.request('preflens/checkModel', { folder: picked.fsPath }),
  );
  if (!checked.ok) {
    void say('error', checked.why);
    return;
  }
  const { lines, warnings } = checked.value;
  await reports.show('Reward model', [...lines, ...warnings.flatMap((warning) => ['', `Note: ${warning}`])]);
  const folder = configFolder();
  if (!folder) return;
  const use = 'Use for This Folder';
  const answer = await say(
    'info',
    `The model works. Use it to score the datasets in ${vscode.workspace.asRelativePath(folder)}?`,
    use,
  );
  if (answer === use) await addScorer(server, folder, nameFrom(folder, picked));
}

export function modelCommands(server: Server, reports: Reports): Commands {
  return {
    'preflens.pickModel': async (folder?: vscode.Uri) =>
      folder ? checkModel(server, reports, folder) : pickModel(server, reports),
    'preflens.showProviders': async () =>
      reports.show('Available compute', await server.request('preflens/providers', null)),
  };
}
