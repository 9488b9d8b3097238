// The commands of the palette: each finds the record or file that is meant, and hands it on.
import * as vscode from 'vscode';

import type { RecordRef } from '#protocol/editor.ts';

import type { ComparePanel } from './comparePanel.ts';
import { isDataset } from './datasetEditor.ts';
import type { Server } from './languageClient.ts';
import { activeFile } from './largeFiles.ts';
import { say } from './say.ts';
import { openAsText } from './textView.ts';

const NO_RECORD = 'put the cursor on a record of an open .jsonl file first.';

/** What the commands need. */
export interface CommandContext {
  readonly server: Server;
  readonly panel: ComparePanel;
  readonly output: vscode.LogOutputChannel;
  readonly sample: vscode.Uri;
}

async function recordAtCursor(server: Server): Promise<RecordRef | undefined> {
  const editor = vscode.window.activeTextEditor;
  const found =
    editor &&
    (await server.request('preflens/recordAt', {
      uri: editor.document.uri.toString(),
      line: editor.selection.active.line,
    }));
  if (!found) void say('info', NO_RECORD);
  return found ?? undefined;
}

function activeUri(): string | undefined {
  return activeFile()?.toString();
}

/** Opens a file in the server and the compare view on its first finding. */
async function openFromDisk(server: Server, panel: ComparePanel, uri: string): Promise<void> {
  const { error } = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: 'PrefLens: reading' },
    async () => server.request('preflens/openFile', { uri }),
  );
  if (error !== undefined) void say('error', error);
  else await panel.openNext({ uri, record: -1 });
}

async function saveEdits(server: Server, uri: string): Promise<void> {
  const { saved = 0, error } = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'PrefLens: saving' },
    async () => server.request('preflens/saveFile', { uri }),
  );
  if (error !== undefined) void say('error', error);
  else void say('info', `${saved === 1 ? '1 record' : `${saved} records`} saved.`);
}

export function registerCommands({ server, panel, output, sample }: CommandContext): vscode.Disposable {
  const commands: Record<string, (argument?: RecordRef | vscode.Uri) => Promise<unknown>> = {
    'preflens.compare': async (ref) => ref && !(ref instanceof vscode.Uri) && panel.open(ref),
    'preflens.compareRecord': async () => {
      // A large file has no cursor that extensions can see: its findings are walked instead.
      const uri = activeUri();
      if (!vscode.window.activeTextEditor && uri !== undefined) {
        await panel.openNext({ uri, record: -1 });
        return;
      }
      const ref = await recordAtCursor(server);
      if (ref) await panel.open(ref);
    },
    'preflens.flipRecord': async () => {
      const ref = await recordAtCursor(server);
      if (ref) await server.execute('preflens.flip', ref);
    },
    'preflens.reviewFile': async () => {
      const uri = activeUri();
      if (uri !== undefined) await panel.openNext({ uri, record: -1 });
    },
    'preflens.openFromDisk': async (resource) => {
      const uri = resource instanceof vscode.Uri ? resource.toString() : activeUri();
      if (uri !== undefined) await openFromDisk(server, panel, uri);
    },
    'preflens.openAsText': async (resource) => {
      const uri = resource instanceof vscode.Uri ? resource : activeFile();
      if (uri && isDataset(uri)) await openAsText(uri);
    },
    'preflens.saveEdits': async () => {
      const uri = panel.shownUri ?? activeUri();
      if (uri !== undefined) await saveEdits(server, uri);
    },
    'preflens.discardEdits': async () => {
      const uri = panel.shownUri ?? activeUri();
      if (uri !== undefined) server.notify('preflens/discardEdits', { uri });
      return Promise.resolve();
    },
    'preflens.scoreFile': async () => server.execute('preflens.score', activeUri()),
    'preflens.stopScoring': async () => server.execute('preflens.cancelScoring', activeUri()),
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
