// The dataset editor of a text that VS Code holds: edits, undo, save and hot exit are those of the text, so a text editor
// beside it shows the same.
import * as vscode from 'vscode';

import type { Glances } from '../glances.ts';
import { say } from '../say.ts';
import type { Server } from '../server.ts';
import { DATASET_EDITORS } from '../uris.ts';
import type { Statuses } from '../views/statuses.ts';
import type { DatasetPages } from './datasetPages.ts';
import { pause } from './datasetPages.ts';
import type { EditHistory } from './editHistory.ts';

/** By then the server has reported a change of the text, unless it checks texts on demand or on save. */
const REPORTED_AFTER_MS = 400;

/** VS Code's own history of a text: the person may also have typed what it undoes. */
function textHistory(document: vscode.TextDocument, panel: vscode.WebviewPanel): EditHistory {
  let count = 0;
  const changes = vscode.workspace.onDidChangeTextDocument((change) => {
    if (change.document !== document || change.contentChanges.length === 0) return;
    const isUndo = change.reason === vscode.TextDocumentChangeReason.Undo;
    count = Math.max(0, count + (isUndo ? -1 : 1));
  });
  panel.onDidDispose(() => {
    changes.dispose();
  });
  return {
    get count() {
      return count;
    },
    add: () => undefined,
    undo: async () => {
      await vscode.commands.executeCommand('undo');
      return undefined;
    },
  };
}

/** Shows the row of the record at the cursor of a text editor beside the dataset editor. */
function followCursor(server: Server, pages: DatasetPages): vscode.Disposable {
  let latest = 0;
  return vscode.window.onDidChangeTextEditorSelection(async ({ textEditor, selections }) => {
    const uri = textEditor.document.uri.toString();
    const [first] = selections;
    if (!first || pages.of(uri).size === 0) return;
    const number = ++latest;
    const { line, character } = first.active;
    const found = await server.request('preflens/recordAt', { uri, line, character });
    if (found.ok && number === latest) pages.follow(found.value);
  });
}

/** Sends a change of the text to the pages if the server reports none. */
function followText(pages: DatasetPages, statuses: Statuses): vscode.Disposable {
  const waiting = new Map<string, NodeJS.Timeout>();
  return vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
    const uri = document.uri.toString();
    if (contentChanges.length === 0 || pages.of(uri).size === 0) return;
    const before = statuses.revision(uri);
    clearTimeout(waiting.get(uri));
    waiting.set(
      uri,
      setTimeout(() => {
        waiting.delete(uri);
        if (statuses.revision(uri) === before) for (const page of pages.of(uri)) page.outdate();
      }, REPORTED_AFTER_MS),
    );
  });
}

/** VS Code stops waiting before a save after 1.75 s, and after a few of these it waits for us no more. */
const SAVE_WAITS_MS = 1500;

/** A save holds what the keys before it did: those that took too long are saved after it. */
function saveAfterEdits(pages: DatasetPages): vscode.Disposable {
  return vscode.workspace.onWillSaveTextDocument((save) => {
    const { document, reason } = save;
    const uri = document.uri.toString();
    if (pages.of(uri).size === 0) return;
    let isLate = false;
    const edits = pages.settle(uri);
    const late = pause(SAVE_WAITS_MS).then(() => (isLate = true));
    save.waitUntil(Promise.race([edits, late]));
    if (reason !== vscode.TextDocumentSaveReason.Manual) return;
    void edits.then(async () => {
      if (isLate && document.isDirty) await document.save();
    });
  });
}

export interface TextDatasetParts {
  readonly server: Server;
  readonly statuses: Statuses;
  readonly pages: DatasetPages;
  readonly glances: Glances;
}

export function registerTextDatasets({
  server,
  statuses,
  pages,
  glances,
}: TextDatasetParts): vscode.Disposable {
  const provider: vscode.CustomTextEditorProvider = {
    async resolveCustomTextEditor(document, panel) {
      pages.fill(panel, document.uri.toString(), textHistory(document, panel));
      const { languageId } = document;
      if (languageId === 'jsonl' || (languageId === 'json' && (await glances.find(document.uri)))) return;
      // The server has not received this text. From disk it says what it finds, and fields can be mapped.
      const uri = document.uri.toString();
      const opened = await server.request('preflens/openFile', { uri });
      if (!opened.ok) void say('warning', opened.why);
      panel.onDidDispose(() => {
        if (pages.of(uri).size === 0) server.notify('preflens/closeFile', { uri });
      });
    },
  };
  return vscode.Disposable.from(
    vscode.window.registerCustomEditorProvider(DATASET_EDITORS.text, provider, {
      webviewOptions: { retainContextWhenHidden: true },
      supportsMultipleEditorsPerDocument: true,
    }),
    followCursor(server, pages),
    followText(pages, statuses),
    saveAfterEdits(pages),
  );
}
