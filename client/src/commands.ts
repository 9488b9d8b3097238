// The commands of the palette: each finds the record or file that is meant, and hands it on.
import * as vscode from 'vscode';

import type { RecordRef } from '#protocol/editor.ts';

import type { ComparePanel } from './comparePanel.ts';
import type { Server } from './languageClient.ts';

const NO_RECORD = 'PrefLens: put the cursor on a record of an open .jsonl file first.';

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
  if (!found) void vscode.window.showInformationMessage(NO_RECORD);
  return found ?? undefined;
}

function activeUri(): string | undefined {
  return vscode.window.activeTextEditor?.document.uri.toString();
}

export function registerCommands({ server, panel, output, sample }: CommandContext): vscode.Disposable {
  const commands: Record<string, (argument?: RecordRef) => Promise<unknown>> = {
    'preflens.compare': async (ref) => ref && panel.open(ref),
    'preflens.compareRecord': async () => {
      const ref = await recordAtCursor(server);
      if (ref) await panel.open(ref);
    },
    'preflens.flipRecord': async () => {
      const ref = await recordAtCursor(server);
      if (ref) await server.execute('preflens.flip', ref);
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
