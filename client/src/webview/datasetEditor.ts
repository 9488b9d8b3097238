// The editor of tables: VS Code's undo, save and hot exit for a file that the server holds open.
import * as vscode from 'vscode';

import type { EditMade } from '#protocol/editor/edits.ts';
import type { RecordRef } from '#protocol/editor/place.ts';

import type { Server } from '../server.ts';
import { valueOf } from '../server.ts';
import { DATASET_EDITORS, editorOf, isTable } from '../uris.ts';
import type { Statuses } from '../views/statuses.ts';
import { DatasetDocument } from './datasetDocument.ts';
import { DatasetPage } from './datasetPage.ts';
import { pageOf, pageOptions } from './page.ts';

/** By then the server has sent a status, and VS Code has marked the tab. */
const DIRTY_AFTER_MS = 1000;

type ChangeEvent =
  vscode.CustomDocumentEditEvent<DatasetDocument> | vscode.CustomDocumentContentChangeEvent<DatasetDocument>;

/** VS Code's provider of dataset editors. */
export class DatasetEditors implements vscode.CustomEditorProvider<DatasetDocument> {
  readonly #root: vscode.Uri;
  readonly #server: Server;
  readonly #statuses: Statuses;
  readonly #documents = new Map<string, DatasetDocument>();
  readonly #changed = new vscode.EventEmitter<ChangeEvent>();
  readonly onDidChangeCustomDocument = this.#changed.event;
  /** Records to show when their editor opens. */
  readonly #wanted = new Map<string, RecordRef>();

  constructor(root: vscode.Uri, server: Server, statuses: Statuses) {
    this.#root = root;
    this.#server = server;
    this.#statuses = statuses;
  }

  register(): vscode.Disposable {
    const options = {
      webviewOptions: { retainContextWhenHidden: true, enableFindWidget: true },
      supportsMultipleEditorsPerDocument: true,
    };
    // Without the methods that save.
    const readOnly: vscode.CustomReadonlyEditorProvider<DatasetDocument> = {
      openCustomDocument: async (uri, context) => this.openCustomDocument(uri, context),
      resolveCustomEditor: (document, panel) => {
        this.resolveCustomEditor(document, panel);
      },
    };
    return vscode.Disposable.from(
      this.#changed,
      vscode.window.registerCustomEditorProvider(DATASET_EDITORS.dataset, this, options),
      vscode.window.registerCustomEditorProvider(DATASET_EDITORS.table, readOnly, options),
      this.#statuses.onStatus((status) => {
        const document = this.#documents.get(status.uri);
        for (const page of document?.pages ?? []) page.tell(status);
      }),
      this.#statuses.onChange((uri) => {
        for (const page of this.#documents.get(uri)?.pages ?? []) page.refresh();
      }),
      this.#server.on('preflens/edited', (made) => {
        this.#edited(made);
      }),
    );
  }

  /** The selected row of a file that an editor shows. */
  selected(uri: string): RecordRef | undefined {
    return [...(this.#documents.get(uri)?.pages ?? [])].at(-1)?.selected;
  }

  /** Shows a record in its editor, and opens one if there is none. */
  async reveal(ref: RecordRef): Promise<void> {
    const open = this.#documents.get(ref.uri);
    if (!open || open.pages.size === 0) this.#wanted.set(ref.uri, ref);
    const uri = vscode.Uri.parse(ref.uri);
    await vscode.commands.executeCommand('vscode.openWith', uri, editorOf(uri));
    for (const page of open?.pages ?? []) page.reveal(ref);
  }

  async openCustomDocument(
    uri: vscode.Uri,
    { backupId }: vscode.CustomDocumentOpenContext,
  ): Promise<DatasetDocument> {
    // For a diff, VS Code opens earlier states of a file, which are not on disk.
    if (!isTable(uri)) throw new Error(`PrefLens opens only files on disk, not ${uri.scheme}: files.`);
    const document = new DatasetDocument(uri, this.#server, this.#statuses);
    // Its first notifications come before the request ends.
    this.#documents.set(document.name, document);
    const backup = backupId === undefined ? {} : { backup: vscode.Uri.parse(backupId).fsPath };
    const opened = await this.#server.request('preflens/openFile', { uri: document.name, ...backup });
    if (!opened.ok) this.#documents.delete(document.name);
    valueOf(opened);
    return document;
  }

  resolveCustomEditor(document: DatasetDocument, panel: vscode.WebviewPanel): void {
    const { webview } = panel;
    const page = new DatasetPage(panel, this.#server, this.#statuses, document.name);
    document.pages.add(page);
    webview.options = pageOptions(this.#root);
    panel.onDidChangeViewState(() => {
      if (!panel.active) return;
      document.pages.delete(page);
      document.pages.add(page);
    });
    panel.onDidDispose(() => {
      document.pages.delete(page);
      if (document.pages.size === 0) this.#documents.delete(document.name);
    });
    const { early = [] } = document;
    document.early = undefined;
    for (const made of early) this.#takeUp(document, made);
    const wanted = this.#wanted.get(document.name);
    this.#wanted.delete(document.name);
    if (wanted) page.reveal(wanted);
    webview.html = pageOf(webview, this.#root, {
      title: 'Dataset',
      script: 'dataset.js',
      styles: ['compare.css', 'dataset.css'],
    });
  }

  async saveCustomDocument(document: DatasetDocument): Promise<void> {
    valueOf(await this.#server.request('preflens/saveFile', { uri: document.name }));
    this.#checkDirtySoon(document);
  }

  async saveCustomDocumentAs(document: DatasetDocument, destination: vscode.Uri): Promise<void> {
    valueOf(
      await this.#server.request('preflens/saveFileAs', { uri: document.name, path: destination.fsPath }),
    );
  }

  async revertCustomDocument(document: DatasetDocument): Promise<void> {
    // The latest status may still count the edits.
    clearTimeout(document.dirtyCheck);
    this.#server.notify('preflens/discardEdits', { uri: document.name });
    return Promise.resolve();
  }

  async backupCustomDocument(
    document: DatasetDocument,
    { destination }: vscode.CustomDocumentBackupContext,
  ): Promise<vscode.CustomDocumentBackup> {
    valueOf(await this.#server.request('preflens/backup', { uri: document.name, path: destination.fsPath }));
    return {
      id: destination.toString(),
      delete: () => {
        void vscode.workspace.fs.delete(destination).then(undefined, () => undefined);
      },
    };
  }

  /** VS Code counts edits made during a save as saved: marks the tab again if the file still has some. */
  #checkDirtySoon(document: DatasetDocument): void {
    clearTimeout(document.dirtyCheck);
    document.dirtyCheck = setTimeout(() => {
      const isUnsaved = (this.#statuses.get(document.name)?.unsavedCount ?? 0) > 0;
      if (isUnsaved && document.isDirty === false) this.#changed.fire({ document });
    }, DIRTY_AFTER_MS);
  }

  #edited(made: EditMade): void {
    const document = this.#documents.get(made.uri);
    if (document?.early) document.early.push(made);
    else if (document) this.#takeUp(document, made);
  }

  /** Puts an edit into VS Code's own history. */
  #takeUp(document: DatasetDocument, { uri, id, label }: EditMade): void {
    this.#changed.fire({
      document,
      label,
      undo: async () => {
        valueOf(await this.#server.request('preflens/undoEdit', { uri, id }));
      },
      redo: async () => {
        valueOf(await this.#server.request('preflens/redoEdit', { uri, id }));
      },
    });
  }
}
