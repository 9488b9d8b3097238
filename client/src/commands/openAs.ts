// From the text of a file to its dataset editor, and back.
import * as vscode from 'vscode';

import { t } from '#core/words/translate.ts';

import { noFile, say } from '../say.ts';
import type { Server } from '../server.ts';
import { activeFile, datasetTabOf, textTabOf } from '../tabs.ts';
import {
  DATASET_EDITORS,
  diskEditorOf,
  hasNoText,
  isCompressed,
  isCsv,
  isParquet,
  textUriOf,
} from '../uris.ts';
import { isLarge } from '../views/largeFiles.ts';
import { showLine } from '../views/showRecord.ts';
import type { DatasetPages } from '../webview/datasetPages.ts';
import type { Commands } from './register.ts';

/** The editor for a file: VS Code's own text where there is one, the file on disk elsewhere. */
async function editorFor(file: vscode.Uri): Promise<string> {
  return hasNoText(file) || (await isLarge(file)) ? diskEditorOf(file) : DATASET_EDITORS.text;
}

async function openAsDataset(file: vscode.Uri): Promise<void> {
  const viewType = await editorFor(file);
  if (viewType !== DATASET_EDITORS.text && textTabOf(file.toString())?.isDirty === true) {
    void say(
      'warning',
      t(
        'The text of this file has unsaved changes, and VS Code gives extensions no text of this size. Save the file, then open it as a dataset.',
      ),
    );
    return;
  }
  await vscode.commands.executeCommand('vscode.openWith', file, viewType);
}

/** Shows the dataset editor of a file, and opens one if there is none. */
export async function showDataset(file: vscode.Uri): Promise<void> {
  const open = datasetTabOf(file.toString());
  if (open) await vscode.commands.executeCommand('vscode.openWith', file, open.viewType);
  else await openAsDataset(file);
}

async function openAsText(server: Server, pages: DatasetPages, file: vscode.Uri): Promise<void> {
  if (isParquet(file)) {
    await vscode.window.showTextDocument(textUriOf(file), { preview: false });
    return;
  }
  if (isCompressed(file) || (hasNoText(file) && !isCsv(file))) {
    void say('info', t('This file has no text. "preflens convert" writes its records as JSON Lines.'));
    return;
  }
  const selected = pages.selected(file.toString());
  const shown = selected && (await server.request('preflens/pair', { ...selected, step: 'here' }));
  await showLine(file, shown?.line ?? 0, false, vscode.ViewColumn.Active);
}

export function openAsCommands(server: Server, pages: DatasetPages): Commands {
  const withFile =
    (run: (file: vscode.Uri) => Promise<void>) =>
    async (resource?: vscode.Uri): Promise<void> => {
      const file = resource ?? activeFile();
      if (file) await run(file);
      else void say('info', noFile());
    };
  return {
    'preflens.openAsDataset': withFile(openAsDataset),
    'preflens.showPortrait': withFile(async (file) =>
      pages.showPart(file.toString(), 'portrait', async () => showDataset(file)),
    ),
    'preflens.review.start': withFile(async (file) =>
      pages.showPart(file.toString(), 'review', async () => showDataset(file)),
    ),
    'preflens.openAsText': withFile(async (file) => openAsText(server, pages, file)),
  };
}
