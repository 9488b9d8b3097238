// The commands of the palette: each finds the record or file that is meant and hands it on, or says why it cannot.
import * as vscode from 'vscode';

import { plural } from '#core/words/numbers.ts';
import type { RecordRef } from '#protocol/editor/place.ts';

import type { ComparePanel } from './comparePanel.ts';
import type { DatasetEditors } from './datasetEditor.ts';
import { isDataset } from './datasetEditor.ts';
import type { Server } from './languageClient.ts';
import { activeFile, activeUri } from './largeFiles.ts';
import { NO_FILE, say } from './say.ts';
import { openAsText } from './textView.ts';

/** What the commands need. */
export interface CommandContext {
  readonly server: Server;
  readonly panel: ComparePanel;
  readonly datasets: DatasetEditors;
  readonly output: vscode.LogOutputChannel;
  readonly sample: vscode.Uri;
}

const NO_TABLE = 'This is no Parquet file. Open a .parquet file first.';
const NO_EDITS = 'No edits wait here. Files in a text editor or a dataset editor are saved by "File: Save".';

/** What VS Code hands to a command in the menu of line numbers. */
interface ClickedLine {
  readonly uri: vscode.Uri;
  /** From 1. */
  readonly lineNumber: number;
}

function isClickedLine(argument: unknown): argument is ClickedLine {
  return (
    typeof argument === 'object' &&
    argument !== null &&
    'lineNumber' in argument &&
    typeof argument.lineNumber === 'number'
  );
}

/** Extensions see no cursor in files above 50 MB, so the command prompts for a line. */
async function askLine(): Promise<number | undefined> {
  const text = await vscode.window.showInputBox({
    title: 'Line of the record',
    prompt:
      'VS Code tells extensions no cursor of files this large. The menu of the line numbers knows the line, too.',
    value: '1',
    validateInput: (value) => (/^\s*[1-9]\d*\s*$/.test(value) ? undefined : 'A line number, from 1'),
  });
  return text === undefined ? undefined : Number(text);
}

/** The record at the cursor, in whatever editor has the focus; says why where there is none. */
async function recordMeant(
  { server, datasets, panel }: CommandContext,
  argument: unknown,
): Promise<RecordRef | undefined> {
  const name = isClickedLine(argument) ? argument.uri.toString() : panel.fileMeant;
  const uri = name === undefined ? undefined : vscode.Uri.parse(name);
  if (!uri) {
    void say('info', NO_FILE);
    return undefined;
  }
  if (isDataset(uri)) {
    const selected = datasets.selected(uri.toString());
    if (!selected) void say('info', 'Select a row of the dataset first.');
    return selected;
  }
  const editors = [vscode.window.activeTextEditor, ...vscode.window.visibleTextEditors];
  const editor = editors.find((one) => one?.document.uri.toString() === name);
  if (!isClickedLine(argument) && !editor && panel.shown?.uri === name) return panel.shown;
  const line = isClickedLine(argument)
    ? argument.lineNumber
    : editor
      ? editor.selection.active.line + 1
      : await askLine();
  if (line === undefined) return undefined;
  const found = await server.request('preflens/recordAt', { uri: uri.toString(), line: line - 1 });
  if (found.ok) return found.value;
  void say('info', found.why);
  return undefined;
}

/** Runs something for the file that the person looks at, or says that there is none. */
async function withFile(run: (uri: string) => Promise<unknown>, uri: string | undefined): Promise<void> {
  if (uri === undefined) void say('info', NO_FILE);
  else await run(uri);
}

/** Opens a file in the server and the compare view on its first finding. */
async function openFromDisk({ server, panel }: CommandContext, uri: string): Promise<void> {
  const opened = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: 'PrefLens: reading' },
    async () => server.request('preflens/openFile', { uri }),
  );
  if (!opened.ok) void say('error', opened.why);
  else await panel.review(uri);
}

async function saveEdits(server: Server, uri: string): Promise<void> {
  const saved = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'PrefLens: saving' },
    async () => server.request('preflens/saveFile', { uri }),
  );
  if (!saved.ok) void say('error', saved.why);
  else void say('info', saved.value === 0 ? NO_EDITS : `${plural(saved.value, 'record')} saved.`);
}

/** Has the server do something to a file; it says so where it cannot. */
const onServer =
  ({ server, panel }: CommandContext, command: 'preflens.score' | 'preflens.cancelScoring') =>
  async (): Promise<void> =>
    withFile(async (uri) => {
      const why = (await server.execute(command, uri)) as string | null;
      if (why !== null) void say('info', why);
    }, panel.fileMeant);

export function registerCommands(context: CommandContext): vscode.Disposable {
  const { server, panel, output, sample } = context;
  const commands: Record<string, (argument?: unknown) => Promise<unknown>> = {
    'preflens.compare': async (ref) => panel.open(ref as RecordRef),
    'preflens.compareRecord': async (argument) => {
      const ref = await recordMeant(context, argument);
      if (ref) await panel.open(ref);
    },
    'preflens.flipRecord': async (argument) => {
      const ref = await recordMeant(context, argument);
      if (ref) await server.execute('preflens.flip', ref);
    },
    'preflens.reviewFile': async () => withFile(async (uri) => panel.review(uri), panel.fileMeant),
    'preflens.openFromDisk': async (resource) =>
      withFile(
        async (uri) => openFromDisk(context, uri),
        resource instanceof vscode.Uri ? resource.toString() : activeUri(),
      ),
    'preflens.openAsText': async (resource) => {
      const uri = resource instanceof vscode.Uri ? resource : activeFile();
      if (uri && isDataset(uri)) await openAsText(uri);
      else void say('info', NO_TABLE);
    },
    'preflens.saveEdits': async () => withFile(async (uri) => saveEdits(server, uri), panel.fileMeant),
    'preflens.discardEdits': async () =>
      withFile(async (uri) => {
        server.notify('preflens/discardEdits', { uri });
        return Promise.resolve();
      }, panel.fileMeant),
    'preflens.scoreFile': onServer(context, 'preflens.score'),
    'preflens.stopScoring': onServer(context, 'preflens.cancelScoring'),
    'preflens.showOutput': async () => {
      output.show(true);
      return Promise.resolve();
    },
    'preflens.openSample': async () => vscode.window.showTextDocument(sample),
  };
  return vscode.Disposable.from(
    ...Object.entries(commands).map(([name, run]) => vscode.commands.registerCommand(name, run)),
  );
}
