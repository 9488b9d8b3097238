// Reward models and servers: a folder is picked, checked and written into preflens.json; keys go into the secret store.
import * as vscode from 'vscode';

import type { ClientRequests } from '#protocol/editor/wire.ts';

import type { Server } from './languageClient.ts';
import { activeFile } from './largeFiles.ts';
import { say } from './say.ts';

const CONFIG = 'preflens.json';

/** Where a secret of preflens.json is kept: for one server, since preflens.json names both. */
const secretName = (name: string, origin: string): string => `preflens.secret.${name}@${origin}`;

/** Scheme, host and port of a server; undefined where the text names none. */
function originOf(text: string): string | undefined {
  try {
    const { protocol, origin } = new URL(text);
    return /^https?:$/.test(protocol) ? origin : undefined;
  } catch {
    // Not an address yet: the person is still typing.
    return undefined;
  }
}

const REPORT_SCHEME = 'preflens-report';

/** Reports as documents that nobody is asked to save. */
class Reports implements vscode.TextDocumentContentProvider {
  readonly #texts = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.path) ?? '';
  }

  async show(title: string, lines: readonly string[]): Promise<void> {
    const uri = vscode.Uri.from({ scheme: REPORT_SCHEME, path: `/${title}` });
    this.#texts.set(uri.path, `${[title, '', ...lines].join('\n')}\n`);
    this.#changed.fire(uri);
    await vscode.window.showTextDocument(uri, { preview: true });
  }
}

/** The folder whose preflens.json holds for what is open. */
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

/** `text` with one more scorer in it; nothing else in it changes. Undefined where its form is not one that is known. */
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
      `${CONFIG} could not be changed. Add {"kind": "onnx", "model": ${JSON.stringify(model)}} to its "scorers".`,
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

/** Picks a model folder, checks it, shows what was found, and uses it when that is wanted. */
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
    `the model works. Use it to score the datasets of ${vscode.workspace.asRelativePath(folder)}?`,
    use,
  );
  if (answer === use) await addScorer(server, folder, nameFrom(folder, picked));
}

async function setSecret(secrets: vscode.SecretStorage): Promise<void> {
  const name = await vscode.window.showInputBox({
    title: 'Name of the secret, as preflens.json has it',
    placeHolder: 'PREFLENS_SECRET_REWARD',
    validateInput: (text) => (/^[A-Za-z_]\w*$/.test(text) ? undefined : 'Letters, digits and underscores.'),
  });
  if (name === undefined) return;
  const server = await vscode.window.showInputBox({
    title: `Server that may get ${name}`,
    placeHolder: 'https://rewards.example.com',
    prompt: 'Scheme, host and port. The secret is sent to this server alone.',
    validateInput: (text) =>
      originOf(text) === undefined ? 'An address that begins with http:// or https://.' : undefined,
  });
  const origin = server === undefined ? undefined : originOf(server);
  if (origin === undefined) return;
  const value = await vscode.window.showInputBox({
    title: `Value of ${name} for ${origin}`,
    prompt: 'Kept in the secret store of this editor. Empty to forget it.',
    password: true,
  });
  if (value === undefined) return;
  if (value === '') await secrets.delete(secretName(name, origin));
  else await secrets.store(secretName(name, origin), value);
}

/** What the server asks of secrets. */
export function answerSecrets(server: Server, secrets: vscode.SecretStorage): vscode.Disposable {
  return server.answer(
    'preflens/secret',
    async ({ name, origin }: ClientRequests['preflens/secret']['params']) =>
      (await secrets.get(secretName(name, origin))) ?? null,
  );
}

export function registerModelCommands(server: Server, secrets: vscode.SecretStorage): vscode.Disposable {
  const reports = new Reports();
  const commands: Record<string, (argument?: vscode.Uri) => Promise<unknown>> = {
    'preflens.pickModel': async (folder) =>
      folder ? checkModel(server, reports, folder) : pickModel(server, reports),
    'preflens.showProviders': async () =>
      reports.show('What can compute here', await server.request('preflens/providers', null)),
    'preflens.setSecret': async () => setSecret(secrets),
  };
  return vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(REPORT_SCHEME, reports),
    ...Object.entries(commands).map(([name, run]) => vscode.commands.registerCommand(name, run)),
  );
}
