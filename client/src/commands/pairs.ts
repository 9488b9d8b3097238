// Commands about one record: each finds the one that is meant, or says why there is none.
import * as vscode from 'vscode';

import { t } from '#core/words/translate.ts';
import type { RecordRef } from '#protocol/editor/place.ts';
import type { PageAction } from '#protocol/page/compare.ts';

import { noFile, say } from '../say.ts';
import type { Server } from '../server.ts';
import { isDatasetActive } from '../tabs.ts';
import { hasNoText } from '../uris.ts';
import type { ComparePanel } from '../webview/comparePanel.ts';
import type { DatasetPages } from '../webview/datasetPages.ts';
import type { Commands } from './register.ts';

export interface PairContext {
  readonly server: Server;
  readonly panel: ComparePanel;
  readonly datasets: DatasetPages;
}

/** What VS Code passes to a command in the menu of line numbers. */
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

/** VS Code hides the cursor in files above 50 MB from extensions. */
async function askLine(): Promise<number | undefined> {
  const text = await vscode.window.showInputBox({
    title: t('Line of the record'),
    prompt: t(
      'In a file of this size VS Code hides the cursor from extensions. You can also right-click a line number.',
    ),
    value: '1',
    validateInput: (value) =>
      /^\s*[1-9]\d*\s*$/.test(value) ? undefined : t('Enter a line number, from 1.'),
  });
  return text === undefined ? undefined : Number(text);
}

/** The record at the cursor of the active editor; says why if there is none. */
async function recordMeant(
  { server, datasets, panel }: PairContext,
  argument: unknown,
): Promise<RecordRef | undefined> {
  const name = isClickedLine(argument) ? argument.uri.toString() : panel.fileMeant;
  const uri = name === undefined ? undefined : vscode.Uri.parse(name);
  if (!uri) {
    void say('info', noFile());
    return undefined;
  }
  if (!isClickedLine(argument) && (hasNoText(uri) || isDatasetActive(uri.toString()))) {
    const selected = datasets.selected(uri.toString());
    if (!selected) void say('info', t('Select a row of the dataset first.'));
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
  const character = isClickedLine(argument) ? 0 : (editor?.selection.active.character ?? 0);
  const found = await server.request('preflens/recordAt', { uri: uri.toString(), line: line - 1, character });
  if (found.ok) return found.value;
  void say('info', found.why);
  return undefined;
}

async function flip(server: Server, ref: RecordRef): Promise<void> {
  const flipped = await server.request('preflens/edit', { ...ref, edit: { kind: 'flip' } });
  if (!flipped.ok) void say('info', flipped.why);
}

export function pairCommands(context: PairContext): Commands {
  const { server, panel } = context;
  const forRecord =
    (run: (ref: RecordRef) => Promise<void>) =>
    async (argument: unknown): Promise<void> => {
      const ref = await recordMeant(context, argument);
      if (ref) await run(ref);
    };
  const inCompare = (action: PageAction) => (): void => {
    panel.act(action);
  };
  return {
    'preflens.compare.nextFinding': inCompare('next'),
    'preflens.compare.previousFinding': inCompare('previous'),
    'preflens.compare.nextPair': inCompare('nextPair'),
    'preflens.compare.previousPair': inCompare('previousPair'),
    'preflens.compare.nextInRecord': inCompare('nextInRecord'),
    'preflens.compare.previousInRecord': inCompare('previousInRecord'),
    'preflens.compare.diff': inCompare('diff'),
    'preflens.compare.widen': inCompare('widen'),
    'preflens.compare': async (ref: RecordRef) => panel.open(ref),
    'preflens.compareRecord': forRecord(async (ref) => panel.open(ref)),
    'preflens.flipRecord': forRecord(async (ref) => flip(server, ref)),
  };
}
